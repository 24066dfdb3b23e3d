"""The embedded servers: what they promise about text, roles and sudden ends."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from django.db import connection

from hebei_safety import embedded


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[embedded.Postgres]:
    server = embedded.Postgres(tmp_path).start()
    yield server
    server.stop()


def ask(server: embedded.Postgres, sql: str, role: str = embedded.ADMIN) -> Any:
    with closing(psycopg2.connect(host=str(server.sockets), user=role, dbname=embedded.DATABASE)) as session:
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


@pytest.mark.django_db
def test_chinese_text_has_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT show_trgm('脚手架') <> '{}'")
        assert cursor.fetchone() == (True,)


@pytest.mark.slow
def test_committed_rows_survive_kill_9(postgres: embedded.Postgres) -> None:
    ask(postgres, "CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n")
    kill(postgres.process)
    postgres.start()
    assert ask(postgres, "SELECT count(*) FROM kept") == [(1000,)]


@pytest.mark.slow
def test_application_role_cannot_change_the_schema(postgres: embedded.Postgres) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(postgres, "CREATE TABLE mine (n int)", role=embedded.APP)
    assert ask(postgres, "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
               role=embedded.APP) == [(False, False, False)]  # fmt: skip


@pytest.mark.slow
def test_cluster_cut_off_while_being_made_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "new"
    half.mkdir(parents=True)
    (half / "postgresql.conf").write_text("cut off")
    server = embedded.Postgres(tmp_path).start()
    try:
        assert ask(server, "SHOW server_version_num")[0][0].startswith("18")
    finally:
        server.stop()


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_user_namespaces_runs_as_an_unprivileged_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise OSError("unshare")

    monkeypatch.setattr(embedded, "wear_a_name", forbidden)
    folder = Path(f"/var/tmp/hebei-test-{os.getpid()}")  # pytest's own folders let only root in
    folder.mkdir()
    try:
        server = embedded.Postgres(folder, durable=False).start()
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == embedded.unprivileged_account().pw_uid
        assert ask(server, "SELECT 1") == [(1,)]
        server.stop()
    finally:
        subprocess.run(["rm", "-r", str(folder)], check=True)


def test_deep_folders_get_a_short_private_one_for_sockets(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    short = embedded.short_folder(deep)
    assert len(str(short)) < embedded.LONGEST_SOCKET_FOLDER
    assert short.stat().st_mode & 0o077 == 0
    assert embedded.short_folder(deep) == short
    short.rmdir()


def test_folder_that_others_may_write_is_refused_for_sockets(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError):
        embedded.short_folder(tmp_path)


def test_queue_survives_a_stop_and_never_evicts(tmp_path: Path) -> None:
    server = embedded.Valkey(tmp_path).start()
    with redis.Redis.from_url(server.url(0)) as client:
        client.rpush("work", "一", "二")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    server.stop()
    server.start()
    with redis.Redis.from_url(server.url(0)) as client:
        assert client.llen("work") == 2
    server.stop()


def test_queue_and_cache_are_kept_apart(valkey: embedded.Valkey) -> None:
    with redis.Redis.from_url(valkey.url(0)) as queue, redis.Redis.from_url(valkey.url(1)) as cache:
        queue.set("k", "queue")
        cache.flushdb()
        assert queue.get("k") == b"queue"


def test_server_ends_in_time_even_when_it_ignores_the_first_signal(tmp_path: Path) -> None:
    stubborn = subprocess.Popen(["sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"], stdout=subprocess.PIPE,
                                start_new_session=True)  # fmt: skip
    assert stubborn.stdout
    with stubborn.stdout as out:
        out.readline()
        embedded.end(stubborn, signal.SIGTERM, patience=0.1)
    assert stubborn.returncode == -signal.SIGKILL
