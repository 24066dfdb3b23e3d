"""What run.py does before it hands over."""

from pathlib import Path

import pytest

import run


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "VENV", tmp_path / "venv")
    run.VENV.mkdir()
    return run.VENV


def test_environment_that_is_up_to_date_is_only_read(venv: Path) -> None:
    (venv / f"{run.BASE}.installed").write_text(run.pins_of(run.BASE))
    run.install(run.BASE)
    assert [file.name for file in venv.iterdir()] == [f"{run.BASE}.installed"]


def test_environment_that_cannot_be_written_is_named(
    venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "VENV", venv / "a file" / "venv")
    (venv / "a file").touch()
    with pytest.raises(SystemExit):
        run.install(run.BASE)
    assert f"Packages must go into {run.VENV}, which cannot be written" in capsys.readouterr().err
