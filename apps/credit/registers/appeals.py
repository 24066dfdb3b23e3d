"""The register of objections."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.credit.importing import AppealImporter
from apps.credit.models import Appeal, AppealOutcome
from apps.credit.registers.entries import SEAT, of_firm
from apps.regions.choices import all_regions, region_column

TONES = {AppealOutcome.PENDING: "blue", AppealOutcome.DISMISSED: "grey", AppealOutcome.UPHELD: "green"}


def outcome_cell(appeal: Any) -> str:
    return ui.state_dot(TONES[AppealOutcome(appeal.outcome)], appeal.get_outcome_display())


def of_outcome(outcome: AppealOutcome) -> Any:
    return lambda user: Q(outcome=outcome)


def is_late(user: Any) -> Q:
    return Q(outcome=AppealOutcome.PENDING, answer_by__lt=timezone.localdate())


@registry.add
class AppealRegister(Register):
    """异议申诉台账: what firms objected to, until when it has to be answered, and how it was."""

    name = "appeals"
    label = "异议申诉"
    model = Appeal
    key = "number"
    importer = AppealImporter
    related = ("enterprise__organisation__region", "person", "organisation", "objected_by", "answered_by")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc")
    order = ("-objected_at", "-pk")
    columns = (
        Column("number", "编号", width=18),
        Column("kind", "事项", filter="exact", width=12),
        Column("about", "异议内容", width=34),
        Column("enterprise.organisation.name", "企业", filter="icontains", width=30),
        Column("enterprise.uscc", "统一社会信用代码", shown=False, width=22),
        Column("person.name", "人员", shown=False, width=10),
        region_column(SEAT, "注册地", of="region_path", choices=all_regions, shown=False),
        Column("objected_at", "异议时间", filter="range", sortable=True, width=18),
        Column("objection", "异议和理由", shown=False, width=50),
        Column("objected_by.name", "异议人", shown=False, width=10),
        Column("answer_by", "答复期限", filter="range", sortable=True, width=12),
        Column("outcome", "处理结果", filter="exact", width=12, cell=outcome_cell),
        Column("answered_at", "答复时间", width=18),
        Column("answer", "处理意见", shown=False, width=50),
        Column("answered_by.name", "答复人", shown=False, width=10),
        Column("organisation.name", "认定单位", shown=False, width=24),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    views = (
        View("pending", "待答复", of_outcome(AppealOutcome.PENDING)),
        View("late", "逾期未答复", is_late, hot=True),
        View("upheld", "异议成立", of_outcome(AppealOutcome.UPHELD)),
        View("dismissed", "异议不成立", of_outcome(AppealOutcome.DISMISSED)),
    )

    def row_url(self, record: Appeal) -> str:
        return record.get_absolute_url()

    def is_late(self, record: Appeal) -> bool:
        return record.outcome == AppealOutcome.PENDING and record.answer_by < timezone.localdate()

    def card(self, record: Appeal) -> dict[str, str]:
        return {
            "title": str(record.enterprise),
            "sub": f"{record.get_kind_display()} {record.number}　{record.about}",
            "state": outcome_cell(record),
            "due": f"答复期限 {record.answer_by}" if record.outcome == AppealOutcome.PENDING else "",
        }
