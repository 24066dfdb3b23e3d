"""Permits that run out and suspensions whose days are over are told of in time, each occasion once."""

from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import OrganisationKind, User
from apps.credit import duties
from apps.credit.services import clock
from apps.credit.services.permit_reminders import remind
from apps.credit.workflow import PERMIT, REPAIR
from apps.enterprises.models import Enterprise
from apps.notifications.models import Message
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit.permit_stories import Stage
from tests.credit.stories import Cast, after_objections, tell, today
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, LUBEI, SHIJIAZHUANG, organisation, persona

pytestmark = pytest.mark.django_db


def firm_with(days: int, at: str = CHANGAN) -> tuple[Enterprise, User]:
    firm = EnterpriseFactory(at=at, safety_licence_until=today() + timedelta(days=days))
    return firm, persona("safety_director", organisation=firm.organisation)


def told(user: User, kind: str = "permit_expiry") -> list[str]:
    return list(Message.objects.filter(recipient=user, kind=kind).order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize(("days", "count"), [(91, 0), (90, 1), (61, 1), (7, 1), (0, 1), (-1, 0)])
def test_a_firm_is_told_from_ninety_days_before(days: int, count: int) -> None:
    _, director = firm_with(days)
    remind()
    assert len(told(director)) == count


def test_each_step_is_told_once_however_often_the_clock_runs() -> None:
    firm, director = firm_with(90)
    for days in (0, 0, 1, 29, 30, 31, 60, 83, 83, 90):
        remind(today() + timedelta(days=days))
    assert told(director) == [
        f"{firm.name}的安全生产许可证 90 天后到期",
        f"{firm.name}的安全生产许可证 60 天后到期",
        f"{firm.name}的安全生产许可证 30 天后到期",
        f"{firm.name}的安全生产许可证 7 天后到期",
    ]
    assert [m.level for m in Message.objects.filter(recipient=director).order_by("pk")][-1] == "must_do"


def test_a_renewed_permit_is_told_of_anew() -> None:
    firm, director = firm_with(7)
    remind()
    Enterprise.objects.filter(pk=firm.pk).update(safety_licence_until=today() + timedelta(days=80))
    remind()
    assert len(told(director)) == 2


def test_the_offices_at_the_seat_are_told_and_no_others() -> None:
    here = [persona("permit_officer"), persona("station_head"), persona("county_officer", at=CHANGAN)]
    others = [
        persona("permit_officer", at=LUBEI),
        persona("city_officer"),
        persona("inspector"),
        persona("province_officer"),
    ]
    firm_with(30)
    remind()
    assert [len(told(user)) for user in here] == [1, 1, 1]
    assert [len(told(user)) for user in others] == [0, 0, 0, 0]


def test_where_there_is_no_office_at_the_seat_the_next_above_is_told() -> None:
    permit_office = organisation(OrganisationKind.PERMIT_OFFICE, SHIJIAZHUANG)
    above = persona("permit_officer", organisation=permit_office)
    firm_with(30)
    remind()
    assert len(told(above)) == 1


def test_neither_closed_firms_nor_lost_permits_are_told_of() -> None:
    firm, director = firm_with(30)
    Enterprise.objects.filter(pk=firm.pk).update(status="closed")
    stage = Stage()
    permits.revoked(stage)
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence_until=today() + timedelta(days=30))
    remind()
    assert (told(director), told(stage.director)) == ([], [])


def test_a_suspension_whose_days_are_over_is_told_of_once_unless_a_recheck_was_asked_for() -> None:
    stage = Stage()
    case = permits.suspended(stage)
    remind()
    assert told(stage.director, "permit_days_over") == []
    case = permits.days_over(case)
    clock.tick()
    clock.tick()
    assert len(told(stage.director, "permit_days_over")) == 1
    assert len(told(stage.place.head, "permit_days_over")) == 1
    other = Stage()
    permits.days_over(permits.reported(other))
    remind()
    assert told(other.director, "permit_days_over") == []


def in_the_morning(source: Any, days: int = 0) -> dict[int, tuple[str, str]]:
    return {item.recipient_id: (item.title, item.level) for item in source(today() + timedelta(days=days))}


def test_the_digest_names_who_is_to_take_the_next_step_of_a_case() -> None:
    stage = Stage()
    case = permits.proposed(stage)
    assert in_the_morning(duties.open_permit_cases)[stage.place.head.pk][0].startswith("安许证处置待核实")
    case = permits.move("check", case, stage.province, opinion="属实")
    assert "待告知" in in_the_morning(duties.open_permit_cases)[stage.place.head.pk][0]
    case = tell(PERMIT, case, stage.province)
    assert "可提出异议" in in_the_morning(duties.open_permit_cases)[stage.director.pk][0]
    after_objections(case)
    waiting = in_the_morning(duties.open_permit_cases)
    assert "待决定" in waiting[stage.second.pk][0]
    assert stage.province.pk not in waiting


def test_the_digest_reminds_of_a_permit_that_is_held() -> None:
    stage = Stage()
    case = permits.suspended(stage)
    told, level = in_the_morning(duties.held_permits)[stage.director.pk]
    assert (f"暂扣至 {case.until}" in told, level) == (True, "reminder")
    assert in_the_morning(duties.held_permits, 45)[stage.director.pk][1] == "must_do"
    permits.move("ask_recheck", case, stage.director, report="已整改，申请复核")
    waiting = in_the_morning(duties.held_permits)
    assert stage.director.pk not in waiting
    assert {stage.place.head.pk, stage.second.pk} <= set(waiting)


def test_the_digest_names_who_is_to_accept_and_decide_on_a_repair() -> None:
    cast = Cast()
    repair = repairs.applied(cast)
    assert set(in_the_morning(duties.open_repairs)) == {cast.city.pk, cast.second_city.pk}
    REPAIR.perform(repair, "accept", by=cast.city)
    waiting = in_the_morning(duties.open_repairs)
    assert set(waiting) == {cast.second_city.pk}
    assert "信用修复待决定" in waiting[cast.second_city.pk][0]
    assert "信用修复逾期待决定" in in_the_morning(duties.open_repairs, 60)[cast.second_city.pk][0]
