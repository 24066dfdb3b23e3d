"""Dictionaries of this app: kinds of entries and how they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from apps.core.deadlines import DeadlineRule
from apps.core.models import DictionaryEntry

CATEGORY = "hazard_category"
DEADLINE_TERM = "deadline_term"
PHRASE = "hazard_phrase"
DEMAND = "hazard_demand"
OPINION = "verify_opinion"
NAMES = {
    CATEGORY: "隐患类别",
    DEADLINE_TERM: "整改期限",
    PHRASE: "隐患常用语",
    DEMAND: "整改要求常用语",
    OPINION: "复查意见常用语",
}
CACHE_SECONDS = 600


@dataclass(frozen=True)
class Phrase:
    """A ready sentence; `demand` is what usually follows from it."""

    category: str
    name: str
    text: str
    demand: str


def entries(kind: str) -> list[tuple[str, str]]:
    """Code and label of a dictionary in their order; kept for minutes, and dropped when an entry changes."""
    read = DictionaryEntry.objects.of(kind).values_list("code", "label")
    return cache.get_or_set(f"dictionary:{kind}", lambda: list(read), CACHE_SECONDS) or []


def labels(kind: str) -> list[str]:
    return [label for _, label in entries(kind)]


def label_choices(kind: str) -> Sequence[tuple[str, str]]:
    return [(label, label) for label in labels(kind)]


def phrases() -> list[Phrase]:
    """What recorders can put in with one press, by category; a code is the category and a short name."""
    demands = dict(entries(DEMAND))
    split = [(*code.rpartition("-")[::2], code, text) for code, text in entries(PHRASE)]
    return [Phrase(category, name, text, demands.get(code, "")) for category, name, code, text in split]


def opinions() -> list[tuple[str, str]]:
    """Short name and sentence of the usual opinions of a verification."""
    return entries(OPINION)


def deadline_terms() -> list[tuple[str, str]]:
    """The usual terms of an order as (code, label); a code such as `calendar:3` says kind and number of days."""
    return entries(DEADLINE_TERM)


def deadline_rule(code: str) -> DeadlineRule:
    """The rule behind a term.  Raises DictionaryEntry.DoesNotExist for an unknown code."""
    entry = DictionaryEntry.objects.get(kind=DEADLINE_TERM, code=code)
    kind, _, days = entry.code.partition(":")
    return DeadlineRule("working" if kind == "working" else "calendar", int(days), entry.source, entry.certainty)


@receiver([post_save, post_delete], sender=DictionaryEntry)
def forget_entries(instance: DictionaryEntry, **kwargs: Any) -> None:
    cache.delete(f"dictionary:{instance.kind}")
