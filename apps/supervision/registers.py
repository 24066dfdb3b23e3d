"""The registers of listed supervision, stop-work and transfers, and the rules that propose."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.regions.choices import region_column
from apps.supervision import duties
from apps.supervision.forms import RuleForm
from apps.supervision.models import (
    EscalationRule,
    Listing,
    ListingState,
    Measure,
    StopState,
    StopWork,
    Transfer,
    TransferState,
)
from apps.supervision.services import save_rule

DELIBERATES = "supervision.view_basis_listing"
DECIDES = "supervision.decide_listing"
TONES: dict[str, str] = {
    ListingState.PROPOSED: "blue",
    ListingState.LISTED: "red",
    ListingState.REPORTED: "ring",
    ListingState.RELEASED: "green",
    StopState.STOPPED: "red",
    StopState.REQUESTED: "ring",
    StopState.RESUMED: "green",
    TransferState.SENT: "blue",
    TransferState.FILED: "orange",
    TransferState.DECIDED: "orange",
    TransferState.RETURNED: "green",
}


def state_cell(measure: Any) -> str:
    return ui.state_dot(TONES.get(measure.state, "grey"), measure.get_state_display())


NUMBER = Column("number", "编号", width=24, sortable=True)
STATE = Column("state", "状态", filter="exact", width=12, cell=state_cell)
HAZARD = Column("hazard.number", "隐患编号", filter="icontains", width=18)
PROJECT = Column("project.name", "工程项目", filter="icontains", width=30)
FIRM = Column("enterprise.organisation.name", "整改企业", filter="icontains", width=28)
REGION = region_column(shown=False)
OFFICE = Column("organisation.name", "办理单位", shown=False, width=24)


class MeasureRegister(Register):
    """What the three have in common."""

    key = "number"
    related = ("hazard", "project__region", "enterprise__organisation", "organisation")

    def is_late(self, record: Measure) -> bool:
        return bool(record.is_late)  # type: ignore[attr-defined]

    def card(self, record: Any) -> dict[str, str]:
        day = getattr(record, "deadline", None) or getattr(record, "due_on", None)
        return {
            "title": record.hazard.title,
            "sub": f"{record.number}　{record.project.name}",
            "state": state_cell(record),
            "due": str(day or ""),
        }


PUBLISHED = Q(state__in=(ListingState.LISTED, ListingState.REPORTED, ListingState.RELEASED))
"""Listed at some time, and not taken over by a higher level."""


def listed_and_late(user: Any) -> Q:
    return Q(state=ListingState.LISTED, deadline__lt=timezone.localdate())


@registry.add
class ListingRegister(MeasureRegister):
    name = "listings"
    label = "挂牌督办"
    model = Listing
    search = ("number", "hazard__number", "project__name")
    columns = (
        NUMBER,
        Column("level", "督办层级", filter="exact", width=10),
        HAZARD,
        PROJECT,
        FIRM,
        REGION,
        Column("hazard.found_on", "检查日期", filter="range", shown=False, width=12),
        Column("content", "重大隐患具体内容", shown=False, width=50),
        Column("demands", "治理要求", shown=False, width=50),
        Column("listed_at", "挂牌时间", filter="range", sortable=True, width=18),
        Column("deadline", "治理期限", filter="range", sortable=True, width=12),
        Column("decide_by", "决定期限", filter="range", shown=False, width=12, permission=DELIBERATES),
        STATE,
        Column("continuations", "继续督办次数", shown=False, width=12),
        Column("released_at", "解除时间", filter="range", shown=False, width=18),
        Column("basis", "提出依据", shown=False, width=40, permission=DELIBERATES),
        OFFICE,
    )
    views = (
        View("in_force", "督办中", lambda user: Q(state__in=ListingState.IN_FORCE)),
        View("late", "超期未治理", listed_and_late, hot=True),
        View("proposed", "待决定", lambda user: Q(state=ListingState.PROPOSED), hot=True, permission=DELIBERATES),
        View("reported", "待核查", lambda user: Q(state=ListingState.REPORTED)),
        View("released", "已解除", lambda user: Q(state=ListingState.RELEASED)),
        View("public", "已公开", lambda user: PUBLISHED),
        View("to_decide", "待我决定", duties.to_decide, hot=True, permission=DECIDES, todo="挂牌督办待决定"),
        View("to_check", "待我核查", duties.to_check, hot=True, permission=DECIDES, todo="治理报告待核查"),
        View(
            "to_report",
            "待我提请解除",
            duties.to_report,
            hot=True,
            permission="supervision.report_listing",
            todo="被挂牌督办，待治理并提请解除",
        ),
    )


@registry.add
class StopWorkRegister(MeasureRegister):
    name = "stop_works"
    label = "停工复工"
    model = StopWork
    search = ("number", "hazard__number", "project__name")
    columns = (
        NUMBER,
        Column("extent", "停工范围", filter="exact", width=10),
        Column("part", "停工部位", width=24),
        HAZARD,
        PROJECT,
        FIRM,
        REGION,
        Column("stopped_at", "停工时间", filter="range", sortable=True, width=18),
        STATE,
        Column("refusals", "不同意复工次数", shown=False, width=12),
        Column("resumed_on", "复工日期", filter="range", width=12),
        OFFICE,
    )
    views = (
        View("in_force", "停工中", lambda user: Q(state__in=StopState.IN_FORCE), hot=True),
        View("requested", "待复核", lambda user: Q(state=StopState.REQUESTED)),
        View("resumed", "已复工", lambda user: Q(state=StopState.RESUMED)),
        View(
            "to_review",
            "待我复核",
            duties.to_review,
            hot=True,
            permission="supervision.order_stopwork",
            todo="复工申请待复核",
        ),
        View(
            "to_request",
            "待我申请",
            duties.to_request,
            hot=True,
            permission="supervision.report_stopwork",
            todo="停工中，待整改并申请复工",
        ),
    )


def transfer_is_late(user: Any) -> Q:
    return duties.is_late(timezone.localdate())


@registry.add
class TransferRegister(MeasureRegister):
    name = "transfers"
    label = "案件移送"
    model = Transfer
    search = ("number", "hazard__number", "project__name")
    columns = (
        NUMBER,
        Column("kind", "移送类别", filter="exact", width=12),
        Column("addressee", "接收单位", width=24),
        HAZARD,
        PROJECT,
        FIRM,
        REGION,
        Column("sent_at", "移送时间", filter="range", sortable=True, width=18),
        Column("due_on", "下一步期限", filter="range", sortable=True, width=12),
        STATE,
        Column("case_number", "立案文号", shown=False, width=24),
        Column("decision_number", "决定文号", shown=False, width=24),
        Column("penalty", "罚款金额（元）", shown=False, width=14),
        OFFICE,
    )
    views = (
        View("open", "办理中", lambda user: Q(state__in=TransferState.OPEN)),
        View("late", "逾期", transfer_is_late, hot=True),
        View("returned", "已回告", lambda user: Q(state=TransferState.RETURNED)),
        View(
            "to_chase",
            "逾期待我办理",
            duties.to_chase,
            hot=True,
            permission="supervision.handle_transfer",
            todo="移送案件逾期",
        ),
    )


@registry.add
class RuleRegister(Register):
    name = "escalation_rules"
    label = "督办升级规则"
    model = EscalationRule
    key = "level"
    scope_kind = "public"
    form_class = RuleForm
    save = staticmethod(save_rule)
    order = ("overdue_days",)
    columns = (
        Column("level", "督办层级", width=12),
        Column("overdue_days", "整改超期天数", width=12),
        Column("decide_within", "决定期限（天）", width=12),
        Column("is_active", "启用", width=8),
        Column("is_sample", "样例值", width=8),
        Column("basis", "依据", width=50),
    )
