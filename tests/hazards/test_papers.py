"""Papers drafted from a hazard, and the deadline that counts from the day on which the notice was served."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from apps.core.deadlines import DeadlineRule, deadline
from apps.core.models import Event
from apps.documents.models import Paper
from apps.documents.services import issue, serve
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import Hazard
from apps.hazards.papers import NOTICE
from tests.hazards import stories
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def ordered_with_term(site: stories.Site, days_ago: int = 0) -> Hazard:
    """A hazard whose deadline was given as a usual term of seven days, so many days ago."""
    hazard, day = stories.order(stories.draft(site), site), stories.today() - timedelta(days=days_ago)
    rule = DeadlineRule("calendar", 7, "示例")
    derivation = deadline(day, rule, CALENDAR)
    told = {"deadline": derivation.due, "deadline_basis": derivation.as_json() | {"rule": asdict(rule)}}
    Hazard.objects.filter(pk=hazard.pk).update(found_on=day, **told)
    return Hazard.objects.get(pk=hazard.pk)


def drafted(site: stories.Site, hazard: Hazard, kind: str = NOTICE) -> Paper:
    answer = signed_in(site.inspector).post(f"/hazards/{hazard.number}/papers/{kind}/")
    assert answer.status_code == 302
    return Paper.objects.get(kind=kind, record_id=str(hazard.pk))


def served(site: stories.Site, paper: Paper) -> Paper:
    """To the firm, today."""
    told: dict[str, Any] = {"addressee": "施工单位", "manner": "direct", "recipient": "张三"}
    return serve(paper, by=site.inspector, served_on=stories.today(), **told)


def test_a_notice_is_drafted_from_the_hazard_with_all_that_it_must_say(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site)
    shown = signed_in(site.inspector).get(f"/hazards/{hazard.number}/papers/{NOTICE}/").content.decode()
    assert hazard.description in shown
    paper = drafted(site, hazard)
    assert paper.missing == []
    assert paper.contents["deadline"] == str(hazard.deadline)
    assert hazard.enterprise.name in paper.addressee_names
    assert issue(paper, by=site.inspector).number
    page = signed_in(site.inspector).get(hazard.get_absolute_url()).content.decode()
    assert str(Paper.objects.get().number) in page


def test_the_firm_drafts_nothing_and_what_it_found_itself_gets_no_paper(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site)
    assert signed_in(site.director).post(f"/hazards/{hazard.number}/papers/{NOTICE}/").status_code == 403
    assert signed_in(site.inspector).get(f"/hazards/{hazard.number}/papers/nothing/").status_code == 404
    assert not Paper.objects.exists()


def test_a_term_counts_from_the_day_of_service(site: stories.Site) -> None:
    hazard = ordered_with_term(site, days_ago=4)
    served(site, issue(drafted(site, hazard), by=site.inspector))
    hazard.refresh_from_db()
    assert hazard.deadline == stories.today() + timedelta(days=7)
    assert hazard.deadline_basis["due"] == str(hazard.deadline)
    assert "送达，期限自送达起算" in hazard.deadline_basis["steps"][0]
    event = Event.objects.of(hazard).get(name="count_from_service")
    assert event.facts["deadline_before"] == str(stories.today() + timedelta(days=3))


def test_a_date_of_its_own_stays_as_the_notice_says_it(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site, days=5)
    served(site, issue(drafted(site, hazard), by=site.inspector))
    hazard.refresh_from_db()
    assert hazard.deadline == stories.today() + timedelta(days=5)


def test_a_second_service_changes_nothing(site: stories.Site) -> None:
    hazard = ordered_with_term(site)
    paper = served(site, issue(drafted(site, hazard), by=site.inspector))
    served(site, paper)
    assert Event.objects.of(hazard).filter(name="count_from_service").count() == 1


def test_what_was_answered_before_the_service_keeps_its_deadline(site: stories.Site) -> None:
    hazard = ordered_with_term(site)
    paper = issue(drafted(site, hazard), by=site.inspector)
    stories.advanced(hazard, "answered", site)
    served(site, paper)
    assert not Event.objects.of(hazard).filter(name="count_from_service").exists()


def test_a_review_opinion_names_the_notice_before_it(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site)
    notice = issue(drafted(site, hazard), by=site.inspector)
    stories.advanced(hazard, "verified", site)
    review = drafted(site, hazard, "review_opinion")
    assert (review.contents["earlier_number"], review.contents["conclusion"]) == (notice.number, "合格")
    # An item's third part is printed as a demand, which what the firm did is not.
    assert review.contents["items"] == [{"text": "五层预留洞口未封闭；整改情况：已加盖板"}]
    assert review.missing == []


def test_a_second_notice_of_the_same_hazard_is_not_drafted_without_a_word(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site)
    address = f"/hazards/{hazard.number}/papers/{NOTICE}/"
    assert "已有限期整改通知书" not in signed_in(site.inspector).get(address).content.decode()
    paper = drafted(site, hazard)
    assert "已有限期整改通知书（草稿）" in signed_in(site.inspector).get(address).content.decode()
    issued = issue(paper, by=site.inspector)
    assert f"已有限期整改通知书{issued.number}" in signed_in(site.inspector).get(address).content.decode()
