"""Courses, plans and what the law asks for."""

from typing import Any

from django import forms

from apps.core.edition_forms import EditionForm
from apps.core.forms import ScopedModelForm
from apps.core.widgets import FastSelect
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project
from apps.training.forms.fields import ClassesField, own_courses, own_project_field
from apps.training.models import Course, HoursRule, TrainingPlan


class CourseForm(ScopedModelForm):
    classes = ClassesField(label="适用人员")

    class Meta:
        model = Course
        fields = ("name", "level", "hours", "classes", "content", "needs_exam", "pass_mark", "is_active")
        widgets = {"level": FastSelect, "content": forms.Textarea({"rows": 5})}
        help_texts = {
            "hours": "可有一位小数，例如：15",
            "needs_exam": "考核合格后才计入学时",
            "pass_mark": "百分制",
        }

    sections = (
        ("课程", ("name", "level", "hours", "classes", "content")),
        ("考核", ("needs_exam", "pass_mark", "is_active")),
    )


class PlanForm(ScopedModelForm):
    project = ProjectField(label="工程项目", required=False, help_text="不选的，为企业的计划")
    classes = ClassesField(label="培训对象")

    class Meta:
        model = TrainingPlan
        fields = ("project", "course", "year", "month", "people_planned", "classes", "remark")
        widgets = {"course": FastSelect}

    field_order = ("project", "course", "year", "month", "people_planned", "classes", "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        course: Any = self.fields["course"]
        course.queryset = own_courses(self.user)
        only = own_project_field(self.fields["project"], self.user)
        if self.instance._state.adding:
            self.initial.setdefault("project", only)
        else:
            self.about_the_planned()

    def about_the_planned(self) -> None:
        """Which course it is and where stays as planned."""
        for name in ("project", "course"):
            self.fields[name].disabled = True
        course: Any = self.fields["course"]
        course.queryset = Course.objects.visible_to(self.user)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)


class HoursRuleForm(EditionForm):
    class Meta:
        model = HoursRule
        fields = ("subject", "hours", "effective_from", "source", "certainty")
        widgets = {"subject": FastSelect}
        help_texts = {
            "hours": "人员类别为每十二个月的学时，三级教育为该级的学时",
            "source": "写明文件和条款，例如：建教〔1997〕83号",
            "certainty": "例如：已核对原文",
        }
