"""What visits have found, as rows: behind every figure of hazards in progress and reports stand these."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.markup import drawn
from apps.core.pages import whole
from apps.core.registers import Column, Register, registry
from apps.core.templatetags import ui
from apps.inspections.models import Finding, Visit, VisitState
from apps.regions.choices import region_column


def grade_cell(finding: Finding) -> str:
    return ui.grade_chip(finding.grade)


def hazard_cell(finding: Finding) -> str:
    if finding.hazard is None:
        return ""
    return drawn('<a href="{}">{}</a>', finding.hazard.get_absolute_url(), finding.hazard.number)


def visit_cell(finding: Finding) -> str:
    return drawn('<a href="{}">{}</a>', finding.visit.get_absolute_url(), finding.visit.number)


@registry.add
class FindingRegister(Register):
    """Those of visits that were handed in, each of which is a hazard of the ledger."""

    name = "visit_findings"
    label = "检查发现问题"
    model = Finding
    related = ("visit__project__region", "hazard", "checklist")
    search = ("description", "visit__number")
    order = ("-visit_id", "-received_at", "-pk")
    columns = (
        Column("description", "隐患描述", width=44),
        Column("grade", "隐患等级", filter="exact", width=12, cell=grade_cell),
        Column("hazard.number", "隐患编号", width=18, cell=hazard_cell),
        Column("category", "隐患类别", width=14),
        Column("checklist.name", "检查表", width=20),
        Column("item", "项号", width=6),
        Column("place", "部位", shown=False, width=18),
        Column("visit.number", "检查编号", width=18, cell=visit_cell),
        Column("visit.project.name", "工程项目", filter="icontains", width=30),
        region_column("visit.project.region.name", of="visit__region_path"),
        Column("visit.kind", "检查类型", filter="exact", shown=False, width=12),
        Column("visit.submitted_at", "提交时间", filter="range", width=16),
        Column("clause", "违反条款", shown=False, width=30),
    )
    links = (
        Column(
            "visit.campaign", "检查任务", filter="hidden", narrow=lambda rows, n: rows.filter(visit__campaign__number=n)
        ),
        Column("visit.round", "轮次", filter="hidden", narrow=whole("visit__round")),
        Column("inspector", "检查人员", filter="hidden", narrow=whole("visit__team__inspector")),
        Column("checklist.code", "检查表", filter="hidden", narrow=lambda rows, c: rows.filter(checklist__code=c)),
        Column("of_item", "检查项", filter="hidden", narrow=whole("item")),
    )

    def rows(self, user: Any) -> QuerySet:
        done = Visit.objects.visible_to(user).filter(state__in=VisitState.DONE)
        rows = Finding.objects.filter(visit__in=done, hazard__isnull=False, is_dropped=False)
        return rows.select_related(*self.related)

    def may(self, user: Any, verb: str) -> bool:
        return verb in ("view", "export") and user.has_perm(f"inspections.{verb}_visit")

    def row_url(self, record: Finding) -> str:
        return record.hazard.get_absolute_url() if record.hazard else reverse(f"{self.name}:list")

    def card(self, record: Finding) -> dict[str, str]:
        return {
            "title": record.description,
            "sub": record.visit.project.name,
            "state": grade_cell(record),
            "due": f"{record.visit.submitted_at:%m-%d}" if record.visit.submitted_at else "",
        }
