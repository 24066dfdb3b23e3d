"""Cells as people write them, turned into values. A parser returns a value or raises `BadValue` with a Chinese reason.

Nothing is guessed in silence: a reading that needs an assumption (a date without its year) is asked for by the caller.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from apps.core.excel.text import bare_key, label_key, shorten

_BLANK_MARKS = frozenset({"", "-", "--", "---", "—", "——", "－", "/", "／", "\\", "、", "无", "n/a", "na", "暂无"})
_EPOCH = date(1899, 12, 30)
_SERIALS = (18_264, 73_415)  # 1950-01-01 to 2100-12-31
_YEARS = range(1950, 2101)

_CLOCK = (
    r"(?P<half>上午|下午|晚上?|中午|am|pm)?(?P<hour>\d{1,2})[:时点](?:(?P<minute>\d{1,2})分?)?"
    r"(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?"
)
_DAY = re.compile(
    r"(?:(?P<year>\d{4}|\d{2})[-./年、])?(?P<month>\d{1,2})[-./月、](?P<day>\d{1,2})[日号.]?"
    r"(?:t?" + _CLOCK + r")?(?:\+08:?00|z)?"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_YEAR_AND_MONTH = re.compile(r"\d{4}[-./年]\d{1,2}月?")
_RANGE = re.compile(r"\d[日号]?(?:至|到|~|～|—|--)+\d?|(?:\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)-\d")
_TIDY_DATE = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]|\((?:星期|周)?[一二三四五六日天]?\)|(?:之前|以前|前|止)$")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_LARGEST = Decimal(10) ** 15
_DIGITS = 28  # what decimal arithmetic keeps without rounding
_MULTIPLES = {"万": 10_000, "亿": 100_000_000, "千": 1_000}


class BadValue(ValueError):
    """A cell that cannot be read as what its column should hold."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class YearMissing(BadValue):
    """A date without its year; the caller may know it."""


def is_blank(value: Any) -> bool:
    """Empty, or one of the marks people put into an empty cell (-, /, 无)."""
    return value is None or (isinstance(value, str) and _fold(value) in _BLANK_MARKS)


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def parse_moment(value: Any, year: int | None = None) -> date | datetime:
    """A day, or a day with its time when one is written. `year` completes dates such as 6月22日."""
    if isinstance(value, date):
        return _in_range(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(value)
    if isinstance(value, str):
        return _in_range(_from_text(value, year))
    raise BadValue("不是日期")


def parse_date(value: Any, year: int | None = None) -> date:
    """The day; a time of day is dropped."""
    moment = parse_moment(value, year)
    return moment.date() if isinstance(moment, datetime) else moment


def parse_datetime(value: Any, year: int | None = None) -> datetime:
    """Midnight when no time is written, as Excel itself does. Naive, in local time."""
    moment = parse_moment(value, year)
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _in_range(moment: date) -> date:
    if moment.year not in _YEARS:
        raise BadValue(f"年份 {moment.year} 不合理")
    return moment


def _from_serial(number: float) -> date | datetime:
    if isinstance(number, int) and (compact := _COMPACT.fullmatch(str(number))):
        return _day(compact, None)
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        raise BadValue("是数字，不是日期")
    whole = int(number)
    day = _EPOCH + timedelta(days=whole)
    if number == whole:
        return day
    return datetime.combine(day, time()) + timedelta(seconds=round((number - whole) * 86_400))


def _from_text(text: str, year: int | None) -> date | datetime:
    folded = _fold(text).replace("：", ":")
    tidy = _TIDY_DATE.sub("", folded)
    match = _COMPACT.fullmatch(tidy) or _DAY.fullmatch(tidy)
    if match:
        return _moment(match, year)
    if _RANGE.search(folded):
        raise BadValue("像是一段时间，请只填一个日期")
    if _YEAR_AND_MONTH.fullmatch(tidy):
        raise BadValue("缺少日，请写到年月日")
    raise BadValue("无法识别的日期，请写成 2024-06-22 的形式")


def _moment(match: re.Match[str], year: int | None) -> date | datetime:
    day = _day(match, year)
    parts = match.groupdict()
    if not parts.get("hour"):
        return day
    hour = _hour(int(parts["hour"]), parts["half"] or "")
    try:
        return datetime.combine(day, time(hour, int(parts["minute"] or 0), int(parts["second"] or 0)))
    except ValueError as error:
        raise BadValue("没有这个时刻") from error


def _hour(hour: int, half: str) -> int:
    afternoon = half in ("下午", "晚", "晚上", "pm") and hour < 12
    return hour + 12 if afternoon or (half == "中午" and hour < 3) else hour


def _day(match: re.Match[str], year: int | None) -> date:
    written = match["year"]
    if written is None:
        if year is None:
            raise YearMissing("没有写年份")
    else:
        year = int(written) if len(written) == 4 else 2000 + int(written)
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise BadValue("没有这一天") from error


def parse_decimal(value: Any, unit: str = "") -> Decimal:
    """A number as written: 1,860 元, ￥3.5万元, 约20. `unit` is what the result is counted in (元 or 万元, say)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise BadValue("不是数字")
    if not isinstance(value, str):
        return _bounded(Decimal(str(value)))
    folded = _GROUPED.sub("", _fold(value)).strip("¥￥约大概共计:：")
    match = _NUMBER.match(folded)
    if match is None:
        raise BadValue("不是数字")
    if len(match[0]) > _DIGITS:
        raise BadValue("数字过长")
    return _bounded(Decimal(match[0]) * _multiple(folded[match.end() :], unit))


def _bounded(number: Decimal) -> Decimal:
    """No amount in a ledger has 16 digits, and no column of ours could keep it."""
    if not number.is_finite():
        raise BadValue("不是数字")
    if abs(number) >= _LARGEST:
        raise BadValue("数字过大")
    return number


def _multiple(written: str, unit: str) -> Decimal:
    """What one of the written units is in the field's unit. A unit that does not fit the field's is refused."""
    written, unit = written.rstrip("整左右。."), _fold(unit)
    if not written or written == unit:
        return Decimal(1)
    factor, base = _factor(written)
    own_factor, own_base = _factor(unit)
    if base not in ("", own_base) and own_base:
        raise BadValue(f"单位应为“{unit}”")
    if not _plain_unit(base):
        raise BadValue("数字后面有无法识别的内容")
    return Decimal(factor) / Decimal(own_factor)


def _factor(unit: str) -> tuple[int, str]:
    return (_MULTIPLES[unit[0]], unit[1:]) if unit and unit[0] in _MULTIPLES else (1, unit)


def _plain_unit(base: str) -> bool:
    return len(base) <= 4 and not any(character.isdigit() or character in "-~～至到" for character in base)


def parse_integer(value: Any) -> int:
    number = parse_decimal(value)
    if number != number.to_integral_value():
        raise BadValue("应为整数")
    return int(number)


def choice_keys(choices: Mapping[str, str]) -> dict[str, str]:
    """Comparable spelling → code."""
    return {label_key(label): code for label, code in choices.items()}


def parse_choice(value: Any, choices: Mapping[str, str], keys: Mapping[str, str] | None = None) -> str:
    """The code of a spelling: spaces, line breaks, width and brackets do not count, and 3 is 3级.

    `keys` is `choice_keys(choices)` made once by a caller with many cells.
    """
    keys = choice_keys(choices) if keys is None else keys
    text = str(value)
    for spelling in (label_key(text), bare_key(text), f"{label_key(text)}级", label_key(text).removesuffix("级")):
        if spelling and spelling in keys:
            return keys[spelling]
    shown: dict[str, str] = {}
    for label, code in choices.items():
        shown.setdefault(code, label)
    raise BadValue(f"没有“{shorten(text, 20)}”这个选项，可填：{'、'.join(shown.values())}")


@dataclass(frozen=True)
class Finding:
    """One of several findings in a cell. `number` as written (二、1.); `context` is what stands before the numbers."""

    number: str
    text: str
    context: str = ""


_CHINESE = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_LINE_MARKS = (
    re.compile(rf"(?:^|\n)\s*(?P<mark>[（(]?(?P<order>[{_CHINESE}]{{1,3}})(?:[)）]|[、.．]))"),
    re.compile(r"(?:^|\n)\s*(?P<mark>[（(]?(?P<order>\d{1,2})(?:[)）]|[、.．]))"),
    re.compile(rf"(?P<mark>(?P<order>[{_CIRCLED}]))"),
    re.compile(r"(?:^|[。；;，,：:\n])\s*(?P<mark>[（(]?(?P<order>\d{1,2})(?:[)）]|[、.．](?!\d)))"),
)


def split_findings(text: str) -> list[Finding]:
    """The findings a cell holds, for an offer to split it. One finding (or none that is numbered) gives a single entry.

    Numbers count only where they run 1, 2, 3 …, so 1.8米, K1+200 and 2024.6.22 stay what they are.
    """
    return _split(text, 0) or [Finding("", text.strip())]


def _split(text: str, level: int) -> list[Finding]:
    for at in range(level, len(_LINE_MARKS)):
        marks = _running(_LINE_MARKS[at].finditer(text))
        if len(marks) > 1:
            return _cut(text, marks, at)
    return []


def _running(matches: Any) -> list[re.Match[str]]:
    """The marks that continue 1, 2, 3 … in order."""
    kept: list[re.Match[str]] = []
    for match in matches:
        if _ordinal(match["order"]) == len(kept) + 1:
            kept.append(match)
    return kept


def _ordinal(order: str) -> int:
    if order.isdecimal():
        return int(order)
    if order in _CIRCLED:
        return _CIRCLED.index(order) + 1
    tens, ten, ones = order.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    units = _CHINESE.index(ones) + 1 if ones else 0
    return (_CHINESE.index(tens) + 1 if tens else 1) * 10 + units if ten else units


def _cut(text: str, marks: list[re.Match[str]], level: int) -> list[Finding]:
    context = text[: marks[0].start("mark")].strip()
    ends = [mark.start("mark") for mark in marks[1:]] + [len(text)]
    findings: list[Finding] = []
    for mark, end in zip(marks, ends, strict=True):
        body = text[mark.end("mark") : end].strip().rstrip("；;")
        inner = _split(body, level + 1) if level == 0 else []
        if inner:
            findings += [_within(item, mark["mark"], context) for item in inner]
        else:
            findings.append(Finding(mark["mark"], body, context))
    return findings


def _within(item: Finding, mark: str, context: str) -> Finding:
    return Finding(f"{mark}{item.number}", item.text, "\n".join(part for part in (context, item.context) if part))
