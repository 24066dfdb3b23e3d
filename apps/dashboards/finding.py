"""What the one search box finds: the record whose number was typed, or names and texts register by register."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from apps.core.excel.text import clean
from apps.core.initials import letters_of, letters_of_person
from apps.core.markup import escaped
from apps.core.registers import Register, registry
from apps.core.search import find, spellings
from apps.hazards.services.numbers import numbers_meant, serial_meant

LABELS = {
    "projects": "项目",
    "enterprises": "企业",
    "hazards": "隐患",
    "risks": "风险点",
    "people": "人员",
    "papers": "文书",
}
LONGEST = 100
SHOWN = 8
COUNTED = 1_000
"""Nobody reads so many; counting on would only take time."""
EXCERPT = 60
LEAD = 12
"""So many characters stand before the found word where a text is cut."""


def typed(raw: str) -> str:
    """What was typed, on one line and without marks that only mislead the eye."""
    return " ".join(clean(raw[: 2 * LONGEST])[0].split())[:LONGEST]


def searched(user: Any) -> list[Register]:
    return [registry[name] for name in LABELS if name in registry and registry[name].may(user, "view")]


# Numbers --------------------------------------------------------------------------------------------------------------


def address_of_number(user: Any, text: str) -> str | None:
    """The page of the one visible record with this number, however wide or spaced out it was typed."""
    half = unicodedata.normalize("NFKC", text)
    bare = "".join(half.split()).upper()
    if not any(map(str.isdigit, bare)):
        return None
    meant = {text, half, bare, *numbers_meant(bare)}
    registers = [r for r in searched(user) if r.key != "pk"]
    found = [(r, record) for r in registers for record in r.rows(user).filter(**{f"{r.key}__in": meant})[:2]]
    found = found or by_serial(user, bare, registers)
    return found[0][0].row_url(found[0][1]) if len(found) == 1 else None


def by_serial(user: Any, bare: str, registers: Sequence[Register]) -> list[tuple[Register, Any]]:
    """Hazards whose number ends with these digits: how they are read out on the telephone."""
    register, ending = registry["hazards"], serial_meant(bare)
    if not ending or register not in registers:
        return []
    rows = find(register.rows(user), ["number"], ending).filter(number__endswith=ending)
    return [(register, record) for record in rows[:2]]


# Names and texts ------------------------------------------------------------------------------------------------------


def groups(user: Any, q: str) -> list[dict[str, Any]]:
    """For each register that holds something, its newest finds and how many there are."""
    found = ((r, find(r.rows(user), r.search, q).order_by("-pk")) for r in searched(user))
    cut = ((register, rows, list(rows[:SHOWN])) for register, rows in found)
    return [group(register, rows, records, q) for register, rows, records in cut if records]


def group(register: Register, rows: QuerySet, records: Sequence[Any], q: str) -> dict[str, Any]:
    count = len(records) if len(records) < SHOWN else rows.order_by()[: COUNTED + 1].count()
    return {
        "name": register.name,
        "label": LABELS[register.name],
        "count": min(count, COUNTED),
        "more": count > COUNTED,
        "rest": count > len(records),
        "url": f"{register.base_url}?{urlencode({'view': 'all', 'q': q})}",
        "items": [item(register, record, q) for record in records],
    }


def item(register: Register, record: Any, q: str) -> dict[str, Any]:
    card, mark = register.card(record), marker(q, letters_of_person if register.name == "people" else letters_of)
    title, sub = mark(card["title"]), mark(card["sub"])
    if "<mark>" not in title + sub and (text := getattr(record, "description", "")):
        title = mark(excerpt(text, q))
    return {"title": title, "sub": sub, "url": register.row_url(record), "mark": card["state"]}


# The found words ------------------------------------------------------------------------------------------------------


def pattern_of(q: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, spellings(q))), re.IGNORECASE)


def marker(q: str, letters: Callable[[str], list[str]]) -> Callable[[str], SafeString]:
    """Draws a text with what was found in it marked: the words themselves, else the characters with these initials."""
    pattern = pattern_of(q)

    def mark(text: str) -> SafeString:
        spans = [match.span() for match in pattern.finditer(text)]
        return with_marks(text, spans or by_initials(text, q, letters))

    return mark


def by_initials(text: str, q: str, letters: Callable[[str], list[str]]) -> list[tuple[int, int]]:
    if not (q.isascii() and q.isalnum()) or text.isascii():
        return []
    read = letters(text)
    places = [place for place, letter in enumerate(read) if letter]
    start = "".join(read).find(q.lower())
    return [] if start < 0 else [(places[start], places[start + len(q) - 1] + 1)]


def with_marks(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    parts, done = [], 0
    for start, end in spans:
        parts += [escaped(text[done:start]), f"<mark>{escaped(text[start:end])}</mark>"]
        done = end
    return SafeString("".join([*parts, escaped(text[done:])]))


def excerpt(text: str, q: str) -> str:
    """The part of a longer text around the found word, on one line."""
    match = pattern_of(q).search(text)
    start = max(0, match.start() - LEAD) if match else 0
    cut = " ".join(text[start : start + EXCERPT].split())
    return f"{'…' if start else ''}{cut}{'…' if start + EXCERPT < len(text) else ''}"
