"""Which set of lists holds, whether its names are confirmed, and what its lists are."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.events import record_event
from apps.core.records import refuse_if_stale, save_form
from apps.lists.models import ListSet, ListType


@transaction.atomic
def activate(code: str, edition: str, *, by: User) -> list[ListSet]:
    """Let the sets of this reading hold, for both sides at once; those that held before are kept with their history."""
    sets = list(ListSet.objects.select_for_update().order_by("pk"))
    wanted = [s for s in sets if (s.code, s.edition) == (code, edition)]
    if all(s.is_active for s in wanted):
        raise ValidationError("这个清单体系已经启用")
    today = timezone.localdate()
    # Those that stop first: two active ones on a side the database refuses, if but for a moment.
    sides = {s.side for s in wanted}
    for old in [s for s in sets if s.is_active and s.side in sides and s not in wanted]:
        change(old, "deactivated", by, is_active=False)
    for new in wanted:
        if not new.is_active:
            change(new, "activated", by, is_active=True, active_since=today)
    return wanted


@transaction.atomic
def confirm_names(list_set: ListSet, *, basis: str, by: User, version: int | None = None) -> ListSet:
    """Write down that the authority has said so, and where."""
    refuse_if_stale(list_set, by, version)
    list_set.refresh_from_db()
    if list_set.name_confirmed:
        raise ValidationError("名称已经确认过")
    change(list_set, "names_confirmed", by, name_confirmed=True, legal_basis=basis)
    return list_set


def change(list_set: ListSet, name: str, by: User, **values: Any) -> None:
    facts = {key: [getattr(list_set, key), value] for key, value in values.items()}
    for key, value in values.items():
        setattr(list_set, key, value)
    list_set.version += 1
    list_set.save(update_fields=[*values, "version"])
    record_event(list_set, name, by=by, facts=facts)


def save_list(form: Any, *, by: User, version: int | None = None) -> ListType:
    """Write a list as defined, with the event that says what changed; frozen lists stay as they were."""
    return save_form(form, by=by, version=version)


def next_code(list_set: ListSet) -> str:
    """For a list that an administrator adds: a code of its own, never used before in this set."""
    taken = set(list_set.lists.values_list("code", flat=True))
    return next(code for n in range(1, 1000) if (code := f"list-{n}") not in taken)
