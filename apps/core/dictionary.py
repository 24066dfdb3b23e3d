"""Reading dictionaries: the entries of one kind, kept for minutes and dropped when one changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from apps.core.deadlines import DeadlineRule
from apps.core.models import DictionaryEntry

CACHE_SECONDS = 600


def entries(kind: str) -> list[tuple[str, str]]:
    """Code and label of a dictionary in their order; kept for minutes, and dropped when an entry changes."""
    read = DictionaryEntry.objects.of(kind).values_list("code", "label")
    return cache.get_or_set(f"dictionary:{kind}", lambda: list(read), CACHE_SECONDS) or []


def labels_by_code(kind: str) -> dict[str, str]:
    return dict(entries(kind))


def labels(kind: str) -> list[str]:
    return [label for _, label in entries(kind)]


def label_choices(kind: str) -> Sequence[tuple[str, str]]:
    """For records that keep the label itself."""
    return [(label, label) for label in labels(kind)]


def deadline_rule(kind: str, day: date, usual: DeadlineRule) -> DeadlineRule:
    """The term that this dictionary's first entry in force on that day says by its code, such as working:20."""
    entry = DictionaryEntry.objects.of(kind, day).first()
    unit, _, days = entry.code.partition(":") if entry else ("", "", "")
    if entry is None or not days.isdigit():
        return usual
    return DeadlineRule("calendar" if unit == "calendar" else "working", int(days), entry.source, entry.certainty)


@receiver([post_save, post_delete], sender=DictionaryEntry)
def forget_entries(instance: DictionaryEntry, **kwargs: Any) -> None:
    cache.delete(f"dictionary:{instance.kind}")
