"""Fields that several forms of training have."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.widgets import FastSelect
from apps.projects.models import Project, ProjectMember
from apps.roster.models import WorkerClass
from apps.training.models import Course

FEW = 200
"""Up to so many projects are listed on the page; with more of them one types a number or name."""


class ClassesField(forms.MultipleChoiceField):
    """Kinds of workers; none ticked means all."""

    def __init__(self, **kwargs: Any) -> None:
        told: dict[str, Any] = {
            "choices": WorkerClass.choices,
            "required": False,
            "help_text": "不选的，适用于全体人员",
        }
        super().__init__(**told | {"widget": forms.CheckboxSelectMultiple} | kwargs)


def own_projects(user: Any) -> QuerySet[Project]:
    """The projects for which this user may plan trainings, as `selectors.runs_training` judges each."""
    posts = ProjectMember.objects.current(timezone.localdate()).filter(user=user)
    mine = Q(enterprise=user.organisation_id) | Q(pk__in=posts.order_by().values("project"))
    return Project.objects.visible_to(user).filter(mine).order_by("name", "pk")


def own_courses(user: Any) -> QuerySet[Course]:
    """Those of everybody and of the own firm that are in use."""
    usable = Q(enterprise=None) | Q(enterprise=user.organisation_id)
    return Course.objects.visible_to(user).filter(usable, is_active=True)


def own_project_field(field: Any, user: Any) -> Project | None:
    """Let a ProjectField offer the user's own; answers the only one there is for who works on one alone."""
    field.rows = own_projects(user)
    rows = list(field.rows[: FEW + 1])
    if len(rows) <= FEW:
        choices = [("", "企业（不限项目）"), *((project.number, project.name) for project in rows)]
        field.widget = FastSelect({"data-pick": "", "data-placeholder": "输入项目名称查找"}, choices)
    return rows[0] if len(rows) == 1 else None
