"""Numbers of hazards: one sequence for the province, so that no two offices ever meet."""

import re

from apps.core import numbers

PREFIX = "YH"
"""The letters that offices print before the number on their papers."""


NEXT_SERIAL_SQL = "nextval('hazards_number_seq')"


def number_sql(day: str, serial: str = NEXT_SERIAL_SQL) -> str:
    """A number in SQL; the arguments are SQL too, a day and a whole number, by itself the next one."""
    return f"concat('{PREFIX}-', to_char({day}, 'YYYY-'), to_char({serial}, 'FM999999999999000000'))"


def next_numbers(count: int = 1) -> list[str]:
    return numbers.next_numbers(PREFIX, "hazards_number_seq", count)


def numbers_meant(text: str) -> list[str]:
    """The whole number, when only its letters or hyphens were left out: 2026113047, YH2026-113047."""
    whole = re.fullmatch(rf"(?:{PREFIX})?-?(\d{{4}})-?(\d{{6,}})", text)
    return [f"{PREFIX}-{whole[1]}-{whole[2]}"] if whole else []


def serial_meant(text: str) -> str:
    """How a number ends, when only its serial was said: 113047."""
    return f"-{text}" if re.fullmatch(r"\d{6,8}", text) else ""
