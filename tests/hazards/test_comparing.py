"""The ledger compared with a day: every figure is the number of the rows it leads to, and they add up."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.core.models import ImportBatch
from apps.hazards.models import Grade, Hazard
from tests.contracts.planting import planted_batch
from tests.hazards import stories
from tests.personas import CHANGAN, QIAOXI

pytestmark = pytest.mark.django_db
PAGE = "/hazards/compare/"


@pytest.fixture
def site() -> stories.Site:
    return stories.site(CHANGAN)


@pytest.fixture
def day() -> date:
    return stories.today() - timedelta(days=10)


def at(day: date, days: int) -> datetime:
    """Noon, so many days from this day."""
    return timezone.make_aware(datetime.combine(day, time(12))) + timedelta(days=days)


def aged(hazard: Hazard, **times: datetime) -> Hazard:
    Hazard.objects.filter(pk=hazard.pk).update(**times)
    return hazard


@pytest.fixture
def ledger(site: stories.Site, day: date) -> dict[str, Hazard]:
    """One hazard of each fate, and of each kind that no figure has."""
    batch: ImportBatch = planted_batch(site.inspector)
    told = {
        "old and open": aged(stories.taken_to("ordered", site), ordered_at=at(day, -5)),
        "on the day and open": aged(stories.taken_to("ordered", site, grade=Grade.MAJOR), ordered_at=at(day, 0)),
        "old and closed": aged(stories.taken_to("closed", site), ordered_at=at(day, -5), closed_at=at(day, -1)),
        "closed since": aged(stories.taken_to("closed", site), ordered_at=at(day, -5), closed_at=at(day, 2)),
        "opened since": aged(stories.taken_to("ordered", site), ordered_at=at(day, 1)),
        "opened and closed since": aged(stories.taken_to("closed", site), ordered_at=at(day, 1), closed_at=at(day, 3)),
        "draft": stories.draft(site),
        "of the neighbour": stories.taken_to("ordered", stories.site(QIAOXI)),
    }
    imported = stories.taken_to("ordered", site)
    claims = {"ordered_at": None, "import_batch": batch, "found_on": day - timedelta(days=3)}
    Hazard.objects.filter(pk=imported.pk).update(**claims)
    return told | {"imported and open": imported}


def client_of(site: stories.Site) -> Client:
    client = Client()
    client.force_login(site.inspector)
    return client


def figures(page: Any) -> dict[str, int]:
    return {line["label"]: line["all"] for line in page.context["lines"]}


def test_every_hazard_is_counted_where_it_belongs(site: stories.Site, ledger: dict[str, Hazard], day: date) -> None:
    page = client_of(site).get(PAGE, {"date": day.isoformat()})
    assert figures(page) == {
        "当日未销号": 4,
        "此后新增": 2,
        "此后销号": 2,
        "当日未销号、至今仍未销号": 3,
        "现未销号": 4,
    }


def test_each_figure_leads_to_the_rows_that_make_it(site: stories.Site, ledger: dict[str, Hazard], day: date) -> None:
    client = client_of(site)
    for line in client.get(PAGE, {"date": day.isoformat()}).context["lines"]:
        for figure in ("all", "major"):
            found = client.get(line[f"{figure}_url"])
            assert len(found.context["rows"]) == line[figure], line
    still = client.get(f"/hazards/?view=all&since=still:{day}")
    names = ("old and open", "on the day and open", "imported and open")
    assert {row["key"] for row in still.context["rows"]} == {ledger[name].number for name in names}


def test_the_filter_of_the_ledger_goes_along(site: stories.Site, ledger: dict[str, Hazard], day: date) -> None:
    page = client_of(site).get(PAGE, {"date": day.isoformat(), "grade": "major", "view": "overdue"})
    assert figures(page)["现未销号"] == 1


@pytest.mark.parametrize("asked", ["gestern", "2999-01-01", "1066-10-14", "2026-02-30", "\x00"])
def test_a_day_that_is_none_or_not_yet_over_is_told(site: stories.Site, asked: str) -> None:
    page = client_of(site).get(PAGE, {"date": asked})
    assert page.status_code == 422
    assert "请" in page.context["problem"]


@pytest.mark.parametrize("value", ["opened", "opened:", "melted:2026-01-01", "opened:2999-01-01", ":", "\x00"])
def test_a_link_that_was_tampered_with_finds_nothing(site: stories.Site, ledger: dict[str, Hazard], value: str) -> None:
    assert len(client_of(site).get("/hazards/", {"view": "all", "since": value}).context["rows"]) == 0
