"""Many rows at once: counted and confirmed first, each by its own rights, with a result per row."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.core import bulk, files, jobs
from apps.core.models import Event, Job
from apps.hazards.models import Hazard
from tests.hazards import stories
from tests.personas import CHANGAN, signed_in

pytestmark = pytest.mark.django_db
RECEIVE = "/hazards/bulk/receive/"


@pytest.fixture
def site() -> stories.Site:
    return stories.site(CHANGAN)


@pytest.fixture
def ordered(site: stories.Site) -> list[Hazard]:
    return [stories.taken_to("ordered", site) for _ in range(3)]


def states(*hazards: Hazard) -> list[str]:
    return [Hazard.objects.get(pk=hazard.pk).state for hazard in hazards]


def confirmed(client: Client, page: Any, url: str = RECEIVE, **told: Any) -> Any:
    """Sends the confirm page as the browser would."""
    keys = {"keys": page.context["keys"]} if page.context["keys"] else {}
    return client.post(url, {"confirmed": page.context["count"], **keys, **told}, follow=True)


def result_rows(job: Job) -> list[list[Any]]:
    assert job.result_file
    book = load_workbook(BytesIO(files.path_of(job.result_file).read_bytes()))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_confirm_page_counts_and_changes_nothing(site: stories.Site, ordered: list[Hazard]) -> None:
    client = signed_in(site.director)
    page = client.post(RECEIVE, {"keys": [h.number for h in ordered[:2]]})
    assert (page.context["count"], page.context["left"], page.context["refused"]) == (2, 2, [])
    assert states(*ordered) == ["ordered"] * 3


def test_ticked_rows_are_done_and_the_others_left(site: stories.Site, ordered: list[Hazard]) -> None:
    client = signed_in(site.director)
    page = client.post(RECEIVE, {"keys": [h.number for h in ordered[:2]]})
    done = confirmed(client, page)
    assert states(*ordered) == ["received", "received", "ordered"]
    assert "已办理 <b>2</b> 条" in done.content.decode()
    assert Event.objects.filter(name="receive", actor=site.director).count() == 2


def test_all_by_filter_means_what_the_filter_finds(site: stories.Site, ordered: list[Hazard]) -> None:
    other = stories.draft(site, category="基坑工程")
    other = stories.order(other, site)
    client = signed_in(site.director)
    url = f"{RECEIVE}?category=高处作业"
    page = client.post(url, {"keys": [other.number], "all": "1"})
    assert page.context["count"] == 3
    confirmed(client, page, url)
    assert states(*ordered, other) == ["received"] * 3 + ["ordered"]


def test_rows_that_may_not_be_touched_are_named_with_the_reason(site: stories.Site, ordered: list[Hazard]) -> None:
    received = stories.taken_to("received", site)
    client = signed_in(site.director)
    page = client.post(RECEIVE, {"keys": [ordered[0].number, received.number]})
    assert [(r["record"], r["reason"]) for r in page.context["refused"]] == [(received, "当前状态为“已签收”，不能签收")]
    confirmed(client, page)
    job = Job.objects.get(kind=bulk.KIND)
    assert job.result == {"done": 1, "refused": 1, "reasons": [{"reason": "当前状态为“已签收”，不能签收", "count": 1}]}
    assert [row for row in result_rows(job) if row[0] in (ordered[0].number, received.number)] == [
        [received.number, "当前状态为“已签收”，不能签收"],
        [ordered[0].number, "已办理"],
    ]


def test_a_foreign_row_among_the_keys_is_as_if_it_were_not(site: stories.Site, ordered: list[Hazard]) -> None:
    rival = stories.site(CHANGAN)
    foreign = stories.taken_to("ordered", rival)
    page = signed_in(site.director).post(RECEIVE, {"keys": [ordered[0].number, foreign.number]})
    assert page.context["count"] == 1
    confirmed(signed_in(site.director), page, keys=[ordered[0].number, foreign.number])
    assert states(ordered[0], foreign) == ["received", "ordered"]


def test_who_lacks_the_permission_is_neither_offered_nor_obeyed(site: stories.Site, ordered: list[Hazard]) -> None:
    client = signed_in(site.inspector)
    assert "receive" not in [action["name"] for action in client.get("/hazards/").context["bulk"]]
    assert client.post(RECEIVE, {"keys": [ordered[0].number], "confirmed": "1"}).status_code == 403
    assert signed_in(site.director).post("/hazards/bulk/melt/").status_code == 404


def test_a_count_that_has_changed_is_confirmed_again(site: stories.Site, ordered: list[Hazard]) -> None:
    client = signed_in(site.director)
    page = client.post(RECEIVE, {"all": "1"})
    stories.taken_to("ordered", site)
    again = confirmed(client, page)
    assert "现为 4 条，请再确认一次" in again.content.decode()
    assert states(*ordered) == ["ordered"] * 3


def test_many_are_a_job_that_says_what_it_did(
    site: stories.Site, ordered: list[Hazard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = signed_in(site.director)
    page = client.post(RECEIVE, {"all": "1"})
    assert page.context["is_judged"] is False
    confirmed(client, page)
    job = Job.objects.get(kind=bulk.KIND)
    assert (job.state, states(*ordered)) == ("queued", ["ordered"] * 3)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result["done"], states(*ordered)) == ("done", 3, ["received"] * 3)


def test_a_job_done_twice_does_nothing_twice(
    site: stories.Site, ordered: list[Hazard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = signed_in(site.director)
    confirmed(client, client.post(RECEIVE, {"all": "1"}))
    job = Job.objects.get(kind=bulk.KIND)
    jobs.run(str(job.pk))
    Job.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.result["done"], job.result["refused"]) == (0, 3)
    assert Event.objects.filter(name="receive").count() == 3


def test_rights_lost_before_the_job_runs_end_it(
    site: stories.Site, ordered: list[Hazard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client = signed_in(site.director)
    confirmed(client, client.post(RECEIVE, {"all": "1"}))
    User.objects.filter(pk=site.director.pk).update(role="owner")
    job = Job.objects.get(kind=bulk.KIND)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error, states(*ordered)) == ("failed", "您已没有办理的权限", ["ordered"] * 3)


def test_more_than_a_worker_can_do_is_refused_before_anything_is_done(
    site: stories.Site, ordered: list[Hazard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    page = signed_in(site.director).post(RECEIVE, {"all": "1"}, follow=True)
    assert "一次最多办理 2 条，符合条件的有 3 条" in page.content.decode()
