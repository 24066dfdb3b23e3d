"""What must hold before a process may start; the web process, workers and manage.py all ask."""

from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

START = "start"


@register(START)
def queue_never_evicts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A Redis that makes room by itself throws away queued work. One that is away is no reason not to start."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            policy = client.info("memory").get("maxmemory_policy")
    except (redis.RedisError, OSError):
        return []
    if policy in {None, "noeviction"}:
        return []
    return [
        Error(
            f"The queue's Redis has maxmemory-policy {policy}; it must be noeviction.",
            hint="Keep the cache in another Redis (CACHE_URL).",
            id="hebei.E001",
        )
    ]
