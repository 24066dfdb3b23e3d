"""一单两库: who is in them, what workbooks bring, what runs out, and the library of objects."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict

from apps.core.listing import Listing
from apps.core.registers import registry
from apps.inspections.forms.libraries import InspectorForm, RiskClassForm
from apps.inspections.models import Absence, Avoidance, Inspector, Matter, RiskClass
from apps.inspections.services.libraries import remind_of_certificates, save_inspector
from apps.notifications.models import Message
from tests.factories import DangerousWorkFactory, EnterpriseFactory
from tests.hazards import stories as hazards
from tests.inspections.plans import stories
from tests.personas import CHANGAN, LUBEI, city_officer, persona, signed_in, station_head

pytestmark = pytest.mark.django_db


def rows_of(register: str, user: Any, query: str) -> list[Any]:
    return list(Listing(registry[register], user, QueryDict(query)).sorted)


def test_the_shipped_matters_are_marked_as_samples_and_say_their_basis() -> None:
    shipped = list(Matter.objects.filter(code__startswith="AQ-0"))
    assert len(shipped) == 6
    assert all(matter.is_sample and matter.basis for matter in shipped)


# Inspectors -----------------------------------------------------------------------------------------------------------


def entered(by: Any, **values: Any) -> InspectorForm:
    told = {"certificate": " 冀a 001 ", "valid_until": "2099-01-01", "is_active": "on"}
    return InspectorForm(told | values, user=by)


def test_an_inspector_belongs_to_the_office_of_the_account() -> None:
    head, account = city_officer(), persona("inspector")
    form = entered(head, user=account.username, fields_known=["pit", "lifting"])
    assert form.is_valid(), form.errors
    made = save_inspector(form, by=head)
    assert (made.organisation, made.certificate) == (account.organisation, "冀A001")
    assert made.fields == ["lifting", "pit"]
    assert made.fields_in_words == "起重机械、深基坑"


def test_only_accounts_that_carry_out_visits_become_inspectors() -> None:
    head = station_head()
    for stranger in (persona("safety_director"), persona("inspector", at=LUBEI), persona("permit_officer")):
        assert "user" in entered(head, user=stranger.username).errors


def test_words_of_a_cell_name_the_fields() -> None:
    head, account = station_head(), persona("inspector")
    form = entered(head, user=account.username, fields_known="起重机械、深基坑")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["fields_known"] == ["lifting", "pit"]
    assert "fields_known" in entered(head, user=account.username, fields_known="潜水").errors


def test_an_account_that_is_there_already_is_corrected_and_not_doubled() -> None:
    head, account = station_head(), persona("inspector")
    there = stories.inspector(user=account)
    form = entered(head, user=account.username, valid_until="2098-05-05")
    assert form.is_valid(), form.errors
    assert save_inspector(form, by=head).pk == there.pk
    assert Inspector.objects.get(user=account).valid_until == date(2098, 5, 5)


def test_who_is_sent_somewhere_cannot_leave_the_library() -> None:
    head, one = station_head(), stories.inspector()
    stories.visit(stories.project(), [one])
    client = signed_in(head)
    told = {"certificate": one.certificate, "valid_until": "2099-01-01", "version": "1"}
    answer = client.post(f"/inspections/inspectors/{one.pk}/edit/", told)
    assert "还有未完成的检查" in answer.content.decode()
    one.refresh_from_db()
    assert one.is_active


def test_avoidances_and_absences_are_kept_on_the_page_of_the_inspector() -> None:
    head, one, firm = station_head(), stories.inspector(), EnterpriseFactory()
    client, page = signed_in(head), f"/inspections/inspectors/{one.pk}/"
    told = {"enterprise": str(firm.pk), "reason": "employed", "note": "2024 年离职"}
    assert client.post(f"{page}avoidances/new/", told).status_code == 302
    assert "已登记" in client.post(f"{page}avoidances/new/", told).content.decode()
    days = {"starts_on": "2026-12-01", "ends_on": "2026-11-01", "reason": "培训"}
    wrong = client.post(f"{page}absences/new/", days)
    assert (wrong.status_code, "结束日期不能早于开始日期" in wrong.content.decode()) == (422, True)
    assert client.post(f"{page}absences/new/", days | {"ends_on": "2026-12-05"}).status_code == 302
    shown = client.get(page).content.decode()
    assert all(word in shown for word in (firm.name, "2024 年离职", "2026-12-05", "培训"))
    assert (Avoidance.objects.count(), Absence.objects.count()) == (1, 1)


def test_views_tell_whose_certificate_runs_out_and_whose_has() -> None:
    head = station_head()
    soon = stories.inspector(valid_until=stories.today() + timedelta(days=20))
    gone = stories.inspector(valid_until=stories.today() - timedelta(days=1))
    stories.inspector()
    assert rows_of("inspectors", head, "view=within_30") == [soon]
    assert rows_of("inspectors", head, "view=within_7") == []
    assert rows_of("inspectors", head, "view=expired") == [gone]


def test_holder_and_keepers_hear_of_a_certificate_once_for_each_step() -> None:
    head = station_head()
    one = stories.inspector(head.organisation, valid_until=date(2026, 12, 31))
    days = {90: date(2026, 10, 2), 60: date(2026, 11, 1), 30: date(2026, 12, 1), 7: date(2026, 12, 24)}
    assert remind_of_certificates(date(2026, 10, 1)) == 0
    for day in days.values():
        assert remind_of_certificates(day) == 2
        assert remind_of_certificates(day + timedelta(days=1)) == 0
    told = Message.objects.filter(kind="inspector_certificate")
    assert set(told.values_list("recipient", flat=True)) == {one.user_id, head.pk}
    assert remind_of_certificates(date(2027, 1, 1)) == 0


# Risk classes ---------------------------------------------------------------------------------------------------------


def assessed(by: Any, firm: Any, grade: str, day: str) -> RiskClassForm:
    return RiskClassForm({"enterprise": firm.pk, "grade": grade, "assessed_on": day}, user=by)


def test_a_newer_class_replaces_the_one_that_stands_and_an_older_one_does_not() -> None:
    by, firm = city_officer(), EnterpriseFactory()
    for grade, day in (("C", "2026-09-01"), ("E", "2026-10-01")):
        form = assessed(by, firm, grade, day)
        assert form.is_valid(), form.errors
        registry["risk_classes"].save(form, by=by)
    assert RiskClass.objects.get().grade == "E"
    assert RiskClass.objects.get().version == 2
    assert "不能用更早的替换" in str(assessed(by, firm, "A", "2026-09-15").errors)


# Objects --------------------------------------------------------------------------------------------------------------


def test_objects_are_the_projects_under_way_with_what_inspections_know() -> None:
    head = station_head()
    one, other = stories.project(), stories.project()
    stories.project(stage="completed")
    stories.project(LUBEI)
    stories.assessed(one, "E")
    day = stories.today() - timedelta(days=3)
    stories.submitted(stories.visit(one), day)
    stories.submitted(stories.visit(one, kind="follow_up"), stories.today())
    stories.visit(one)
    found = {project.pk: project for project in rows_of("inspection_objects", head, "view=all")}
    assert set(found) == {one.pk, other.pk}
    assert (found[one.pk].risk_grade, found[other.pk].risk_grade) == ("E", "C")
    assert (found[one.pk].last_visit_on, found[one.pk].days_since) == (stories.today(), 0)
    in_this_year = 1 if day.year == stories.today().year else 0
    assert (found[one.pk].rounds_done, found[other.pk].rounds_done) == (in_this_year, 0)
    assert found[other.pk].last_visit_on is None


def test_rounds_due_are_those_of_the_plans_over_the_place() -> None:
    head = station_head()
    one = stories.project()
    due = lambda: rows_of("inspection_objects", head, "view=all")[0].rounds_due  # noqa: E731
    stories.plan(coverage_rounds=6)
    assert due() == 2
    stories.plan(state="published", coverage_rounds=3)
    stories.plan(persona("county_officer", at=LUBEI), state="published", coverage_rounds=5)
    assert (due(), one.region.code) == (3, CHANGAN)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("view=all&days_since=never", "never"),
        ("view=all&days_since=90", "never old"),
        ("view=all&rounds_done=0", "never old"),
        ("view=all&risk_grade=D", "old"),
        ("view=hazardous", "seen"),
        ("view=all&dangerous_kinds=pit", "old"),
        ("view=all&sort=-days_since", "never old seen"),
    ],
)
def test_objects_are_found_by_what_is_known_of_them(query: str, finds: str) -> None:
    head = station_head()
    never, old, seen = stories.project(name="never"), stories.project(name="old"), stories.project(name="seen")
    stories.assessed(old, "D")
    stories.submitted(stories.visit(old), stories.today() - timedelta(days=400))
    stories.submitted(stories.visit(seen), stories.today())
    DangerousWorkFactory(project=old)
    hazard = hazards.taken_to("ordered", hazards.site())
    hazard.project.stage = "completed"
    hazard.project.save()
    type(hazard).objects.filter(pk=hazard.pk).update(project=seen)
    assert never.pk
    found = [project.name for project in rows_of("inspection_objects", head, query)]
    assert sorted(found) == sorted(finds.split())


def test_objects_are_shown_to_offices_and_to_nobody_else() -> None:
    stories.project()
    assert signed_in(station_head()).get("/inspections/objects/?view=all").status_code == 200
    assert signed_in(persona("safety_director")).get("/inspections/objects/").status_code == 403


def test_ticked_objects_lead_to_the_page_on_which_visits_are_planned() -> None:
    one, other = stories.project(), stories.project()
    client = signed_in(persona("inspector"))
    answer = client.post("/inspections/objects/bulk/plan/?view=all", {"keys": [one.number, other.number]})
    assert answer.status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert one.name in shown
    assert other.name in shown


# Excel ----------------------------------------------------------------------------------------------------------------


def kept_by(head: Any) -> None:
    """A row in each register of this part."""
    site = stories.project()
    stories.assessed(site, "E")
    stories.plan(head)
    stories.campaign(head)
    done = stories.visit(site, [stories.inspector(head.organisation, fields=["lifting", "pit"])], by=head)
    stories.found(done)
    stories.submitted(done)


@pytest.mark.parametrize(
    ("register", "told"),
    [
        ("inspectors", "起重机械、深基坑"),
        ("risk_classes", "E（高）"),
        ("inspection_objects", "E"),
        ("inspection_plans", "拟订中"),
        ("campaigns", "起重机械"),
        ("visit_findings", "洞口未防护"),
        ("matters", "AQ-03"),
    ],
)
def test_what_is_on_the_list_goes_to_excel(register: str, told: str) -> None:
    head = station_head()
    kept_by(head)
    by = persona("province_officer") if register == "matters" else head
    answer: Any = signed_in(by).post(f"{registry[register].base_url}export/?view=all")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    cells = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert told in cells
    assert {column.label for column in registry[register].columns if column.shown} <= cells
