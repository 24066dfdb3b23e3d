#!/usr/bin/env python3
"""Everything in one command; needs Python 3.11 or later and nothing else.

python3 run.py               the whole platform on http://127.0.0.1:8000/
python3 run.py test [...]    all tests; arguments go to pytest
python3 run.py lint          style, import order, types, templates
python3 run.py manage ...    a command of manage.py on the same database
python3 run.py bench [...]   figures of speed
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("HEBEI_VENV") or ROOT / ".venv")
PYTHON = VENV / "bin" / "python"
BASE, DEV = "requirements.txt", "requirements-dev.txt"
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    print(p.chromium.executable_path)
"""
LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("lint-imports",),
    ("mypy",),
    ("djlint", "--lint", "--quiet", "templates"),
)


def stop(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    sys.exit(2)


def install(*files: str) -> None:
    """Brings .venv up to the pins; one that is up to date needs only be readable, so that accounts can share it."""
    if all(map(is_installed, files)):
        return
    try:
        VENV.mkdir(parents=True, exist_ok=True)
        lock = (VENV / "install.lock").open("w")
    except OSError as error:
        stop(f"Packages must go into {VENV}, which cannot be written ({error.strerror}): name another HEBEI_VENV.")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for file in files:
            if not is_installed(file):
                print(f"Installing {file} …", file=sys.stderr, flush=True)
                install_file(file)
                stamp_of(file).write_text(pins_of(file))


def stamp_of(file: str) -> Path:
    return VENV / f"{file}.installed"


def pins_of(file: str) -> str:
    return hashlib.sha256((ROOT / file).read_bytes() + sys.version.encode()).hexdigest()


def is_installed(file: str) -> bool:
    return stamp_of(file).exists() and stamp_of(file).read_text() == pins_of(file)


def install_file(file: str) -> None:
    python, uv = str(PYTHON), shutil.which("uv")
    if uv:
        make = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable]
        pip = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        make = [sys.executable, "-m", "venv"]
        pip = [python, "-m", "pip", "install", "-qq"]
    if not PYTHON.exists() and subprocess.run([*make, VENV]).returncode:
        stop("Could not make .venv. Debian and Ubuntu keep what it needs in the package python3-venv.")
    if subprocess.run([*pip, "--requirement", ROOT / file]).returncode:
        stop(f"Could not install {file}; the lines above say why.")


def browser() -> str | None:
    """The program for the browser tests: the system's, or one fetched now."""
    return find_browser() or fetch_by_apt() or fetch_by_playwright()


def find_browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def fetch_by_apt() -> str | None:
    if os.geteuid() or not shutil.which("apt-get"):
        return None
    print("Installing chromium by apt …", file=sys.stderr, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (("update", "-qq"), ("install", "-qq", "--no-install-recommends", "chromium")):
        subprocess.run(["apt-get", *words], env=environment, stdout=subprocess.DEVNULL)
    return find_browser()


def fetch_by_playwright() -> str | None:
    print("Fetching Chromium by Playwright …", file=sys.stderr, flush=True)
    done = subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], stdout=subprocess.DEVNULL)
    if done.returncode:
        return None
    return subprocess.run([PYTHON, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True).stdout.strip() or None


def become(*args: str) -> None:
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), *args])  # noqa: S606  no shell is wanted


def test(*args: str) -> None:
    install(BASE, DEV)
    found = browser()
    if not found:
        stop("The browser tests need Chromium and none could be fetched: install it and run this again.")
    os.environ["CHROMIUM"] = found or ""
    become("-m", "pytest", *(args or ("-n", "auto")))


def lint() -> None:
    install(BASE, DEV)
    os.chdir(ROOT)
    results = [subprocess.run([VENV / "bin" / linter, *words]).returncode for linter, *words in LINTERS]
    sys.exit(any(results))


def main(command: str = "serve", *args: str) -> None:
    if command == "test":
        test(*args)
    elif command == "lint":
        lint()
    elif command in {"serve", "manage", "bench"}:
        install(BASE)
        become("-m", "hebei_safety.devstack", command, *args)
    else:
        stop((__doc__ or "").strip())


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036  this is where an older one is told
        stop("Python 3.11 or later is needed; this is " + sys.version.split()[0] + ".")
    main(*sys.argv[1:])
