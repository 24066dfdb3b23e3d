"""Batches of writes from phones: in order, once, whole or not at all."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.inspections.models import Answer, Finding, Signature, SyncBatch, Visit, VisitInspector
from tests.api_client import Api
from tests.inspections import stories
from tests.inspections.phone.phones import Phone, answer, finding, long_ago, operation, picture, stroke
from tests.personas import QIAOXI, inspector, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Visit:
    return stories.planned()


@pytest.fixture
def phone(visit: Visit) -> Phone:
    return Phone(stories.lead(visit), visit)


def signed_by(member: VisitInspector) -> dict[str, Any]:
    return {"id": str(uuid4()), "role": "inspector", "inspector_id": member.inspector_id, "image": stroke()}


def held(visit: Visit) -> tuple[int, int, int, int]:
    """How many rows of each kind there are."""
    return (visit.answers.count(), visit.findings.count(), visit.signatures.count(), visit.batches.count())


def test_a_batch_is_done_and_receipted_with_counts_and_hashes(phone: Phone, visit: Visit) -> None:
    first = answer(visit, 1)
    receipt = phone.put(first, answer(visit, 2, "absent"), finding(visit)).json()
    assert (receipt["done"], receipt["counts"]) == (
        3,
        {"answers": 2, "findings": 1, "second_looks": 0, "signatures": 0, "photos": 0},
    )
    assert receipt["revisions"][first["id"]] == 1
    pk = visit.checklists.get().pk
    assert receipt["hashes"]["answers"] == hashlib.sha256(f"{pk}/1:pass:0:1\n{pk}/2:absent:0:1".encode()).hexdigest()
    visit.refresh_from_db()
    assert (receipt["state"], visit.state) == ("under_way", "under_way")


def test_the_same_batch_again_gets_the_same_receipt_and_changes_nothing(phone: Phone, visit: Visit) -> None:
    batch = phone.batch(answer(visit, 1), finding(visit))
    receipt = phone.send(batch).json()
    phone.put(answer(visit, 2))
    assert phone.send(batch).json() == receipt
    assert held(visit) == (2, 1, 0, 2)


def test_another_content_under_the_same_id_is_refused(phone: Phone, visit: Visit) -> None:
    batch = phone.batch(answer(visit, 1))
    phone.send(batch)
    other = phone.send(phone.batch(answer(visit, 1, "absent"), id=batch["id"]))
    assert (other.status_code, other.json()["code"]) == (422, "batch_reused")
    assert visit.answers.get().verdict == "pass"


def test_a_batch_before_its_turn_is_refused_with_the_reason(phone: Phone, visit: Visit) -> None:
    early = phone.send(phone.batch(answer(visit, 1), sequence=2))
    assert (early.status_code, early.json()["code"], early.json()["current"]["expected"]) == (409, "out_of_order", 1)
    assert "前面还有没收到的批次" in early.json()["message"]
    assert held(visit) == (0, 0, 0, 0)


def test_a_batch_replayed_under_a_new_id_is_refused_with_the_reason(phone: Phone, visit: Visit) -> None:
    batch = phone.batch(answer(visit, 1))
    phone.send(batch)
    again = phone.send(batch | {"id": str(uuid4())})
    assert (again.status_code, again.json()["code"], again.json()["current"]["expected"]) == (409, "out_of_order", 2)
    assert "不能重放" in again.json()["message"]
    assert held(visit) == (1, 0, 0, 1)


def test_two_devices_count_for_themselves(phone: Phone, visit: Visit) -> None:
    other = Phone(phone.user, visit)
    assert phone.put(answer(visit, 1)).status_code == other.put(answer(visit, 2)).status_code == 200
    assert set(SyncBatch.objects.values_list("sequence", flat=True)) == {1}


def test_content_that_belies_its_hash_is_refused(phone: Phone, visit: Visit) -> None:
    refused = phone.send(phone.batch(answer(visit, 1), sha256="0" * 64))
    assert (refused.status_code, refused.json()["code"]) == (422, "hash_mismatch")
    assert held(visit) == (0, 0, 0, 0)


def test_one_operation_that_breaks_a_rule_keeps_the_whole_batch_out(phone: Phone, visit: Visit) -> None:
    """An absent item that is also deducted, and a deduction that is more than the item has."""
    off = [{"code": "own", "text": "未挂设", "points": 3}]
    both, much = (
        answer(visit, 2, "absent", deductions=off),
        answer(visit, 3, "deduct", deductions=[off[0] | {"points": 99}]),
    )
    refused = phone.put(answer(visit, 1), both, much, finding(visit))
    assert (refused.status_code, refused.json()["code"]) == (422, "refused")
    told = {one["id"]: one["message"] for one in refused.json()["current"]["refusals"]}
    assert set(told) == {both["id"], much["id"]}
    assert "不能同时扣分" in told[both["id"]]
    assert held(visit) == (0, 0, 0, 0)
    visit.refresh_from_db()
    assert visit.state == "planned"
    assert phone.put(answer(visit, 1)).status_code == 200  # the number of the refused batch is free


def test_a_conflict_shows_both_sides_and_does_nothing(phone: Phone, visit: Visit) -> None:
    colleague = Phone(visit.team.order_by("position")[1].inspector.user, visit)
    phone.put(answer(visit, 1))
    colleague.put(answer(visit, 1, "absent", base=1))
    mine = answer(visit, 1, "deduct", base=1, deductions=[{"code": "own", "text": "限位失灵", "points": 5}])
    refused = phone.put(mine, answer(visit, 2))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    (conflict,) = refused.json()["current"]["conflicts"]
    assert (conflict["id"], conflict["theirs"]["verdict"], conflict["theirs"]["revision"]) == (mine["id"], "absent", 2)
    assert conflict["theirs"]["by"] == colleague.user.name
    assert not visit.answers.filter(item=2).exists()
    mine_again = mine | {"base": 2}
    assert phone.put(mine_again, answer(visit, 2)).status_code == 200
    assert visit.answers.get(item=1).verdict == "deduct"


def test_what_both_wrote_the_same_is_no_conflict(phone: Phone, visit: Visit) -> None:
    colleague = Phone(visit.team.order_by("position")[1].inspector.user, visit)
    phone.put(answer(visit, 1))
    assert colleague.put(answer(visit, 1)).status_code == 200
    assert visit.answers.get().revision == 1


def test_a_finding_is_changed_and_taken_back(phone: Phone, visit: Visit) -> None:
    made = finding(visit, 1)
    phone.put(made)
    changed = made | {"id": str(uuid4()), "base": 1, "finding": made["finding"] | {"place": "3号楼"}}
    assert phone.put(changed).json()["revisions"][changed["id"]] == 2
    dropped = operation("drop_finding", base=2, subject=made["finding"]["id"])
    assert phone.put(dropped).status_code == 200
    assert Finding.objects.get().is_dropped
    colleague = Phone(visit.team.order_by("position")[1].inspector.user, visit)
    conflict = colleague.put(
        changed | {"id": str(uuid4()), "base": 1, "finding": changed["finding"] | {"place": "4号楼"}}
    )
    assert (conflict.status_code, conflict.json()["current"]["conflicts"][0]["theirs"]["is_dropped"]) == (409, True)


def test_the_phones_clock_decides_nothing_and_is_told(phone: Phone, visit: Visit) -> None:
    wrong = long_ago(5)
    given = answer(visit, 1) | {"at": wrong.isoformat()}
    receipt = phone.send(phone.batch(given, sent_at=wrong.isoformat())).json()
    written = Answer.objects.get()
    assert written.claimed_at == wrong
    assert timezone.now() - written.received_at < timedelta(minutes=1)
    assert receipt["clock_off_s"] == pytest.approx(-5 * 86400, abs=60)
    right = phone.send(phone.batch(answer(visit, 2), sent_at=timezone.now().isoformat())).json()
    assert right["clock_off_s"] is None


def test_a_whole_visit_by_batches_is_handed_in_with_its_papers(phone: Phone, visit: Visit) -> None:
    items = visit.checklists.get().items
    phone.put(*(answer(visit, item["seq"], measured="1" if item.get("limit") else None) for item in items))
    made = finding(visit, 1)
    phone.put(made)
    assert phone.upload(picture(), finding=made["finding"]["id"]).json()["is_complete"]
    signatures = [
        operation(
            "signature",
            signature={"id": str(uuid4()), "role": "inspector", "inspector_id": m.inspector_id, "image": stroke()},
        )
        for m in visit.team.all()
    ]
    refusal = {"role": "inspected", "name": "赵伟", "is_refused": True, "refusal_note": "有异议", "witnesses": "周敏"}
    party = operation("signature", signature={"id": str(uuid4()), **refusal})
    phone.put(*signatures, party)
    receipt = phone.put(operation("submit")).json()
    visit.refresh_from_db()
    assert (receipt["state"], visit.state) == ("submitted", "submitted")
    assert len(visit.record["hazards"]) == 1
    assert visit.record["papers"]
    closed = phone.put(answer(visit, 1, "absent", base=1))
    assert (closed.status_code, closed.json()["code"], closed.json()["current"]["state"]) == (
        409,
        "visit_closed",
        "submitted",
    )


def test_a_submission_that_lacks_something_does_not_take_its_batch_along(phone: Phone, visit: Visit) -> None:
    refused = phone.put(answer(visit, 1), operation("submit"))
    assert refused.status_code == 422
    assert "签名" in refused.json()["message"]
    assert held(visit) == (0, 0, 0, 0)


def test_a_signature_can_be_taken_back_before_submission(phone: Phone, visit: Visit) -> None:
    told = {
        "id": str(uuid4()),
        "role": "inspector",
        "inspector_id": visit.team.all()[0].inspector_id,
        "image": stroke(),
    }
    phone.put(operation("signature", signature=told))
    phone.put(operation("remove_signature", subject=told["id"]))
    assert not Signature.objects.exists()
    assert phone.put(operation("signature", signature=told | {"id": str(uuid4())})).status_code == 200


def signatures(visit: Visit) -> list[dict[str, Any]]:
    """By the team and the inspected party, as operations."""
    told = [signed_by(member) for member in visit.team.all()]
    told.append({"id": str(uuid4()), "role": "inspected", "name": "赵伟", "post": "项目经理", "image": stroke()})
    return [operation("signature", signature=one) for one in told]


def all_answers(visit: Visit) -> list[dict[str, Any]]:
    return [answer(visit, item["seq"]) for item in visit.checklists.get().items]


def test_a_change_of_what_was_signed_is_refused_and_keeps_its_batch_out(phone: Phone, visit: Visit) -> None:
    phone.put(*all_answers(visit), *signatures(visit))
    notes = operation("notes", notes={"conclusion": "整改"})
    for change in (answer(visit, 1, "absent", base=1), finding(visit), notes):
        refused = phone.put(change)
        assert (refused.status_code, refused.json()["code"]) == (422, "refused")
        assert refused.json()["message"] == "已签字，须先作废签名再修改"
    assert phone.put(answer(visit, 1)).status_code == 200  # what is there already is no change
    assert held(visit) == (10, 0, 3, 2)


def test_signatures_are_void_before_what_they_covered_is_changed_and_signed_anew_in_one_batch(
    phone: Phone, visit: Visit
) -> None:
    before = signatures(visit)
    phone.put(*all_answers(visit), *before)
    void = [operation("remove_signature", subject=one["signature"]["id"]) for one in before]
    made = finding(visit, 1)
    change = answer(visit, 2, "absent", base=1)
    assert phone.put(change, made, *void, *signatures(visit)).status_code == 422
    assert (visit.answers.get(item=2).verdict == "absent", held(visit)) == (False, (10, 0, 3, 1))
    assert phone.put(*void, change, made, *signatures(visit)).status_code == 200
    assert (visit.answers.get(item=2).verdict, held(visit)) == ("absent", (10, 1, 3, 2))


def test_an_inspection_made_without_a_net_arrives_in_one_batch_and_its_photograph_after_the_signatures(
    phone: Phone, visit: Visit
) -> None:
    made = finding(visit, 1)
    notes = operation("notes", notes={"conclusion": "限期整改"})
    assert phone.put(*all_answers(visit), made, notes, *signatures(visit)).status_code == 200
    assert phone.upload(picture(), finding=made["finding"]["id"]).json()["is_complete"]
    assert phone.put(operation("submit")).json()["state"] == "submitted"
    visit.refresh_from_db()
    assert (len(visit.record["photos"]), len(visit.record["signatures"])) == (1, 3)


# Who ------------------------------------------------------------------------------------------------------------------


def test_only_the_team_may_send(visit: Visit) -> None:
    for stranger in (inspector(), inspector(at=QIAOXI)):
        assert Phone(stranger, visit).put(answer(visit, 1)).status_code == 404
    assert Phone(persona("station_head"), visit).put(answer(visit, 1)).status_code in (403, 404)
    assert held(visit) == (0, 0, 0, 0)


def test_a_visit_that_never_was_answers_as_a_foreign_one(visit: Visit) -> None:
    same = {"X-Request-Id": "0123456789abcdef0123456789abcdef"}
    api = Api(inspector())
    answers = [api.post(f"/api/inspections/{n}/batches/", {}, **same) for n in (visit.number, "JC-1999-000001")]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "spoiled",
    [
        {"operations": [{"id": "x"}]},
        {"operations": [operation("answer")]},
        {"operations": [operation("submit", notes={})]},
        {"operations": [operation("nonsense")]},
        {"operations": {}},
        {"operations": [1.5]},
        {"sequence": 0},
        {"sequence": 2**40},
        {"id": "no-uuid"},
        {"strange": 1},
    ],
    ids=(
        "an operation without its parts",
        "an answer without its item",
        "a submission that says more",
        "an unknown kind",
        "operations that are no list",
        "an operation that is a number",
        "number 0",
        "a number too large",
        "no uuid",
        "a stranger's field",
    ),
)
def test_what_cannot_be_read_is_refused_as_a_whole(phone: Phone, visit: Visit, spoiled: dict[str, Any]) -> None:
    assert phone.send(phone.batch() | spoiled).status_code in (400, 422)
    assert held(visit) == (0, 0, 0, 0)


def test_a_foreign_checklist_or_finding_is_refused(phone: Phone, visit: Visit) -> None:
    other = stories.planned(codes=[stories.HEIGHT])
    foreign = answer(other, 1)
    theirs = stories.problem(other)
    mine = finding(visit, id=str(theirs.pk))
    assert phone.put(foreign).status_code == phone.put(mine).status_code == 422
    theirs.refresh_from_db()
    assert (theirs.visit_id, held(visit)) == (other.pk, (0, 0, 0, 0))
