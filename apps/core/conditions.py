"""Conditions that many tables have in common; those for the tabs of registers take the user who looks."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone


def in_state(*states: str) -> Callable[[Any], Q]:
    return lambda user: Q(state__in=states)


def in_force_on(day: date) -> Q:
    """Editions stand beside each other; an empty end has not come."""
    return Q(effective_from__lte=day) & (Q(effective_to=None) | Q(effective_to__gte=day))


def in_force_today(user: Any) -> Q:
    return in_force_on(timezone.localdate())
