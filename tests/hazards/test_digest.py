"""The morning digest names what is open in each person's own hands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.hazards.services.digest import open_hazards
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Level, Message
from tests.hazards import stories

pytestmark = pytest.mark.django_db


def test_the_digest_puts_each_hazard_into_the_hands_that_hold_it() -> None:
    site = stories.site()
    ordered = stories.order(stories.draft(site), site, days=2)
    answered = stories.taken_to("answered", site)
    confirmed = stories.taken_to("confirmed", site)
    told = {(item.recipient_id, item.url) for item in open_hazards(stories.today())}
    assert told == {
        (site.director.pk, ordered.get_absolute_url()),
        (site.manager.pk, ordered.get_absolute_url()),
        (site.engineer.pk, answered.get_absolute_url()),
        (site.inspector.pk, confirmed.get_absolute_url()),
    }


def test_what_is_due_later_or_has_no_deadline_is_not_in_the_digest() -> None:
    site = stories.site()
    stories.order(stories.draft(site), site, days=9)
    stories.order(stories.draft(site), site, days=None)
    assert list(open_hazards(stories.today())) == []


def test_an_overdue_hazard_says_so() -> None:
    site = stories.site()
    hazard = stories.order(stories.draft(site), site, days=2)
    lines = [item.title for item in open_hazards(stories.today() + timedelta(days=5))]
    assert lines == [f"超期 · 待签收：{hazard.title}（期限 {hazard.deadline}）"] * 2


def test_a_request_to_void_is_in_the_digest_of_those_who_may_approve_it_until_it_is_decided() -> None:
    site = stories.site()
    hazard = stories.order(stories.draft(site), site, days=9)
    HAZARD.perform(hazard, "request_void", by=site.inspector, void_reason="现场核实为误报")
    assert [(i.recipient_id, i.title) for i in open_hazards(stories.today())] == [
        (site.head.pk, f"待审批作废：{hazard.title}")
    ]
    HAZARD.perform(hazard, "reject_void", by=site.head, reason="请补充照片")
    assert list(open_hazards(stories.today())) == []
    assert asked_of(site.head) == []


def test_what_others_or_oneself_have_done_since_is_no_longer_asked_of_anybody() -> None:
    site = stories.site()
    hazard = stories.taken_to("confirmed", site)
    assert asked_of(site.inspector) == ["hazard_confirm"]
    assert asked_of(site.manager) == []
    HAZARD.perform(hazard, "return", by=site.inspector, reason="仍有缺口")
    assert asked_of(site.inspector) == []
    assert asked_of(site.manager) == ["hazard_return"]
    assert Message.objects.unread().filter(recipient=site.inspector, kind="hazard_confirm").get().level == Level.INFO


def test_a_receipt_takes_nothing_off_those_who_must_still_put_it_right() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    HAZARD.perform(hazard, "receive", by=site.director)
    assert asked_of(site.manager) == ["hazard_order"]


def asked_of(user: User) -> list[str]:
    """The kinds of unread messages that ask this person for something."""
    told = Message.objects.unread().pressing().filter(recipient=user).order_by("pk")
    return list(told.values_list("kind", flat=True))


def test_the_digest_asks_as_much_for_one_hazard_as_for_three() -> None:
    site = stories.site()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            list(open_hazards(stories.today()))
        return len(asked)

    stories.order(stories.draft(site), site, days=1)
    for_one = queries()
    for _ in range(2):
        stories.order(stories.draft(site), site, days=1)
    assert queries() == for_one
