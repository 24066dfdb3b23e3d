"""Who of a day counts, who is covered, and why not."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils import timezone

from apps.coverage.models import CoverageRule
from apps.coverage.services.sweeping import look
from apps.roster.models import AttendanceFault, Engagement, WorkerClass
from apps.training.models import Level, Participation
from tests.coverage_of_training.stories import (
    BEFORE,
    INDUCTION,
    certified,
    come,
    credit,
    figure,
    held,
    inducted,
    reasons,
    stranger,
    worker,
)
from tests.factories import EnterpriseFactory
from tests.roster.stories import DAY, ENTERED, engaged, site

pytestmark = pytest.mark.django_db


def rule(**values: object) -> None:
    """What the edition in force says; the trigger that keeps it is off for this statement's table."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE coverage_coveragerule DISABLE TRIGGER USER")
        CoverageRule.objects.update(**values)
        cursor.execute("ALTER TABLE coverage_coveragerule ENABLE TRIGGER USER")


def test_everybody_trained_is_a_hundred_per_cent() -> None:
    project = site()
    come(worker(project), worker(project))
    told = figure(project)
    assert (told.counted, told.covered, told.rate, told.is_whole) == (2, 2, Decimal(100), True)
    assert reasons(project) == {}


def test_who_was_taught_nothing_lacks_every_level_and_the_hours() -> None:
    project = site()
    come(worker(project), new := worker(project, trained=False))
    told = figure(project)
    assert (told.counted, told.covered, told.rate, told.is_whole) == (2, 1, Decimal(50), False)
    assert reasons(project) == {new.person.name: ["lacks_company", "lacks_project", "lacks_team", "lacks_hours"]}


@pytest.mark.parametrize("level", [Level.COMPANY, Level.PROJECT, Level.TEAM])
def test_each_level_of_induction_is_asked_for_by_itself(level: str) -> None:
    project = site()
    who = worker(project)
    Participation.objects.filter(person=who.person, level=level).update(credited_on=None)
    come(who)
    assert reasons(project) == {who.person.name: [f"lacks_{level}"]}


def test_hours_of_a_level_add_up_and_fall_short_by_half_an_hour() -> None:
    project = site()
    who = worker(project)
    Participation.objects.filter(person=who.person, level=Level.TEAM).update(credited_on=None)
    credit(held(Level.TEAM, 10, project=project), who.person)
    credit(held(Level.TEAM, "9.5", project=project), who.person)
    come(who)
    assert reasons(project) == {who.person.name: ["lacks_team"]}
    credit(held(Level.TEAM, "0.5", project=project), who.person)
    assert reasons(project) == {}


def test_induction_of_another_firm_or_another_site_does_not_count() -> None:
    here, there = site(), site()
    who = engaged(here)
    for level, hours in {Level.PROJECT: 15, Level.TEAM: 20}.items():
        credit(held(level, hours, project=there), who.person)
    credit(held(Level.COMPANY, 15, project=here, enterprise=EnterpriseFactory()), who.person)
    come(who)
    assert reasons(here) == {who.person.name: ["lacks_company", "lacks_project", "lacks_team"]}


def test_the_firm_that_counts_is_the_employer_on_the_site_or_the_general_contractor() -> None:
    project = site()
    who = worker(project, employer=EnterpriseFactory())
    other = engaged(project, employer=EnterpriseFactory())
    for level, hours in INDUCTION.items():
        credit(held(level, hours, project=project, enterprise=project.enterprise), other.person)
    come(who, other)
    assert figure(project).is_whole


def test_the_talk_before_work_counts_for_no_hours() -> None:
    rule(needs_induction=False)
    project = site()
    who = engaged(project)
    credit(held(Level.BRIEFING, 20, project=project), who.person)
    come(who)
    assert reasons(project) == {who.person.name: ["lacks_hours"]}


def test_each_day_is_judged_as_of_that_day() -> None:
    project = site()
    who = worker(project, trained=False)
    come(who)
    come(who, day=DAY + timedelta(days=1))
    inducted(who, on=DAY + timedelta(days=1))
    assert not figure(project).is_whole
    assert figure(project, DAY + timedelta(days=1)).is_whole


def test_a_training_recorded_late_changes_the_days_it_counts_for() -> None:
    project = site()
    who = worker(project, trained=False)
    come(who)
    before = figure(project)
    inducted(who, on=BEFORE)
    after = figure(project)
    assert (before.covered, after.covered, after.version) == (0, 1, before.version + 1)


@pytest.mark.parametrize(("back", "lacks"), [(relativedelta(years=1), True), (relativedelta(years=1, days=-1), False)])
def test_hours_count_for_a_year(back: relativedelta, lacks: bool) -> None:
    project = site()
    who = worker(project, trained=False)
    inducted(who, on=DAY - back)
    come(who)
    assert reasons(project) == ({who.person.name: ["lacks_hours"]} if lacks else {})


@pytest.mark.parametrize(
    ("kind", "least"), [(WorkerClass.MANAGER, 20), (WorkerClass.WORKER, 15), (WorkerClass.RETURNING, 20)]
)
def test_hours_of_a_year_go_by_the_class(kind: str, least: int) -> None:
    rule(needs_induction=False)
    project = site()
    who = engaged(project, worker_class=kind)
    credit(held(Level.YEARLY, Decimal(least) - Decimal("0.5"), project=project), who.person)
    come(who)
    assert reasons(project) == {who.person.name: ["lacks_hours"]}
    credit(held(Level.TOPIC, "0.5", project=project), who.person)
    assert reasons(project) == {}


@pytest.mark.parametrize(
    ("values", "kind", "trade"),
    [
        ({"worker_class": WorkerClass.SPECIAL, "trade": "01"}, "special", "01"),
        ({"worker_class": WorkerClass.SAFETY_OFFICER}, "C3", ""),
        ({"worker_class": WorkerClass.LEADER}, "B", ""),
    ],
)
def test_certificates_are_those_of_the_class_and_in_force(values: dict[str, Any], kind: str, trade: str) -> None:
    project = site()
    who = worker(project, **values)
    come(who)
    wrong = {"special": "C1", "C3": "B", "B": "C1"}[kind]
    certified(who.person, wrong)
    certified(who.person, kind, trade=trade, until=DAY - timedelta(days=1))
    assert "lacks_certificate" in reasons(project)[who.person.name]
    certified(who.person, kind, trade=trade, until=DAY)
    assert "lacks_certificate" not in reasons(project).get(who.person.name, [])


def test_a_special_trade_needs_the_certificate_of_that_trade() -> None:
    project = site()
    who = worker(project, worker_class=WorkerClass.SPECIAL, trade="01")
    certified(who.person, "special", trade="02")
    come(who)
    assert reasons(project) == {who.person.name: ["lacks_certificate"]}


def test_a_stranger_at_the_gate_counts_and_is_named() -> None:
    project = site()
    come(worker(project))
    stranger(project, "门外人")
    told = figure(project)
    assert (told.counted, told.covered, told.unexplained, told.rate) == (2, 1, 1, Decimal(50))
    assert reasons(project) == {"门外人": ["off_roster"]}


def test_a_stranger_who_is_set_aside_counts_no_more() -> None:
    project = site()
    come(worker(project))
    stranger(project)
    assert figure(project).counted == 2
    AttendanceFault.objects.update(reason="参观人员，已登记", settled_at="2026-11-11T00:00:00+08:00")
    assert figure(project).is_whole


def test_a_stranger_alone_makes_a_day() -> None:
    project = site()
    stranger(project)
    told = figure(project)
    assert (told.counted, told.covered, told.rate) == (1, 0, Decimal(0))


def test_who_was_at_two_sites_at_once_is_covered_at_neither() -> None:
    here, there = site(), site()
    who = worker(here)
    other = worker(there, person=who.person, employer=who.employer)
    come(who)
    come(other)
    assert (figure(here).disputed, figure(there).disputed) == (1, 1)
    assert reasons(here) == {who.person.name: ["is_disputed"]}


def test_everybody_covered_is_not_whole_while_somebody_of_the_roster_never_comes() -> None:
    project = site()
    first = worker(project, entered_on=ENTERED - timedelta(days=60))
    worker(project, entered_on=ENTERED - timedelta(days=60))
    come(first)
    told = figure(project)
    assert (told.counted, told.covered, told.absent) == (1, 1, 1)
    assert (told.is_whole, told.rate) == (False, Decimal("99.9"))


def test_the_rate_is_rounded_down() -> None:
    project = site()
    come(*(worker(project) for _ in range(2)), worker(project, trained=False))
    assert figure(project).rate == Decimal("66.6")


def test_the_other_denominator_counts_who_came_lately() -> None:
    rule(denominator="rostered", window_days=5)
    project = site()
    early, late, gone, today = (worker(project) for _ in range(4))
    come(early, day=DAY - timedelta(days=5))
    come(late, day=DAY - timedelta(days=4))
    come(gone, day=DAY - timedelta(days=1))
    Engagement.objects.filter(pk=gone.pk).update(left_on=DAY - timedelta(days=1))
    come(today)
    assert figure(project).counted == 2


def test_another_definition_is_looked_at_without_writing() -> None:
    project = site()
    come(worker(project), day=DAY - timedelta(days=1))
    come(worker(project))
    before = figure(project)
    assert look(project.pk, DAY, "rostered")[:2] == (2, 2)
    assert figure(project).version == before.version


def test_what_the_rule_does_not_ask_is_not_asked() -> None:
    rule(needs_induction=False, needs_yearly=False)
    project = site()
    come(worker(project, trained=False))
    assert figure(project).is_whole


def test_a_later_edition_judges_the_days_from_its_first_on() -> None:
    today = timezone.localdate()
    project = site()
    who = worker(project, trained=False)
    come(who)
    come(who, day=today)
    assert not figure(project, today).is_whole
    CoverageRule.objects.create(effective_from=today, source="省厅文件", needs_induction=False, needs_yearly=False)
    assert figure(project, today).is_whole
    assert not figure(project).is_whole
    assert figure(project).rule.effective_from == date(2026, 1, 1)
