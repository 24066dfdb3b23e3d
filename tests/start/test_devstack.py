"""`python3 run.py` from start to every kind of end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from hebei_safety import devstack
from tests.start.processes import descendants, survivors, words_of

ROOT: Path = settings.BASE_DIR
TYPES = "from django.contrib.contenttypes.models import ContentType; objects = ContentType.objects; "


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Platform:
    """A platform of its own in a temporary folder."""

    def __init__(self, var: Path) -> None:
        self.var, self.port = var, free_port()
        only = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        # As in the README for other machines: the supervisor itself still asks by 127.0.0.1.
        names = {"ALLOWED_HOSTS": "safety.example.org", "SEED_DEMO": "0"}
        self.environment = only | names | {"HEBEI_VAR": str(var), "PORT": str(self.port)}

    def start(self) -> "Platform":
        command = [sys.executable, "-m", "hebei_safety.devstack", "serve"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)
        self.read_until("ready")
        return self

    def read_until(self, words: str) -> str:
        assert self.process.stdout
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if words in line:
                return line
        raise AssertionError("".join(seen))

    def manage(self, *args: str) -> str:
        command = [sys.executable, "-m", "hebei_safety.devstack", "manage", *args]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self, with_signal: int) -> int:
        self.process.send_signal(with_signal)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path / "var")
    yield platform
    platform.end(signal.SIGKILL)


@pytest.mark.slow
def test_platform_survives_deaths_and_leaves_nothing_behind(platform: Platform) -> None:
    platform.start()
    all_processes = descendants(platform.process.pid)
    with urllib.request.urlopen(f"http://127.0.0.1:{platform.port}/readyz") as answer:
        assert (answer.status, json.load(answer)["ready"]) == (200, True)

    # A second one on the same folder is refused; commands run beside the first.
    second = subprocess.run([sys.executable, "-m", "hebei_safety.devstack", "serve"], cwd=ROOT, capture_output=True,
                            text=True, env=platform.environment | {"PORT": str(free_port())})  # fmt: skip
    assert second.returncode == 1
    assert "Already running" in second.stderr
    platform.manage("shell", "--command", f"{TYPES}objects.create(app_label='kept', model='row')")

    # One killed process is replaced.
    beat = next(pid for pid in all_processes if b"beat" in words_of(pid))
    os.kill(beat, signal.SIGKILL)
    assert re.search(r"beat ended with -9; again in [\d.]+ s", platform.read_until("beat ended"))

    # A killed supervisor takes everything along.
    all_processes |= descendants(platform.process.pid)
    platform.end(signal.SIGKILL)
    assert survivors(all_processes, patience=30) == set()

    # The data is still there, and Ctrl-C ends everything in order.
    platform.start()
    read = f"{TYPES}print(objects.filter(app_label='kept').count())"
    assert platform.manage("shell", "--verbosity", "0", "--command", read).strip() == "1"
    all_processes = descendants(platform.process.pid)
    assert platform.end(signal.SIGINT) == 0
    assert survivors(all_processes, patience=0) == set()


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    made = devstack.own_secrets(file)
    assert devstack.own_secrets(file) == made
    assert file.stat().st_mode & 0o077 == 0
    assert len(made["SECRET_KEY"]) > 50
    assert re.fullmatch(r"k1:[A-Za-z0-9+/]{43}=", made["FIELD_KEYS"])
    assert re.fullmatch(r"c1:[A-Za-z0-9+/]{43}=", made["CREDIT_SIGNING_KEY"])


def test_secret_that_a_release_adds_is_made_beside_the_older_ones(tmp_path: Path) -> None:
    file = tmp_path / "secret.env"
    file.write_text("# ours\nSECRET_KEY=older\nFIELD_KEYS=k1:older\nOWN=x")
    made = devstack.own_secrets(file)
    assert (made["SECRET_KEY"], made["FIELD_KEYS"], made["OWN"]) == ("older", "k1:older", "x")
    assert re.fullmatch(r"c1:[A-Za-z0-9+/]{43}=", made["CREDIT_SIGNING_KEY"])
    assert file.read_text().startswith("# ours\n")
    assert devstack.own_secrets(file) == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret.env"]


def test_demo_is_loaded_only_into_the_embedded_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEED_DEMO", raising=False)
    monkeypatch.delenv("DATABASE_URL")
    assert devstack.environment_for(tmp_path)["SEED_DEMO"] == "1"
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/hebei")
    assert devstack.environment_for(tmp_path)["SEED_DEMO"] == "0"


def test_busy_port_is_named_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(SystemExit, match=f"Port {port} cannot be used"):
            devstack.require_free_port({"PORT": port})


def test_folder_is_claimed_once(tmp_path: Path) -> None:
    with devstack.claim(tmp_path) as first:
        assert first is not None
        assert (tmp_path / "lock").read_text() == str(os.getpid())
        with devstack.claim(tmp_path) as second:
            assert second is None
    with devstack.claim(tmp_path) as third:
        assert third is not None


def test_claim_waits_for_what_a_killed_one_left_running(tmp_path: Path) -> None:
    """The lock is held by a child whose run.py is gone: nobody else may start until the child has ended too."""
    script = (
        "import os, subprocess, sys, pathlib; from hebei_safety.devstack import claim;"
        "kept = claim(pathlib.Path(sys.argv[1])); held = kept.__enter__();"
        "subprocess.Popen(['sleep', sys.argv[2]], pass_fds=held); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path, "0.5"], cwd=ROOT)
    with devstack.claim(tmp_path) as held:
        assert held is not None
    left = subprocess.Popen([sys.executable, "-c", script, tmp_path, "2"], cwd=ROOT)
    left.wait()
    with devstack.claim(tmp_path, patience=0.1) as held:
        assert held is None
