"""异议申诉: objections of all kinds in one list, each with its clock and its answer, for those whom it concerns."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.credit.models import Appeal, CreditEntry
from apps.credit.workflow import ENTRY, LISTING, PERMIT
from tests.credit import permit_stories as permits
from tests.credit import stories
from tests.credit.stories import Cast, tell, today
from tests.factories import EnterpriseFactory
from tests.personas import LUBEI, persona

pytestmark = pytest.mark.django_db
SAID = "停工系因台风预警主动停工"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def objected(cast: Cast) -> CreditEntry:
    return stories.objected(stories.proposed(cast), cast.county, cast.director, SAID)


def rows(client: Client, user: User, query: str = "view=all") -> list[dict[str, Any]]:
    client.force_login(user)
    return list(client.get(f"/api/appeals/?{query}").json()["results"])


def test_an_objection_stands_in_the_list_with_its_clock_until_it_is_answered(cast: Cast, client: Client) -> None:
    entry = objected(cast)
    appeal = Appeal.objects.get(pk=entry.number)
    assert (appeal.kind, appeal.about, appeal.enterprise) == ("entry", entry.item.name, cast.firm)
    assert (appeal.objection, appeal.objected_by, appeal.answer_by) == (SAID, cast.director, entry.answer_by)
    assert (appeal.outcome, appeal.answer, appeal.answered_at) == ("pending", "", None)
    assert [row["number"] for row in rows(client, cast.city, "view=pending")] == [entry.number]


@pytest.mark.parametrize(("move", "outcome"), [("dismiss", "dismissed"), ("uphold", "upheld")])
def test_the_answer_says_how_it_ended(cast: Cast, client: Client, move: str, outcome: str) -> None:
    entry = ENTRY.perform(objected(cast), move, by=cast.city, answer="经核实气象记录")
    appeal = Appeal.objects.get()
    assert (appeal.outcome, appeal.answer, appeal.answered_by) == (outcome, "经核实气象记录", cast.city)
    for user in (cast.city, cast.director):
        assert [row["number"] for row in rows(client, user, f"view={outcome}")] == [entry.number]


def test_what_is_given_up_for_another_reason_after_a_dismissal_stays_dismissed(cast: Cast) -> None:
    entry = ENTRY.perform(objected(cast), "dismiss", by=cast.city, answer="异议不成立")
    ENTRY.perform(entry, "reject", by=cast.city, reason="适用依据有误")
    assert Appeal.objects.get().outcome == "dismissed"


def test_objections_to_entries_listings_and_permit_cases_stand_together_newest_first(
    cast: Cast, client: Client
) -> None:
    first = objected(cast)
    listing = tell(LISTING, stories.list_checked(cast), cast.province)
    LISTING.perform(listing, "object", by=cast.director, objection=SAID)
    stage = permits.Stage()
    case = permits.notified(stage)
    PERMIT.perform(case, "object", by=stage.director, objection=SAID)
    seen = [(row["number"], row["kind"]["label"]) for row in rows(client, cast.second_province)]
    assert seen == [(case.number, "安许证处置"), (listing.number, "失信名单"), (first.number, "信用记录")]
    assert Appeal.objects.get(pk=case.number).about == "暂扣安全生产许可证"


def test_what_nobody_objected_to_is_not_in_it(cast: Cast) -> None:
    stories.notified(cast)
    stories.effective(cast, stories.AWARD)
    assert not Appeal.objects.exists()


def test_it_is_late_the_day_after_it_should_have_been_answered(cast: Cast, client: Client) -> None:
    entry = objected(cast)
    for days, late in ((0, []), (1, [entry.number])):
        CreditEntry.objects.filter(pk=entry.pk).update(answer_by=today() - timedelta(days=days))
        assert [row["number"] for row in rows(client, cast.city, "view=late")] == late


def test_only_the_firm_itself_and_the_offices_of_the_place_see_it(cast: Cast, client: Client) -> None:
    objected(cast)
    rival = persona("safety_director", organisation=EnterpriseFactory().organisation)
    for stranger in (rival, persona("county_officer", at=LUBEI)):
        assert rows(client, stranger) == []
        assert client.get(f"/credit/appeals/{Appeal.objects.get().number}/").status_code == 404


def test_a_line_leads_to_the_record_that_is_objected_to(cast: Cast, client: Client) -> None:
    entry = objected(cast)
    client.force_login(cast.director)
    assert f'href="{entry.get_absolute_url()}"' in client.get("/credit/appeals/").content.decode()
    assert client.get(f"/credit/appeals/{entry.number}/")["Location"] == entry.get_absolute_url()


def test_the_workbook_has_every_objection(cast: Cast, client: Client) -> None:
    entry = objected(cast)
    client.force_login(cast.city)
    answer: Any = client.post("/credit/appeals/export/?view=all")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert sheet
    told = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert {entry.number, "待答复", f"{entry.answer_by} 00:00:00", cast.firm.name} <= told
