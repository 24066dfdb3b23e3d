"""The life of a risk point: who may move it, what a move writes, and what the database refuses by itself."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.http import Http404

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.notifications.models import Message
from apps.projects.models import Project
from apps.risks.models import LEGAL_CHANGES, ControlCheck, ControlMeasure, MeasureResult, RiskPoint, RiskRule, State
from apps.risks.services.keeping import keep_measures
from apps.risks.workflow import RISK
from tests.factories import DangerousWorkFactory
from tests.hazards import stories as sites
from tests.personas import QIAOXI, persona
from tests.risks import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> sites.Site:
    return sites.site()


def test_trigger_and_table_know_the_same_moves() -> None:
    assert {(str(a), str(b)) for a, b in RISK.pairs()} == {(str(a), str(b)) for a, b in LEGAL_CHANGES}


# Approval -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["orange", "yellow", "blue"])
def test_project_manager_approves_all_but_red(site: sites.Site, colour: str) -> None:
    risk = RISK.perform(stories.proposed(site, colour), "put_in_force", by=site.manager)
    assert (risk.state, risk.approved_by) == (State.IN_FORCE, site.manager)
    assert risk.next_check_on == stories.today() + timedelta(days=7)


def test_red_is_the_safety_directors_to_approve_and_to_lift(site: sites.Site) -> None:
    risk = stories.proposed(site, "red")
    moves: dict[str, dict[str, Any]] = {"put_in_force": {}, "lift": {"lift_reason": "误登"}}
    for move, facts in moves.items():
        with pytest.raises(TransitionRefused, match="重大（红色）风险由企业安全总监办理"):
            RISK.perform(risk, move, by=site.manager, **facts)
    risk = RISK.perform(risk, "put_in_force", by=site.director)
    assert RISK.perform(risk, "lift", by=site.director, lift_reason="工序已完成").state == State.LIFTED


def test_risk_without_measures_cannot_be_approved(site: sites.Site) -> None:
    with pytest.raises(TransitionRefused, match="还没有管控措施"):
        RISK.perform(stories.proposed(site, measures={}), "put_in_force", by=site.director)


@pytest.mark.parametrize("who", ["inspector", "head", "engineer"])
def test_authority_and_supervision_firm_approve_nothing(site: sites.Site, who: str) -> None:
    with pytest.raises((TransitionRefused, Http404)):
        RISK.perform(stories.proposed(site), "put_in_force", by=getattr(site, who))


def test_director_of_a_rival_does_not_even_see_it(site: sites.Site) -> None:
    with pytest.raises(Http404):
        RISK.perform(stories.proposed(site), "put_in_force", by=sites.site().director)


def test_engineer_confirms_once_and_again_after_a_new_assessment(site: sites.Site) -> None:
    risk = RISK.perform(stories.in_force(site), "confirm", by=site.engineer)
    assert risk.confirmed_by == site.engineer
    with pytest.raises(TransitionRefused, match="监理已确认"):
        RISK.perform(risk, "confirm", by=site.engineer)
    risk = RISK.perform(risk, "reassess", by=site.manager, reason="条件变化")
    risk = RISK.perform(risk, "put_in_force", by=site.manager)
    assert (risk.confirmed_by, RISK.refusal(risk, "confirm", site.engineer)) == (None, None)


# Checks ---------------------------------------------------------------------------------------------------------------


def test_check_writes_a_result_for_each_measure_and_sets_the_next_day(site: sites.Site) -> None:
    day = stories.today() - timedelta(days=2)
    risk = stories.checked(stories.in_force(site), site, day=day)
    check = ControlCheck.objects.get(risk=risk)
    assert (check.checked_by, check.failed, check.results.filter(is_effective=True).count()) == (site.manager, 0, 4)
    assert (risk.last_checked_on, risk.next_check_on, risk.is_failing) == (day, day + timedelta(days=7), False)


def test_failed_measure_shows_until_a_check_finds_all_of_them_working(site: sites.Site) -> None:
    risk = stories.checked(stories.in_force(site), site, failing=2)
    assert risk.is_failing
    event = Event.objects.of(risk).get(name="check")
    assert event.facts["failed"] == "临边设两道防护栏杆；分层开挖"
    assert not stories.checked(risk, site).is_failing


def test_failed_measure_is_told_to_the_director_and_not_to_who_found_it(site: sites.Site) -> None:
    stories.checked(stories.in_force(site), site, failing=1)
    told = Message.objects.filter(kind="risk_check")
    assert [(m.recipient, m.level) for m in told] == [(site.director, "must_do")]


@pytest.mark.parametrize("how", ["checked again", "lifted"])
def test_message_of_a_failure_asks_for_nothing_once_it_is_over(site: sites.Site, how: str) -> None:
    risk = stories.checked(stories.in_force(site), site, failing=1)
    if how == "lifted":
        RISK.perform(risk, "lift", by=site.director, lift_reason="已完成")
    else:
        stories.checked(risk, site)
    assert Message.objects.get(kind="risk_check").level == "info"


def test_check_that_found_everything_in_order_is_no_news(site: sites.Site) -> None:
    stories.checked(stories.in_force(site), site)
    assert not Message.objects.filter(kind="risk_check").exists()


def test_check_of_measures_that_have_changed_is_refused(site: sites.Site) -> None:
    risk = stories.in_force(site)
    told = stories.results(risk)
    told.popitem()
    with pytest.raises(TransitionRefused, match="管控措施已有变动"):
        RISK.perform(risk, "check", by=site.manager, checked_on=stories.today(), results=told)
    assert not ControlCheck.objects.exists()


@pytest.mark.parametrize(("days", "words"), [(1, "不能晚于今天"), (-31, "不能早于开始日期")])
def test_day_of_a_check_lies_between_the_start_and_today(site: sites.Site, days: int, words: str) -> None:
    with pytest.raises(TransitionRefused, match=words):
        stories.checked(stories.in_force(site), site, day=stories.today() + timedelta(days=days))


def test_checks_follow_each_other(site: sites.Site) -> None:
    risk = stories.checked(stories.in_force(site), site)
    with pytest.raises(TransitionRefused, match="不能早于最近一次检查"):
        stories.checked(risk, site, day=stories.today() - timedelta(days=1))


def test_what_is_late_is_a_question_of_the_day(site: sites.Site) -> None:
    risk = stories.in_force(site)
    due = risk.next_check_on
    assert due
    assert list(RiskPoint.objects.overdue(due)) == []
    assert list(RiskPoint.objects.overdue(due + timedelta(days=1))) == [risk]


# Grade ----------------------------------------------------------------------------------------------------------------


def test_risk_of_a_super_work_is_red(site: sites.Site) -> None:
    work = DangerousWorkFactory(project=site.project)
    risk = stories.proposed(site, "blue", dangerous_work=work)
    assert (risk.scored_level, risk.floor, risk.level, risk.control_level) == (1, 4, 4, 4)


def test_level_is_raised_with_a_reason_and_never_lowered(site: sites.Site) -> None:
    assert stories.proposed(site, "yellow", raised_to=4, raised_reason="夜间施工").level == 4
    with pytest.raises(ValidationError, match="提高等级须写明理由"):
        stories.proposed(site, "yellow", raised_to=4)
    with pytest.raises(ValidationError, match="只能提高，不能降低"):
        stories.proposed(site, "orange", raised_to=2, raised_reason="想降低")


def test_red_risk_is_not_left_to_a_team(site: sites.Site) -> None:
    with pytest.raises(ValidationError, match="至少由企业管控"):
        stories.proposed(site, "red", control_level=1)


def test_grade_keeps_the_edition_that_judged_it(site: sites.Site) -> None:
    risk, first = stories.proposed(site), RiskRule.objects.get(method="lec")
    RiskRule.objects.create(
        method="lec", name="新版", effective_from=stories.today(), factors=first.factors, bands=[["1", 4], ["0", 1]]
    )
    again = stories.proposed(site)
    assert (risk.rule, risk.level, again.level) == (first, 3, 4)


# The database ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"level": 2},
        {"score": 1},
        {"exposure": None},
        {"likelihood": 11},
        {"level": 4, "raised_reason": ""},
        {"check_every_days": 0},
        {"next_check_on": None},
        {"control_level": 9},
    ],
    ids=str,
)
def test_database_refuses_what_the_rules_forbid(site: sites.Site, change: dict[str, Any]) -> None:
    risk = stories.in_force(site)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskPoint.objects.filter(pk=risk.pk).update(**change)


def test_database_refuses_a_dangerous_work_of_another_project(site: sites.Site) -> None:
    foreign = DangerousWorkFactory(project=sites.site().project)
    with pytest.raises(InternalError), transaction.atomic():
        RiskPoint.objects.filter(pk=stories.proposed(site).pk).update(dangerous_work=foreign)


def test_checks_stay_as_they_were_written(site: sites.Site) -> None:
    stories.checked(stories.in_force(site), site, failing=1)
    for rows, change in ((ControlCheck, {"failed": 0}), (MeasureResult, {"is_effective": True})):
        with pytest.raises(InternalError), transaction.atomic():
            rows.objects.update(**change)
        with pytest.raises(InternalError), transaction.atomic():
            rows.objects.all()._raw_delete("default")


def test_illegal_change_of_state_is_refused_below_the_table(site: sites.Site) -> None:
    risk = RISK.perform(stories.in_force(site), "lift", by=site.director, lift_reason="已完成")
    with pytest.raises(InternalError), transaction.atomic():
        RiskPoint.objects.filter(pk=risk.pk).update(state="proposed", lifted_at=None)


def test_scope_key_follows_the_project_into_another_county(site: sites.Site) -> None:
    risk, there = stories.proposed(site), sites.site(QIAOXI).project
    Project.objects.filter(pk=site.project.pk).update(region=there.region, region_path=there.region_path)
    risk.refresh_from_db()
    assert risk.region_path == there.region_path


def test_retired_measure_stays_for_the_checks_that_speak_of_it(site: sites.Site) -> None:
    risk = stories.checked(stories.in_force(site), site)
    keep_measures(risk, {"measures_engineering": ["分层开挖"]})
    assert (risk.measure_count, risk.measures.count(), MeasureResult.objects.count()) == (3, 4, 4)
    keep_measures(risk, {"measures_engineering": ["临边设两道防护栏杆", "分层开挖"]})
    assert [m.text for m in risk.measures.current() if m.kind == "engineering"] == ["临边设两道防护栏杆", "分层开挖"]
    with pytest.raises(InternalError), transaction.atomic():
        ControlMeasure.objects.update(text="改写")


# Scope ----------------------------------------------------------------------------------------------------------------


def seen_by(user: Any) -> set[str]:
    return {r.get_level_display() for r in RiskPoint.objects.visible_to(user)}


def test_province_sees_red_and_orange_county_and_city_see_all(site: sites.Site) -> None:
    for colour in stories.VALUES:
        stories.in_force(site, colour)
    assert seen_by(persona("province_officer")) == {"重大风险", "较大风险"}
    assert seen_by(persona("city_officer")) == seen_by(site.inspector) == {"重大风险", "较大风险", "一般风险", "低风险"}
    assert seen_by(sites.site(QIAOXI).inspector) == set()


def test_authority_sees_no_risk_that_was_never_in_force_but_every_one_that_was(site: sites.Site) -> None:
    risk = stories.proposed(site)
    assert seen_by(site.inspector) == set()
    assert seen_by(site.manager) == {"较大风险"}
    risk = RISK.perform(risk, "put_in_force", by=site.manager)
    RISK.perform(risk, "reassess", by=site.manager, reason="条件变化")
    assert seen_by(site.inspector) == {"较大风险"}


def test_scores_are_exact(site: sites.Site) -> None:
    risk = stories.proposed(site, likelihood=Decimal("0.1"), exposure=Decimal("0.5"), consequence=Decimal(3))
    assert risk.score == Decimal("0.15")
