"""Publication: the last day with its way, reminders, the public pages, corrections that leave a trace."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.core.deadlines import DeadlineRule
from apps.core.models import DictionaryEntry
from apps.inspections.models import Correction, Visit
from apps.inspections.publication import publication_deadline
from apps.inspections.services.publication import correct, occasion_of, proposed_result, remind_of_publication
from apps.inspections.workflow.visit import VISIT
from apps.notifications.models import Message
from tests.inspections import stories as records
from tests.inspections.plans import stories
from tests.personas import city_officer, persona, signed_in, station_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def test_twenty_working_days_leave_out_holidays_and_say_how_they_were_counted() -> None:
    """20 September and 10 October are worked, 25 to 27 September and 1 to 7 October are not."""
    found = publication_deadline(date(2026, 9, 18))
    assert found.due == date(2026, 10, 22)
    assert "国发〔2019〕5号" in found.explain()
    assert "国庆" in found.explain()


def test_the_dictionary_says_how_many_days() -> None:
    DictionaryEntry.objects.filter(kind="publication_term").update(code="calendar:7", source="本省规定", certainty="")
    found = publication_deadline(date(2026, 11, 2))
    assert (found.due, "本省规定" in found.explain()) == (date(2026, 11, 9), True)
    assert publication_deadline(date(2026, 11, 2), DeadlineRule("calendar", 1, "x")).due == date(2026, 11, 3)


def test_without_a_usable_entry_twenty_working_days_stand() -> None:
    day = date(2026, 9, 18)
    usual = publication_deadline(day).due
    DictionaryEntry.objects.filter(kind="publication_term").update(code="soon")
    assert publication_deadline(day).due == usual


def test_a_submitted_visit_keeps_its_last_day_and_the_way_to_it() -> None:
    visit = records.submitted()
    assert visit.publish_by == date.fromisoformat(visit.publish_basis["due"])
    assert any("20 日" in step for step in visit.publish_basis["steps"])


# Reminding ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "occasion"),
    [
        (date(2026, 11, 16), ""),
        (date(2026, 11, 17), "before"),
        (date(2026, 11, 19), "before"),
        (date(2026, 11, 20), "due"),
        (date(2026, 11, 21), ""),
        (date(2026, 11, 23), "2026-11-23"),
    ],
)
def test_reminders_speak_three_days_before_on_the_day_and_on_working_days_after(today: date, occasion: str) -> None:
    assert occasion_of(date(2026, 11, 20), today) == occasion


def test_each_occasion_is_told_once_and_nothing_after_publication() -> None:
    head = station_head()
    visit = stories.submitted(stories.visit(stories.project(), by=head), publish_by=date(2026, 11, 20))
    told = [remind_of_publication(date(2026, 11, day)) for day in (16, 17, 17, 18, 20, 21, 23, 24)]
    assert told == [0, 1, 0, 0, 1, 0, 1, 1]
    assert set(Message.objects.values_list("recipient", "kind")) == {(head.pk, "visit_to_publish")}
    stories.published(visit)
    assert remind_of_publication(date(2026, 11, 25)) == 0


def test_what_waits_for_publication_stands_on_the_workbench_and_in_its_views() -> None:
    head, inspector = station_head(), persona("inspector")
    late = stories.submitted(stories.visit(stories.project(), by=head), publish_by=stories.today() - timedelta(days=1))
    stories.submitted(stories.visit(stories.project(), by=city_officer()))
    client = signed_in(head)
    assert "检查结果待公示" in text(client.get("/"))
    assert client.get("/inspections/?view=to_publish").context["page"]["total"] == 1
    assert late.number in text(client.get("/inspections/?view=late_to_publish"))
    assert "检查结果待公示" not in text(signed_in(inspector).get("/"))


# Publishing -----------------------------------------------------------------------------------------------------------


def test_the_proposal_says_day_project_firm_and_result_and_no_person() -> None:
    visit = records.submitted(problems=2)
    said = proposed_result(visit)
    for word in (visit.project.name, visit.organisation.name, "日常监督检查", "发现事故隐患 2 条", "优良"):
        assert word in said
    assert visit.enterprise
    assert visit.enterprise.name in said
    people = [member.inspector.user.name for member in visit.team.all()]
    assert not [name for name in [*people, "赵伟"] if name in said]


def test_a_result_is_published_on_its_page_and_read_by_anybody() -> None:
    visit = records.submitted(problems=1)
    head = persona("station_head", organisation=visit.organisation)
    client, page = signed_in(head), f"{visit.get_absolute_url()}publish/"
    proposal = client.get(page).context["form"]["public_result"].value()
    assert proposal == proposed_result(visit)
    assert visit.number not in text(Client().get("/public/inspections/results/"))
    assert client.post(page, {"public_result": proposal, "version": str(visit.version)}).status_code == 302
    shown = text(Client().get(f"/public/inspections/results/{visit.number}/"))
    assert all(word in shown for word in (visit.number, visit.project.name, "发现事故隐患 1 条"))
    hidden = [head.name, *(member.inspector.user.name for member in visit.team.all()), "3号塔机起重量限制器"]
    assert not [word for word in hidden if word in shown]


def test_results_are_found_by_project_and_by_firm() -> None:
    one, other = stories.project(name="滨河雅居"), stories.project(name="云栖学府")
    for site in (one, other):
        stories.published(stories.visit(site))
    stories.submitted(stories.visit(stories.project(name="滨河新居")))
    assert other.enterprise
    for query, found in (("滨河", one), (other.enterprise.name, other)):
        page = Client().get("/public/inspections/results/", {"q": query}).context["page"]
        assert [visit.project for visit in page] == [found]


def test_the_public_pages_read_no_more_columns_than_are_allowed(django_assert_num_queries: Any) -> None:
    stories.published(stories.visit(stories.project()))
    with django_assert_num_queries(2):
        (visit,) = Client().get("/public/inspections/results/").context["page"]
    withheld = {"record", "site_note", "conclusion", "made_by_id", "submitted_by_id", "score"}
    assert withheld <= visit.get_deferred_fields()


@pytest.mark.parametrize("query", ["q=%00&page=x", "page=99999", "q=" + "长" * 300, "year=99999999999"])
def test_nonsense_in_public_addresses_is_no_error(query: str) -> None:
    for address in ("results/", "plans/"):
        assert Client().get(f"/public/inspections/{address}?{query}").status_code == 200
    for address in ("results/JC-%00/", "results/JC-1/", "plans/99999999999999999999/"):
        assert Client().get(f"/public/inspections/{address}").status_code == 404


# Correcting -----------------------------------------------------------------------------------------------------------


def public_visit(head: Any) -> Visit:
    return stories.published(stories.visit(stories.project(), by=head), "检查得分 80.0，发现事故隐患 3 条。")


def test_a_correction_leaves_both_texts_public_with_the_reason() -> None:
    head = station_head()
    visit = public_visit(head)
    client, page = signed_in(head), f"/inspections/{visit.number}/correction/"
    same = client.post(page, {"after": visit.public_result, "reason": "没有变化呀", "version": "1"})
    assert "与现在的公示内容相同" in text(same)
    told = {"after": "检查得分 80.0，发现事故隐患 2 条。", "reason": "一条隐患重复登记，已作废", "version": "1"}
    assert client.post(page, told).status_code == 302
    shown = text(Client().get(f"/public/inspections/results/{visit.number}/"))
    assert all(word in shown for word in ("隐患 3 条", "隐患 2 条", "重复登记"))
    assert head.name not in shown
    assert Correction.objects.get().made_by == head
    stale = client.post(page, told | {"after": "检查得分 81.0，没有隐患。", "version": "1"})
    assert "刚被他人更正" in text(stale)


def test_only_the_office_that_published_corrects_and_only_what_is_public() -> None:
    head = station_head()
    visit = public_visit(head)
    told: dict[str, Any] = {"after": "检查得分 80.0，没有事故隐患。", "reason": "核实后没有隐患"}
    with pytest.raises(ValidationError, match="更正"):
        correct(visit, by=city_officer(), **told)
    with pytest.raises(ValidationError, match="没有公示检查结果的权限"):
        correct(visit, by=persona("inspector"), **told)
    waiting = stories.submitted(stories.visit(stories.project(), by=head))
    with pytest.raises(ValidationError, match="没有公示内容"):
        correct(waiting, by=head, **told)
    assert "publish" in {move.name for move in VISIT.open_to(waiting, head)}
