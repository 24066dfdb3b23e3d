"""What `.env.example` says, against what the code reads."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hebei_safety import env

ROOT: Path = settings.BASE_DIR
READ = re.compile(r"\benv\.(?:text|secret|flag|number|words|path)\(\s*['\"]([A-Z_]+)['\"]")
READ_AROUND_ENV = re.compile(r"(?:os\.environ(?:\.get)?|environment(?:\.get)?)[\[(]\s*['\"]([A-Z_]+)['\"]")
IN_COMPOSE = re.compile(r"\$\{([A-Z_]+)")
# Part of every system, or of the libraries' own languages.
FOREIGN = {"PATH", "DJANGO_SETTINGS_MODULE", "REMAP_SIGTERM"}


def names_in(pattern: re.Pattern[str], *files: Path) -> set[str]:
    return {name for file in files for name in pattern.findall(file.read_text())}


def example() -> dict[str, str]:
    """Each name of `.env.example` with the comment above it."""
    meaning, found = "", {}
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.startswith("#"):
            meaning = line
        elif line:
            found[line.split("=")[0]] = meaning
        else:
            meaning = ""
    return found


def test_example_lists_what_is_read_and_nothing_else() -> None:
    code = [*ROOT.glob("hebei_safety/*.py"), *ROOT.glob("deploy/*.py"), *ROOT.glob("apps/**/*.py"), ROOT / "run.py"]
    read = names_in(READ, *code) | names_in(READ_AROUND_ENV, *code) | names_in(IN_COMPOSE, ROOT / "docker-compose.yml")
    assert set(example()) == read - FOREIGN


def test_every_name_has_a_line_of_meaning() -> None:
    assert [name for name, meaning in example().items() if len(meaning) < 20] == []


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    sound = {
        "SECRET_KEY": "s" * 50,
        "FIELD_KEYS": f"k1:{'A' * 43}=",
        "CREDIT_SIGNING_KEY": f"c1:{'A' * 43}=",
        "DATABASE_URL": "postgres:///x",
        "REDIS_URL": "redis://x",
    }
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "hebei_safety.settings"} | sound | changes
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_production_starts_with_its_own_keys() -> None:
    assert start().returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "name,value",
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "change-me"),
        ("SECRET_KEY", "short"),
        ("FIELD_KEYS", "k1:change-me"),
        ("CREDIT_SIGNING_KEY", ""),
        ("CREDIT_SIGNING_KEY", "c1:change-me"),
    ],
)
def test_production_refuses_missing_and_published_keys(name: str, value: str) -> None:
    refused = start(**{name: value})
    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {name} is" in refused.stderr


def test_debug_is_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEBUG", raising=False)
    assert env.flag("DEBUG") is False
    monkeypatch.setenv("DEBUG", "1")
    assert env.flag("DEBUG") is True
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be 1 or 0"):
        env.flag("DEBUG")


@pytest.mark.parametrize(
    "url,expected",
    [
        ("postgres://u:p%40ss@db:5433/hebei", ("hebei", "u", "p@ss", "db", "5433")),
        ("postgres://hebei_app@/hebei?host=/run/pg", ("hebei", "hebei_app", "", "/run/pg", "")),
    ],
)
def test_database_addresses(url: str, expected: tuple[str, ...]) -> None:
    found = env.database(url)
    assert tuple(found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


def test_published_password_of_the_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="still the example's"):
        env.database("postgres://hebei_app:change-me@postgres:5432/hebei")


def test_only_postgresql_is_accepted() -> None:
    with pytest.raises(ImproperlyConfigured, match="Only PostgreSQL"):
        env.database("sqlite:///x.db")


def test_broker_address_of_a_socket() -> None:
    assert env.broker("unix:///run/v.sock?db=3") == "redis+socket:///run/v.sock?virtual_host=3"
    assert env.broker("redis://queue:6379/0") == "redis://queue:6379/0"
