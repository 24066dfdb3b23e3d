"""Dictionaries of this app: kinds of entries and how they are read."""

from dataclasses import dataclass

from apps.core.deadlines import DeadlineRule
from apps.core.dictionary import entries, label_choices, labels
from apps.core.models import DictionaryEntry

__all__ = ["DICTIONARIES", "deadline_rule", "deadline_terms", "label_choices", "labels", "opinions", "phrases"]

CATEGORY = "hazard_category"
DEADLINE_TERM = "deadline_term"
PHRASE = "hazard_phrase"
DEMAND = "hazard_demand"
OPINION = "verify_opinion"
DICTIONARIES = {
    CATEGORY: "隐患类别",
    DEADLINE_TERM: "整改期限",
    PHRASE: "常用隐患描述",
    DEMAND: "常用整改要求",
    OPINION: "常用复查意见",
}


@dataclass(frozen=True)
class Phrase:
    """A ready sentence; `demand` is what usually follows from it."""

    category: str
    name: str
    text: str
    demand: str


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
