"""Deadlines: a pure function over working days that explains itself."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.deadlines import (
    DeadlineRule,
    Derivation,
    Pause,
    Unit,
    deadline,
)
from apps.core.workdays import PUBLISHED, Day, WorkdayCalendar, in_words

CALENDAR = WorkdayCalendar()
ONE_DAY = timedelta(days=1)

days_known = st.dates(date(2024, 1, 1), date(2026, 10, 31))
units: st.SearchStrategy[Unit] = st.sampled_from(["calendar", "working"])
lengths = st.integers(0, 40)


@st.composite
def pauses_after(draw: st.DrawFn, start: date) -> list[Pause]:
    offsets = draw(st.lists(st.tuples(st.integers(-5, 60), st.integers(0, 12)), max_size=3))
    return [Pause(start + offset * ONE_DAY, start + (offset + length) * ONE_DAY, "停工") for offset, length in offsets]


def rule(days: int, kind: Unit = "working", rolls: bool = False) -> DeadlineRule:
    return DeadlineRule(kind, days, "通知书", rolls=rolls)


def due(start: date, days: int, kind: Unit = "working", *, pauses: list[Pause] | None = None) -> date:
    return deadline(start, rule(days, kind), CALENDAR, pauses or []).due


def span(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


# The count


def test_the_day_of_the_order_is_not_counted() -> None:
    assert due(date(2026, 11, 16), 5, "calendar") == date(2026, 11, 21)


def test_working_days_leave_out_the_weekend() -> None:
    assert due(date(2026, 11, 20), 1) == date(2026, 11, 23)


def test_working_days_leave_out_spring_festival_and_count_its_make_up_saturday() -> None:
    assert due(date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_no_days_means_the_day_itself_even_on_a_holiday() -> None:
    assert due(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_a_rule_of_negative_days_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="before its start"):
        rule(-1)


def test_a_pause_in_the_middle_gives_its_days_back() -> None:
    storm = Pause(date(2026, 11, 18), date(2026, 11, 19), "重污染天气停工")
    assert due(date(2026, 11, 16), 5, "calendar", pauses=[storm]) == date(2026, 11, 23)


def test_overlapping_pauses_are_given_back_once() -> None:
    twice = [
        Pause(date(2026, 11, 18), date(2026, 11, 19), "停工"),
        Pause(date(2026, 11, 19), date(2026, 11, 20), "停电"),
    ]
    assert due(date(2026, 11, 16), 5, "calendar", pauses=twice) == date(2026, 11, 24)


def test_a_pause_over_a_weekend_gives_no_working_day_back() -> None:
    weekend = Pause(date(2026, 11, 21), date(2026, 11, 22), "停工")
    assert due(date(2026, 11, 20), 1, pauses=[weekend]) == due(date(2026, 11, 20), 1)


def test_a_calendar_deadline_does_not_wait_for_the_end_of_a_holiday() -> None:
    assert due(date(2026, 9, 28), 3, "calendar") == date(2026, 10, 1)


def test_a_deadline_that_rolls_ends_on_the_next_working_day_and_says_why() -> None:
    found = deadline(date(2026, 9, 28), rule(3, "calendar", rolls=True), CALENDAR)
    assert found.due == date(2026, 10, 8)
    assert f"{in_words(date(2026, 10, 2))}至 {in_words(date(2026, 10, 7))}，共 6 天：国庆节，不计入。" in found.steps


@given(days_known, lengths, units, st.data())
def test_the_due_day_is_the_one_that_counting_on_the_fingers_finds(
    start: date, days: int, kind: Unit, data: st.DataObject
) -> None:
    pauses = data.draw(pauses_after(start))
    paused = {day for pause in pauses for day in span(pause.first, pause.last)}
    end = due(start, days, kind, pauses=pauses)
    counted = [
        day
        for day in span(start + ONE_DAY, end)
        if day not in paused and (kind == "calendar" or CALENDAR.day(day).working)
    ]
    assert len(counted) == days
    assert not days or counted[-1] == end


@given(days_known, lengths, units, st.booleans())
def test_no_deadline_lies_before_its_start(start: date, days: int, kind: Unit, rolls: bool) -> None:
    assert deadline(start, rule(days, kind, rolls), CALENDAR).due >= start + (min(days, 1) * ONE_DAY)


@given(days_known, lengths, units, st.booleans())
def test_one_day_more_never_ends_sooner(start: date, days: int, kind: Unit, rolls: bool) -> None:
    shorter, longer = (deadline(start, rule(n, kind, rolls), CALENDAR).due for n in (days, days + 1))
    assert longer > shorter or (rolls and longer == shorter)


@given(days_known, lengths, units)
def test_a_later_start_never_ends_sooner(start: date, days: int, kind: Unit) -> None:
    assert due(start + ONE_DAY, days, kind) >= due(start, days, kind)


@given(days_known, lengths, units, st.data())
def test_a_pause_never_brings_the_day_forward(start: date, days: int, kind: Unit, data: st.DataObject) -> None:
    pauses = data.draw(pauses_after(start))
    assert due(start, days, kind, pauses=pauses) >= due(start, days, kind)


@given(days_known, st.integers(1, 40), st.integers(1, 20))
def test_a_pause_from_the_first_day_shifts_a_calendar_deadline_by_its_length(
    start: date, days: int, length: int
) -> None:
    pause = Pause(start + ONE_DAY, start + length * ONE_DAY, "停工")
    assert due(start, days, "calendar", pauses=[pause]) == due(start, days, "calendar") + length * ONE_DAY


# The explanation


@given(days_known, lengths)
def test_the_explanation_names_each_skipped_holiday(start: date, days: int) -> None:
    found = deadline(start, rule(days), CALENDAR)
    skipped = [day for day in span(start + ONE_DAY, found.due) if not CALENDAR.day(day).working]
    for day in skipped:
        assert any(names(step, day, CALENDAR.day(day).reason) for step in found.steps), (day, found.explain())


def names(step: str, day: date, reason: str) -> bool:
    """Whether the sentence tells of a run of days that holds this one, and of its reason."""
    head, colon, tail = step.partition("：")
    ends = [date.fromisoformat(word[-10:]) for word in head.split("（星期")[:-1]]
    return bool(colon) and tail == f"{reason}，不计入。" and ends[0] <= day <= ends[-1]


def test_the_explanation_reads_like_an_officer_would_count() -> None:
    pause = Pause(date(2026, 2, 26), date(2026, 2, 27), "重污染天气停工")
    found = deadline(date(2026, 2, 10), rule(7), CALENDAR, [pause])
    assert found.explain().splitlines() == [
        "自 2026-02-10（星期二）起算，当日不计入，按工作日计 7 日（依据：通知书）。",
        "2026-02-14（星期六）：调休上班，计入。",
        "2026-02-15（星期日）至 2026-02-23（星期一），共 9 天：春节，不计入。",
        "2026-02-26（星期四）至 2026-02-27（星期五），共 2 天：期限中止（重污染天气停工），不计入。",
        "2026-02-28（星期六）：调休上班，计入。",
        "到期日为 2026-02-28（星期六）。",
    ]


def test_a_rule_whose_source_was_not_read_says_so() -> None:
    found = deadline(date(2026, 11, 2), DeadlineRule("calendar", 7, "平台默认", "条文未核对"), CALENDAR)
    assert "本规则的依据尚待确认：条文未核对。" in found.steps


def test_a_derivation_survives_being_stored_as_json() -> None:
    found = deadline(date(2026, 2, 10), rule(7), CALENDAR)
    assert Derivation.from_json(json.loads(json.dumps(found.as_json()))) == found


# The calendar


def test_a_year_without_a_notice_counts_weekends_and_says_so() -> None:
    later = PUBLISHED[-1] + 1
    found = deadline(date(later, 9, 29), rule(5), CALENDAR)
    assert f"{later} 年没有可用的放假安排，暂只扣除双休日，安排公布后请复核。" in found.steps


def test_a_calendar_day_deadline_in_such_a_year_has_nothing_to_doubt() -> None:
    found = deadline(date(PUBLISHED[-1] + 1, 9, 29), rule(5, "calendar"), CALENDAR)
    assert "放假安排" not in found.explain()


def test_holidays_entered_by_the_office_win_over_the_package() -> None:
    entered = {date(2026, 11, 17): Day(False, "市运会"), date(2026, 11, 21): Day(True, "调休上班")}
    calendar = WorkdayCalendar(exceptions=entered)
    found = deadline(date(2026, 11, 16), rule(5), calendar)
    assert found.due == date(2026, 11, 23)
    assert "2026-11-17（星期二）：市运会，不计入。" in found.steps
    assert "另录入 2 天" in found.calendar_edition


def test_a_year_confirmed_by_the_office_is_no_longer_doubted() -> None:
    later = PUBLISHED[-1] + 1
    calendar = WorkdayCalendar({date(later, 10, 1): Day(False, "国庆节")}, frozenset({later}))
    assert "没有可用的放假安排" not in deadline(date(later, 9, 29), rule(5), calendar).explain()


def test_the_edition_names_package_and_last_year() -> None:
    assert CALENDAR.edition == f"chinesecalendar 1.11.0（放假安排至 {PUBLISHED[-1]} 年）"
