"""Urging, assigning and extending many hazards at once: each by its own guards, with the reason where not."""

from datetime import timedelta

import pytest

from apps.core import bulk
from apps.core.models import Job
from apps.hazards.models import Hazard
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from tests.core.test_bulk import confirmed, result_rows, signed_in
from tests.hazards import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def bulk_url(name: str) -> str:
    return f"/hazards/bulk/{name}/"


def results() -> dict[str, str]:
    return {str(row[0]): str(row[1]) for row in result_rows(Job.objects.get(kind=bulk.KIND)) if len(row) > 1}


def test_many_are_urged_and_those_urged_today_or_answered_are_not(site: stories.Site) -> None:
    first, second = (stories.taken_to("received", site) for _ in range(2))
    urged = HAZARD.perform(stories.taken_to("received", site), "remind", by=site.second)
    answered = stories.taken_to("answered", site)
    client = signed_in(site.inspector)
    page = client.post(bulk_url("remind"), {"all": "1"})
    reasons = {"今天已催办过，同一隐患一天只能催办一次", "当前状态为“待监理确认”，不能催办"}
    assert (page.context["left"], {r["reason"] for r in page.context["refused"]}) == (2, reasons)
    confirmed(client, page, bulk_url("remind"), remark="节前必须完成")
    told = results()
    assert (told[first.number], told[second.number]) == ("已办理", "已办理")
    assert told[urged.number] == "今天已催办过，同一隐患一天只能催办一次"
    assert told[answered.number] == "当前状态为“待监理确认”，不能催办"
    news = Message.objects.filter(recipient=site.director, kind="hazard_remind", body__endswith="节前必须完成")
    assert news.count() == 2


def test_many_are_assigned_and_those_ended_or_already_his_are_not(site: stories.Site) -> None:
    first, second = (stories.taken_to(state, site) for state in ("ordered", "confirmed"))
    his = HAZARD.perform(stories.taken_to("ordered", site), "assign", by=site.head, handler=site.second)
    closed = stories.taken_to("closed", site)
    client = signed_in(site.head)
    keys = [h.number for h in (first, second, his, closed)]
    url = f"{bulk_url('assign')}?view=all"
    page = client.post(url, {"keys": keys})
    assert set(page.context["form"].fields["handler"].queryset) >= {site.inspector, site.second, site.head}
    confirmed(client, page, url, handler=site.second.pk)
    told = results()
    assert {told[h.number] for h in (first, second)} == {"已办理"}
    assert told[his.number] == f"经办人已经是{site.second.name}"
    assert told[closed.number] == "当前状态为“已销号”，不能指派经办人"
    assert Hazard.objects.filter(handler=site.second).count() == 3


def test_without_a_handler_nothing_is_assigned(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    client = signed_in(site.head)
    page = client.post(bulk_url("assign"), {"keys": [hazard.number]})
    again = confirmed(client, page, bulk_url("assign"), handler=site.director.pk)
    assert (again.status_code, Job.objects.count()) == (422, 0)


def test_many_extensions_are_approved_and_those_not_asked_for_are_not(site: stories.Site) -> None:
    asked = [stories.asked_for_extension(stories.taken_to("received", site), site, days=n) for n in (2, 4)]
    quiet = stories.taken_to("received", site)
    stale = stories.asked_for_extension(stories.taken_to("received", site), site)
    past = stories.today() - timedelta(days=1)
    Hazard.objects.filter(pk=stale.pk).update(extension_until=past)
    client = signed_in(site.head)
    page = client.post(bulk_url("approve_extension"), {"all": "1"})
    assert {r["record"]: r["reason"] for r in page.context["refused"]} == {
        quiet: "没有延期申请",
        stale: f"申请延至的 {past} 已过，不能再批准",
    }
    confirmed(client, page, bulk_url("approve_extension"))
    for hazard in asked:
        deadline = hazard.extension_until
        hazard.refresh_from_db()
        assert (hazard.deadline, hazard.extensions) == (deadline, 1)
    assert results()[quiet.number] == "没有延期申请"


def test_each_is_offered_what_their_role_may_do(site: stories.Site) -> None:
    def offered(user: object) -> list[str]:
        return [a["name"] for a in signed_in(user).get("/hazards/").context["bulk"] if a["name"] != "export"]  # type: ignore[arg-type]

    assert offered(site.inspector) == ["remind"]
    assert offered(site.head) == ["remind", "assign", "approve_extension", "approve_void"]
    assert offered(site.manager) == ["receive"]
