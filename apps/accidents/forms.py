"""What is said when an accident is reported, and with each of its moves."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accidents.models import Category, Concealment, Responsibility
from apps.accidents.services import HARMLESS, IN_FUTURE, did_harm
from apps.core.forms import MomentField, RecentDayField, RecordForm, ScopedForm, clean_text, text
from apps.core.widgets import FastSelect
from apps.enterprises.models import Enterprise
from apps.enterprises.selectors import enterprise_called
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project

MOST_PEOPLE = 9999
MOST_FIRMS = 20
FEW = 200
"""Up to so many projects are listed on the page; with more of them one types a number or name."""


def people(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PEOPLE, **kwargs)


def loss(help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label="直接经济损失（元）", max_digits=14, decimal_places=2, min_value=0, required=False, help_text=help_text
    )


class ReportForm(ScopedForm):
    """Reports an accident; `values()` is what the service takes."""

    project = ProjectField(label="项目")
    occurred_at = MomentField(label="发生时间")
    place = forms.CharField(label="部位", max_length=200, help_text="例如：3号楼东侧塔式起重机")
    category = forms.ChoiceField(label="事故类别", choices=[("", "请选择"), *Category.choices], widget=FastSelect)
    deaths = people("死亡人数", initial=0)
    serious_injuries = people("重伤人数", initial=0, help_text="急性工业中毒计入重伤")
    direct_loss = loss("尚不清楚的不填，以后补报")
    summary = text("事故简况", most=4000, min_length=5, help_text="经过、初步原因和已采取的措施，不写伤亡人员姓名")

    sections = (
        ("事故", ("project", "occurred_at", "place", "category", "summary")),
        ("伤亡和损失", ("deaths", "serious_injuries", "direct_loss")),
    )
    in_threes = ("伤亡和损失",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects.rows = Project.objects.visible_to(self.user)

    @property
    def projects(self) -> Any:
        return self.fields["project"]

    def for_page(self) -> "ReportForm":
        """With a list of projects to choose from, where it is not too long."""
        rows = list(self.projects.rows.order_by("name", "pk")[: FEW + 1])
        if len(rows) <= FEW:
            mine = [("", "请选择"), *((project.number, project.name) for project in rows)]
            self.projects.widget = FastSelect({"data-pick": "", "data-placeholder": "输入项目名称查找"}, mine)
        return self

    def clean_occurred_at(self) -> datetime:
        at: datetime = self.cleaned_data["occurred_at"]
        if at > timezone.now():
            raise ValidationError(IN_FUTURE)
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not did_harm(data["deaths"], data["serious_injuries"], data["direct_loss"]):
            self.add_error("deaths", HARMLESS)
        return data

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class SupplementForm(RecordForm):
    deaths = people("死亡人数")
    serious_injuries = people("重伤人数", help_text="急性工业中毒计入重伤")
    direct_loss = loss("不填的，以原报为准")
    remark = text("补报说明", most=1000, min_length=5, help_text="什么变了、何时得知；人数减少的写明依据")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("deaths", "serious_injuries", "direct_loss"):
            self.fields[name].initial = getattr(self.record, name)


class FirmsField(forms.CharField):
    """Enterprises by their whole name or credit code, one a line; what is wrong with one names its line."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea({"rows": 3})
        told = {"max_length": 2000, "required": False, "help_text": "每行一家：企业全称或统一社会信用代码"}
        super().__init__(**{"widget": widget, **told, **kwargs})

    def clean(self, value: Any) -> list[Enterprise]:
        lines = clean_text(str(super().clean(value) or "")).split("\n")
        named = {number: line.strip() for number, line in enumerate(lines, 1) if line.strip()}
        if len(named) > MOST_FIRMS:
            raise ValidationError(f"最多 {MOST_FIRMS} 家企业，现有 {len(named)} 家")
        found: dict[Enterprise, int] = {}
        for number, line in named.items():
            firm = of_line(number, line)
            if firm in found:
                raise ValidationError(f"第 {number} 行：与第 {found[firm]} 行是同一家企业")
            found[firm] = number
        return list(found)


def of_line(number: int, line: str) -> Enterprise:
    try:
        return enterprise_called(line)
    except ValidationError as unknown:
        raise ValidationError([f"第 {number} 行：{message}" for message in unknown.messages]) from unknown


class DetermineForm(RecordForm):
    """The fields that name the liable are called as the kinds of responsibility."""

    determination_number = forms.CharField(label="认定文号", max_length=60, help_text="例如：事故调查报告批复的文号")
    determined_on = RecentDayField(label="认定日期", initial=timezone.localdate)
    is_liability = forms.NullBooleanField(
        label="是否属于生产安全责任事故",
        widget=forms.RadioSelect({"class": "tiles"}, choices=[("true", "属于"), ("false", "不属于")]),
    )
    concealment = forms.ChoiceField(
        label="上报情况", choices=Concealment, initial=Concealment.NONE, required=False, widget=FastSelect
    )
    main = FirmsField(label="主要责任单位")
    secondary = FirmsField(label="次要责任单位")
    determination = text("认定结论", most=4000, min_length=5)

    def clean_determined_on(self) -> Any:
        day, happened = self.cleaned_data["determined_on"], timezone.localdate(self.record.occurred_at)
        if day > timezone.localdate():
            raise ValidationError("认定日期不能晚于今天")
        if day < happened:
            raise ValidationError(f"认定日期不能早于事故发生日期（{happened}）")
        return day

    def clean_is_liability(self) -> bool:
        if (told := self.cleaned_data["is_liability"]) is None:
            raise ValidationError("请选择是否属于生产安全责任事故")
        return bool(told)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        for firm in data["secondary"]:
            if firm in data["main"]:
                self.add_error("secondary", f"“{firm.name}”已列为主要责任单位")
        if data["is_liability"] and not self.liable():
            self.add_error("main", "属于生产安全责任事故的，至少填一家责任单位")
        if self.liable() and not data["is_liability"]:
            self.add_error("main", "不属于生产安全责任事故的，不填责任单位")
        return data

    def liable(self) -> list[dict[str, Any]]:
        return [
            {"enterprise": firm.pk, "responsibility": kind}
            for kind in Responsibility.values
            for firm in self.cleaned_data.get(kind) or ()
        ]

    def facts(self) -> dict[str, Any]:
        told = {name: value for name, value in super().facts().items() if name not in Responsibility.values}
        return told | {"is_liability": self.cleaned_data["is_liability"], "liable": self.liable()}


class WithdrawForm(RecordForm):
    reason = text("撤销理由", most=1000, min_length=5, help_text="经核实不构成事故的依据")


MOVE_FORMS: dict[str, type[RecordForm]] = {
    "supplement": SupplementForm,
    "determine": DetermineForm,
    "withdraw": WithdrawForm,
}
