"""pytest plugin: one embedded PostgreSQL for the whole run and all its workers, unless DATABASE_URL names a server.

It is loaded by `-p`, not from a conftest.py: pytest-django reads the settings before any of those.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hebei_safety import embedded

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")
PREFIX = "hebei-tests-"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if "PYTEST_XDIST_WORKER" not in os.environ and not os.environ.get("DATABASE_URL"):
        start_server(early_config)
    return (yield)


def start_server(config: pytest.Config) -> None:
    parent = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    remove_left_over(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    server = embedded.Postgres(folder, durable=False).start()
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    config.add_cleanup(server.stop)
    os.environ["DATABASE_URL"] = server.url(embedded.APP)
    os.environ["DATABASE_ADMIN_URL"] = server.url(embedded.ADMIN)
    if getattr(config.known_args_namespace, "numprocesses", None):
        make_template()


def make_template() -> None:
    """Migrates once; every xdist worker then copies the result instead of migrating for itself."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    os.environ["TEST_DATABASE_TEMPLATE"] = embedded.DATABASE


def remove_left_over(parent: Path) -> None:
    """Folders of runs that were killed; their servers have died with them."""
    for folder in parent.glob(f"{PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX).split("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)
