"""Pages of courses, plans, lines of a training and of a roster, which show little more than their columns."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.cases import Sections, line
from apps.core.edition_pages import edition_page
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.roster.models import Engagement
from apps.training.models import Course, Participation, Session, TrainingPlan
from apps.training.registers import (
    CourseRegister,
    HoursRuleRegister,
    ParticipationRegister,
    PlanRegister,
    TraineeRegister,
)
from apps.training.selectors import runs_training


def to_hold(course: Course, user: Any) -> Sections:
    if not course.is_active or not user.has_perm("training.add_session"):
        return []
    url = f"{reverse('trainings:new')}?course={course.pk}"
    return [{"label": "安排培训", "icon": "plus", "url": url, "primary": True}]


def trainings_of(course: Course, user: Any) -> Sections:
    count = Session.objects.visible_to(user).filter(course=course).count()
    url = f"{reverse('trainings:list')}?{urlencode({'view': 'all', 'of_course': course.pk})}"
    return [{"title": "培训班次", "facts": [line("已安排", f"{count}个班次", url=url if count else "")]}]


def to_plan(plan: TrainingPlan, user: Any) -> Sections:
    if not user.has_perm("training.add_session") or not runs_training(user, plan.enterprise_id, plan.project):
        return []
    asked = {"course": plan.course_id} | ({"project": plan.project.number} if plan.project else {})
    return [
        {"label": "安排培训", "icon": "plus", "url": f"{reverse('trainings:new')}?{urlencode(asked)}", "primary": True}
    ]


def done_of(plan: TrainingPlan, user: Any) -> Sections:
    """Each figure opens its rows."""
    asked = {"of_course": plan.course_id, "in_month": f"{plan.year}-{plan.month:02d}"}
    asked |= {"project__number": plan.project.number} if plan.project else {}
    url = f"{reverse('trainings:list')}?{urlencode({'view': 'all'} | asked)}"
    rows = [line("本月班次", "查看", url=url)]
    return [{"title": "完成情况", "facts": rows, "note": "已办班次为当月确认完成的班次，已培训人数为计入学时的人数"}]


def links_of(participation: Participation, user: Any) -> Sections:
    told = [
        {"label": "人员培训档案", "icon": "user", "url": reverse("person_training", args=[participation.person_id])}
    ]
    if Session.objects.visible_to(user).filter(pk=participation.session_id).exists():
        url = reverse("trainings:detail", args=[participation.session_id])
        told.append({"label": "培训班次", "icon": "book", "url": url})
    return told


def to_file(engagement: Engagement, user: Any) -> Sections:
    return [{"label": "人员培训档案", "icon": "user", "url": reverse("person_training", args=[engagement.person_id])}]


course_page = record_page(registry[CourseRegister.name], actions=to_hold, sections=trainings_of)
plan_page = record_page(registry[PlanRegister.name], actions=to_plan, sections=done_of)
participation_page = record_page(registry[ParticipationRegister.name], actions=links_of)
trainee_page = record_page(registry[TraineeRegister.name], actions=to_file)
rule_page = edition_page(registry[HoursRuleRegister.name])
