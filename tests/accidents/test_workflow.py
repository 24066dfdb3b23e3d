"""Reported, supplemented, determined or withdrawn: who may, with what, and what follows."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from apps.accidents import services
from apps.accidents.models import ACCIDENT_CHANGES, Accident, AccidentLiability
from apps.accidents.workflow import ACCIDENT
from apps.core.history import facts_of
from apps.core.models import Event
from apps.core.workflow import Transition, TransitionRefused, transitioned
from apps.notifications.digests import open_items
from apps.notifications.models import Message
from apps.projects.models import Project
from tests.accidents import stories
from tests.hazards.stories import Site, enterprise, site, today
from tests.personas import CHANGAN, QIAOXI, city_officer, inspector, persona, province_officer, region

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Site:
    return site()


def told_to(user: Any, kind: str) -> list[str]:
    return list(Message.objects.filter(recipient=user, kind=kind).values_list("level", flat=True))


def test_the_database_knows_the_same_moves_as_the_table() -> None:
    assert ACCIDENT.pairs() == set(ACCIDENT_CHANGES)


# Reporting ------------------------------------------------------------------------------------------------------------


def test_a_report_has_a_number_the_keys_of_its_project_and_the_grade_of_its_figures(place: Site) -> None:
    accident = stories.reported(place, deaths=3)
    assert re.fullmatch(rf"SG-{today().year}-\d{{6}}", accident.number)
    assert (accident.region_path, accident.enterprise) == (place.project.region_path, place.project.enterprise)
    assert (accident.grade, accident.state, accident.is_liability) == ("larger", "reported", None)
    event = Event.objects.of(accident).get()
    assert (event.name, event.after, event.facts["deaths"], event.facts["grade"]) == (
        "reported",
        "reported",
        3,
        "larger",
    )


def test_two_reports_have_two_numbers(place: Site) -> None:
    assert stories.reported(place).number != stories.reported(place).number


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"occurred_at": timezone.now() + timedelta(days=1)}, "发生时间不能晚于现在"),
        ({"deaths": 0, "serious_injuries": 0, "direct_loss": None}, "不能都为零或者不详"),
        ({"deaths": 0, "serious_injuries": 0, "direct_loss": Decimal(0)}, "不能都为零或者不详"),
    ],
)
def test_what_cannot_be_an_accident_is_refused(place: Site, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(TransitionRefused, match=reason):
        stories.reported(place, **values)
    assert not Accident.objects.exists()


def test_nobody_reports_on_a_project_out_of_sight(place: Site) -> None:
    for stranger in (inspector(QIAOXI), persona("safety_director"), persona("project_manager")):
        with pytest.raises(TransitionRefused, match="您可查看的项目中没有这个项目"):
            stories.reported(place, by=stranger)


def test_an_accident_follows_its_project_into_another_region(place: Site) -> None:
    accident = stories.reported(place)
    there = region(QIAOXI)
    Project.objects.filter(pk=place.project.pk).update(region=there, region_path=there.path)
    accident.refresh_from_db()
    assert accident.region_path == there.path


def test_every_office_above_is_told_to_act_and_no_other(place: Site) -> None:
    county, city, province = persona("county_officer", at=CHANGAN), city_officer(), province_officer()
    others = (persona("county_officer", at=QIAOXI), place.director, place.inspector)
    stories.reported(place, by=place.director)
    assert [told_to(user, "accident_reported") for user in (county, place.head, city, province)] == [["must_do"]] * 4
    assert [told_to(user, "accident_reported") for user in others] == [[], [], []]


def test_the_morning_reminds_those_who_determine_but_not_who_reported(place: Site) -> None:
    county = persona("county_officer", at=CHANGAN)
    accident = stories.reported(place, by=place.head)
    reminded = {
        person
        for person, items in open_items(today(), since=timezone.now()).items()
        if accident.get_absolute_url() in {item.url for item in items}
    }
    assert reminded == {county.pk}


# Supplementing --------------------------------------------------------------------------------------------------------


def test_new_figures_change_the_grade_and_leave_the_state(place: Site) -> None:
    accident = stories.reported(place, deaths=2)
    told: dict[str, Any] = {"deaths": 3, "serious_injuries": 1, "remark": "一人经抢救无效死亡"}
    accident = ACCIDENT.perform(accident, "supplement", by=place.director, **told)
    assert (accident.deaths, accident.grade, accident.state) == (3, "larger", "reported")
    assert accident.direct_loss == stories.FIGURES["direct_loss"]
    assert Event.objects.of(accident).get(name="supplement").facts == {**told, "grade": "larger"}
    assert told_to(place.head, "accident_supplement") == ["info"]


def test_figures_that_leave_no_harm_are_refused(place: Site) -> None:
    accident = stories.reported(place, direct_loss=None)
    with pytest.raises(TransitionRefused, match="不构成事故的，请撤销"):
        ACCIDENT.perform(accident, "supplement", by=place.inspector, deaths=0, serious_injuries=0, remark="误报")


@pytest.mark.parametrize("end", [stories.determined, stories.withdrawn])
def test_what_is_settled_is_neither_supplemented_nor_settled_again(place: Site, end: Any) -> None:
    accident = end(place)
    asked: dict[str, dict[str, Any]] = {
        "supplement": {"deaths": 5, "serious_injuries": 0, "remark": "又一人死亡"},
        "determine": stories.finding(),
        "withdraw": {"reason": "不构成事故"},
    }
    for move, facts in asked.items():
        with pytest.raises(TransitionRefused, match=f"当前状态为“{accident.get_state_display()}”"):
            ACCIDENT.perform(accident, move, by=place.head, **facts)


# Determining ----------------------------------------------------------------------------------------------------------


def test_a_determination_names_the_liable_and_the_grade_for_those_who_listen(place: Site) -> None:
    contractor, other = place.project.enterprise, enterprise()
    assert contractor
    heard: list[tuple[Any, Transition, Event]] = []

    def listen(record: Any, move: Transition, event: Event, **kwargs: Any) -> None:
        heard.append((record, move, event))

    transitioned.connect(listen, sender=Accident)
    try:
        accident = stories.determined(place, (contractor, "main"), (other, "secondary"), deaths=4)
    finally:
        transitioned.disconnect(listen, sender=Accident)
    ((record, move, event),) = heard
    assert (record, move.name) == (accident, "determine")
    assert event.facts["grade"] == "larger"
    assert event.facts["liable"] == [
        {"enterprise": contractor.pk, "responsibility": "main"},
        {"enterprise": other.pk, "responsibility": "secondary"},
    ]
    assert set(accident.liabilities.values_list("enterprise", "responsibility")) == {
        (contractor.pk, "main"),
        (other.pk, "secondary"),
    }
    assert (accident.state, accident.is_liability, accident.determined_by) == ("determined", True, place.head)


def test_the_log_does_not_take_two_liable_firms_for_a_change(place: Site) -> None:
    first, second = enterprise(), enterprise()
    accident = stories.determined(place, (first, "main"), (second, "secondary"))
    told = facts_of(Event.objects.of(accident).get(name="determine"))
    assert ("责任单位", "2项") in told
    assert ("责任单位", f"{first.name}（主要责任）；{second.name}（次要责任）") in told


def test_an_accident_that_nobody_is_liable_for_is_determined_as_such(place: Site) -> None:
    accident = ACCIDENT.perform(stories.reported(place), "determine", by=place.head, **stories.finding())
    assert (accident.is_liability, accident.liabilities.count(), accident.concealment) == (False, 0, "none")


def test_how_it_was_concealed_is_found_by_the_determination(place: Site) -> None:
    told = stories.finding((enterprise(), "main"), concealment="late")
    assert ACCIDENT.perform(stories.reported(place), "determine", by=place.head, **told).concealment == "late"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"determined_on": today() + timedelta(days=2)}, "认定日期不能晚于今天"),
        ({"determined_on": today() - timedelta(days=9)}, "认定日期不能早于事故发生日期"),
        ({"is_liability": True}, "至少填一家责任单位"),
    ],
)
def test_a_determination_that_cannot_be_is_refused(place: Site, values: dict[str, Any], reason: str) -> None:
    accident = stories.reported(place)
    with pytest.raises(TransitionRefused, match=reason):
        ACCIDENT.perform(accident, "determine", by=place.head, **stories.finding(**values))
    accident.refresh_from_db()
    assert (accident.state, AccidentLiability.objects.count()) == ("reported", 0)


def test_a_firm_is_liable_for_a_liability_accident_alone_and_only_once(place: Site) -> None:
    accident, firm = stories.reported(place), enterprise()
    for told, reason in (
        (stories.finding((firm, "main"), is_liability=False), "不填责任单位"),
        (stories.finding((firm, "main"), (firm, "secondary")), "同一家企业只能列一次"),
        (stories.finding(is_liability=True, liable=[{"enterprise": 0, "responsibility": "main"}]), "没有的企业"),
    ):
        with pytest.raises(TransitionRefused, match=reason):
            ACCIDENT.perform(accident, "determine", by=place.head, **told)
    assert not AccidentLiability.objects.exists()


def test_who_reported_neither_determines_nor_withdraws(place: Site) -> None:
    accident = stories.reported(place, by=place.head)
    for move, facts in (("determine", stories.finding()), ("withdraw", {"reason": "不构成事故"})):
        with pytest.raises(TransitionRefused, match="由上报人以外的人办理"):
            ACCIDENT.perform(accident, move, by=place.head, **facts)
    county = persona("county_officer", at=CHANGAN)
    assert ACCIDENT.perform(accident, "determine", by=county, **stories.finding()).state == "determined"


def test_inspectors_and_firms_do_not_determine(place: Site) -> None:
    accident = stories.reported(place)
    for user in (place.second, place.director, place.manager):
        with pytest.raises(TransitionRefused, match="没有“认定”的权限"):
            ACCIDENT.perform(accident, "determine", by=user, **stories.finding())


def test_the_firms_are_told_what_was_determined_and_nothing_waits_any_more(place: Site) -> None:
    far = enterprise(at=QIAOXI)
    theirs = persona("safety_director", organisation=far.organisation)
    accident = stories.reported(place)
    asked = Message.objects.get(recipient=place.head, kind="accident_reported")
    ACCIDENT.perform(accident, "determine", by=place.head, **stories.finding((far, "main")))
    told = (place.director, place.manager, theirs, place.inspector)
    assert [told_to(user, "accident_determine") for user in told] == [["info"]] * 4
    assert told_to(place.head, "accident_determine") == []
    asked.refresh_from_db()
    assert asked.level == "info"


def test_what_was_no_accident_is_withdrawn_with_a_reason(place: Site) -> None:
    accident = stories.withdrawn(place)
    assert (accident.state, accident.reason, accident.withdrawn_by) == ("withdrawn", "经核实系突发疾病", place.head)
    assert told_to(place.director, "accident_withdraw") == ["info"]


# What the database holds by itself ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"deaths": 0, "serious_injuries": 0, "direct_loss": None}, "accident_did_harm"),
        ({"direct_loss": Decimal(-1)}, "accident_loss_not_negative"),
        ({"category": "nonsense"}, "accident_category_known"),
        ({"concealment": "nonsense"}, "accident_concealment_known"),
        ({"reported_at": timezone.now() - timedelta(days=9)}, "accident_reported_after_it_happened"),
        ({"determined_on": today() - timedelta(days=9)}, "accident_determined_after_it_happened"),
    ],
)
def test_the_database_refuses_what_cannot_be(place: Site, values: dict[str, Any], rule: str) -> None:
    accident = stories.reported(place)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Accident.objects.filter(pk=accident.pk).update(**values)


def test_the_database_refuses_to_settle_by_halves_or_by_the_reporter(place: Site) -> None:
    rows = Accident.objects.filter(pk=stories.reported(place).pk)
    whole = {"determination_number": "1号", "determination": "结论", "determined_on": today(), "is_liability": False}
    same, reporter = "accident_settled_by_another_person", place.inspector
    for values, rule in (
        ({"state": "determined", "is_liability": False}, "accident_determined_whole"),
        ({"state": "withdrawn"}, "accident_withdrawn_with_a_reason"),
        (whole | {"state": "determined", "determined_by": reporter}, same),
        ({"state": "withdrawn", "reason": "误报", "withdrawn_by": reporter}, same),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            rows.update(**values)


def test_the_database_refuses_liability_without_the_liable(place: Site) -> None:
    rows = Accident.objects.filter(pk=stories.reported(place).pk)
    with pytest.raises(InternalError, match="exactly when somebody is liable"), transaction.atomic():
        rows.update(state="determined", is_liability=True)


def test_what_is_settled_stays_and_nothing_is_deleted(place: Site) -> None:
    accident = stories.determined(place)
    rows, liable = Accident.objects.filter(pk=accident.pk), AccidentLiability.objects.filter(accident=accident)
    new = AccidentLiability(accident=accident, enterprise=enterprise(), responsibility="main")
    for attempt in (
        lambda: rows.update(determination="改写的结论"),
        lambda: rows.update(state="reported"),
        lambda: liable.update(responsibility="secondary"),
        lambda: new.save(),
        lambda: deleted("accidents_accidentliability"),
        lambda: deleted("accidents_accident"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()


def deleted(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_report_that_the_database_refuses_is_told_in_words(place: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when two clocks differ: the form let it pass, the rule of the table does not."""
    monkeypatch.setattr(services, "did_harm", lambda *figures: True)
    with pytest.raises(TransitionRefused, match="不能都为零"):
        stories.reported(place, deaths=0, serious_injuries=0, direct_loss=None)
