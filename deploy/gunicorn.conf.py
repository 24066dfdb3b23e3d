"""Web server: few processes, some threads each; a process is renewed now and then so that nothing can pile up."""

import gc
from typing import Any

from hebei_safety import env

bind = f"{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
workers = env.number("WEB_CONCURRENCY", 2)
threads = 4
reload = env.flag("DEBUG")
preload_app = not reload
timeout = 60
graceful_timeout = 20
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 8190
forwarded_allow_ips = env.text("TRUSTED_PROXIES", "127.0.0.1")
loglevel = "warning"
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """What was loaded before the fork stays for good: looking through it again for garbage takes 50 ms each time."""
    gc.freeze()
