import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
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


class RedisThatMayBeAway(RedisCache):
    """Pages go on without their cache: reads find nothing, writes are lost."""

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
