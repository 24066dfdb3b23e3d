"""Months as they were frozen, and who is told of people who came untrained."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from apps.coverage.models import CoverageSnapshot
from apps.coverage.services.freezing import freeze
from apps.coverage.services.sweeping import sweep
from apps.coverage.services.telling import MANY, tell
from apps.notifications.models import Message
from apps.projects.models import Project
from tests.coverage_of_training.stories import BEFORE, come, inducted, stranger, worker
from tests.personas import persona
from tests.roster.stories import DAY, site

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 1)


def test_a_month_is_frozen_once_when_it_is_over() -> None:
    project = site()
    come(worker(project), worker(project, trained=False))
    come(worker(project), day=DAY + timedelta(days=1))
    assert freeze(FIRST) == 1
    frozen = CoverageSnapshot.objects.get()
    assert (frozen.month, frozen.project, frozen.days, frozen.whole_days) == (date(2026, 11, 1), project, 2, 1)
    assert (frozen.counted, frozen.covered) == (3, 2)
    assert freeze(FIRST + timedelta(days=3)) == 0


def test_months_in_which_the_platform_stood_still_are_frozen_afterwards() -> None:
    who = worker(entered_on=date(2026, 8, 1))
    for month in (8, 9, 10, 11):
        come(who, day=date(2026, month, 20))
    assert freeze(date(2026, 10, 2)) == 1
    assert freeze(FIRST) == 2
    frozen = CoverageSnapshot.objects.order_by("month").values_list("month", flat=True)
    assert [month.month for month in frozen] == [9, 10, 11]  # none of before the first: nothing was promised of it
    assert freeze(FIRST) == 0


def test_what_becomes_known_later_shows_as_a_difference() -> None:
    project = site()
    come(worker(project), late := worker(project, trained=False))
    freeze(FIRST)
    inducted(late, on=BEFORE)
    sweep()
    client = Client()
    client.force_login(persona("inspector"))
    told = client.get("/coverage/?period=2026-11").context["told"]
    assert (told.frozen.figure.gaps, told.total.gaps, told.frozen.difference.gaps) == (1, 0, -1)
    page = client.get(f"/projects/{project.number}/coverage/?period=2026-11").content.decode()
    assert "此后不再改变" in page
    assert client.get("/coverage/?period=2026-10").context["told"].frozen is None


def test_a_frozen_month_stays_as_it_is() -> None:
    come(worker())
    freeze(FIRST)
    for change in (lambda: CoverageSnapshot.objects.update(covered=9), lambda: CoverageSnapshot.objects.all().delete()):
        with pytest.raises(DatabaseError, match=r"append_only|Cannot"), transaction.atomic():
            change()


def officer_of(project: Project, post: str = "project_safety_officer") -> Any:
    assert project.enterprise
    user = persona(post, organisation=project.enterprise.organisation)
    project.members.create(user=user, post=post)
    return user


def titles(user: Any) -> list[str]:
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("title", flat=True))


def test_the_sites_officer_is_told_each_reason_once_a_week() -> None:
    project = site()
    officer = officer_of(project)
    monday = date(2026, 11, 9)
    who = worker(project, trained=False)
    come(who, day=monday)
    sweep()
    assert tell(monday) == 4
    assert tell(monday) == 0
    come(who, day=monday + timedelta(days=1))
    sweep()
    assert tell(monday + timedelta(days=1)) == 0
    come(who, day=monday + timedelta(days=7))
    sweep()
    assert tell(monday + timedelta(days=7)) == 4
    assert titles(officer)[0] == f"{who.person.name}未受训上岗：未完成公司级三级教育"


def test_a_site_without_an_officer_tells_the_firms_director() -> None:
    project = site()
    assert project.enterprise
    director = persona("safety_director", organisation=project.enterprise.organisation)
    stranger(project, "门外人")
    sweep()
    assert tell(DAY) == 1
    assert titles(director) == ["门外人未受训上岗：考勤与名册不一致"]


def test_many_at_once_are_told_as_one() -> None:
    project = site()
    officer = officer_of(project)
    for n in range(MANY):
        stranger(project, f"生人{n}")
    sweep()
    assert tell(DAY) == 1
    assert tell(DAY) == 0
    assert titles(officer) == [f"今天有 {MANY} 人未受训上岗"]


def test_nobody_is_told_of_yesterday() -> None:
    project = site()
    officer_of(project)
    stranger(project, day=timezone.localdate() - timedelta(days=1))
    sweep()
    assert tell() == 0
