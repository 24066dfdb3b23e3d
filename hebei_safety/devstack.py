"""The whole platform on one machine: `python3 run.py` and `python3 run.py manage …`.

PostgreSQL and Valkey are embedded unless DATABASE_URL or REDIS_URL name servers. The other processes are those of the
Procfile. Everything that must survive lies in `var/`.
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hebei_safety import embedded
from hebei_safety.processes import die_with_parent
from hebei_safety.supervisor import Keeper, Program, Service, stop_all

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
STALE_HEARTBEAT = 90.0  # seconds; a worker that lives but takes no work is restarted
BEHIND_PAGES = 5  # niceness: on one machine, pages come before imports and exports
born = time.monotonic()


class Stopped(Exception):
    """Ctrl-C or a signal asked the platform to end."""


def say(line: str) -> None:
    print(f"{time.monotonic() - born:6.1f} s  {line}", flush=True)


def raise_stopped(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the shutdown short
    raise Stopped


# --- What the processes are told ---------------------------------------------------------------------------------


def read_settings(file: Path) -> dict[str, str]:
    """NAME=value lines; `#` starts a comment line."""
    if not file.exists():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def new_key(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


SECRETS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "FIELD_KEYS": lambda: new_key("k1"),
    "CREDIT_SIGNING_KEY": lambda: new_key("c1"),
}


def own_secrets(file: Path) -> dict[str, str]:
    """Keys of this machine, made at the first start; a release that needs one more adds it and changes no other.

    Who loses the file loses the encrypted columns.
    """
    file.touch(mode=0o600)
    with file.open("r+") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)  # a command beside the platform must not make another key
        known = read_settings(file)
        missing = [f"{name}={make()}" for name, make in SECRETS.items() if name not in known]
        if missing:
            write_beside(file, "\n".join([*file.read_text().splitlines(), *missing, ""]))
    return read_settings(file)


def write_beside(file: Path, text: str) -> None:
    """Written whole or not at all."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(text)
    new.rename(file)


def environment_for(var: Path) -> dict[str, str]:
    """The caller's environment wins over .env, both over this machine's defaults."""
    told = read_settings(ROOT / ".env") | dict(os.environ)
    defaults = {
        "HEBEI_VAR": str(var),
        "LOG_DIR": str(var / "log"),
        "PORT": "8000",
        "PLAIN_HTTP": "1",
        "SMS_GATEWAY": "recorded",
        "SEED_DEMO": "0" if told.get("DATABASE_URL") else "1",
    }
    path = f"{PROGRAMS}{os.pathsep}{told.get('PATH', os.defpath)}"
    return defaults | own_secrets(var / "secret.env") | told | {"PATH": path}


def servers(var: Path, environment: dict[str, str], held: tuple[int, ...]) -> list[Service]:
    """The embedded servers that are needed; their addresses go into `environment`."""
    wanted: list[Service] = []
    if not environment.get("DATABASE_URL"):
        postgres = embedded.Postgres(var, held=held)
        environment["DATABASE_URL"] = postgres.url(embedded.APP)
        environment["DATABASE_ADMIN_URL"] = postgres.url(embedded.ADMIN)
        wanted.append(postgres)
    if not environment.get("REDIS_URL"):
        valkey = embedded.Valkey(var, held=held)
        environment["REDIS_URL"], environment["CACHE_URL"] = valkey.url(0), valkey.url(1)
        wanted.append(valkey)
    return wanted


# --- One at a time -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def claim(var: Path, patience: float = 40) -> Iterator[tuple[int, ...] | None]:
    """Claims `var` and yields the descriptor that holds the claim, or None when another run.py has it.

    All children inherit the descriptor: the claim lasts until the last of them has ended, also after a kill -9.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("a+") as file:
        if not locked(file, time.monotonic() + patience):
            yield None
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield (file.fileno(),)


def locked(file: Any, deadline: float) -> bool:
    """Waits while the lock is held by what a killed run.py left behind, not while its owner lives."""
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        file.seek(0)
        owner = file.read()
        if (owner and Path("/proc", owner).exists()) or time.monotonic() > deadline:
            return False
        time.sleep(0.1)


# --- Serving -----------------------------------------------------------------------------------------------------


def procfile() -> dict[str, list[str]]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: shlex.split(command) for name, command in (line.split(": ", 1) for line in lines)}


def serve(var: Path, held: tuple[int, ...]) -> None:
    environment = environment_for(var)
    require_free_port(environment)
    log = Path(environment["LOG_DIR"])
    keepers: list[Keeper] = []

    def program(name: str, *command: str) -> Program:
        return Program(name, command, environment=environment, log=log / f"{name}.log", held=held)

    def keep(service: Service) -> None:
        keepers.append(Keeper(service))

    try:
        for server in servers(var, environment, held):
            keep(server)
        run_to_end(program("prepare", "python", "-m", "hebei_safety.prepare"))
        for name, command in procfile().items():
            process = program(name, *command)
            process.niceness = 0 if name == "web" else BEHIND_PAGES
            keep(process)
        watch(keepers, environment, on_ready=lambda: announce(var, environment))
    finally:
        services = [keeper.service for keeper in keepers]
        stop_all([service for service in services if isinstance(service, Program)])
        stop_all([service for service in services if not isinstance(service, Program)])


def require_free_port(environment: dict[str, str]) -> None:
    address = (environment.get("HOST", "127.0.0.1"), int(environment["PORT"]))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise SystemExit(f"Port {address[1]} cannot be used ({error.strerror}): PORT=8001 python3 run.py") from None


def run_to_end(program: Program) -> None:
    say("preparing database and static files")
    program.start()
    try:
        if program.process.wait():
            raise SystemExit(f"Preparing failed, see {program.log}:\n{program.log.read_text()[-3000:]}")
    except Stopped:
        stop_all([program])
        raise


def watch(keepers: list[Keeper], environment: dict[str, str], *, on_ready: Callable[[], None]) -> None:
    """Until asked to stop: restarts what ended, and a worker that has not answered for too long."""
    ready, next_look = False, 0.0
    while True:
        time.sleep(0.1)
        for line in filter(None, [keeper.tend(time.monotonic()) for keeper in keepers]):
            say(line)
        if time.monotonic() < next_look:
            continue
        state = readiness(environment)
        if state and not ready:
            ready = True
            on_ready()
        next_look = time.monotonic() + (15 if ready else 0.1)
        if state.get("worker_heartbeat_s", 0) > STALE_HEARTBEAT:
            restart_deaf_worker(keepers)


def readiness(environment: dict[str, str]) -> dict[str, Any]:
    """What /readyz says; empty while it does not answer or is not ready."""
    host = environment.get("HOST", "127.0.0.1").replace("0.0.0.0", "127.0.0.1")  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{environment['PORT']}/readyz", timeout=2) as answer:
            return dict(json.load(answer))
    except (OSError, ValueError):
        return {}


def restart_deaf_worker(keepers: list[Keeper]) -> None:
    worker = next(keeper for keeper in keepers if keeper.service.name == "worker")
    if time.monotonic() - worker.started > 2 * STALE_HEARTBEAT:
        say("worker has not taken work for too long; restarting it")
        stop_all([worker.service])


def announce(var: Path, environment: dict[str, str]) -> None:
    say(f"ready: http://{environment.get('HOST', '127.0.0.1')}:{environment['PORT']}/")
    if (var / "demo-accounts.json").exists():
        say(f"demo accounts: {var / 'demo-accounts.json'}")
    say(f"logs: {environment['LOG_DIR']}   stop: Ctrl-C")


# --- Commands ----------------------------------------------------------------------------------------------------


def manage(var: Path, held: tuple[int, ...] | None, args: list[str]) -> int:
    """Runs manage.py beside a running platform, or on its servers alone."""
    environment = environment_for(var)
    needed = servers(var, environment, held or ())
    running: list[Service] = []
    try:
        for server in needed if held else []:
            server.start()
            running.append(server)
        # Ctrl-C reaches the command itself: it decides, this process waits for it.
        signal.signal(signal.SIGINT, lambda *_: None)
        command = ["python", "manage.py", *args]
        return subprocess.call(command, cwd=ROOT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))
    finally:
        stop_all(running[::-1])


def main(command: str, *args: str) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stopped)
    var = Path(os.environ.get("HEBEI_VAR") or ROOT / "var").absolute()
    with claim(var) as held, contextlib.suppress(Stopped):
        if command in {"manage", "bench"}:
            told = [*(["bench"] if command == "bench" else []), *args]
            if told[:1] in (["bench"], ["seed_demo"]):
                os.environ["HEBEI_DB_ROLE"] = "admin"  # one makes a database of its own, the other reserves keys
            return manage(var, held, told)
        if held is None:
            raise SystemExit(f"Already running: {var / 'lock'} is held.")
        try:
            serve(var, held)
        except RuntimeError as error:
            raise SystemExit(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
