import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.utils.functional import cached_property
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def forgiving(name: str, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: "RedisThatMayBeAway", *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(RedisThatMayBeAway, self), name)(*args, **kwargs)
        except RedisError as error:
            logger.warning("cache is away: %s", error)
            return otherwise(*args, **kwargs)

    return method


class KeptClient(RedisCacheClient):
    """Django makes a client for each question, which takes longer than the question; a thread has one of these."""

    @cached_property
    def client(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self.client


class RedisThatMayBeAway(RedisCache):
    """Pages go on without their cache: reads find nothing, writes are lost."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    add = forgiving("add", lambda *args, **kwargs: True)
    get = forgiving("get", lambda key, default=None, version=None: default)
    set = forgiving("set", lambda *args, **kwargs: None)
    touch = forgiving("touch", lambda *args, **kwargs: False)
    delete = forgiving("delete", lambda *args, **kwargs: False)
    get_many = forgiving("get_many", lambda *args, **kwargs: {})
    has_key = forgiving("has_key", lambda *args, **kwargs: False)
    set_many = forgiving("set_many", lambda *args, **kwargs: [])
    delete_many = forgiving("delete_many", lambda *args, **kwargs: None)
    clear = forgiving("clear", lambda *args, **kwargs: False)
