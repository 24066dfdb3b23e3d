"""Identity and mobile numbers in what is kept, logged or shown of free text and workbooks."""

import re

SPACE = r"[\s\-]?"


def spaced(*digits: str) -> str:
    return SPACE.join(digits)


# Six digits of a place, a date of birth, a serial number and a check digit (GB 11643), also as people space them.
IDENTITY_NUMBER = re.compile(
    r"(?<![\d.])("
    + spaced(*[r"\d"] * 4)
    + ")"
    + SPACE
    + spaced(r"\d", r"\d", r"(?:[1１]\s?[9９]|[2２]\s?[0０])", r"\d", r"\d", r"(?:[0０]\s?\d|[1１]\s?[0-2０-２])")
    + SPACE
    + r"(?:[0-2０-２]\s?\d|[3３]\s?[01０１])"
    + SPACE
    + "("
    + spaced(*[r"\d"] * 3, r"[\dXxＸｘ]")
    + r")(?!\d)"
)
MOBILE_NUMBER = re.compile(r"(?<![\d.])([1１][3-9３-９]\d)[\s\-]?\d{4}[\s\-]?(\d{4})(?!\d)")


SHOWN_FROM = 10
"""So long is a telephone number of which seven digits may be shown."""


def masked_phone(number: str) -> str:
    """138****2046; of a short one nothing."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= SHOWN_FROM else "****" if number else ""


def mask_numbers(text: str) -> str:
    """1301**********123X and 139****5678"""
    return MOBILE_NUMBER.sub(r"\1****\2", IDENTITY_NUMBER.sub(r"\1**********\2", text))
