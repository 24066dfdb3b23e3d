"""The shipped lists, and lists frozen for tests."""

from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.lists.models import ListSet, ListSnapshot, ListType, Side
from apps.lists.periods import Span
from apps.lists.readings import load
from apps.lists.services.freezing import freeze


def shipped(code: str, side: str = Side.AUTHORITY, reading: str = "R1") -> ListType:
    """A list as it is shipped; tests that truncate tables have to load it again."""
    if not ListSet.objects.exists():
        load(ListSet, ListType, timezone.localdate())
    return ListType.objects.select_related("list_set").get(code=code, list_set__code=reading, list_set__side=side)


def frozen(
    code: str, user: User, *, side: str = Side.AUTHORITY, span: Span | None = None, **kwargs: Any
) -> ListSnapshot:
    """The list of the user's office, frozen for today unless another period is given."""
    today: date = timezone.localdate()
    return freeze(shipped(code, side), user.organisation, span or (today, today), by=user, **kwargs)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keys(snapshot: ListSnapshot) -> list[str]:
    return [row["key"] for row in snapshot.rows]
