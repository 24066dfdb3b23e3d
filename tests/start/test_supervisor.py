import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from hebei_safety.supervisor import FIRST_PAUSE, HEALTHY_AFTER, LONGEST_PAUSE, Keeper, Program, stop_all
from tests.start.processes import survivors


@pytest.fixture
def short_lived(tmp_path: Path) -> Program:
    return Program("web", [sys.executable, "-c", "raise SystemExit(3)"], environment={}, log=tmp_path / "log", held=())


def ended(keeper: Keeper) -> Keeper:
    keeper.service.process.wait()
    return keeper


def test_ended_service_is_started_again_after_a_pause(short_lived: Program) -> None:
    keeper = ended(Keeper(short_lived))
    first, now = short_lived.process, keeper.started + HEALTHY_AFTER + 1
    assert keeper.tend(now) == "web ended with 3; again in 0.5 s"
    assert keeper.tend(now + FIRST_PAUSE / 2) is None
    assert short_lived.process is first
    assert keeper.tend(now + FIRST_PAUSE) is None
    assert short_lived.process is not first
    ended(keeper)


def test_pauses_grow_while_a_service_keeps_dying(short_lived: Program) -> None:
    keeper, pauses = Keeper(short_lived), []
    now = keeper.started
    for _ in range(8):
        ended(keeper).tend(now)
        pauses.append(keeper.pause)
        now += keeper.pause
        keeper.tend(now)
    ended(keeper)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_running_service_is_left_alone(tmp_path: Path) -> None:
    program = Program("web", ["sleep", "60"], environment={"PATH": "/usr/bin:/bin"}, log=tmp_path / "log", held=())
    keeper = Keeper(program)
    assert keeper.tend(keeper.started + 1000) is None
    stop_all([program])


def test_child_ends_with_its_supervisor(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from hebei_safety.supervisor import Program;"
        "path = {'PATH': '/usr/bin:/bin'};"
        "p = Program('x', ['sleep', '60'], environment=path, log=pathlib.Path(sys.argv[1]), held=());"
        "p.start(); print(p.process.pid, flush=True); import os; os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "log"], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    assert survivors({int(parent.stdout)}, patience=5) == set()
