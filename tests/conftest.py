"""Fixtures for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import settings

from hebei_safety import embedded

# How long one example takes says more of the machine than of what is tested.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What one test put into the cache describes a database that is gone."""
    yield
    cache.clear()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[embedded.Valkey]:
    """The real queue (database 0) and cache (database 1), for tests of what lies in them."""
    server = embedded.Valkey(tmp_path).start()
    yield server
    server.stop()
