"""Commitments and their breaches, safety directors and inspectors, who lacks them, and what an office sets."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.core.registers import registry
from apps.core.workflow import TransitionRefused
from apps.duty.models import (
    Commitment,
    CommitmentBreach,
    DirectorAppointment,
    DutyTerm,
    InspectorAppointment,
    Level,
    Term,
)
from apps.enterprises.models import Enterprise
from tests.duty import stories
from tests.duty.test_logs import DRAWN
from tests.factories import EnterpriseFactory, PartyFactory, PersonFactory
from tests.hazards import stories as hazards
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db


def counts(register: str, user: Any) -> dict[str, int]:
    return registry[register].view_counts(user)


# Commitments ----------------------------------------------------------------------------------------------------------


def letter(place: stories.Site, **values: Any) -> dict[str, Any]:
    told = {"level": "project", "project": place.project.number, "person": place.leader.pk, "post": "项目经理"}
    return told | {"signed_on": str(timezone.localdate()), "signature": DRAWN} | values


def test_a_letter_is_signed_on_the_page_and_lasts_as_long_as_its_wording_says() -> None:
    place, today = stories.site(), timezone.localdate()
    answer = signed_in(place.manager).post("/commitments/new/", letter(place), follow=True)
    made = Commitment.objects.get()
    assert answer.redirect_chain[-1][0] == f"/commitments/{made.pk}/"
    assert made.wording == stories.wording(Level.PROJECT)
    assert made.wording.text in answer.content.decode()
    assert (made.valid_until.year, made.valid_until.month) == (today.year + 1, today.month)
    paper = signed_in(place.manager).get(f"/commitments/{made.pk}/paper/")
    assert paper.getvalue() == stories.signature()


def test_the_wording_that_is_about_to_be_signed_stands_open() -> None:
    place = stories.site()
    page = signed_in(place.manager).get(f"/commitments/new/?project={place.project.number}").content.decode()
    (shown,) = re.findall(r'<details class="more" open>\s*<summary>([^<]*)', page)
    assert shown.startswith("项目：")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"level": "enterprise"}, "企业承诺书不填项目"),
        ({"project": ""}, "请填写项目"),
        ({"signature": ""}, "还没有签名"),
        ({"valid_until": "2020-01-01"}, "有效期至不能早于签署日期"),
        ({"signed_on": "2150-01-01"}, "签署日期不能晚于今天"),
    ],
)
def test_what_is_wrong_with_a_letter_is_said(values: dict[str, str], words: str) -> None:
    place = stories.site()
    answer = signed_in(place.manager).post("/commitments/new/", letter(place, **values))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Commitment.objects.exists()


def test_letters_and_their_breaches_are_only_added_to() -> None:
    made = stories.promised(place := stories.site())
    told = {"day": str(timezone.localdate()), "what": "项目经理连续三天不在岗", "handled": "约谈"}
    signed_in(persona("inspector")).post(f"/commitments/{made.pk}/breach/", told)
    breach = CommitmentBreach.objects.get()
    assert "连续三天不在岗" in signed_in(place.manager).get(f"/commitments/{made.pk}/").content.decode()
    assert counts("commitments", place.manager)["broken"] == 1
    for change in (
        lambda: Commitment.objects.update(post="改写"),
        lambda: CommitmentBreach.objects.update(what="改写"),
        lambda: breach.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_only_works_on_the_site_writes_no_breach_into_the_contractors_letter() -> None:
    made = stories.promised(place := stories.site())
    part = EnterpriseFactory()
    PartyFactory(project=place.project, enterprise=part, role="subcontractor")
    other = persona("safety_director", organisation=part.organisation)
    place.project.members.create(user=other, post="project_safety_officer")
    client, address = signed_in(other), f"/commitments/{made.pk}/breach/"
    assert "记违诺" not in client.get(f"/commitments/{made.pk}/").content.decode()
    answer = client.post(address, {"day": str(timezone.localdate()), "what": "他人写的违诺情况"})
    assert answer.status_code == 422
    assert "由主管部门或者作出承诺的企业登记" in answer.content.decode()
    assert "他人写的违诺情况" in answer.content.decode()
    assert not CommitmentBreach.objects.exists()


def test_a_breach_lies_between_the_promise_and_today() -> None:
    made = stories.promised(stories.site())
    day = str(timezone.localdate() - timedelta(days=5))
    answer = signed_in(persona("inspector")).post(
        f"/commitments/{made.pk}/breach/", {"day": day, "what": "签署以前的事情"}
    )
    assert answer.status_code == 422
    assert "违诺日期应在签署日期" in answer.content.decode()


def test_the_rate_of_signed_projects_counts_letters_in_force() -> None:
    place, lapsed, never = stories.site(), stories.site(), stories.site()
    today = timezone.localdate()
    stories.promised(place)
    old = today - timedelta(days=40)
    stories.promised(lapsed, signed_on=old, valid_until=today - timedelta(days=1))
    officer = persona("inspector")
    told = counts("site_needs", officer)
    assert (told["all"], told["promised"], told["lapsed"], told["unpromised"]) == (3, 1, 1, 1)
    page = signed_in(officer).get("/duty/").content.decode()
    assert "签署率 33.3%" in page
    assert never.project.name in signed_in(officer).get("/site-needs/?view=unpromised").content.decode()


def test_a_firm_promises_for_itself_and_its_own_people_alone() -> None:
    place, other = stories.site(), stories.site()
    assert stories.promised(place, Level.ENTERPRISE).project is None
    with pytest.raises(TransitionRefused, match="本企业登记的人员"):
        stories.promised(place, person=other.leader)
    assert not Commitment.objects.visible_to(other.director).exists()
    assert Commitment.objects.visible_to(persona("inspector")).count() == 1


# Safety directors -----------------------------------------------------------------------------------------------------


def test_firms_of_first_grade_need_a_director_and_are_told_who_has_none() -> None:
    place, small = stories.site(), stories.site()
    Enterprise.objects.filter(pk=small.project.enterprise_id).update(qualification="建筑工程施工总承包叁级")
    officer = persona("inspector")
    assert counts("director_needs", officer)["missing"] == 1
    stories.appointed(place, ended_on=timezone.localdate() + timedelta(days=10))
    told = counts("director_needs", officer)
    assert (told["all"], told["missing"], told["ending"], told["has"]) == (1, 0, 1, 1)
    DutyTerm.objects.create(
        code=Term.DIRECTOR_NEEDED, value="特级、壹级、叁级", effective_from=timezone.localdate(), source="示例"
    )
    assert counts("director_needs", officer)["missing"] == 1


def test_a_firm_registers_its_director_with_the_paper() -> None:
    place = stories.site()
    told = {
        "person": place.head.pk,
        "paper_number": "示例任〔2026〕3号",
        "qualification": "注册安全工程师",
        "reports_to": "董事长",
        "started_on": str(timezone.localdate()),
        "paper": SimpleUploadedFile("任命.pdf", b"%PDF-1.4 x", "application/pdf"),
    }
    client = signed_in(place.director)
    client.post("/safety-directors/new/", told)
    made = DirectorAppointment.objects.get()
    assert (made.enterprise, made.person) == (place.project.enterprise, place.head)
    assert client.get(f"/safety-directors/{made.pk}/paper/").getvalue() == b"%PDF-1.4 x"
    again = client.post("/safety-directors/new/", told | {"paper": SimpleUploadedFile("x.exe", b"MZ", "x/y")})
    assert "只接受 PDF" in again.content.decode()
    again = client.post("/safety-directors/new/", {k: v for k, v in told.items() if k != "paper"})
    assert "已有安全总监" in again.content.decode()
    client.post(f"/safety-directors/{made.pk}/end/", {"ended_on": str(timezone.localdate())})
    made.refresh_from_db()
    assert made.ended_on == timezone.localdate()


def test_the_end_of_an_appointment_is_not_before_its_beginning() -> None:
    made = stories.appointed(place := stories.site())
    day = str(timezone.localdate() - timedelta(days=1))
    answer = signed_in(place.director).post(f"/safety-directors/{made.pk}/end/", {"ended_on": day})
    assert "任期至不能早于任职日期" in answer.content.decode()


# Safety inspectors ----------------------------------------------------------------------------------------------------


def test_an_inspector_is_independent_of_who_builds() -> None:
    place = stories.site()
    part = EnterpriseFactory()
    PartyFactory(project=place.project, enterprise=part, role="subcontractor")
    for person in (place.worker, PersonFactory(employer=part)):
        with pytest.raises(TransitionRefused, match="不能是本项目的施工总承包或分包单位"):
            stories.sent(place, person)
    assert stories.sent(place).firm != place.project.enterprise


def test_a_station_sends_an_inspector_by_firm_and_name() -> None:
    place, head = stories.site(), persona("station_head")
    firm = EnterpriseFactory(kind="other")
    person = PersonFactory(employer=firm, name="柳长风")
    told = {"project": place.project.number, "firm": firm.name, "name": "柳长风"}
    told |= {"started_on": str(timezone.localdate())}
    client = signed_in(head)
    assert "没有登记这个人员" in client.post("/site-inspectors/new/", told | {"name": "无此人"}).content.decode()
    twin = PersonFactory(employer=firm, name="柳长风")
    assert "同名人员" in client.post("/site-inspectors/new/", told).content.decode()
    client.post("/site-inspectors/new/", told | {"id_tail": person.id_masked[-4:]})
    made = InspectorAppointment.objects.get()
    assert (made.person, made.firm, twin.pk != made.person_id) == (person, firm, True)


def test_what_an_inspector_has_found_is_counted() -> None:
    place, account = stories.site(), persona("expert")
    stories.sent(place, PersonFactory(user=account))
    by = persona("inspector")
    cast = hazards.Site(place.project, by, by, by, place.director, place.manager, by)
    for recorder in (account, account, by):
        hazards.draft(cast, by=recorder)
    (row,) = registry["site_inspectors"].rows(place.manager)
    assert row.findings == 2


def test_large_sites_without_an_inspector_are_told_on_list_and_roster() -> None:
    place, small = stories.site(area_m2=60_000), stories.site(area_m2=9_000)
    officer = persona("inspector")
    assert counts("site_needs", officer)["uninspected"] == 1
    address = f"/projects/{place.project.number}/roster/"
    needs = {need.label: need for need in signed_in(place.manager).get(address).context["needs"]}
    assert needs["项目安全督查员"].missing == 1
    assert needs["总承包企业安全总监"].missing == 1
    stories.sent(place)
    stories.appointed(place)
    needs = {need.label: need for need in signed_in(place.manager).get(address).context["needs"]}
    assert needs["项目安全督查员"].missing == needs["总承包企业安全总监"].missing == 0
    assert counts("site_needs", officer)["uninspected"] == 0
    page = signed_in(small.manager).get(f"/projects/{small.project.number}/roster/")
    assert "项目安全督查员" not in [need.label for need in page.context["needs"]]


# What an office sets --------------------------------------------------------------------------------------------------


def test_the_province_sets_a_term_from_a_day_on_and_what_has_begun_stays() -> None:
    client, today = signed_in(persona("province_officer")), timezone.localdate()
    told = {"code": "leader_share", "value": "85", "effective_from": str(today), "source": "省厅通知"}
    for value, words in (("八十五", "请填 0 至 100 的整数"), ("101", "请填 0 至 100 的整数")):
        assert words in client.post("/system/duty-terms/new/", told | {"value": value}).content.decode()
    client.post("/system/duty-terms/new/", told)
    made = DutyTerm.objects.get(code="leader_share", effective_from=today)
    assert (made.value, made.is_sample) == ("85", False)
    with pytest.raises(DatabaseError), transaction.atomic():
        DutyTerm.objects.filter(pk=made.pk).update(value="10")
    assert signed_in(persona("inspector")).get("/system/duty-terms/").status_code == 403


def test_samples_say_that_they_are_samples() -> None:
    page = signed_in(persona("province_officer")).get("/system/safety-log-items/").content.decode()
    assert "样例" in page
    assert DutyTerm.objects.filter(code="director_needed", is_sample=True).exists()
    assert DutyTerm.objects.filter(code="leader_share", is_sample=False, certainty="条文明确").exists()
