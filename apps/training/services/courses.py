"""Keeping courses and plans: an authority those of everybody, a firm its own."""

from typing import Any

from django.db import transaction

from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.training.models import Course, TrainingPlan
from apps.training.selectors import runs_training
from apps.training.workflow import NOT_YOURS


def not_yours(course: Course, user: Any) -> str | None:
    """Why this user leaves the course as it is."""
    if course.enterprise_id == user.own_firm_id:
        return None
    return "主管部门的通用课程由主管部门修改" if course.enterprise_id is None else "企业课程由本企业修改"


@transaction.atomic
def save_course(form: Any, *, by: Any, version: int | None = None) -> Course:
    """Raises TransitionRefused with a sentence to show."""
    course: Course = form.instance
    if course._state.adding:
        course.enterprise_id = by.own_firm_id
    elif reason := not_yours(course, by):
        raise TransitionRefused(reason)
    return save_form(form, by=by, version=version)


@transaction.atomic
def save_plan(form: Any, *, by: Any, version: int | None = None) -> TrainingPlan:
    """Raises TransitionRefused with a sentence to show."""
    plan: TrainingPlan = form.instance
    if plan._state.adding:
        plan.enterprise_id = by.organisation_id
    if not runs_training(by, plan.enterprise_id, plan.project):
        raise TransitionRefused(NOT_YOURS)
    return save_form(form, by=by, version=version)
