"""Deadlines as a pure function that can explain itself.  Knows days and rules, nothing of what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal, Self

from apps.core.workdays import Calendar, Day, days_after, in_words, is_working

Unit = Literal["calendar", "working"]
UNIT_LABELS: dict[Unit, str] = {"calendar": "自然日", "working": "工作日"}


@dataclass(frozen=True)
class DeadlineRule:
    """So many days of one kind, and who says so.

    `certainty` is empty when the source was read, else a word on the doubt.  With `rolls` a last day that
    is not worked gives way to the next working day (《民法典》第二百零三条); a hazard does not wait for the
    holiday's end, so that is not the default.
    """

    kind: Unit
    days: int
    legal_source: str
    certainty: str = ""
    rolls: bool = False

    def __post_init__(self) -> None:
        if self.days < 0:
            raise ValueError("a deadline cannot lie before its start")


@dataclass(frozen=True)
class Pause:
    """Days on which the clock stands still, first and last included."""

    first: date
    last: date
    reason: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Derivation:
    """A due date with the way it was reached; stored with the record so that it can be read years later."""

    due: date
    steps: tuple[str, ...]
    calendar_edition: str

    def explain(self) -> str:
        return "\n".join(self.steps)

    def as_json(self) -> dict[str, Any]:
        return {"due": self.due.isoformat(), "steps": list(self.steps), "calendar_edition": self.calendar_edition}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        return cls(date.fromisoformat(stored["due"]), tuple(stored["steps"]), stored["calendar_edition"])


@dataclass(frozen=True)
class _Passed:
    """One day after the start: whether it was counted, and the words for a day that needs explaining."""

    day: date
    counted: bool
    note: str


def deadline(start: date, rule: DeadlineRule, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Derivation:
    """The last day on which the duty is met in time.

    The day of the start is not counted (《民法典》第二百零一条); 0 days means the day of the start itself.
    """
    passed = _count(start, rule, calendar, pauses)
    due = passed[-1].day if passed else start
    rolled = _roll(due, calendar) if rule.rolls else []
    last = rolled[-1].day if rolled else due
    steps = (
        _beginning(start, rule),
        *_notes(passed),
        *([f"第 {rule.days} 日 {in_words(due)}不上班，顺延至下一个工作日。", *_notes(rolled)] if rolled else []),
        *_doubts(start, last, rule, calendar),
        f"到期日为 {in_words(last)}。",
    )
    return Derivation(last, steps, calendar.edition)


def _count(start: date, rule: DeadlineRule, calendar: Calendar, pauses: Sequence[Pause]) -> list[_Passed]:
    passed: list[_Passed] = []
    left = rule.days
    following = days_after(start)
    while left:
        passed.append(_pass(next(following), rule, calendar, pauses))
        left -= passed[-1].counted
    return passed


def _pass(day: date, rule: DeadlineRule, calendar: Calendar, pauses: Sequence[Pause]) -> _Passed:
    pause = next((pause for pause in pauses if day in pause), None)
    if pause is not None:
        return _Passed(day, False, f"期限中止（{pause.reason}）")
    if rule.kind == "calendar":
        return _Passed(day, True, "")
    known = calendar.day(day)
    return _Passed(day, known.working, known.reason)


def _roll(due: date, calendar: Calendar) -> list[_Passed]:
    """The days from an unworked last day to the next worked one; empty when the last day is worked."""
    if is_working(calendar, due):
        return []
    rolled: list[_Passed] = []
    for day in days_after(due):
        known: Day = calendar.day(day)
        rolled.append(_Passed(day, known.working, known.reason))
        if known.working:
            break
    return rolled


def _beginning(start: date, rule: DeadlineRule) -> str:
    counted = f"自 {in_words(start)}起算，当日不计入，按{UNIT_LABELS[rule.kind]}计 {rule.days} 日"
    if not rule.days:
        counted = f"自 {in_words(start)}起算，当日到期"
    return f"{counted}（依据：{rule.legal_source}）。"


def _notes(passed: Iterable[_Passed]) -> list[str]:
    """One sentence for each run of days that were skipped, or worked against expectation, for one reason."""
    runs = ((key, list(days)) for key, days in groupby(passed, key=lambda day: (day.counted, day.note)))
    return [_note(counted, note, days) for (counted, note), days in runs if note]


def _note(counted: bool, note: str, days: list[_Passed]) -> str:
    span = in_words(days[0].day)
    if len(days) > 1:
        span = f"{span}至 {in_words(days[-1].day)}，共 {len(days)} 天"
    return f"{span}：{note}，{'计入' if counted else '不计入'}。"


def _doubts(start: date, due: date, rule: DeadlineRule, calendar: Calendar) -> list[str]:
    """What the reader must know before relying on the date."""
    doubts = [f"本规则的依据尚待确认：{rule.certainty}。"] if rule.certainty else []
    if rule.kind == "working" or rule.rolls:
        unknown = [year for year in range(start.year, due.year + 1) if not calendar.is_published(year)]
        doubts += [f"{year} 年没有可用的放假安排，暂只扣除双休日，安排公布后请复核。" for year in unknown]
    return doubts
