"""A browser, as the journeys have it."""

from tests.journeys.conftest import browser, reference, visit

__all__ = ["browser", "reference", "visit"]
