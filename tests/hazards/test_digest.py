"""The morning digest names what is open in each person's own hands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.hazards.services.digest import open_hazards
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
