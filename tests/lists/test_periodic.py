"""The clock makes the drafts of a period once, whatever fails between."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.lists.models import ListPeriod, ListSet, ListSnapshot, ListType, Period, Side
from apps.lists.periods import span_before
from apps.lists.services import periodic
from tests.hazards import stories
from tests.lists.shelf import shipped
from tests.personas import organisation, persona


def begun() -> None:
    """The sets have held for long, so that the last period is asked for."""
    shipped("duties")
    ListSet.objects.filter(is_active=True).update(active_since=timezone.localdate() - timedelta(days=400))


def of_duties() -> Any:
    return ListSnapshot.objects.filter(list_type=shipped("duties"))


@pytest.mark.django_db
def test_each_office_with_somebody_to_sign_has_its_draft_of_the_last_period() -> None:
    begun()
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    organisation("permit_office")
    periodic.make_due_drafts()
    snapshot = of_duties().get()
    assert snapshot.organisation == site.inspector.organisation
    assert (snapshot.start, snapshot.end) == span_before(Period.MONTH, timezone.localdate())
    assert [row["key"] for row in snapshot.rows] == [hazard.number]
    assert snapshot.frozen_by is None
    firms = ListSnapshot.objects.filter(side=Side.ENTERPRISE).values_list("organisation", flat=True)
    assert set(firms) == {site.director.organisation_id}


@pytest.mark.django_db
def test_second_run_makes_nothing_and_a_new_office_is_caught_up_with_next_time() -> None:
    begun()
    stories.site()
    assert periodic.make_due_drafts() > 0
    assert periodic.make_due_drafts() == 0
    assert not ListPeriod.objects.filter(completed_at=None).exists()


@pytest.mark.django_db
def test_interrupted_run_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    begun()
    for number in range(3):
        persona("inspector", organisation=organisation("station", name=f"第{number}中断监督站"))
    monkeypatch.setattr(periodic, "OFFICES_A_TURN", 2)
    periodic.make_due_drafts()
    assert of_duties().count() == 2
    periodic.make_due_drafts()
    periodic.make_due_drafts()
    assert of_duties().count() == 3
    assert not ListPeriod.objects.filter(list_type=shipped("duties"), completed_at=None).exists()


@pytest.mark.django_db
def test_nothing_is_asked_for_a_period_before_the_set_came_into_use() -> None:
    shipped("duties")
    stories.site()
    ListSet.objects.filter(is_active=True).update(active_since=timezone.localdate())
    assert periodic.make_due_drafts() == 0


@pytest.mark.django_db
def test_real_time_lists_and_lists_without_a_register_have_no_drafts() -> None:
    begun()
    stories.site()
    ListType.objects.filter(code="duties").update(register="nowhere")
    periodic.make_due_drafts()
    assert not ListSnapshot.objects.filter(list_type__code__in=["duties", "ledger"]).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_make_each_draft_once() -> None:
    begun()
    stories.site()
    barrier, made = Barrier(2), []

    def work() -> None:
        barrier.wait()
        try:
            made.append(periodic.make_due_drafts())
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    periodic.make_due_drafts()
    offices = list(ListSnapshot.objects.values_list("list_type", "organisation", "start"))
    assert len(offices) == len(set(offices)) == sum(made)
    assert len(made) == 2


@pytest.mark.django_db
def test_without_the_unique_rule_a_second_draft_would_be_written() -> None:
    """The control of the race: what stops the second is the constraint, not luck."""
    begun()
    stories.site()
    periodic.make_due_drafts()
    snapshot = of_duties().get()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_snapshot_per_list_office_and_period")
    snapshot.pk = None
    snapshot.save(force_insert=True)
    assert of_duties().count() == 2
