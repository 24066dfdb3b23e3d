"""What findings (entries, listings, permit cases) wait for, and in whose hands that is: for the tabs of registers."""

from typing import Any

from django.db.models import Q
from django.utils import timezone


def to_check(user: Any) -> Q:
    return Q(state="proposed") & ~Q(made_by=user.pk)


def to_notify(user: Any) -> Q:
    return Q(state="checked", organisation=user.organisation_id)


def to_decide(user: Any) -> Q:
    """What waits for the decision of this very person: neither proposed nor checked by them, and the firm was heard."""
    heard = Q(state="notified") & (Q(objection_until__lt=timezone.localdate()) | Q(answered_at__isnull=False))
    return (heard | Q(state="objected")) & not_by_hand_of(user)


def not_by_hand_of(user: Any) -> Q:
    return ~Q(made_by=user.pk) & ~Q(checked_by=user.pk)


def to_object(user: Any) -> Q:
    told = Q(state="notified", objection_until__gte=timezone.localdate(), answered_at=None)
    return told & Q(enterprise=user.organisation_id)
