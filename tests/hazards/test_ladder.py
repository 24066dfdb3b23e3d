"""The rules of the reminder ladder: when they speak, how they are set and switched, and what they will send."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.core.workflow import TransitionRefused
from apps.hazards.ladder_register import WHEN
from apps.hazards.models import Hazard, ReminderRule
from apps.hazards.services import ladder, sweeps
from apps.hazards.services.ladder import around, first_day, forecast, outlook
from apps.notifications.models import Message, MessageKind
from tests.hazards import stories
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 25)
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


def rule(plan: str = "deadline", days: int = 0, again_after: int | None = None, **more: Any) -> ReminderRule:
    return ReminderRule(code=f"{plan}{days}", plan=plan, days=days, again_after=again_after, **more)


def text(answer: Any) -> str:
    return str(answer.content.decode())


# When -----------------------------------------------------------------------------------------------------------------


def test_the_rules_that_ship_speak_before_and_on_the_day_and_climb_after_it() -> None:
    rules = list(ReminderRule.objects.on().filter(plan="deadline").order_by("days"))
    assert [(first_day(r, DUE), r.code) for r in rules] == [
        (date(2026, 11, 22), "due_in_3"),
        (date(2026, 11, 24), "due_in_1"),
        (date(2026, 11, 25), "due_today"),
        (date(2026, 11, 26), "escalate_station"),
        (date(2026, 11, 28), "escalate_county"),
        (date(2026, 12, 2), "escalate_city"),
    ]


def test_an_answer_waits_its_working_days_over_the_national_holiday() -> None:
    asked = rule("confirmed", 2, 3)
    assert first_day(asked, date(2026, 9, 30)) == date(2026, 10, 10)  # the 8th and 9th are worked
    assert around(asked, date(2026, 9, 30), date(2026, 10, 17)) == (date(2026, 10, 16), date(2026, 10, 19))


@given(days, st.integers(-60, 365), st.integers(0, 400))
def test_the_next_time_is_always_later_and_the_last_never_is(counted_from: date, offset: int, later: int) -> None:
    today = counted_from + timedelta(days=later)
    for asked in (rule("deadline", offset), rule("verified", 1 + abs(offset) % 60, 1 + later % 60)):
        last, following = around(asked, counted_from, today)
        assert last is None or last <= today
        assert following is None or following > today
        assert (last, following) != (None, None)


def test_what_lies_before_a_rule_came_into_force_is_not_reached() -> None:
    late = rule("deadline", 3, in_force_from=date(2026, 11, 29))
    assert outlook([late], DUE, date(2026, 12, 1)).reached == ()
    assert outlook([late], DUE + timedelta(days=1), date(2026, 12, 1)).reached == ((date(2026, 11, 29), late.code),)


# Setting --------------------------------------------------------------------------------------------------------------


def made(client: Client, **changes: Any) -> ReminderRule:
    told = {"plan": "deadline", "days": "5", "words": "整改超期 5 天", "level": "must_do", "hearers": ["firm", "head"]}
    answer = client.post("/system/reminder-rules/new/", told | changes)
    assert answer.status_code == 302, text(answer)
    return ReminderRule.objects.get(words=told["words"] if "words" not in changes else changes["words"])


def test_a_rule_is_made_foretold_switched_on_and_then_reminds() -> None:
    site = stories.site()
    client = signed_in(persona("province_officer"))
    own = made(client)
    hazard = stories.order(stories.draft(site), site, days=5)
    assert hazard.deadline
    day = hazard.deadline + timedelta(days=5)
    sweeps.sweep_deadlines(day)
    assert not Message.objects.filter(kind=own.kind).exists()  # off until it is switched on
    page = text(client.get(f"/system/reminder-rules/{own.code}/switch/"))
    assert "将发出 2 条消息，涉及 1 条隐患、2 人" in page
    assert str(day) in page
    answer = client.post(f"/system/reminder-rules/{own.code}/switch/", {"version": own.version}, follow=True)
    assert "已启用，自今天起提醒" in text(answer)
    ladder.look_again("deadline")
    sweeps.sweep_deadlines(day)
    assert set(Message.objects.filter(kind=own.kind).values_list("recipient", flat=True)) == {
        site.director.pk,
        site.head.pk,
    }


def test_the_forecast_is_what_the_coming_days_then_send() -> None:
    site = stories.site()
    for ahead in (1, 2, 6):
        stories.order(stories.draft(site), site, days=ahead)
    stories.taken_to("confirmed", site)
    ReminderRule.objects.exclude(code__in=("due_today", "waits_confirmed")).update(is_on=False)
    told = {code: forecast(ReminderRule.objects.get(code=code)) for code in ("due_today", "waits_confirmed")}
    for offset in range(ladder.AHEAD):
        sweeps.sweep_deadlines(stories.today() + timedelta(days=offset))
        sweeps.sweep_closures(stories.today() + timedelta(days=offset))
    for code, foreseen in told.items():
        sent = Message.objects.filter(kind=f"hazard_{code}")
        assert foreseen.messages == sent.count() > 0, code
        assert foreseen.people == set(sent.values_list("recipient", flat=True)), code


def test_a_forecast_counts_those_who_can_be_reached_by_each_channel() -> None:
    site = stories.site()
    stories.order(stories.draft(site), site, days=2)
    site.director.phone = "13800000000"
    site.director.save()
    MessageKind.objects.filter(kind="hazard_due_today").update(channels=["sms", "email"])
    told = forecast(ReminderRule.objects.get(code="due_today"))
    assert (told.messages, dict(told.by_channel)) == (2, {"sms": 1})


def test_switching_on_never_floods_with_the_past() -> None:
    site = stories.site()
    hazard = stories.order(stories.draft(site), site, days=5)
    assert hazard.deadline
    own = made(signed_in(persona("province_officer")), days="-2", words="还剩 2 天")
    ladder.switch(own, on=True, by=persona("province_officer"))
    ReminderRule.objects.filter(pk=own.pk).update(in_force_from=hazard.deadline)  # switched on too late for this one
    sweeps.sweep_deadlines(hazard.deadline + timedelta(days=1))
    assert not Message.objects.filter(kind=own.kind).exists()


def test_a_rule_in_force_is_switched_off_before_it_is_changed() -> None:
    client = signed_in(persona("province_officer"))
    answer = client.get("/system/reminder-rules/due_in_3/edit/", follow=True)
    assert "规则启用中，修改前请先停用" in text(answer)
    ladder.switch(ReminderRule.objects.get(code="due_in_3"), on=False, by=persona("province_officer"))
    told = {
        "plan": "deadline",
        "days": "-4",
        "words": "还剩 4 天",
        "level": "reminder",
        "hearers": ["firm"],
        "version": "2",
    }
    assert client.post("/system/reminder-rules/due_in_3/edit/", told).status_code == 302
    changed = ReminderRule.objects.get(code="due_in_3")
    assert (changed.days, changed.is_on, changed.is_sample) == (-4, False, False)
    assert MessageKind.objects.get(kind="hazard_due_in_3").label == "还剩 4 天"


def test_switched_twice_at_once_it_is_switched_once() -> None:
    own, same = (ReminderRule.objects.get(code="due_in_3") for _ in range(2))
    ladder.switch(own, on=False, by=persona("province_officer"))
    with pytest.raises(TransitionRefused, match="已停用"):
        ladder.switch(same, on=False, by=persona("province_officer"))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"days": "400"}, "-60（期限前）至 365（超期）"),
        ({"again_after": "3"}, "按整改期限的规则不重复"),
        ({"plan": "answered", "days": "2"}, "请填写重复间隔"),
        ({"days": "3"}, "同一依据、同一天数已有规则"),
        ({"hearers": []}, "请至少勾选一类提醒对象"),
        ({"hearers": ["everybody"]}, "everybody"),
        ({"words": ""}, "请填写提醒文字"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_reason(wrong: dict[str, Any], why: str) -> None:
    told = {"plan": "deadline", "days": "5", "words": "超期 5 天", "level": "must_do", "hearers": ["firm"]}
    answer = signed_in(persona("province_officer")).post("/system/reminder-rules/new/", told | wrong)
    assert (answer.status_code, why in text(answer)) == (422, True), text(answer)


def test_the_database_keeps_the_rules_of_the_rules() -> None:
    wrongs: list[dict[str, Any]] = [
        {"hearers": []},
        {"hearers": ["nobody"]},
        {"days": 999},
        {"again_after": 3},
        {"plan": "never"},
    ]
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            ReminderRule.objects.filter(code="due_in_3").update(**wrong)


def test_only_those_who_keep_the_rules_reach_them() -> None:
    for role, status in (("province_officer", 200), ("system_admin", 403), ("inspector", 403), ("auditor", 403)):
        client = signed_in(persona(role))
        assert client.get("/system/reminder-rules/due_in_3/switch/").status_code == status, role
    assert signed_in(persona("auditor")).get("/system/reminder-rules/due_in_3/").status_code == 200
    assert signed_in(persona("province_officer")).get("/system/reminder-rules/none/switch/").status_code == 404


def test_looking_again_lets_the_next_sweep_ask_about_each_hazard() -> None:
    site = stories.site()
    hazard = stories.order(stories.draft(site), site, days=20)
    sweeps.sweep_deadlines()
    with connection.cursor() as cursor:
        cursor.execute("SELECT day > current_date FROM hazards_alarm WHERE hazard_id = %s", [hazard.pk])
        assert cursor.fetchone() == (True,)
    ladder.look_again("deadline")
    assert Hazard.objects.get(pk=hazard.pk).alarm.day == stories.today()


def test_when_a_rule_speaks_is_said_by_the_database_as_on_the_page() -> None:
    rows: Any = ReminderRule.objects.annotate(told=WHEN)
    assert [rule.told for rule in rows] == [rule.when for rule in rows]
