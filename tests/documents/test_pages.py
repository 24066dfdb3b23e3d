"""The pages: drafting, checking before numbering, serving, printing, templates and the office's prefix."""

import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from apps.accounts.models import User
from apps.documents.models import IssuingOffice, Paper, PaperTemplate, TemplateState
from tests.documents import stories
from tests.factories import EnterpriseFactory
from tests.personas import city_officer, inspector, persona, province_officer, station_head

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "rectification_notice",
    "of_kind": "rectification_notice",
    "addressees": "某建设公司\n某监理公司",
    "project": "滨河雅居1期工程",
    "items": "临边未设防护｜JGJ 80-2016｜立即设置\n配电箱未锁",
    "deadline": "2026-12-30",
    "copies": "4",
}


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def said(answer: Any) -> str:
    return answer.content.decode()


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def pdf_of(answer: Any) -> PdfReader:
    return PdfReader(io.BytesIO(bytes_of(answer)))


# Drafting -------------------------------------------------------------------------------------------------------------


def test_draft_is_written_checked_numbered_and_served_in_the_browser() -> None:
    client = browser(inspector())
    client.post("/documents/new/", FORM)
    paper = Paper.objects.get()
    assert [line["name"] for line in paper.addressees] == ["某建设公司", "某监理公司"]
    assert paper.contents["items"][0] == {"text": "临边未设防护", "clause": "JGJ 80-2016", "demand": "立即设置"}
    check = said(client.get(f"/documents/{paper.pk}/issue/"))
    assert "滨河雅居1期工程" in check and "核对无误，编号" in check
    answer = client.post(f"/documents/{paper.pk}/issue/", {"version": paper.version})
    assert answer.status_code == 302
    paper.refresh_from_db()
    served = {
        "version": paper.version,
        "addressee": "某建设公司",
        "manner": "direct",
        "served_on": timezone.localdate().isoformat(),
        "recipient": "李某",
    }
    assert client.post(f"/documents/{paper.pk}/serve/", served).status_code == 302
    paper.refresh_from_db()
    assert paper.first_served_on == timezone.localdate()
    assert "李某" in said(client.get(f"/documents/{paper.pk}/"))


def test_kind_is_chosen_first_and_brings_its_fields() -> None:
    client = browser(inspector())
    assert "?kind=listing_notice" in said(client.get("/documents/new/"))
    assert "督办解除程序" in said(client.get("/documents/new/?kind=listing_notice"))
    assert "?kind=" in said(client.get("/documents/new/?kind=love_letter"))


def test_other_kind_chosen_in_the_form_shows_its_fields_before_anything_is_saved() -> None:
    changed = browser(inspector()).post("/documents/new/", FORM | {"kind": "urging_letter"})
    assert changed.status_code == 422
    assert "督办事项" in said(changed) and "某建设公司" in said(changed)
    assert not Paper.objects.exists()


def test_registered_firm_of_the_region_is_reached_by_its_name() -> None:
    firm = EnterpriseFactory()
    browser(inspector()).post("/documents/new/", FORM | {"addressees": firm.organisation.name})
    assert Paper.objects.get().addressees == [{"name": firm.organisation.name, "organisation": firm.pk}]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"items": "｜只有条款"}, "第 1 行缺少问题"),
        ({"items": "一｜二｜三｜四"}, "最多三段"),
        ({"items": "\n".join(["x"] * 61)}, "最多 60 条"),
        ({"deadline": "明天"}, "请填写日期"),
        ({"addressees": "长" * 101}, "超过 100 个字"),
        ({"copies": "0"}, "1"),
    ],
)
def test_form_says_what_is_wrong_and_keeps_what_was_typed(changes: dict[str, str], words: str) -> None:
    answer = browser(inspector()).post("/documents/new/", FORM | changes)
    assert answer.status_code == 422
    assert words in said(answer) and "滨河雅居1期工程" in said(answer)


def test_incomplete_draft_shows_what_is_missing_and_offers_no_number() -> None:
    officer = inspector()
    paper = stories.draft(officer, contents={})
    page = said(browser(officer).get(f"/documents/{paper.pk}/"))
    assert "编号前还须填写：工程名称、问题清单、整改期限" in page
    check = browser(officer).post(f"/documents/{paper.pk}/issue/", {"version": paper.version})
    assert check.status_code == 422
    assert "还缺必备内容" in said(check)


def test_numbered_paper_is_not_edited() -> None:
    officer = inspector()
    paper = stories.issued(officer)
    client = browser(officer)
    assert client.get(f"/documents/{paper.pk}/edit/").status_code == 302
    client.post(f"/documents/{paper.pk}/edit/", FORM)
    paper.refresh_from_db()
    assert paper.contents == stories.contents_of("rectification_notice")


def test_other_office_in_sight_may_look_and_not_touch() -> None:
    paper = stories.draft(inspector())
    client = browser(city_officer())
    assert "修改草稿" not in said(client.get(f"/documents/{paper.pk}/"))
    assert client.post(f"/documents/{paper.pk}/edit/", FORM).status_code == 403
    assert client.post(f"/documents/{paper.pk}/copy/").status_code == 403


def test_paper_that_has_moved_on_is_not_numbered_twice() -> None:
    officer = inspector()
    paper = stories.draft(officer)
    client, seen = browser(officer), paper.version
    client.post(f"/documents/{paper.pk}/issue/", {"version": seen})
    answer = client.post(f"/documents/{paper.pk}/issue/", {"version": seen})
    assert answer.status_code == 409
    assert Paper.objects.get().serial == 1


def test_correction_is_a_new_paper_that_takes_the_old_ones_place() -> None:
    head = station_head()
    old, client = stories.issued(head), browser(head)
    to_draft = client.post(f"/documents/{old.pk}/copy/")
    draft = Paper.objects.get(number=None)
    assert to_draft["Location"] == f"/documents/{draft.pk}/edit/"
    client.post(f"/documents/{draft.pk}/issue/", {"version": draft.version})
    draft.refresh_from_db()
    told = {"version": old.version, "replaced_by": draft.number, "reason": "期限写错，另行出具"}
    assert client.post(f"/documents/{old.pk}/replace/", told).status_code == 302
    old.refresh_from_db()
    assert old.replaced_by == draft


# Files ----------------------------------------------------------------------------------------------------------------


def test_pdf_and_docx_are_downloaded() -> None:
    officer = inspector()
    draft, paper = stories.draft(officer), stories.issued(officer)
    client = browser(officer)
    for record in (draft, paper):
        assert len(pdf_of(client.get(f"/documents/{record.pk}/pdf/")).pages) >= 1
        answer = client.get(f"/documents/{record.pk}/docx/")
        assert "wordprocessingml" in answer["Content-Type"]
        assert answer["Content-Disposition"].startswith("attachment")
        assert bytes_of(answer).startswith(b"PK")


def test_ticked_papers_are_printed_as_one() -> None:
    officer = inspector()
    papers = [stories.issued(officer) for _ in range(3)]
    client = browser(officer)
    single = sum(len(pdf_of(client.get(f"/documents/{p.pk}/pdf/")).pages) for p in papers)
    answer = client.post("/documents/bulk/print/?view=all", {"keys": [p.pk for p in papers]})
    assert answer["Content-Type"] == "application/pdf"
    assert len(pdf_of(answer).pages) == single


def test_draft_among_the_ticked_is_told_and_nothing_printed() -> None:
    officer = inspector()
    keys = [stories.issued(officer).pk, stories.draft(officer).pk]
    answer = browser(officer).post("/documents/bulk/print/?view=all", {"keys": keys}, follow=True)
    assert "草稿没有文号，不打印" in said(answer)


def test_more_than_fifty_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.documents.printing.MOST", 1)
    officer = inspector()
    keys = [stories.issued(officer).pk for _ in range(2)]
    answer = browser(officer).post("/documents/bulk/print/?view=all", {"keys": keys}, follow=True)
    assert "一次最多合并打印 1 份" in said(answer)


# Templates and prefix -------------------------------------------------------------------------------------------------


def test_new_wording_is_drafted_previewed_and_put_in_force() -> None:
    client = browser(province_officer())
    first = PaperTemplate.objects.get(kind="urging_letter")
    client.post(f"/system/paper-templates/{first.pk}/copy/")
    draft = PaperTemplate.objects.get(kind="urging_letter", edition=2)
    told = {"title": "督办通知", "effective_from": timezone.localdate().isoformat(), "body": draft.body, "version": 1}
    assert client.post(f"/system/paper-templates/{draft.pk}/edit/", told).status_code == 302
    assert len(pdf_of(client.get(f"/system/paper-templates/{draft.pk}/preview/")).pages) >= 1
    assert stories.issued(inspector(), "urging_letter").title == "督办函"
    client.post(f"/system/paper-templates/{draft.pk}/enforce/")
    draft.refresh_from_db()
    assert draft.state == TemplateState.IN_FORCE
    assert stories.issued(inspector(), "urging_letter").title == "督办通知"
    assert client.get(f"/system/paper-templates/{draft.pk}/edit/").status_code == 302


def test_wording_without_a_required_content_is_refused_and_kept() -> None:
    told = {
        "kind": "urging_letter",
        "title": "督办函",
        "effective_from": "2027-01-01",
        "body": "请尽快办理，{督办事项}",
    }
    answer = browser(persona("system_admin")).post("/system/paper-templates/new/", told)
    assert answer.status_code == 422
    assert "缺少必备内容“办理要求”" in said(answer) and "请尽快办理" in said(answer)


@pytest.mark.parametrize("kind", ["listing_notice", "case_transfer", "stop_work_notice"])
def test_shipped_wordings_can_be_looked_at(kind: str) -> None:
    template = PaperTemplate.objects.get(kind=kind)
    answer = browser(persona("auditor")).get(f"/system/paper-templates/{template.pk}/preview/")
    assert len(pdf_of(answer).pages) >= 1


@pytest.mark.parametrize("role", ["inspector", "safety_director", "county_officer"])
def test_wordings_are_not_everybodys_business(role: str) -> None:
    template = PaperTemplate.objects.get(kind="urging_letter")
    client = browser(persona(role))
    assert client.get(f"/system/paper-templates/{template.pk}/").status_code == 403
    assert client.post(f"/system/paper-templates/{template.pk}/enforce/").status_code == 403


def test_office_sets_its_own_prefix_for_later_papers() -> None:
    head = station_head()
    before, client = stories.issued(head), browser(head)
    assert "样例字号" in said(client.get("/documents/prefix/"))
    assert client.post("/documents/prefix/", {"own_prefix": "冀石建安"}).status_code == 302
    assert IssuingOffice.objects.get(organisation=head.organisation).is_sample is False
    before.refresh_from_db()
    after = stories.issued(head)
    assert after.number and after.number.startswith("冀石建安改〔") and after.serial == 2
    assert before.number and not before.number.startswith("冀石建安改")


@pytest.mark.parametrize("words", ["冀", "冀石〔2026〕", "冀 石", "x" * 21, ""])
def test_prefix_that_would_spoil_numbers_is_refused(words: str) -> None:
    answer = browser(station_head()).post("/documents/prefix/", {"own_prefix": words})
    assert answer.status_code == 422


def test_prefix_of_another_office_is_refused() -> None:
    browser(city_officer()).post("/documents/prefix/", {"own_prefix": "冀石建安"})
    answer = browser(station_head()).post("/documents/prefix/", {"own_prefix": "冀石建安"})
    assert answer.status_code == 422
    assert "已由其他机关使用" in said(answer)


def test_inspector_does_not_set_the_prefix() -> None:
    assert browser(inspector()).get("/documents/prefix/").status_code == 403


def test_list_of_drafts_names_them_and_counts_what_is_not_served() -> None:
    officer = inspector()
    stories.draft(officer), stories.issued(officer), stories.served(officer)
    page = browser(officer).get("/documents/?view=not_served")
    assert "共 1 条" in said(page)
