"""Conditions that the tabs of many registers have in common; each takes the user who looks."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone


def in_state(*states: str) -> Callable[[Any], Q]:
    return lambda user: Q(state__in=states)


def in_force_today(user: Any) -> Q:
    """Editions stand beside each other; an empty end has not come."""
    today = timezone.localdate()
    return Q(effective_from__lte=today) & (Q(effective_to=None) | Q(effective_to__gte=today))
