"""The public page: what a stranger with the paper in hand is told, and nothing besides."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.core.files import open_stored
from apps.core.models import StoredFile
from apps.documents import public
from apps.documents.models import Paper
from apps.documents.services import copy_as_draft, issue, made_files
from apps.documents.workflow import PAPER
from tests.documents import stories
from tests.personas import inspector, station_head

pytestmark = pytest.mark.django_db


def address(paper: Paper) -> str:
    return reverse("verify", args=[paper.token])


def page(paper: Paper, **posted: Any) -> Any:
    client = Client(enforce_csrf_checks=False)
    return client.post(address(paper), posted) if posted else client.get(address(paper))


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", "", answer.content.decode())


def test_stranger_learns_issuer_kind_number_day_and_state() -> None:
    paper = stories.issued(inspector())
    answer = page(paper)
    assert answer.status_code == 200
    said = text_of(answer)
    for words in (paper.organisation.name, "限期整改通知书", paper.number, "有效"):
        assert str(words) in said


def test_nothing_of_the_contents_the_people_or_the_keys_is_told() -> None:
    secret = "SECRETWORDS"
    told = stories.contents_of(
        "rectification_notice", project=secret, contact=secret, inspectors=secret, demands=secret
    )
    told["items"] = [{"text": secret, "clause": secret, "demand": secret}]
    officer = inspector(name=secret)
    paper = stories.issued(officer, contents=told, addressees=[secret], copy_to=secret)
    made = made_files(paper.pk)
    assert made.pdf
    body = page(paper).content.decode()
    assert [words for words in (secret, made.pdf.sha256, f"/documents/{paper.pk}") if words in body] == []


def test_allow_list_is_what_the_page_is_given() -> None:
    paper = stories.issued(inspector())
    assert set(vars(page(paper).context["paper"])) == {"issuer", "kind", "number", "issued_on", "state", "state_label"}


def test_draft_and_unknown_token_are_the_same_404() -> None:
    draft = page(stories.draft(inspector()))
    unknown = Client().get(reverse("verify", args=["A" * 22]))
    odd = Client().get(reverse("verify", args=["x\x00'%s"]))
    assert [draft.status_code, unknown.status_code, odd.status_code] == [404, 404, 404]


def test_void_and_replaced_papers_say_so() -> None:
    head = station_head()
    old, new = stories.issued(head), None
    new = issue(copy_as_draft(old, by=head), by=head)
    PAPER.perform(old, "replace", by=head, replaced_by=new, reason="期限写错，另行出具")
    void = PAPER.perform(stories.issued(head), "void", by=head, void_reason="受送达人写错")
    assert "已被替换" in text_of(page(old))
    assert "已作废" in text_of(page(void)) and "受送达人写错" not in text_of(page(void))
    assert "现为有效" in text_of(page(new))


def bytes_of(stored: StoredFile) -> bytes:
    with open_stored(stored) as file:
        return file.read()


def upload(content: bytes, name: str = "文书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_issued_file_is_the_same_and_one_changed_byte_is_not(kind: str) -> None:
    paper = made_files(stories.issued(inspector()).pk)
    content = bytes_of(getattr(paper, kind))
    assert "一致：您的文件与发文机关出具的文件相同" in text_of(page(paper, file=upload(content)))
    changed = content[:-1] + bytes([content[-1] ^ 1])
    assert "不一致：" in text_of(page(paper, file=upload(changed)))


def test_file_of_another_paper_is_not_the_same() -> None:
    officer = inspector()
    one, other = (made_files(stories.issued(officer).pk) for _ in range(2))
    assert other.pdf
    assert "不一致：" in text_of(page(one, file=upload(bytes_of(other.pdf))))


def test_files_are_made_for_who_asks_before_the_worker_has() -> None:
    paper = stories.issued(inspector())
    assert "不一致：" in text_of(page(paper, file=upload(b"x")))
    paper.refresh_from_db()
    assert paper.pdf


@pytest.mark.parametrize("posted", [{"file": ""}, {"file": upload(b"")}, {"other": "x"}])
def test_form_without_a_file_says_what_to_do(posted: dict[str, Any]) -> None:
    answer = page(stories.issued(inspector()), **posted)
    assert answer.status_code == 422
    assert "请" in text_of(answer)


def test_too_many_files_from_one_address_have_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public, "TRIES", 2)
    paper = stories.issued(inspector())
    answers = [page(paper, file=upload(b"x")).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert page(paper).status_code == 200
