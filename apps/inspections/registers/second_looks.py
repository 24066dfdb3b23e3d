"""Hazards of earlier visits that visits looked at again, as rows: behind the figures of follow-ups stand these."""

from typing import Any

from django.db.models import QuerySet

from apps.core.addresses import address_of
from apps.core.markup import drawn
from apps.core.registers import Column, Register, registry
from apps.core.templatetags import ui
from apps.inspections.models import LookOutcome, SecondLook, Visit, VisitState
from apps.regions.choices import region_column

TONES: dict[str, str] = {LookOutcome.GOOD: "green", LookOutcome.PARTLY: "orange", LookOutcome.BAD: "red"}
SEEN = (LookOutcome.GOOD, *LookOutcome.FAILED)
"""Outcomes of somebody who looked."""


def outcome_cell(look: SecondLook) -> str:
    return ui.state_dot(TONES.get(look.outcome, "grey"), look.get_outcome_display() or "没有结论")


def hazard_cell(look: SecondLook) -> str:
    return drawn('<a href="{}">{}</a>', look.hazard.get_absolute_url(), look.hazard.number)


def visit_cell(look: SecondLook) -> str:
    return drawn('<a href="{}">{}</a>', look.visit.get_absolute_url(), look.visit.number)


@registry.add
class SecondLookRegister(Register):
    """Those of visits that were handed in; a hazard that two visits looked at stands here twice."""

    name = "visit_second_looks"
    label = "以往隐患复查"
    model = SecondLook
    related = ("visit__project__region", "hazard")
    search = ("hazard__number", "visit__number")
    order = ("-visit_id", "position", "-pk")
    columns = (
        Column("hazard.number", "隐患编号", width=18, cell=hazard_cell),
        Column("hazard.description", "隐患描述", width=40),
        Column("outcome", "复查结论", filter="exact", width=18, cell=outcome_cell),
        Column("remark", "复查说明", width=30),
        Column("effect", "办理结果", filter="exact", width=18),
        Column("visit.number", "检查编号", width=18, cell=visit_cell),
        Column("visit.project.name", "工程项目", filter="icontains", width=30),
        region_column("visit.project.region.name", of="visit__region_path"),
        Column("visit.submitted_at", "提交时间", filter="range", width=16),
    )
    links = (Column("seen", "已复查", filter="hidden", narrow=lambda rows, told: rows.filter(outcome__in=SEEN)),)

    def rows(self, user: Any) -> QuerySet:
        done = Visit.objects.visible_to(user).filter(state__in=VisitState.DONE)
        return SecondLook.objects.filter(visit__in=done).select_related(*self.related)

    def may(self, user: Any, verb: str) -> bool:
        return verb in ("view", "export") and user.has_perm(f"inspections.{verb}_visit")

    def row_url(self, record: SecondLook) -> str:
        return address_of("visit_second_looks:detail", record.pk)

    def card(self, record: SecondLook) -> dict[str, str]:
        return {
            "title": record.hazard.description,
            "sub": record.visit.project.name,
            "state": outcome_cell(record),
            "due": f"{record.visit.submitted_at:%m-%d}" if record.visit.submitted_at else "",
        }
