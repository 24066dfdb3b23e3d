"""How the page of a visit is put together."""

from typing import Any

from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.core.workdays import in_words
from apps.documents.beginning import papers_shown
from apps.hazards.models import Hazard
from apps.inspections.carrying import missing
from apps.inspections.forms.moves import MOVE_FORMS
from apps.inspections.models import SecondLook, Visit, VisitState
from apps.inspections.registers.visits import VisitRegister
from apps.inspections.scoring import TableScore, shown
from apps.inspections.services.assignment import cannot_reassign
from apps.inspections.services.publication import cannot_correct
from apps.inspections.submitting.record import Record
from apps.inspections.workflow.visit import VISIT, team_member

Facts = list[dict[str, Any]]


def sections(visit: Visit, user: Any) -> Sections:
    told: Sections = [{"title": "检查安排", "facts": arranged(visit)}]
    if visit.state in VisitState.DONE:
        told.append({"title": "检查结论", "facts": concluded(visit)})
    if visit.state == VisitState.PUBLISHED:
        told.append({"title": "公示", "facts": made_public(visit), "note": "已在公示页面公开"})
    if visit.state == VisitState.CANCELLED:
        told.append({"title": "取消", "facts": [line("取消理由", visit.cancel_reason, wide=True)]})
    return told


def arranged(visit: Visit) -> Facts:
    team = visit.team.select_related("inspector__user")
    return [
        line("工程项目", visit.project.name, url=reverse("projects:detail", args=[visit.project.number])),
        line("受检企业", visit.enterprise.name if visit.enterprise else ""),
        line("行政区划", visit.project.region.name),
        line("检查类型", visit.get_kind_display()),
        line("检查任务", visit.campaign.title if visit.campaign else ""),
        line("随机抽取", visit.draw.number if visit.draw else ""),
        line("计划检查日期", in_words(visit.planned_on)),
        line("检查单位", visit.organisation.name),
        line("检查组", "、".join(f"{one.inspector}（{one.inspector.certificate}）" for one in team), wide=True),
        line("检查表", "、".join(one.name for one in visit.checklists.order_by("code")), wide=True),
        line("建设地点", visit.project.address),
        *([line("回访", visit.follows.number, url=visit.follows.get_absolute_url())] if visit.follows else []),
    ]


def concluded(visit: Visit) -> Facts:
    summary = visit.record.get("summary", {})
    return [
        line("汇总得分", summary.get("score", "")),
        line("评定等级", visit.grade),
        line("说明", summary.get("reason", "")),
        line("到场时间（手机）", moment(visit.started_claimed)),
        line("离场时间（手机）", moment(visit.ended_claimed)),
        line("提交时间", moment(visit.submitted_at)),
        line("提交人", visit.submitted_by.name if visit.submitted_by else ""),
        line("现场情况", visit.site_note, wide=True),
        line("检查意见", visit.conclusion, wide=True),
        line("被检查方意见", visit.inspected_opinion, wide=True),
        line("公示期限", visit.publish_by and in_words(visit.publish_by)),
        line("记录校验值（SHA-256）", visit.record_sha256, wide=True),
    ]


def made_public(visit: Visit) -> Facts:
    return [
        line("公示时间", moment(visit.published_at)),
        line("公示人", visit.published_by.name if visit.published_by else ""),
        line("公示结果", visit.public_result, wide=True),
    ]


def further(visit: Visit, user: Any) -> Sections:
    """Papers, and the hazards that came of it."""
    hazards = Hazard.objects.visible_to(user).filter(finding__visit=visit).order_by("pk")
    found = [
        {"title": f"{one.number} {one.title}", "url": one.get_absolute_url(), "state": one.get_state_display()}
        for one in hazards
    ]
    papers = papers_shown(visit, user)
    blocks: Sections = []
    if papers:
        blocks.append({"title": "执法文书", "records": papers, "actions": []})
    if found:
        blocks.append({"title": "隐患", "records": found, "actions": []})
    if actions := arrangements(visit, user):
        blocks.append({"title": "安排与公示", "records": [], "actions": actions})
    return blocks


def arrangements(visit: Visit, user: Any) -> list[dict[str, Any]]:
    """What is done to a visit beside its moves: another day or team, and a public text put right."""
    actions: list[dict[str, Any]] = []
    if not cannot_reassign(visit, user):
        actions.append({"label": "调整日期和检查组", "url": reverse("visit_reassignment", args=[visit.number])})
    if visit.state == VisitState.PUBLISHED:
        actions.append({"label": "公示页面", "url": reverse("public_inspection_result", args=[visit.number])})
    if not cannot_correct(visit, user):
        actions.append({"label": "更正公示", "url": reverse("visit_correction", args=[visit.number])})
    return actions


def body(visit: Visit, user: Any) -> dict[str, Any]:
    """What stands on the page beside the sections: tables, problems, signatures, photographs, supplements."""
    record = Record(visit)
    writes = visit.state in VisitState.OPEN and user.has_perm("inspections.inspect_visit")
    writes = writes and team_member(visit, user) is None
    return {
        "visit": visit,
        "writes": writes,
        "tables": [
            table_row(checklist, score) for checklist, score in zip(record.checklists, record.scores, strict=True)
        ],
        "summary": summary_row(record),
        "findings": record.findings,
        "second_looks": looks_shown(record, user),
        "to_carry": len(missing([visit])) if writes and visit.state == VisitState.PLANNED else 0,
        "photos": record.photos,
        "signatures": record.signatures,
        "unsigned": unsigned(record),
        "supplements": visit.supplements.select_related("made_by"),
        "corrections": visit.corrections.select_related("made_by"),
        "may_supplement": visit.state in VisitState.DONE and may_supplement(visit, user),
    }


def looks_shown(record: Record, user: Any) -> list[SecondLook]:
    """Those whose hazard the reader sees too: a firm reads of no other's."""
    if not record.second_looks:
        return []
    seen = Hazard.objects.visible_to(user).filter(second_looks__visit=record.visit).values_list("pk", flat=True)
    keys = set(seen)
    return [look for look in record.second_looks if look.hazard_id in keys]


def may_supplement(visit: Visit, user: Any) -> bool:
    return user.has_perm("inspections.supplement_visit") and visit.organisation_id == user.organisation_id


def table_row(checklist: Any, score: TableScore) -> dict[str, Any]:
    asked = len(score.unanswered)
    return {
        "checklist": checklist,
        "score": score.shown,
        "zeroed": score.zeroed,
        "left": asked,
        "is_begun": score.full > 0 or asked < len(score.table.items),
    }


def summary_row(record: Record) -> dict[str, Any]:
    summary = record.summary
    return {
        "score": summary.shown,
        "grade": summary.grade,
        "reason": summary.reason,
        "groups": [{"name": g.name, "score": shown(g.score), "points": shown(g.points)} for g in summary.groups],
    }


def unsigned(record: Record) -> list[Any]:
    signed = {one.inspector_id for one in record.signatures}
    return [member for member in record.team if member.inspector_id not in signed]


VISIT_CASE = Case(
    registry[VisitRegister.name],
    VISIT,
    MOVE_FORMS,
    sections,
    (
        ("安排", (VisitState.PLANNED,)),
        ("现场检查", (VisitState.UNDER_WAY,)),
        ("提交", (VisitState.SUBMITTED,)),
        ("公示", (VisitState.PUBLISHED,)),
    ),
    further=further,
)
