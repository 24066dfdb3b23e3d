"""A firm asks for more time: before its deadline passes, once, and somebody else decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.core.models import Event
from apps.dashboards.todos import todo_rows
from apps.hazards.models import Hazard, Source, State
from apps.hazards.services import sweeps
from apps.hazards.services.digest import open_hazards
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from tests.hazards import stories
from tests.hazards.test_workflow import refused
from tests.personas import persona

pytestmark = pytest.mark.django_db
REASONS: dict[str, Any] = {"extension_reason": "防护栏杆供货推迟", "interim_measures": "拉设警戒绳，专人看护"}


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def asked(site: stories.Site, state: str = "rectifying") -> Hazard:
    return stories.asked_for_extension(stories.taken_to(state, site), site)


def received(site: stories.Site, days: int | None) -> Hazard:
    return HAZARD.perform(stories.order(stories.draft(site), site, days=days), "receive", by=site.director)


def late_by(hazard: Hazard, days: int) -> Hazard:
    past = stories.today() - timedelta(days=days)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=past, found_on=past)
    return hazard


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


def test_approved_the_asked_day_becomes_the_deadline_and_its_derivation_says_so(site: stories.Site) -> None:
    hazard = asked(site)
    before, until = hazard.deadline, hazard.extension_until
    hazard = HAZARD.perform(hazard, "approve_extension", by=site.head)
    assert (hazard.deadline, hazard.extensions, hazard.state) == (until, 1, State.RECTIFYING)
    assert (hazard.extension_until, hazard.extension_requested_by, hazard.interim_measures) == (None, None, "")
    assert hazard.deadline_basis["due"] == str(until)
    told = hazard.deadline_basis["steps"][-1]
    assert all(word in told for word in (str(before), site.head.name, str(until), "防护栏杆供货推迟")), told
    facts = Event.objects.of(hazard).get(name="approve_extension").facts
    assert (facts["deadline_before"], facts["extension_until"]) == (str(before), str(until))


def test_the_derivation_of_the_first_deadline_stays_above_that_of_the_extension(site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    basis = {"due": str(hazard.deadline), "steps": ["按常用期限推算。"], "calendar_edition": "x"}
    Hazard.objects.filter(pk=hazard.pk).update(deadline_basis=basis)
    hazard = HAZARD.perform(stories.asked_for_extension(hazard, site), "approve_extension", by=site.head)
    assert hazard.deadline_basis["steps"][0] == "按常用期限推算。"
    assert len(hazard.deadline_basis["steps"]) == 2


def test_reminders_follow_the_new_deadline(site: stories.Site) -> None:
    hazard = received(site, days=2)
    sweeps.sweep_deadlines(stories.today())
    hazard = HAZARD.perform(stories.asked_for_extension(hazard, site, days=10), "approve_extension", by=site.head)
    Message.objects.all().delete()
    sweeps.sweep_deadlines(stories.today() + timedelta(days=5))  # late by the old deadline, early by the new one
    assert not Message.objects.filter(kind__startswith="hazard_escalate").exists()
    sweeps.sweep_deadlines(stories.today() + timedelta(days=9))
    assert Message.objects.filter(recipient=site.director, kind="hazard_due_in_3").count() == 1


def test_nobody_approves_or_refuses_an_own_request(site: stories.Site) -> None:
    hazard = stories.draft(site, by=site.manager, source=Source.SELF_CHECK)
    hazard = HAZARD.perform(stories.order(hazard, site, by=site.manager), "receive", by=site.manager)
    hazard = stories.asked_for_extension(hazard, site, by=site.director)
    assert refused(hazard, "approve_extension", site.director) == "不能审批自己提出的延期申请"
    assert refused(hazard, "reject_extension", site.director, reason="不行") == "不能审批自己提出的延期申请"
    other = persona("safety_director", organisation=site.director.organisation)
    assert HAZARD.perform(hazard, "approve_extension", by=other).extensions == 1


def test_what_an_authority_ordered_only_an_authority_extends(site: stories.Site) -> None:
    hazard = asked(site)
    assert refused(hazard, "approve_extension", site.director) == "监督机构发现的隐患由监督机构办理"
    assert refused(hazard, "approve_extension", site.second) == "您没有“批准延期”的权限"


def test_no_second_request_while_one_waits_and_none_after_the_one_that_is_allowed(site: stories.Site) -> None:
    hazard = asked(site)
    told = {"extension_until": stories.today() + timedelta(days=30), **REASONS}
    assert refused(hazard, "request_extension", site.director, **told) == "已有延期申请，等待审批"
    hazard = HAZARD.perform(hazard, "approve_extension", by=site.head)
    assert refused(hazard, "request_extension", site.director, **told) == "最多延期 1 次，已延期 1 次"


def test_a_refused_request_may_be_made_again(site: stories.Site) -> None:
    hazard = asked(site)
    before = hazard.deadline
    hazard = HAZARD.perform(hazard, "reject_extension", by=site.head, reason="可先搭设钢管防护")
    assert (hazard.deadline, hazard.extensions, hazard.extension_until) == (before, 0, None)
    news = Message.objects.get(recipient=site.director, kind="hazard_reject_extension")
    assert "可先搭设钢管防护" in news.body
    assert stories.asked_for_extension(hazard, site).extension_requested_by == site.manager


def test_more_time_is_asked_for_in_time_or_not_at_all(site: stories.Site) -> None:
    told = {"extension_until": stories.today() + timedelta(days=9), **REASONS}
    last_day = late_by(stories.taken_to("received", site), 0)
    assert HAZARD.perform(last_day, "request_extension", by=site.director, **told).extension_until
    unread = stories.taken_to("ordered", site)
    assert refused(unread, "request_extension", site.director, **told) == "当前状态为“待签收”，不能申请延期"
    late = late_by(stories.taken_to("received", site), 1)
    assert refused(late, "request_extension", site.director, **told) == "整改期限已过，不能再申请延期"
    free = received(site, days=None)
    assert refused(free, "request_extension", site.director, **told) == "未定整改期限，不需要申请延期"


def test_the_asked_day_lies_after_the_deadline(site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    told = {"extension_until": hazard.deadline, **REASONS}
    words = f"申请延至的日期须晚于现在的整改期限 {hazard.deadline}"
    assert refused(hazard, "request_extension", site.director, **told) == words
    client = Client()
    client.force_login(site.director)
    form = told | {"version": hazard.version, "extension_until": str(hazard.deadline)}
    answer = client.post(f"{hazard.get_absolute_url()}request_extension/", form)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_a_request_whose_day_has_passed_can_only_be_refused(site: stories.Site) -> None:
    hazard = late_by(asked(site), 5)
    past = stories.today() - timedelta(days=1)
    Hazard.objects.filter(pk=hazard.pk).update(extension_until=past)
    assert refused(hazard, "approve_extension", site.head) == f"申请延至的 {past} 已过，不能再批准"
    assert hazard not in todo_rows(site.head, "approve_extension")
    assert HAZARD.perform(hazard, "reject_extension", by=site.head, reason="已超期").extension_until is None


def test_answering_and_voiding_forget_the_request(site: stories.Site) -> None:
    answered = stories.answer(asked(site), site)
    assert (answered.extension_until, answered.extension_requested_by, answered.extension_reason) == (None, None, "")
    void = HAZARD.perform(asked(site), "request_void", by=site.inspector, void_reason="重复登记")
    void = HAZARD.perform(void, "approve_void", by=site.head)
    assert (void.state, void.extension_until, void.extension_requested_by) == (State.VOID, None, None)


def test_the_database_keeps_no_request_beyond_the_hands_of_the_firm(site: stories.Site) -> None:
    hazard = stories.taken_to("answered", site)
    with pytest.raises(IntegrityError, match="hazard_extension"), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(extension_until=stories.today(), extension_requested_by=site.manager)


def test_the_request_stands_on_the_case_file_for_both_sides_until_it_is_decided(site: stories.Site) -> None:
    hazard = asked(site)
    words = f"{site.manager.name}申请延期至 {hazard.extension_until}，等待审批：防护栏杆供货推迟"
    for user in (site.head, site.inspector, site.director):
        shown = page(user, hazard.get_absolute_url())
        assert words in shown, user.role
        assert "临时安全措施：拉设警戒绳，专人看护" in shown, user.role
    deciding = page(site.head, f"{hazard.get_absolute_url()}approve_extension/")
    assert f"申请延至 {hazard.extension_until}。延期理由：防护栏杆供货推迟" in deciding
    HAZARD.perform(hazard, "approve_extension", by=site.head)
    shown = page(site.director, hazard.get_absolute_url())
    assert "等待审批" not in shown
    assert f"{hazard.extension_until}（已延期 1 次）" in shown
    assert f"延至 {hazard.extension_until}：防护栏杆供货推迟" in shown  # in the history, for good


def test_the_head_has_it_to_do_and_in_the_digest_until_it_is_decided(site: stories.Site) -> None:
    hazard = stories.asked_for_extension(received(site, days=9), site)
    assert [(h.pk, h.kind) for h in todo_rows(site.head, "")] == [(hazard.pk, "approve_extension")]  # type: ignore[attr-defined]
    assert list(todo_rows(site.inspector, "")) == []
    line = (site.head.pk, f"待审批延期：{hazard.title}")
    assert [(i.recipient_id, i.title) for i in open_hazards(stories.today())] == [line]
    pressing = Message.objects.unread().pressing().filter(recipient=site.head)
    assert list(pressing.values_list("kind", flat=True)) == ["hazard_request_extension"]
    HAZARD.perform(hazard, "approve_extension", by=site.head)
    assert (list(todo_rows(site.head, "")), list(open_hazards(stories.today())), list(pressing)) == ([], [], [])
