"""The citizen's identity number (公民身份号码, GB 11643-1999): says what is wrong with one; tells birth and sex."""

import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from stdnum.cn import ric

LENGTH = 18
OLDEST = 1900


def normalised(text: str) -> str:
    """Half width, upper-case X, without spaces."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "")


def problem(number: str, today: date) -> str | None:
    """The first thing wrong with a normalised number, as a sentence that does not repeat it, or None."""
    if len(number) != LENGTH:
        return f"身份证号码应为{LENGTH}位，现为{len(number)}位"
    for place, character in enumerate(number, start=1):
        if not character.isascii() or not (character.isdigit() or (place == LENGTH and character == "X")):
            return f"身份证号码第{place}位“{character}”应为数字" + ("或X" if place == LENGTH else "")
    born = birth_date(number)
    if born is None or born.year < OLDEST or born > today:
        return "身份证号码第7至14位不是有效的出生日期"
    expected = ric.calc_check_digit(number)
    if number[-1] != expected:
        return f"身份证号码第{LENGTH}位校验码应为“{expected}”，现为“{number[-1]}”，请核对前面各位"
    return None


def check(number: str, today: date) -> None:
    if reason := problem(number, today):
        raise ValidationError(reason, code="id_number")


def birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """The order digit is odd for men."""
    return "男" if int(number[16]) % 2 else "女"


def age_on(number: str, day: date) -> int | None:
    born = birth_date(number)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None


def masked(number: str) -> str:
    """1301**********123X"""
    return f"{number[:4]}**********{number[-4:]}" if number else ""
