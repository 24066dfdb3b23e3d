"""Forms of a leader's day and of leave."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, RecordForm, ScopedForm, text
from apps.core.widgets import FastSelect
from apps.duty.models import DutyKind, Term
from apps.duty.selectors import heads_on, leaders_on
from apps.duty.services.days import IN_FUTURE
from apps.duty.terms import may_deputise, value_on
from apps.people.models import Person
from apps.projects.models import Project


def clock(label: str, **kwargs: Any) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    told = {"error_messages": {"invalid": "请填写时间，例如 08:30"}, **kwargs}
    return forms.TimeField(label=label, widget=widget, **told)


def choices_of(people: Any) -> list[tuple[int, str]]:
    return [(one.pk, f"{one.name}（{one.post}）" if one.post else one.name) for one in people]


class PersonChoice(forms.ModelChoiceField):
    """One of a few people; `offer` says which, `otherwise` why another is none of them."""

    def __init__(self, label: str, otherwise: str = "请在可选人员中选择", **kwargs: Any) -> None:
        told: dict[str, Any] = {"error_messages": {"invalid_choice": otherwise}, **kwargs}
        super().__init__(Person.objects.none(), label=label, widget=FastSelect, empty_label="请选择", **told)

    def offer(self, people: Any) -> None:
        self.queryset = people
        self.widget.choices = [("", "请选择"), *choices_of(people)]


class DutyDayForm(ScopedForm):
    """A leader's day on this project; what is usual is filled in, so that on a phone little is left to type."""

    kind = forms.ChoiceField(
        label="带班类别", choices=DutyKind, initial=DutyKind.LEADER, widget=forms.RadioSelect({"class": "tiles"})
    )
    person = PersonChoice("带班人", "该人员在所填日期不是本项目的项目负责人，也不是企业负责人，请核对日期和人员")
    day = RecentDayField(label="日期", initial=timezone.localdate)
    began = clock("到场时间", initial="08:00")
    ended = clock("离场时间", initial="17:30")
    looked_at = text("检查内容", help_text="看了哪些部位、哪些工序")
    problems = text("发现的问题", rows=2, required=False, help_text="没有问题的不填")
    handled = text("处理情况", rows=2, required=False)
    note = forms.CharField(label="备注", max_length=300, required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        day = self.day_asked()
        leaders = leaders_on(project, day)
        heads = heads_on(project.enterprise, day) if project.enterprise else Person.objects.none()
        known = Person.objects.filter(pk__in=leaders.values("pk")) | Person.objects.filter(pk__in=heads.values("pk"))
        person: Any = self.fields["person"]
        person.offer(known.defer("id_number").order_by("name", "pk"))
        own = known.filter(user=self.user).values_list("pk", flat=True).first()
        self.initial.setdefault("person", own or leaders.values_list("pk", flat=True).first())

    def day_asked(self) -> date:
        told = self.data.get(self.add_prefix("day")) if self.is_bound else self.initial.get("day")
        try:
            return self.fields["day"].clean(told) or timezone.localdate()
        except ValidationError:
            return timezone.localdate()

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(IN_FUTURE)
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        began, ended = data.get("began"), data.get("ended")
        if began and ended and ended <= began:
            self.add_error("ended", "离场时间应晚于到场时间")
        if data.get("problems") and not data.get("handled"):
            self.add_error("handled", "发现了问题，请填写处理情况")
        return data


class ReasonForm(ScopedForm):
    reason = text("撤销理由", rows=2, most=200, min_length=5, help_text="例如：日期填错，已重新填写")


class LeaveForm(ScopedForm):
    """Asks the owner of this project for leave of its leader."""

    person = PersonChoice("请假人")
    deputy = PersonChoice("代理人")
    starts_on = RecentDayField(label="开始日期", initial=timezone.localdate)
    ends_on = RecentDayField(label="结束日期", initial=timezone.localdate, help_text="当日仍计在内")
    reason = text("请假事由", rows=2, most=300, min_length=2)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        leaders, fields = leaders_on(project, today).defer("id_number"), self.fields
        person: Any = fields["person"]
        deputy: Any = fields["deputy"]
        person.offer(leaders)
        self.initial.setdefault("person", leaders.values_list("pk", flat=True).first())
        staff = Person.objects.visible_to(self.user).filter(employer=project.enterprise_id)
        deputy.offer(staff.defer("id_number").order_by("name", "pk"))
        deputy.help_text = f"须为{value_on(Term.DEPUTY, today)}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last, deputy = data.get("starts_on"), data.get("ends_on"), data.get("deputy")
        if first and last and last < first:
            self.add_error("ends_on", "结束日期不能早于开始日期")
        if deputy and deputy == data.get("person"):
            self.add_error("deputy", "代理人不能是请假人本人")
        elif deputy and first and not may_deputise(deputy, first):
            self.add_error("deputy", f"“{deputy.name}”不符合代理人条件：须为{value_on(Term.DEPUTY, first)}")
        return data


class AgreeForm(RecordForm):
    answer = text("意见", rows=2, most=300, required=False)


class RefuseForm(RecordForm):
    answer = text("不同意的理由", rows=2, most=300, min_length=2)


LEAVE_FORMS: dict[str, type[RecordForm]] = {"agree": AgreeForm, "refuse": RefuseForm, "withdraw": RecordForm}
