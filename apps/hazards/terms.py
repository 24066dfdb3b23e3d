"""The usual terms of an order, as days that can explain themselves."""

from dataclasses import asdict
from datetime import date
from typing import Any

from apps.core.deadlines import deadline
from apps.hazards import dictionaries
from apps.hazards.calendar import CALENDAR


def derived(term: str, start: date) -> tuple[date, dict[str, Any]]:
    """The deadline of a term of the dictionary and its derivation; DictionaryEntry.DoesNotExist for an unknown one.

    The rule is kept in it: where a notice is served, the same term counts from the day of service.
    """
    rule = dictionaries.deadline_rule(term)
    derivation = deadline(start, rule, CALENDAR)
    return derivation.due, derivation.as_json() | {"rule": asdict(rule)}
