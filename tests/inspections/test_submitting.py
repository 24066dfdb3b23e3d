"""Handing in a visit: whole or not at all, frozen, with hazards and numbered papers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.core.canonical import sha256_of
from apps.core.workflow import TransitionRefused
from apps.documents.models import Paper
from apps.documents.services import serve
from apps.hazards.models import Hazard
from apps.hazards.papers import notice_number
from apps.inspections.models import Answer, Finding, Inspector, Visit
from apps.inspections.services.answering import drop_finding, put_answer, put_finding, put_signature, remove_signature
from apps.inspections.services.visits import plan_visit, refusals_of
from apps.inspections.workflow.visit import VISIT
from tests.hazards.stories import site
from tests.inspections.stories import (
    CRANE,
    HEIGHT,
    answered,
    certified,
    inspector,
    lead,
    planned,
    problem,
    signed,
    stroke,
    submitted,
)
from tests.personas import QIAOXI, organisation, persona

pytestmark = pytest.mark.django_db


def refusal(visit: Visit) -> str:
    with pytest.raises(TransitionRefused) as told:
        VISIT.perform(visit, "submit", by=lead(visit))
    return "\n".join(told.value.messages)


def test_a_whole_visit_becomes_a_record_with_its_hash() -> None:
    visit = submitted()
    assert visit.state == "submitted"
    assert (visit.score, visit.grade) == (100, "优良")
    assert sha256_of(visit.record) == visit.record_sha256
    assert [one["name"] for one in visit.record["tables"]] == ["塔式起重机检查评分表"]
    assert len(visit.record["signatures"]) == 3


def test_the_record_read_back_from_the_database_still_has_its_hash() -> None:
    visit = Visit.objects.get(pk=submitted(problems=1).pk)
    assert sha256_of(visit.record) == visit.record_sha256


def test_problems_become_ordered_hazards_with_one_numbered_notice_for_a_deadline() -> None:
    visit = planned()
    answered(visit, {(CRANE, 1): "1.2"})
    for _ in range(2):
        problem(visit)
    problem(visit, term="calendar:7", description="塔机基础积水")
    signed(visit)
    VISIT.perform(visit, "submit", by=lead(visit))
    hazards = Hazard.objects.filter(finding__visit=visit).order_by("pk")
    assert [hazard.state for hazard in hazards] == ["ordered"] * 3
    notices = Paper.objects.filter(kind="rectification_notice").order_by("serial")
    assert [len(paper.contents["items"]) for paper in notices] == [2, 1]
    assert {notice_number(hazard) for hazard in hazards} == {paper.number for paper in notices}
    assert [hazard.deadline and hazard.deadline - timezone.localdate() for hazard in hazards] == [
        timedelta(3),
        timedelta(3),
        timedelta(7),
    ]
    assert all(hazard.photos.count() == 1 for hazard in hazards)


def test_service_of_the_common_notice_starts_the_clock_of_each_hazard() -> None:
    visit = submitted(problems=2)
    paper = Paper.objects.get(kind="rectification_notice")
    serve(
        paper,
        by=lead(visit),
        addressee=paper.addressees[0]["name"],
        manner="direct",
        recipient="赵伟",
        served_on=timezone.localdate(),
    )
    for hazard in Hazard.objects.filter(finding__visit=visit):
        assert str(paper.number) in "".join(hazard.deadline_basis["steps"])


def test_the_record_itself_is_a_numbered_paper() -> None:
    visit = submitted(problems=1)
    paper = Paper.objects.get(kind="inspection_record")
    assert paper.number in visit.record["papers"]
    assert paper.contents["result"] == "汇总得分 100.0 分，评定优良，发现问题 1 条"


def test_a_stop_that_is_demanded_is_ordered_with_its_own_notice() -> None:
    visit = planned()
    answered(visit)
    problem(visit, grade="major", disposal="stop_part")
    signed(visit)
    VISIT.perform(visit, "submit", by=lead(visit))
    assert Hazard.objects.get(finding__visit=visit).work_stopped
    assert Paper.objects.get(kind="stop_work_notice").number


def test_what_is_not_whole_is_refused_with_every_reason_and_nothing_half_done() -> None:
    visit = planned(codes=(CRANE, HEIGHT))
    by = lead(visit)
    put_answer(visit, by=by, checklist=visit.checklists.get(code=CRANE), item=1, verdict="pass")
    problem(visit, photo=False)
    told = refusal(visit)
    assert "“塔式起重机检查评分表”还有 9 项没有结论" in told
    assert "“高处作业检查评分表”还有 10 项没有结论" in told
    assert "还没有现场照片" in told
    assert "须由不少于 2 名" in told
    assert "被检查方还没有签名" in told
    assert not Hazard.objects.exists()
    assert not Paper.objects.exists()


def test_a_failed_visit_is_not_handed_in_without_a_problem_that_is_to_be_put_right() -> None:
    visit = planned()
    answered(visit, {(CRANE, 1): "1.1"})  # a guarantee item without a point: the table counts 0
    signed(visit)
    told = refusal(visit)
    assert "评定为不合格，必须限期整改" in told
    assert "请至少登记一条问题，写明整改要求和期限" in told
    for signature in visit.signatures.all():
        remove_signature(visit, by=lead(visit), key=signature.pk)
    dropped = problem(visit)
    drop_finding(visit, by=lead(visit), key=dropped.pk, base=1)
    assert "评定为不合格，必须限期整改" in refusal(visit)
    problem(visit)
    signed(visit)
    visit = VISIT.perform(visit, "submit", by=lead(visit))
    assert (visit.grade, len(visit.record["hazards"])) == ("不合格", 1)


def test_what_has_not_been_answered_yet_is_not_called_failed() -> None:
    visit = planned(codes=(CRANE, HEIGHT))
    checklist = visit.checklists.get(code=CRANE)
    told: dict[str, Any] = {"verdict": "deduct", "deductions": [{"code": "1.1"}]}
    put_answer(visit, by=lead(visit), checklist=checklist, item=1, **told)
    assert "不合格" not in refusal(visit)


def test_one_inspector_alone_is_not_enough() -> None:
    visit = planned()
    answered(visit)
    signed(visit)
    second = list(visit.signatures.filter(role="inspector"))[-1]
    remove_signature(visit, by=lead(visit), key=second.pk)
    assert "现有 1 名" in refusal(visit)


def test_a_certificate_that_has_run_out_on_the_day_does_not_count() -> None:
    visit = planned()
    answered(visit)
    signed(visit)
    second = list(visit.team.all())[-1]
    Inspector.objects.filter(pk=second.inspector_id).update(valid_until=timezone.localdate() - timedelta(days=1))
    told = refusal(visit)
    assert "到期，检查日" in told
    assert "现有 1 名" in told


def test_a_refused_signature_is_noted_with_who_saw_it() -> None:
    visit = planned()
    answered(visit)
    signed(visit, refused=True)
    visit = VISIT.perform(visit, "submit", by=lead(visit))
    paper = Paper.objects.get(kind="inspection_record")
    assert paper.contents["answer"] == "被检查方拒绝签名：对扣分有异议，拒绝签名；见证人：周敏"
    assert visit.record["signatures"][0]["is_refused"]


def test_a_refusal_without_its_circumstances_is_refused() -> None:
    visit = planned()
    with pytest.raises(ValidationError, match="请写明情况"):
        put_signature(visit, by=lead(visit), key=uuid4(), role="inspected", name="赵伟", is_refused=True)


def test_nothing_of_a_submitted_visit_can_be_changed() -> None:
    visit = submitted(problems=1)
    by = lead(visit)
    with pytest.raises(ValidationError, match="记录不能再改"):
        put_answer(visit, by=by, checklist=visit.checklists.get(), item=1, verdict="absent")
    for rows in (Answer.objects.filter(visit=visit), Finding.objects.filter(visit=visit), visit.signatures.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(score=50)
    with pytest.raises(DatabaseError), transaction.atomic():
        visit.team.all().delete()


def test_only_the_team_writes() -> None:
    visit = planned()
    stranger = inspector()
    with pytest.raises(ValidationError, match="只有本次检查组的成员"):
        put_answer(visit, by=stranger.user, checklist=visit.checklists.get(), item=1, verdict="pass")


# What an answer may say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"verdict": "absent", "deductions": [{"code": "1.1"}]}, "不能同时扣分"),
        ({"verdict": "pass", "deductions": [{"code": "1.1"}]}, "不能同时扣分"),
        ({"verdict": "deduct"}, "请选择或填写扣分事由"),
        ({"verdict": "deduct", "deductions": [{"code": "9.9"}]}, "没有编码为 9.9"),
        ({"verdict": "deduct", "deductions": [{"code": "1.1", "points": 3}]}, "应扣 10 分，不是 3 分"),
        ({"verdict": "deduct", "deductions": [{"code": "own", "text": "其他", "points": 11}]}, "应为 1 至 10"),
        ({"verdict": "deduct", "deductions": [{"code": "own", "text": "其他", "points": 0}]}, "应为 1 至 10"),
        ({"verdict": "deduct", "deductions": [{"code": "own", "text": " ", "points": 2}]}, "没有内容"),
        ({"verdict": "perhaps"}, "结论应为"),
        ({"verdict": "pass", "item": 11}, "没有第 11 项"),
    ],
)
def test_a_score_outside_the_table_is_refused(told: dict[str, Any], reason: str) -> None:
    visit = planned()
    with pytest.raises(ValidationError, match=reason):
        put_answer(visit, by=lead(visit), checklist=visit.checklists.get(), **{"item": 1} | told)
    assert not Answer.objects.exists()


def test_deductions_of_an_item_are_capped_at_its_points() -> None:
    visit = planned()
    both = [{"code": "1.1"}, {"code": "1.2"}]
    answer = put_answer(
        visit, by=lead(visit), checklist=visit.checklists.get(), item=1, verdict="deduct", deductions=both
    )
    assert answer.points_off == 10


def test_a_measured_value_beyond_its_limit_does_not_pass() -> None:
    visit = planned(codes=("ZX-LIFTING",))
    told: dict[str, Any] = {"by": lead(visit), "checklist": visit.checklists.get(), "item": 4}
    with pytest.raises(ValidationError, match="须填写实测值"):
        put_answer(visit, **told, verdict="pass")
    with pytest.raises(ValidationError, match="超出限值"):
        put_answer(visit, **told, verdict="pass", measured="4.5")
    assert put_answer(visit, **told, verdict="deduct", measured="4.5", deductions=[{"code": "4.1"}]).points_off == 10


def test_a_problem_on_a_clause_of_the_criteria_is_major() -> None:
    from apps.hazards.models import Criterion

    visit = planned()
    criterion = Criterion.objects.in_force_on(timezone.localdate()).first()
    assert problem(visit, criterion=criterion).grade == "major"


def test_a_problem_needs_a_deadline() -> None:
    visit = planned()
    with pytest.raises(ValidationError, match="整改期限"):
        put_finding(
            visit, by=lead(visit), key=uuid4(), description="临边缺防护", category="高处作业", demands="设置防护"
        )


# Planning -------------------------------------------------------------------------------------------------------------


def test_a_visit_takes_two_inspectors() -> None:
    place = site()
    one = certified(place.inspector)
    with pytest.raises(ValidationError, match="不得少于 2 人"):
        planned(place, team=[one])
    with pytest.raises(ValidationError, match="不得少于 2 人"):
        planned(place, team=[one, one])


def test_who_cannot_be_sent_is_named_with_the_reason() -> None:
    place, day = site(), timezone.localdate()
    expired = certified(place.inspector, valid_until=day - timedelta(days=1))
    away = certified(place.second)
    away.absences.create(starts_on=day, ends_on=day)
    kin = inspector()
    kin.avoidances.create(enterprise_id=place.project.enterprise_id, reason="kin")
    neighbour = inspector(QIAOXI)
    told = refusals_of([expired, away, kin, neighbour], [place.project], day)
    assert "执法证" in told[expired.pk]
    assert "不在岗" in told[away.pk]
    assert told[kin.pk] == "应当回避"
    assert "管辖范围" in told[neighbour.pk]
    assert refusals_of([inspector()], [place.project], day) == {}


def test_a_checklist_that_is_not_in_force_on_the_day_is_named() -> None:
    with pytest.raises(ValidationError, match="NO-SUCH"):
        planned(codes=("NO-SUCH",))


def test_an_office_plans_no_visit_in_another_county() -> None:
    from django.http import Http404

    place, other = site(), site("130203")
    team = [certified(place.inspector), certified(place.second)]
    with pytest.raises(Http404):
        plan_visit(
            project=other.project,
            kind="daily",
            planned_on=timezone.localdate(),
            inspectors=team,
            checklists=(CRANE,),
            by=place.head,
        )


def test_a_signature_is_of_the_team() -> None:
    visit = planned()
    with pytest.raises(ValidationError, match="不在本次检查组"):
        put_signature(visit, by=lead(visit), key=uuid4(), role="inspector", inspector_id=inspector().pk, image=stroke())


def test_an_inspector_who_changes_office_is_known_there_and_no_longer_here() -> None:
    here = inspector()
    here.user.organisation = organisation("station", QIAOXI)
    here.user.save()
    here.refresh_from_db()
    assert here.organisation_id == here.user.organisation_id
    assert not Inspector.objects.visible_to(persona("station_head")).filter(pk=here.pk).exists()
    assert Inspector.objects.visible_to(persona("station_head", at=QIAOXI)).filter(pk=here.pk).exists()
