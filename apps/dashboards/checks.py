"""A database that holds a demonstration says so itself, wherever it has been moved to."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from apps.core.models import Slot
from hebei_safety.checks import START

DEMONSTRATION = "seed_demo"


def mark_demonstration() -> None:
    """Also keeps two demonstrations from being loaded at once."""
    Slot.objects.create(job=DEMONSTRATION, slot="loaded")


@register(START)
def demo_accounts_are_wanted(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The passwords of demo accounts are published, so only a platform that says it is a demo may hold them."""
    if settings.SEED_DEMO or not holds_demonstration():
        return []
    hint = "Start with SEED_DEMO=1, or with a new database."
    return [Error("The database holds demo accounts, but SEED_DEMO is off.", hint=hint, id="dashboards.E001")]


def holds_demonstration() -> bool:
    """A database that is away, or not made yet, is no reason not to start."""
    try:
        return Slot.objects.filter(job=DEMONSTRATION).exists()
    except DatabaseError:
        return False
