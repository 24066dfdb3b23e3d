"""检查任务 as a table: drafted, running, finished; one that has not begun may be cancelled."""

from django.utils import timezone

from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.inspections.models import Campaign, CampaignState, Checklist
from apps.inspections.workflow.plan import is_of_the_office

S = CampaignState
CHANGES = "inspections.change_campaign"


def has_checklists(step: Step) -> None:
    """What will be asked must be settled before anybody is sent out."""
    campaign: Campaign = step.record
    if not campaign.checklists:
        raise TransitionRefused("启动前请选定检查表")
    day = max(campaign.starts_on, timezone.localdate(step.at))
    known = set(Checklist.objects.in_force(day).filter(code__in=campaign.checklists).values_list("code", flat=True))
    if missing := [code for code in campaign.checklists if code not in known]:
        raise TransitionRefused(f"{day} 没有施行中的检查表：{'、'.join(missing)}")


def is_not_over(step: Step) -> None:
    if step.record.ends_on < timezone.localdate(step.at):
        raise TransitionRefused(f"结束日期 {step.record.ends_on} 已过，请先修改日期")


def keep_reason(step: Step) -> None:
    step.record.summary = step.facts["reason"]


CAMPAIGN = Workflow(
    (
        Transition(
            "start_campaign",
            "启动任务",
            (S.DRAFT,),
            S.RUNNING,
            CHANGES,
            guards=(is_of_the_office,),
            effects=(has_checklists, is_not_over),
            notify=("below",),
        ),
        Transition(
            "cancel_campaign",
            "取消任务",
            (S.DRAFT,),
            S.CANCELLED,
            CHANGES,
            facts=("reason",),
            guards=(is_of_the_office,),
            effects=(keep_reason,),
            danger=True,
        ),
        Transition(
            "finish_campaign",
            "结束任务",
            (S.RUNNING,),
            S.FINISHED,
            CHANGES,
            facts=("summary",),
            guards=(is_of_the_office,),
            notify=("below",),
            danger=True,
        ),
    )
)
