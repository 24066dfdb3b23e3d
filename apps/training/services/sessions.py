"""Planning trainings, and teaching once more those who missed one."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.events import record_event
from apps.core.records import inserted, save_form
from apps.core.workflow import TransitionRefused, lock
from apps.people.models import Person
from apps.training.models import Participation, Result, Session, SessionState
from apps.training.selectors import organises, runs_training
from apps.training.services.people import add_people
from apps.training.workflow import NOT_YOURS

IN_A_WEEK = timedelta(days=7)


@transaction.atomic
def save_session(form: Any, *, by: Any, version: int | None = None) -> Session:
    """Write what is planned; level and hours are those that the course has when it is chosen, and stay.

    Raises TransitionRefused with a sentence to show.
    """
    session: Session = form.instance
    if session._state.adding:
        session.enterprise_id = by.organisation_id
        place = session.project or by.organisation
        session.region_path = place.region_path
    if not runs_training(by, session.enterprise_id, session.project):
        raise TransitionRefused(NOT_YOURS)
    listed = None if session._state.adding else session.participations.exists()
    if listed and {"course", "project"} & set(form.changed_data):
        raise TransitionRefused("已有培训名单，不能更换课程和工程项目；请取消后另行安排")
    if session._state.adding or "course" in form.changed_data:
        session.level, session.hours = session.course.level, session.course.hours
    return save_form(form, by=by, version=version)


def missed(session: Session) -> QuerySet[Participation]:
    """Of a held training those who were absent or failed, without those for whom a make-up has been planned."""
    rows = session.participations.filter(Q(signed_in_at=None) | Q(result=Result.FAILED))
    planned = Participation.objects.filter(session__makes_up=session).exclude(session__state=SessionState.CANCELLED)
    return rows.exclude(person__in=planned.values("person"))


@transaction.atomic
def make_up(session: Session, *, by: Any) -> Session:
    """A new training a week from today, at the same hours and place, with those who missed this one.

    Raises TransitionRefused where there is nobody, or this is not the user's to do.
    """
    old: Session = lock(session, by)
    if not organises(by, old):
        raise TransitionRefused(NOT_YOURS)
    if old.state != SessionState.HELD:
        raise TransitionRefused("确认完成以后才能安排补训")
    people = Person.objects.filter(pk__in=missed(old).values("person"))
    if not people.exists():
        raise TransitionRefused("没有缺勤或者不合格、尚未安排补训的人员")
    starts = later(old)
    same = {name: getattr(old, name) for name in ("course", "enterprise", "project", "seat", "region_path", "level")}
    more = {name: getattr(old, name) for name in ("hours", "place", "trainer", "institution")}
    ends = starts + (old.ends_at - old.starts_at)
    fresh = inserted(Session(makes_up=old, starts_at=starts, ends_at=ends, **same, **more))
    record_event(fresh, "registered", by=by, facts={"makes_up": old.pk, "course": old.course_id})
    add_people(fresh, people, by=by)
    return fresh


def later(old: Session) -> Any:
    """The same hour of the clock, a week from today."""
    hour = timezone.localtime(old.starts_at)
    day = timezone.localdate() + IN_A_WEEK
    return hour.replace(year=day.year, month=day.month, day=day.day)
