"""The register of applications for credit repair, and the terms after which one may apply."""

from typing import Any

from django.db.models import Case, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.utils import timezone

from apps.core.conditions import in_state
from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.today import today
from apps.credit.cells import state_cell
from apps.credit.forms.repairs import RepairTermForm
from apps.credit.models import CreditRepair, RepairState, RepairTerm
from apps.credit.registers.entries import SEAT, of_firm
from apps.credit.services.repairs import ACCEPTS, APPLIES
from apps.regions.choices import all_regions, region_column

DECIDES = "credit.decide_creditrepair"


def to_accept(user: Any) -> Q:
    return Q(state=RepairState.APPLIED, organisation=user.organisation_id)


def to_decide(user: Any) -> Q:
    """What somebody else of this person's office has accepted."""
    return Q(state=RepairState.ACCEPTED, organisation=user.organisation_id) & ~Q(accepted_by=user.pk)


def overdue(user: Any) -> Q:
    return Q(state=RepairState.ACCEPTED, decide_by__lt=timezone.localdate())


def of_own_firm(user: Any) -> Q:
    return Q(enterprise=user.organisation_id)


ABOUT = Case(
    When(entry__isnull=False, then=Concat(Value("信用记录 "), "entry__number", Value("："), "entry__item__name")),
    default=Concat(Value("失信名单 "), "listing__number", Value("："), "listing__list_type__name"),
    output_field=TextField(),
)


@registry.add
class CreditRepairRegister(Register):
    """信用修复: who asks for it, in whose hands it is, until when it should be decided."""

    name = "credit_repairs"
    label = "信用修复"
    model = CreditRepair
    key = "number"
    related = ("enterprise__organisation__region", "entry__item", "listing__list_type", "organisation", "file")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc", "entry__number", "listing__number")
    columns = (
        Column("number", "编号", width=18, sortable=True),
        Column("enterprise.organisation.name", "企业", filter="icontains", width=30),
        region_column(SEAT, "注册地", of="region_path", choices=all_regions, shown=False),
        Column("about", "修复对象", width=44, expression=ABOUT),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("created_at", "申请时间", filter="range", width=18),
        Column("accepted_at", "受理时间", filter="range", shown=False, width=18),
        Column("decide_by", "决定期限", filter="range", width=12),
        Column("decided_at", "决定时间", filter="range", shown=False, width=18),
        Column("correction", "纠正情况", shown=False, width=50),
        Column("answer", "办理意见", shown=False, width=40),
        Column("organisation.name", "办理单位", width=24),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    views = (
        View("open", "办理中", in_state(*RepairState.OPEN)),
        View("late", "逾期", overdue, hot=True),
        View("granted", "准予", in_state(RepairState.GRANTED)),
        View("refused", "不予", in_state(RepairState.REFUSED, RepairState.DECLINED)),
        View("own", "本企业", of_own_firm, permission=APPLIES),
        View("to_accept", "待我受理", to_accept, hot=True, permission=ACCEPTS, todo="信用修复申请待受理"),
        View("to_decide", "待我决定", to_decide, hot=True, permission=DECIDES, todo="信用修复待决定"),
    )

    def is_late(self, record: CreditRepair) -> bool:
        overdue = record.decide_by is not None and record.decide_by < today()
        return record.state == RepairState.ACCEPTED and overdue

    def card(self, record: CreditRepair) -> dict[str, str]:
        return {
            "title": str(record.enterprise),
            "sub": record.about,
            "state": state_cell(record),
            "due": f"至 {record.decide_by}" if record.decide_by else "",
        }


@registry.add
class RepairTermRegister(BegunStays):
    """公示和修复期限: by severity, how long data are public, and when repair may be applied for; in editions."""

    name = "repair_terms"
    label = "公示和修复期限"
    model = RepairTerm
    scope_kind = "public"
    form_class = RepairTermForm
    order = ("least_months", "severity", "-effective_from")
    columns = (
        Column("severity", "失信程度", width=12),
        Column("least_months", "最短公示期（月）", width=12),
        Column("most_months", "最长公示期（月）", width=12),
        Column("repairable_after", "可申请修复（满月数）", width=14),
        Column("decide_days", "修复决定期限（工作日）", width=14),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "样例", width=8, cell=ui.sample_cell),
        Column("source", "依据", width=50),
        Column("certainty", "把握程度", width=34),
    )
    views = (View("in_force", "现行", in_force_today_of(RepairTerm)),)
