"""The files of production agree with each other and with the one-command start."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from hebei_safety import devstack, embedded

ROOT: Path = settings.BASE_DIR
PROCESSES = ["web", "worker", "beat", "relay"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def test_procfile_has_one_foreground_line_for_each_process() -> None:
    commands = devstack.procfile()
    assert list(commands) == PROCESSES
    assert [word for command in commands.values() for word in command if word in {"--daemon", "--detach", "-D"}] == []


def test_compose_runs_the_lines_of_the_procfile(compose: dict[str, Any]) -> None:
    services = {name: shlex.split(compose["services"][name]["command"]) for name in PROCESSES}
    assert services == devstack.procfile()


def test_compose_services(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*PROCESSES, "postgres", "redis", "cache", "prepare", "nginx"}


def test_only_the_one_that_migrates_knows_the_owner(compose: dict[str, Any]) -> None:
    knowing = {name for name, body in compose["services"].items() if "ADMIN_PASSWORD" in str(body)}
    assert knowing == {"postgres", "prepare"}


def test_compose_makes_the_database_like_the_embedded_one(compose: dict[str, Any]) -> None:
    postgres = compose["services"]["postgres"]
    words = [
        word for option in shlex.split(postgres["environment"]["POSTGRES_INITDB_ARGS"]) for word in option.split("=")
    ]
    embedded_words = list(embedded.INITDB)
    for skipped in ("--username", embedded.ADMIN, "--auth", "trust"):
        embedded_words.remove(skipped)
    assert sorted(words) == sorted(embedded_words)
    assert postgres["environment"]["POSTGRES_USER"] == embedded.ADMIN
    assert f"CREATE ROLE {embedded.APP} " in (ROOT / "deploy/postgres-roles.sh").read_text()


def test_queue_never_evicts(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]
    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes" in command


def test_no_secret_is_written_down(compose: dict[str, Any]) -> None:
    environment = compose["services"]["web"]["environment"]
    assert environment["SECRET_KEY"] == "${SECRET_KEY:?}"
    assert environment["FIELD_KEYS"] == "${FIELD_KEYS:?}"
    assert environment["CREDIT_SIGNING_KEY"] == "${CREDIT_SIGNING_KEY:?}"
    assert "SEED_DEMO" not in environment


def test_nginx_serves_files_only_where_django_has_allowed_it(compose: dict[str, Any]) -> None:
    prefix = compose["services"]["web"]["environment"]["ACCEL_PREFIX"]
    conf = (ROOT / "deploy/nginx.conf").read_text()
    block = conf.split(f"location {prefix} {{")[1].split("}")[0]
    assert "internal;" in block
    assert "sandbox" in block
    assert conf.count("/srv/var/media/") == 1


def test_ci_runs_exactly_the_test_command() -> None:
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "exec python3 run.py test"


def test_every_package_is_pinned() -> None:
    lines = [
        line for name in ("requirements.txt", "requirements-dev.txt") for line in (ROOT / name).read_text().splitlines()
    ]
    packages = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert [line for line in packages if line.split(" ;")[0].count("==") != 1] == []
