"""What the pages of plans and campaigns show, said once for the page and its moves."""

from typing import Any

from django.urls import reverse

from apps.core.cases import Case, Sections, line
from apps.core.registers import registry
from apps.inspections.forms.fields import checklist_choices
from apps.inspections.forms.plans import CAMPAIGN_FORMS, CATEGORIES, PLAN_FORMS, STAGES
from apps.inspections.models import Campaign, CampaignState, Plan, PlanState
from apps.inspections.registers.plans import CampaignRegister, PlanRegister
from apps.inspections.services.plans import cannot_set_quotas
from apps.inspections.services.zero_reports import cannot_report, units_of
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.plan import PLAN
from apps.projects.models import ProjectKind

NOT_NARROWED = "不限"


def of_plan(plan: Plan, user: Any) -> Sections:
    facts = [
        line("年度", f"{plan.year} 年"),
        line("制定单位", plan.organisation.name),
        line("全覆盖轮次", f"每个在建项目每年 {plan.coverage_rounds} 次"),
        line("公布时间", plan.published_at and f"{plan.published_at:%Y-%m-%d}"),
        line("内容", plan.text, wide=True),
    ]
    return [{"title": "年度检查计划", "facts": facts}]


def campaigns_of(plan: Plan, user: Any) -> Sections:
    """The campaigns under the plan, and a new one."""
    found = Campaign.objects.visible_to(user).filter(plan=plan).order_by("starts_on", "pk")
    records = [
        {"title": campaign.title, "url": campaign.get_absolute_url(), "state": campaign.get_state_display()}
        for campaign in found
    ]
    actions: list[dict[str, Any]] = []
    if user.has_perm("inspections.add_campaign"):
        actions.append({"label": "新建检查任务", "url": f"{reverse('campaigns:new')}?plan={plan.pk}"})
    if plan.state == PlanState.PUBLISHED:
        actions.append({"label": "公示页面", "url": reverse("public_inspection_plan", args=[plan.pk])})
    return [{"title": "检查任务", "records": records, "actions": actions}] if records or actions else []


def scope_in_words(campaign: Campaign) -> list[dict[str, Any]]:
    offered: tuple[tuple[str, str, Any, str], ...] = (
        ("stages", "形象进度", STAGES, "在建（基础、主体、装饰）"),
        ("kinds", "工程类别", ProjectKind.choices, NOT_NARROWED),
        ("categories", "危大工程类别", CATEGORIES, NOT_NARROWED),
    )
    return [line(label, named(campaign.scope.get(name), choices) or empty) for name, label, choices, empty in offered]


def named(codes: Any, choices: Any) -> str:
    words = dict(choices)
    return "、".join(str(words.get(code, code)) for code in codes or ())


def of_campaign(campaign: Campaign, user: Any) -> Sections:
    facts = [
        line("检查类型", campaign.get_kind_display()),
        line("主题", campaign.get_theme_display()),
        line("组织单位", campaign.organisation.name),
        line("起止日期", f"{campaign.starts_on} 至 {campaign.ends_on}"),
        line(
            "年度计划",
            campaign.plan and campaign.plan.title,
            url=campaign.plan.get_absolute_url() if campaign.plan else "",
        ),
        line("轮次", campaign.rounds),
        line("每组检查人员", f"{campaign.inspectors_each} 人"),
        line("零报告", campaign.get_zero_report_display() or "不要求"),
        line("依据和要求", campaign.basis, wide=True),
        line("抽查事项", "、".join(str(matter) for matter in campaign.matters.all()), wide=True),
        line("检查表", named(campaign.checklists, checklist_choices()), wide=True),
    ]
    if campaign.summary:
        label = "取消理由" if campaign.state == CampaignState.CANCELLED else "总结"
        facts.append(line(label, campaign.summary, wide=True))
    return [{"title": "任务内容", "facts": facts}, {"title": "检查范围", "facts": scope_in_words(campaign)}]


def work_on(campaign: Campaign, user: Any) -> Sections:
    """Where the work of a campaign is done."""
    key = [campaign.number]
    actions = [{"label": "进度", "url": reverse("campaigns:progress", args=key)}]
    if user.has_perm("inspections.change_campaign") and not cannot_set_quotas(campaign, user):
        actions.append({"label": "分配数量", "url": reverse("campaigns:quotas", args=key)})
    if user.has_perm("inspections.add_visit") and campaign.state == CampaignState.RUNNING:
        actions.append({"label": "安排检查", "url": f"{reverse('visit_planning')}?campaign={campaign.number}"})
    if not cannot_report(campaign, user, units_of(campaign)):
        actions.append({"label": "报送零报告", "url": reverse("campaigns:zero_report", args=key)})
    return [{"title": "办理", "records": [], "actions": actions}]


PLAN_CASE = Case(
    registry[PlanRegister.name],
    PLAN,
    PLAN_FORMS,
    of_plan,
    (("拟订", (PlanState.DRAFT,)), ("公布", (PlanState.PUBLISHED,))),
    further=campaigns_of,
)
CAMPAIGN_CASE = Case(
    registry[CampaignRegister.name],
    CAMPAIGN,
    CAMPAIGN_FORMS,
    of_campaign,
    (("拟订", (CampaignState.DRAFT,)), ("进行", (CampaignState.RUNNING,)), ("结束", (CampaignState.FINISHED,))),
    further=work_on,
)
