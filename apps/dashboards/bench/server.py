"""The web server as it is deployed, on the database of the bench."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from hebei_safety.processes import die_with_parent

PATIENCE_S = 60


@contextmanager
def running_server() -> Iterator[int]:
    """gunicorn with the processes and threads of its configuration; yields its port."""
    port = free_port()
    url = urlsplit(os.environ["DATABASE_ADMIN_URL"])
    here = urlunsplit(url._replace(path="/" + quote(str(connection.settings_dict["NAME"]))))
    environment = os.environ | {"PORT": str(port), "DATABASE_URL": here, "HEBEI_DB_ROLE": "web", "PLAIN_HTTP": "1"}
    here_and_so: dict[str, Any] = {
        "cwd": settings.BASE_DIR,
        "env": environment,
        "preexec_fn": die_with_parent(signal.SIGTERM),
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(collect, check=True, **here_and_so)
    program = Path(sys.executable).parent / "gunicorn"
    serve = [str(program), "--config", "deploy/gunicorn.conf.py", "hebei_safety.wsgi"]
    server = subprocess.Popen(serve, stderr=subprocess.DEVNULL, **here_and_so)
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[Any]) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the web server did not start") from None
            time.sleep(0.05)
        else:
            return
