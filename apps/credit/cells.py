"""How states, points and letters look in lists and on pages."""

from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.templatetags import ui
from apps.credit.models.words import Letter

TONES: dict[str, str] = {
    "proposed": "blue",
    "checked": "blue",
    "notified": "orange",
    "objected": "red",
    "effective": "green",
    "published": "green",
    "listed": "red",
    "suspended": "red",
    "reported": "ring",
    "released": "green",
    "repaired": "ring",
    "removed": "ring",
    "applied": "blue",
    "accepted": "orange",
    "granted": "green",
    "sent": "blue",
    "valid": "green",
}
SAMPLE = "示例"
"""Stands beside every figure that no office has confirmed, so that nothing invented looks like law."""
LETTERS = {Letter.A: "green", Letter.B: "blue", Letter.C: "orange", Letter.D: "red"}


def state_cell(record: Any) -> str:
    return ui.state_dot(TONES.get(record.state, "grey"), record.get_state_display())


def number_cell(record: Any) -> str:
    """In one line, as it is read out and looked up."""
    return format_html('<span class="no-wrap">{}</span>', record.number)


def points_in_words(points: Decimal | None) -> str:
    """+2, −10, +1.5: with its sign, without zeros at the end."""
    if points is None:
        return ""
    told = f"{abs(points).normalize():f}"
    return f"−{told}" if points < 0 else f"+{told}" if points else "0"


def points_mark(points: Decimal | None) -> SafeString:
    tone = "danger-text" if points and points < 0 else "ok-text" if points else "muted"
    return format_html('<span class="{} strong">{}</span>', tone, points_in_words(points))


def sample_mark(is_sample: bool) -> SafeString | str:
    """Beside a figure; "" where an office has set it."""
    told = ' <span class="chip" title="示例值，由主管部门核定">{}</span>'
    return format_html(told, SAMPLE) if is_sample else ""


def points_cell(record: Any) -> str:
    return points_mark(record.points)


def letter_mark(letter: str) -> SafeString:
    """The letter as a chip of its colour; the word stands in it, so that colour alone tells nothing."""
    return format_html('<span class="chip chip-{}">{}</span>', LETTERS[Letter(letter)], Letter(letter).label)


def grade_cell(standing: Any) -> str:
    return letter_mark(standing.grade)
