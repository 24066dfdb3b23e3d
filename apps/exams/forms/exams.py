"""The form of an examination."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone

from apps.core.forms import MomentField, RecordForm, ScopedModelForm
from apps.exams.forms.patterns import PatternField
from apps.exams.models import Exam, Question
from apps.training.models import Course, Session, SessionState


class CourseChoice(forms.ModelChoiceField):
    def label_from_instance(self, course: Any) -> str:
        return f"{course.name}（{course.get_level_display()}，{course.pass_mark}分合格）"


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session: Any) -> str:
        return f"{timezone.localtime(session.starts_at):%Y-%m-%d}　{session.course.name}　{session.place}"


class ExamForm(ScopedModelForm):
    course = CourseChoice(Course.objects.filter(is_active=True, needs_exam=True), label="课程", empty_label="请选择")
    session = SessionChoice(
        Session.objects.exclude(state=SessionState.CANCELLED).select_related("course"),
        label="培训",
        required=False,
        empty_label="本课程的全部培训",
        help_text="只考某一次培训的人员时选择",
    )
    pattern = PatternField(label="组卷方式", help_text="总分100分；知识点不填为不限。多选题全部选对才得分")
    open_from, open_to = MomentField(label="开放时间"), MomentField(label="截止时间")

    class Meta:
        model = Exam
        fields = ("title", "course", "session", "open_from", "open_to", "minutes", "tries", "wait_hours", "pattern")

    sections = (
        ("考试", ("title", "course", "session")),
        ("时间和次数", ("open_from", "open_to", "minutes", "tries", "wait_hours")),
        ("试卷", ("pattern",)),
    )
    in_threes = ("时间和次数",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm = self.user.own_firm_id
        courses: Any = self.fields["course"]
        courses.queryset = courses.queryset.filter(Q(enterprise=None) | Q(enterprise=firm))
        sessions: Any = self.fields["session"]
        own = sessions.queryset.filter(course__needs_exam=True).order_by("-starts_at")
        sessions.queryset = own.filter(enterprise=firm) if firm else own.none()
        known = Question.objects.visible_to(self.user).filter(is_active=True).order_by("topic")
        self.fields["pattern"].widget.topics = tuple(known.values_list("topic", flat=True).distinct())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        session, course = data.get("session"), data.get("course")
        if session and course and session.course_id != course.pk:
            self.add_error("session", "这次培训不是所选课程的培训")
        if data.get("open_from") and data.get("open_to") and data["open_to"] <= data["open_from"]:
            self.add_error("open_to", "截止时间应晚于开放时间")
        return data


MOVE_FORMS: dict[str, type[RecordForm]] = {"open": RecordForm, "close": RecordForm}
"""Neither asks anything more."""
