"""Fixtures for all tests."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """What one test put into the cache describes a database that is gone."""
    yield
    cache.clear()
