"""Forms of plans and campaigns, their moves, their quotas and the zero reports."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, RecordForm, ScopedForm, ScopedModelForm, text
from apps.inspections.forms.fields import CodesField, checklists_field
from apps.inspections.models import Campaign, Kind, Matter, Plan, Theme
from apps.projects.models import DangerousWork, ProjectKind, Stage

STAGES = [(stage.value, str(stage.label)) for stage in Stage if stage != Stage.COMPLETED]
CATEGORIES = [(str(code), str(label)) for code, label in DangerousWork._meta.get_field("category").flatchoices]
MOST_OF_ONE = 10_000


class PlanForm(ScopedModelForm):
    class Meta:
        model = Plan
        fields = ("year", "title", "coverage_rounds", "text")
        widgets = {"text": forms.Textarea({"rows": 14})}
        help_texts = {"coverage_rounds": "每个在建项目一年内应完整检查的次数"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year

    def clean_year(self) -> int:
        year, now = self.cleaned_data["year"], timezone.localdate().year
        if not 2000 <= year <= now + 2:
            raise ValidationError(f"年度应在 2000 至 {now + 2} 之间")
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        office = self.instance.organisation_id or self.user.organisation_id
        same = Plan.objects.filter(organisation=office, year=data.get("year") or 0, title=data.get("title") or "")
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("title", "本年度已有同名计划")
        return data


class CampaignForm(ScopedModelForm):
    kind = forms.ChoiceField(
        label="检查类型", choices=[(k.value, k.label) for k in Kind if k != Kind.FOLLOW_UP], initial=Kind.RANDOM
    )
    theme = forms.ChoiceField(label="主题", choices=Theme, initial=Theme.GENERAL)
    matters = forms.ModelMultipleChoiceField(
        Matter.objects.order_by("code"), label="抽查事项", required=False, widget=forms.CheckboxSelectMultiple
    )
    stages = CodesField(label="形象进度", choices=STAGES, help_text="不选则为在建（基础、主体、装饰）")
    kinds = CodesField(label="工程类别", choices=list(ProjectKind.choices), help_text="不选则不限")
    categories = CodesField(
        label="危大工程类别", choices=CATEGORIES, help_text="不选则不限；选了的，只查有该类未完成危大工程的项目"
    )
    checklists = checklists_field(help_text="每次检查按检查当天施行的版本")
    starts_on = RecentDayField(label="开始日期")
    ends_on = RecentDayField(label="结束日期")
    sections = (
        ("任务", ("title", "plan", "kind", "theme", "starts_on", "ends_on", "basis", "matters")),
        ("检查范围", ("stages", "kinds", "categories")),
        ("检查方式", ("checklists", "rounds", "inspectors_each", "zero_report")),
    )

    class Meta:
        model = Campaign
        fields = (
            "title",
            "plan",
            "kind",
            "theme",
            "starts_on",
            "ends_on",
            "basis",
            "matters",
            "checklists",
            "rounds",
            "inspectors_each",
            "zero_report",
        )
        widgets = {"basis": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        scope = getattr(kwargs.get("instance"), "scope", None) or {}
        told = {name: scope.get(name, []) for name in SCOPE}
        kwargs["initial"] = told | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "结束日期不能早于开始日期")
        if first and last and (last - first).days > 366:
            self.add_error("ends_on", "一项任务最长一年")
        return data

    def _post_clean(self) -> None:
        self.instance.scope = {name: self.cleaned_data.get(name, []) for name in SCOPE}
        super()._post_clean()  # type: ignore[misc]


SCOPE = ("stages", "kinds", "categories")


class NothingToSay(RecordForm):
    """A move that is made by its button alone."""


class CancelForm(RecordForm):
    reason = text("取消理由", most=1000, min_length=5)


class FinishForm(RecordForm):
    summary = text("任务总结", rows=8, most=4000, min_length=5, help_text="完成情况、主要问题和下一步措施")


PLAN_FORMS: dict[str, type[RecordForm]] = {"publish_plan": NothingToSay}
CAMPAIGN_FORMS: dict[str, type[RecordForm]] = {
    "start_campaign": NothingToSay,
    "cancel_campaign": CancelForm,
    "finish_campaign": FinishForm,
}


class QuotasForm(ScopedForm):
    """One number for each round and unit, named q-<round>-<key of the region>; `total` asks for a suggestion."""

    total = forms.IntegerField(label="每轮总数", min_value=1, max_value=MOST_OF_ONE, required=False)

    def __init__(self, *args: Any, campaign: Campaign, units: Any, stand: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.cells_wanted = [(number, unit.pk) for unit in units for number in range(1, campaign.rounds + 1)]
        for number, region in self.cells_wanted:
            name = f"q-{number}-{region}"
            self.fields[name] = forms.IntegerField(
                min_value=0,
                max_value=MOST_OF_ONE,
                required=False,
                initial=stand.get((number, region), 0),
                # A number's own control has no width of its own, and a table on a phone leaves it none.
                widget=forms.TextInput({"class": "form-control w-auto", "size": 4, "inputmode": "numeric"}),
            )

    def cells(self) -> dict[tuple[int, int], int]:
        return {
            (number, region): self.cleaned_data.get(f"q-{number}-{region}") or 0 for number, region in self.cells_wanted
        }


class ZeroReportForm(ScopedForm):
    """Filled in from the visits and hazards that the platform knows of; nothing found is said by a tick of its own."""

    visits = forms.IntegerField(label="检查项目数", min_value=0, max_value=MOST_OF_ONE)
    hazards = forms.IntegerField(label="发现隐患数", min_value=0, max_value=MOST_OF_ONE * 10)
    is_zero = forms.BooleanField(label="本期未发现隐患，确认零报告", required=False)
    note = text("说明", most=1000, required=False, help_text="数量与平台登记不一致时必填")

    def __init__(self, *args: Any, known: dict[str, int], **kwargs: Any) -> None:
        self.known = known
        kwargs["initial"] = known | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        hazards = data.get("hazards")
        if hazards == 0 and not data.get("is_zero"):
            self.add_error("is_zero", "发现隐患数为 0，须勾选确认零报告")
        if hazards and data.get("is_zero"):
            self.add_error("is_zero", "填写了隐患数，不能同时确认零报告")
        differs = [name for name in self.known if data.get(name) not in (None, self.known[name])]
        if differs and not data.get("note"):
            self.add_error("note", "数量与平台登记不一致，请说明原因")
        return data
