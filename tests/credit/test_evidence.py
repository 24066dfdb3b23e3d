"""证据: what an item asks for is read before anything is saved; files prove it; without proof there is none."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.utils import timezone

from apps.core.files import path_of
from apps.core.models import Draft, Event, StoredFile
from apps.core.workflow import TransitionRefused
from apps.credit.models import CreditEntry, EntryEvidence
from apps.credit.services import kept_files
from apps.credit.services.entries import record_entry
from apps.credit.workflow import ENTRY
from tests.credit import stories
from tests.credit.certificate_stories import bytes_of
from tests.credit.stories import PDF, Cast
from tests.personas import LUBEI, persona, signed_in

pytestmark = pytest.mark.django_db
NEW = "/credit/entries/new/"
NO_EVIDENCE = "没有证据：请附证据文件，或者填写处罚、认定文书的文号"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def text(answer: Any) -> str:
    return answer.content.decode()


def scan(name: str = "询问笔录.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def told(cast: Cast, **other: Any) -> dict[str, Any]:
    usual = {
        "enterprise": cast.firm.name,
        "item": stories.ORDINARY,
        "happened_on": str(stories.today()),
        "facts": "发生一般事故，负有责任",
        "evidence": "事故认定文书",
    }
    return usual | other


def seen(page: str) -> str:
    return re.search(r'name="seen_item" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


# What the item asks for -----------------------------------------------------------------------------------------------


def test_nothing_is_saved_before_the_items_evidence_and_way_of_appeal_were_shown(cast: Cast) -> None:
    client, item = signed_in(cast.inspector), stories.item(stories.ORDINARY)
    first = client.post(NEW, told(cast, scans=scan()))
    assert first.status_code == 200
    for words in (item.evidence, item.appeal, item.legal_basis, "−10 分　示例", "请核对所选项目", "发生一般事故"):
        assert words in text(first)
    assert not CreditEntry.objects.exists()
    (key,) = re.findall(r'name="kept_file" value="([^"]+)"', text(first))
    second = client.post(NEW, told(cast, seen_item=seen(text(first)), kept_file=key))
    assert second.status_code == 302
    assert [str(one) for one in CreditEntry.objects.get().files.all()] == ["询问笔录.pdf"]


def test_another_item_chosen_meanwhile_is_shown_before_it_is_saved(cast: Cast) -> None:
    client = signed_in(cast.inspector)
    first = text(client.post(NEW, told(cast, decision_number="示例认〔2026〕1号")))
    other = client.post(
        NEW, told(cast, decision_number="示例认〔2026〕1号", item=stories.FORGED, seen_item=seen(first))
    )
    assert (other.status_code, stories.item(stories.FORGED).evidence in text(other)) == (200, True)
    assert not CreditEntry.objects.exists()


def test_where_scripts_run_it_stands_there_once_the_item_is_chosen(cast: Cast) -> None:
    client = signed_in(cast.inspector)
    assert 'hx-get="/credit/entries/item/"' in text(client.get(NEW))
    part = text(client.get("/credit/entries/item/", {"item": stories.FORGED}))
    assert stories.item(stories.FORGED).evidence in part and "<html" not in part
    assert stories.item(stories.FORGED).evidence in text(client.get(NEW, {"item": stories.FORGED}))
    for odd in ("Z-999", "\0", ""):
        assert "seen_item" not in text(client.get("/credit/entries/item/", {"item": odd, "happened_on": "2026-99-99"}))
    assert signed_in(cast.director).get("/credit/entries/item/").status_code == 403


# Without proof --------------------------------------------------------------------------------------------------------


def test_an_entry_with_neither_file_nor_paper_nor_source_is_refused_with_the_reason(cast: Cast) -> None:
    client = signed_in(cast.inspector)
    refused = client.post(NEW, told(cast))
    assert (refused.status_code, NO_EVIDENCE in text(refused), "发生一般事故" in text(refused)) == (422, True, True)
    with pytest.raises(TransitionRefused, match="没有证据"):
        stories.proposed(cast, decision_number="")
    assert not CreditEntry.objects.exists()


def test_one_that_has_lost_its_paper_is_not_checked_and_the_database_agrees(cast: Cast) -> None:
    entry = stories.proposed(cast)
    CreditEntry.objects.filter(pk=entry.pk).update(decision_number="")
    with pytest.raises(TransitionRefused, match="没有证据"):
        ENTRY.perform(entry, "check", by=cast.county, opinion="属实")
    with pytest.raises(InternalError, match="neither file nor paper"), transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(state="checked")
    stories.with_file(entry, cast.inspector)
    assert ENTRY.perform(entry, "check", by=cast.county, opinion="属实").state == "checked"


# The files ------------------------------------------------------------------------------------------------------------


def recorded(cast: Cast) -> CreditEntry:
    client = signed_in(cast.inspector)
    page = text(client.get(NEW, {"item": stories.ORDINARY}))
    files = [scan(), scan("现场照片.pdf", PDF + b" of the site")]
    assert client.post(NEW, told(cast, seen_item=seen(page), scans=files)).status_code == 302
    return CreditEntry.objects.get()


def test_files_come_with_the_form_lie_under_their_hash_and_are_told_in_the_history(cast: Cast) -> None:
    entry = recorded(cast)
    first, second = (one.file for one in entry.files.order_by("file__original_name").select_related("file"))
    assert (str(second), str(first)) == ("询问笔录.pdf", "现场照片.pdf")
    assert path_of(second).read_bytes() == PDF
    assert second.sha256 in Event.objects.of(entry).get(name="proposed").facts["proof"]
    assert not Draft.objects.exists()
    page = text(signed_in(cast.county).get(entry.get_absolute_url()))
    assert "询问笔录.pdf" in page and "添加证据文件" not in text(signed_in(cast.director).get("/"))


def test_who_sees_the_entry_downloads_its_files_and_nobody_else(cast: Cast) -> None:
    entry = recorded(cast)
    url = f"{entry.get_absolute_url()}files/{entry.files.earliest('file__original_name').pk}/"
    got = signed_in(cast.county).get(url)
    assert (got.status_code, bytes_of(got)) == (200, PDF + b" of the site")
    assert got["Content-Disposition"].startswith("attachment")
    assert signed_in(persona("inspector", at=LUBEI)).get(url).status_code == 404
    assert signed_in(cast.director).get(url).status_code == 404
    stories.tell(ENTRY, ENTRY.perform(entry, "check", by=cast.county, opinion="属实"), cast.county)
    assert bytes_of(signed_in(cast.director).get(url)).startswith(PDF)
    assert signed_in(Cast().director).get(url).status_code == 404
    other = stories.proposed(cast)
    assert signed_in(cast.county).get(url.replace(entry.number, other.number)).status_code == 404


def test_more_proof_may_come_until_the_decision_and_none_after(cast: Cast) -> None:
    entry = stories.checked(cast)
    client, url = signed_in(cast.inspector), f"{entry.get_absolute_url()}files/"
    assert "请选择要添加的文件" in text(client.post(url))
    assert client.post(url, {"scans": scan("补充材料.pdf")}).status_code == 302
    assert Event.objects.of(entry).latest("id").name == "evidence_added"
    assert signed_in(cast.director).post(url, {"scans": scan()}).status_code in (403, 404)
    entry = ENTRY.perform(
        stories.after_objections(stories.tell(ENTRY, entry, cast.county)), "take_effect", by=cast.city
    )
    assert "不能再添加证据文件" in text(client.get(url, follow=True))
    assert client.post(url, {"scans": scan("太晚.pdf")}).status_code == 422
    late = StoredFile.objects.get(original_name="太晚.pdf")
    with pytest.raises(InternalError, match="before the decision"), transaction.atomic():
        EntryEvidence.objects.create(entry=entry, file=late, added_by=cast.inspector)


def test_what_was_attached_is_neither_changed_nor_deleted(cast: Cast) -> None:
    proof = stories.with_file(stories.proposed(cast), cast.inspector)
    for harm in (proof.delete, lambda: EntryEvidence.objects.update(added_by=cast.city)):
        with pytest.raises(InternalError), transaction.atomic():
            harm()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("说明.docx", b"PK\x03\x04 a document", "说明.docx：只接受 PDF、JPEG 或者 PNG"),
        ("空.pdf", b"", "空.pdf：文件是空的"),
        ("大.pdf", PDF + b"0" * kept_files.MOST_BYTES, "大.pdf：文件超过 10 MB"),
    ],
)
def test_a_file_that_is_refused_says_why_and_the_others_stay(cast: Cast, name: str, content: bytes, words: str) -> None:
    client = signed_in(cast.inspector)
    page = text(client.post(NEW, told(cast, scans=[scan(), scan(name, content)])))
    assert words in page
    assert "询问笔录.pdf（0 KB）" in page and "发生一般事故" in page
    assert not CreditEntry.objects.exists()


def test_a_file_of_somebody_else_is_not_taken_by_its_key(cast: Cast) -> None:
    page = text(signed_in(cast.inspector).post(NEW, told(cast, scans=scan())))
    (key,) = re.findall(r'name="kept_file" value="([^"]+)"', page)
    stolen = signed_in(cast.county).post(NEW, told(cast, seen_item=seen(page), kept_file=key))
    assert (stolen.status_code, NO_EVIDENCE in text(stolen)) == (422, True)


def test_files_that_were_never_handed_in_are_thrown_away_and_those_that_were_stay(cast: Cast) -> None:
    recorded(cast)
    signed_in(cast.inspector).post(NEW, told(cast, scans=scan("没有交.pdf")))
    assert kept_files.sweep(timezone.now() + kept_files.KEPT_FOR * 2) == 1
    assert not StoredFile.objects.filter(original_name="没有交.pdf").exists()
    assert EntryEvidence.objects.count() == 2


def test_programs_and_workbooks_that_bring_no_files_need_the_number_of_a_paper(cast: Cast) -> None:
    facts: dict[str, Any] = {"happened_on": stories.today(), "facts": "属实", "evidence": "笔录", "by": cast.inspector}
    office = cast.inspector.organisation
    with pytest.raises(TransitionRefused, match="没有证据"):
        record_entry(stories.item(stories.ORDINARY), enterprise=cast.firm, office=office, **facts)
    entry = record_entry(
        stories.item(stories.ORDINARY),
        enterprise=cast.firm,
        office=office,
        decision_number="示例罚〔2026〕9号",
        **facts,
    )
    edit = f"{entry.get_absolute_url()}edit/"
    emptied = told(cast, enterprise=cast.firm.uscc, decision_number="", version=1)
    answer = signed_in(cast.inspector).post(edit, emptied)
    assert (answer.status_code, "没有证据" in text(answer)) == (422, True)
