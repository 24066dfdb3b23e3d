"""What was signed stays as it was signed, until the signatures are void."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from apps.inspections.models import Correction, Finding, Signature, Supplement, Visit
from apps.inspections.services.answering import (
    drop_finding,
    put_answer,
    put_finding,
    put_notes,
    put_signature,
    remove_signature,
    take_in_photo,
)
from apps.inspections.submitting.content import content_of
from apps.inspections.workflow.visit import VISIT
from tests.core.pictures import saved, scene
from tests.inspections.stories import answered, lead, planned, problem, signed, stroke, submitted

pytestmark = pytest.mark.django_db
SIGNED = "已签字，须先作废签名再修改"


def changed_answer(visit: Visit, verdict: str = "absent") -> Any:
    told: dict[str, Any] = {"checklist": visit.checklists.get(), "item": 1, "base": 1}
    return put_answer(visit, by=lead(visit), verdict=verdict, **told)


def same_again(finding: Any) -> dict[str, Any]:
    names = ("description", "category", "clause", "demands", "place", "term")
    return {"key": finding.pk, **{name: getattr(finding, name) for name in names}}


def void(visit: Visit) -> None:
    for signature in visit.signatures.all():
        remove_signature(visit, by=lead(visit), key=signature.pk)


def signed_visit() -> tuple[Visit, Any]:
    """Every item passes, there is one problem, and all have signed."""
    visit = planned()
    answered(visit)
    finding = problem(visit)
    signed(visit)
    return visit, finding


def test_answers_problems_and_notes_are_not_changed_once_somebody_has_signed() -> None:
    visit, finding = signed_visit()
    by = lead(visit)
    told = same_again(finding)
    for change in (
        lambda: changed_answer(visit),
        lambda: put_finding(visit, by=by, base=1, **told | {"demands": "改日再说"}),
        lambda: put_finding(visit, by=by, **told | {"key": uuid4()}),
        lambda: drop_finding(visit, by=by, key=finding.pk, base=1),
        lambda: put_notes(visit, by=by, conclusion="改日再说"),
        lambda: put_notes(visit, by=by, site_note="改日再说"),
        lambda: put_notes(visit, by=by, inspected_opinion="改日再说"),
    ):
        with pytest.raises(ValidationError, match=SIGNED):
            change()
    visit.refresh_from_db()
    finding.refresh_from_db()
    assert (visit.answers.get(item=1).verdict, visit.conclusion, visit.findings.count()) == ("pass", "", 1)
    assert (finding.is_dropped, finding.revision) == (False, 1)


def test_what_the_server_has_already_is_no_change_though_it_is_signed() -> None:
    visit, finding = signed_visit()
    assert changed_answer(visit, "pass").revision == 1
    assert put_finding(visit, by=lead(visit), **same_again(finding)).revision == 1
    assert put_notes(visit, by=lead(visit), conclusion="").conclusion == ""


def test_one_signature_alone_is_enough_and_all_have_to_be_void_before_a_change() -> None:
    visit, _ = signed_visit()
    for signature in visit.signatures.all():
        with pytest.raises(ValidationError, match=SIGNED):
            changed_answer(visit)
        remove_signature(visit, by=lead(visit), key=signature.pk)
    assert changed_answer(visit).verdict == "absent"
    signed(visit)
    assert VISIT.perform(visit, "submit", by=lead(visit)).state == "submitted"


def test_a_photograph_of_a_signed_problem_may_still_arrive() -> None:
    visit, finding = signed_visit()
    take_in_photo(visit, by=lead(visit), key=uuid4(), file=saved(scene(3)), name="late.jpg", finding=finding.pk)
    assert finding.photos.count() == 2


def test_the_inspected_party_says_its_opinion_after_the_inspectors_and_before_it_signs_itself() -> None:
    visit = planned()
    by, member = lead(visit), visit.team.all()[0]
    image = stroke()
    put_signature(visit, by=by, key=uuid4(), role="inspector", inspector_id=member.inspector_id, image=image)
    assert put_notes(visit, by=by, inspected_opinion="无异议").inspected_opinion == "无异议"
    put_signature(visit, by=by, key=uuid4(), role="inspected", name="赵伟", image=stroke())
    with pytest.raises(ValidationError, match=SIGNED):
        put_notes(visit, by=by, inspected_opinion="有异议")


def test_where_and_when_it_was_is_the_phones_and_may_come_after_the_signatures() -> None:
    visit, _ = signed_visit()
    left = timezone.now()
    assert put_notes(visit, by=lead(visit), ended_claimed=left, accuracy_m=8).ended_claimed == left


def test_the_page_says_what_to_do_before_a_signed_visit_is_changed() -> None:
    visit = planned()
    answered(visit)
    client = Client()
    client.force_login(lead(visit))
    assert "须先作废全部签名" not in client.get(visit.get_absolute_url()).content.decode()
    signed(visit)
    assert "须先作废全部签名" in client.get(visit.get_absolute_url()).content.decode()
    address = f"{visit.get_absolute_url()}tables/{visit.checklists.get().pk}/"
    refused = client.post(address, {"verdict_1": "absent", "base_1": "1"})
    assert refused.status_code == 422
    assert SIGNED in refused.content.decode()
    void(visit)
    assert client.post(address, {"verdict_1": "absent", "base_1": "1"}).status_code == 302


@pytest.mark.parametrize("kind", ["supplement", "correction"])
def test_what_was_added_to_a_record_or_put_right_in_public_is_neither_altered_nor_taken_away(kind: str) -> None:
    visit = submitted()
    by = lead(visit)
    made: Any = (
        Supplement.objects.create(visit=visit, text="补充：检测报告已核对", made_by=by)
        if kind == "supplement"
        else Correction.objects.create(visit=visit, before="合格", after="优良", reason="等级有误", made_by=by)
    )
    column = "text" if kind == "supplement" else "after"
    rows = type(made).objects.filter(pk=made.pk)
    for change in (lambda: rows.update(**{column: "改写"}), rows.delete):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()
    assert getattr(rows.get(), column) == getattr(made, column)


# What a signature binds -----------------------------------------------------------------------------------------------


def as_a_phone(visit: Visit, **changes: Any) -> str:
    """The text that a phone signs: its own order of members and entries, trailing zeros, no empty notes."""
    told = json.loads(content_of(visit)) | changes
    for answer in told["answers"]:
        answer["measured"] = answer["measured"] and f"{answer['measured']}0"
    told["answers"].reverse()
    del told["notes"]
    return json.dumps(told, ensure_ascii=False)


def sign_as_a_phone(visit: Visit, content: str, sha256: str = "") -> Signature:
    told: dict[str, Any] = {"inspector_id": visit.team.all()[0].inspector_id, "image": stroke(), "content": content}
    return put_signature(visit, by=lead(visit), key=uuid4(), role="inspector", **told, content_sha256=sha256)


def answered_visit() -> tuple[Visit, Any]:
    visit = planned(codes=("ZX-LIFTING",))
    answered(visit, {("ZX-LIFTING", 7): "7.1"})
    return visit, problem(visit)


def test_a_signature_keeps_what_was_signed_with_a_hash_that_anybody_can_take_again() -> None:
    visit, _ = answered_visit()
    text = as_a_phone(visit)
    signature = sign_as_a_phone(visit, text, hashlib.sha256(text.encode()).hexdigest())
    assert (signature.content, signature.content_sha256) == (text, hashlib.sha256(text.encode()).hexdigest())
    at_the_desk = put_signature(visit, by=lead(visit), key=uuid4(), role="inspected", name="赵伟", image=stroke())
    assert at_the_desk.content == content_of(visit)
    assert at_the_desk.content_sha256 == hashlib.sha256(at_the_desk.content.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told["answers"][0].update(verdict="absent", deductions=[]), "检查项 1 处"),
        (lambda told: told["answers"].pop(), "检查项 1 处"),
        (lambda told: told["findings"][0].update(demands="改日再说"), "问题 1 处"),
        (lambda told: told.update(findings=[]), "问题 1 处"),
        (lambda told: told.update(notes=[{"name": "conclusion", "text": "没有问题"}]), "现场情况和检查意见 1 处"),
        (lambda told: told.update(visit="JC-2026-999999"), "检查编号不同"),
    ],
)
def test_what_was_signed_otherwise_than_the_server_holds_is_refused_with_what_differs(change: Any, words: str) -> None:
    visit, _ = answered_visit()
    told = json.loads(as_a_phone(visit))
    change(told)
    with pytest.raises(ValidationError, match=words):
        sign_as_a_phone(visit, json.dumps(told))
    assert not visit.signatures.exists()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"visit": 1, "answers": [1]}', '{"visit": {}, "findings": {"a": 1}}', "[" * 9999]
)
def test_a_text_that_nobody_signed_is_refused(text: str) -> None:
    visit, _ = answered_visit()
    with pytest.raises(ValidationError, match="请重新签名"):
        sign_as_a_phone(visit, text)


def test_a_hash_of_something_else_is_refused_by_the_page_and_by_the_database() -> None:
    visit, _ = answered_visit()
    with pytest.raises(ValidationError, match="与校验值不符"):
        sign_as_a_phone(visit, as_a_phone(visit), "0" * 64)
    kept = sign_as_a_phone(visit, as_a_phone(visit))
    with pytest.raises(DatabaseError, match="signature_binds_its_content"), transaction.atomic():
        Signature.objects.filter(pk=kept.pk).update(content=f"{kept.content} ")


def test_a_record_that_differs_from_what_was_signed_is_not_handed_in() -> None:
    visit, finding = signed_visit()
    Finding.objects.filter(pk=finding.pk).update(demands="改日再说")  # past the services, which refuse it
    with pytest.raises(ValidationError, match="签名后检查内容有变动（问题 1 处），请作废签名"):
        VISIT.perform(visit, "submit", by=lead(visit))
    void(visit)
    signed(visit)
    assert VISIT.perform(visit, "submit", by=lead(visit)).state == "submitted"
