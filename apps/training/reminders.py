"""Trainings of tomorrow, told to who is on the list; plans whose month ends, told to who runs them; each once."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils import timezone

from apps.accounts.holders import of_roles
from apps.core.cases import moment
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.training.counting import with_progress
from apps.training.models import Participation, SessionState, TrainingPlan
from apps.training.services.signing_in import forget_failures

DAYS_BEFORE_THE_END = 5
DIRECTORS = ("safety_director",)


def remind(day: date | None = None) -> int:
    """Run as often as one likes; answers how many messages are new."""
    today = day or timezone.localdate()
    forget_failures()
    return notify_all([*of_tomorrow(today), *of_ending_plans(today)])


def of_tomorrow(today: date) -> Iterator[Notice]:
    rows = Participation.objects.filter(
        session__state=SessionState.PLANNED,
        session__starts_at__date=today + timedelta(days=1),
        person__user__is_active=True,
    )
    for line in rows.select_related("session__course", "person").defer("person__id_number").order_by("pk"):
        session = line.session
        yield Notice(
            line.person.user_id or 0,
            "training_tomorrow",
            f"明天培训：{session.course.name}",
            session.get_absolute_url(),
            f"training:{session.pk}:{moment(session.starts_at)}",
            Level.REMINDER,
            f"{moment(session.starts_at)}，{session.place}。到场后扫码签到。",
        )


def of_ending_plans(today: date) -> Iterator[Notice]:
    """In the last days of its month, to the safety directors of the firm."""
    if monthrange(today.year, today.month)[1] - today.day >= DAYS_BEFORE_THE_END:
        return
    plans = with_progress(TrainingPlan.objects.filter(year=today.year, month=today.month), today)
    open_ones = list(plans.filter(is_done=False).select_related("course", "project").order_by("pk"))
    directors = of_roles(DIRECTORS, "organisation", {plan.enterprise_id for plan in open_ones})
    for plan in open_ones:
        for person in directors.get(plan.enterprise_id, []):
            yield Notice(
                person,
                "training_plan_ends",
                f"本月培训计划未完成：{plan.course.name}",
                plan.get_absolute_url(),
                f"training-plan:{plan.pk}:{plan.year}-{plan.month}",
                Level.REMINDER,
                f"计划 {plan.people_planned} 人，已培训 {plan.people_credited} 人。",
            )
