"""The registers of yearly plans and of campaigns."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.inspections.forms.plans import CampaignForm, PlanForm
from apps.inspections.models import Campaign, CampaignState, Plan, PlanState
from apps.inspections.services.plans import save_campaign, save_plan

PLAN_TONES = {PlanState.DRAFT: "blue", PlanState.PUBLISHED: "green"}
CAMPAIGN_TONES = {
    CampaignState.DRAFT: "blue",
    CampaignState.RUNNING: "orange",
    CampaignState.FINISHED: "green",
    CampaignState.CANCELLED: "grey",
}


def plan_state_cell(plan: Plan) -> str:
    return ui.state_dot(PLAN_TONES[PlanState(plan.state)], plan.get_state_display())


@registry.add
class PlanRegister(Register):
    """年度检查计划."""

    name = "inspection_plans"
    label = "年度检查计划"
    model = Plan
    form_class = PlanForm
    add_label = "拟订年度计划"
    save = staticmethod(save_plan)
    related = ("organisation",)
    search = ("title",)
    order = ("-year", "-pk")
    columns = (
        Column("title", "名称", width=40),
        Column("year", "年度", sortable=True, width=8),
        Column("organisation.name", "制定单位", width=28),
        Column("coverage_rounds", "全覆盖轮次", width=10),
        Column("state", "状态", filter="exact", width=10, cell=plan_state_cell),
        Column("published_at", "公布时间", filter="range", width=16),
        Column("text", "内容", shown=False, width=60),
    )
    views = (
        View("published", "已公布", lambda user: Q(state=PlanState.PUBLISHED)),
        View("draft", "拟订中", lambda user: Q(state=PlanState.DRAFT)),
        View("own", "本单位", lambda user: Q(organisation=user.organisation_id)),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        address = address_of("public_inspection_plans")
        return [{"label": "公示页面", "url": address, "icon": "external-link", "more": True}]

    def locked(self, record: Plan) -> str | None:
        if record.state == PlanState.DRAFT:
            return None
        return "计划已公布，不再修改；需要调整的，另拟补充计划并公布"

    def card(self, record: Plan) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": record.organisation.name,
            "state": plan_state_cell(record),
            "due": f"{record.year} 年",
        }


def campaign_state_cell(campaign: Campaign) -> str:
    return ui.state_dot(CAMPAIGN_TONES[CampaignState(campaign.state)], campaign.get_state_display())


def overdue(user: Any) -> Q:
    return Q(state=CampaignState.RUNNING, ends_on__lt=timezone.localdate())


@registry.add
class CampaignRegister(Register):
    """检查任务."""

    name = "campaigns"
    label = "检查任务"
    model = Campaign
    key = "number"
    form_class = CampaignForm
    add_label = "新建检查任务"
    save = staticmethod(save_campaign)
    related = ("organisation", "plan")
    search = ("number", "title")
    order = ("-pk",)
    columns = (
        Column("number", "编号", width=16, sortable=True),
        Column("title", "名称", width=36),
        Column("kind", "检查类型", filter="exact", width=14),
        Column("theme", "主题", filter="exact", width=14),
        Column("organisation.name", "组织单位", filter="icontains", width=28),
        Column("plan.title", "年度计划", shown=False, width=30),
        Column("starts_on", "开始日期", filter="range", width=12),
        Column("ends_on", "结束日期", filter="range", width=12),
        Column("rounds", "轮次", width=8),
        Column("zero_report", "零报告", shown=False, width=10),
        Column("state", "状态", filter="exact", width=10, cell=campaign_state_cell),
        Column("basis", "依据和要求", shown=False, width=50),
        Column("summary", "总结", shown=False, width=50),
    )
    views = (
        View("running", "进行中", lambda user: Q(state=CampaignState.RUNNING)),
        View("overdue", "已过结束日期", overdue, hot=True),
        View("draft", "拟订中", lambda user: Q(state=CampaignState.DRAFT)),
        View("finished", "已结束", lambda user: Q(state=CampaignState.FINISHED)),
        View("own", "本单位组织", lambda user: Q(organisation=user.organisation_id)),
    )

    def locked(self, record: Campaign) -> str | None:
        if record.state == CampaignState.DRAFT:
            return None
        return f"{record.number} {record.get_state_display()}，任务内容不再修改"

    def is_late(self, record: Campaign) -> bool:
        return record.state == CampaignState.RUNNING and record.ends_on < timezone.localdate()

    def card(self, record: Campaign) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": f"{record.number}　{record.organisation.name}",
            "state": campaign_state_cell(record),
            "due": f"{record.starts_on:%m-%d} 至 {record.ends_on:%m-%d}",
        }
