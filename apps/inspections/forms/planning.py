"""Planning visits and changing who goes when."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedForm, text
from apps.inspections.adjusting import TELLS_ALL
from apps.inspections.forms.fields import checklists_field
from apps.inspections.models import FEWEST_INSPECTORS, Campaign, CampaignState, Inspector, Kind, Visit
from apps.inspections.services.planning import MOST_AT_ONCE
from apps.projects.models import Project

PLANNED = (Kind.DAILY, Kind.KEY, Kind.SPECIAL)
"""What is planned by hand: a random inspection comes out of a draw, a follow-up from what it follows."""


class InspectorsField(forms.ModelMultipleChoiceField):
    """Ticked in a table that says of each what there is to do already; the first ticked leads."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        rows = Inspector.objects.select_related("user", "organisation")
        super().__init__(
            rows, label="检查人员", error_messages={"required": f"请选择至少 {FEWEST_INSPECTORS} 名检查人员"}, **kwargs
        )

    def clean(self, value: Any) -> Any:
        chosen = list(super().clean(value))
        if len(chosen) < FEWEST_INSPECTORS:
            raise ValidationError(f"检查人员不得少于 {FEWEST_INSPECTORS} 人")
        place = {str(key): n for n, key in enumerate(value)}
        return sorted(chosen, key=lambda inspector: place[str(inspector.pk)])


class PlanVisitsForm(ScopedForm):
    project = forms.ModelMultipleChoiceField(
        Project.objects.all(),
        label="工程项目",
        to_field_name="number",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": "请先从检查对象库选择项目"},
    )
    kind = forms.ChoiceField(label="检查类型", choices=[(k.value, k.label) for k in PLANNED], initial=Kind.DAILY)
    campaign = forms.ModelChoiceField(
        Campaign.objects.filter(state=CampaignState.RUNNING, kind__in=PLANNED).order_by("-pk"),
        label="检查任务",
        required=False,
        to_field_name="number",
        help_text="专项或重点检查属于某项任务的，选上它，检查数量计入该任务",
    )
    round = forms.IntegerField(label="轮次", min_value=1, max_value=12, initial=1, required=False)
    planned_on = RecentDayField(label="计划检查日期")
    checklists = checklists_field(required=True)
    inspectors = InspectorsField()

    def clean_project(self) -> Any:
        projects = self.cleaned_data["project"]
        if len(projects) > MOST_AT_ONCE:
            raise ValidationError(f"一次最多安排 {MOST_AT_ONCE} 个项目")
        return projects.order_by("pk")

    def clean_planned_on(self) -> Any:
        day = self.cleaned_data["planned_on"]
        if day < timezone.localdate():
            raise ValidationError("计划检查日期不能早于今天")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["round"] = data.get("round") or 1
        campaign, kind = data.get("campaign"), data.get("kind")
        if campaign and kind and campaign.kind != kind:
            self.add_error("kind", f"所选任务的检查类型是{campaign.get_kind_display()}")
        return data


class ReassignForm(ScopedForm):
    planned_on = RecentDayField(label="计划检查日期")
    reason = text("调整理由", rows=2, most=500, required=False)
    inspectors = InspectorsField()

    def __init__(self, *args: Any, visit: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if visit.draw_id is not None:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = TELLS_ALL
