"""Who takes part: chosen in sets, called by the trainer, all of it steps of the training."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import TransitionRefused, lock, violated_rule
from apps.people.models import Person
from apps.training.models import Participation, Result, Session, SessionState, SignedInBy
from apps.training.selectors import organises
from apps.training.workflow import NOT_YOURS

MOST_NAMED = 5


@dataclass(frozen=True)
class Listed:
    """How many were added, and who was left out because they are in another training at the time."""

    added: int
    elsewhere: tuple[str, ...] = ()


def running(session: Session, by: Any) -> Session:
    """The training, locked, for who organises it and while its list is open."""
    fresh: Session = lock(session, by)
    if not organises(by, fresh):
        raise TransitionRefused(NOT_YOURS)
    if fresh.state not in SessionState.RUNNING:
        raise TransitionRefused(f"培训{fresh.get_state_display()}，不能再调整名单")
    return fresh


def overlapping(session: Session, *, signed_in: bool = False) -> QuerySet[Participation]:
    """Where people stand on the list of another training at the same time, or have signed in to one."""
    rows = Participation.objects.exclude(session=session.pk).exclude(session__state=SessionState.CANCELLED)
    at_the_time = rows.filter(session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at)
    return at_the_time.filter(signed_in_at__isnull=False) if signed_in else at_the_time


@transaction.atomic
def add_people(session: Session, people: QuerySet[Person], *, by: Any) -> Listed:
    """Put them on the list in one statement; who stands there already stays as they are."""
    fresh = running(session, by)
    wanted = people.exclude(participations__session=fresh.pk)
    busy = dict(wanted.filter(pk__in=overlapping(fresh).values("person")).values_list("pk", "name"))
    keys = list(wanted.exclude(pk__in=busy).order_by("pk").values_list("pk", flat=True).distinct())
    Participation.objects.bulk_create([new_line(fresh, key, by) for key in keys], ignore_conflicts=True)
    if keys:
        step(fresh, "people_added", by, {"count": len(keys), "people": keys})
    return Listed(len(keys), tuple(busy.values()))


def new_line(session: Session, person_id: int, by: Any) -> Participation:
    return Participation(
        session=session,
        person_id=person_id,
        region_path=session.region_path,
        level=session.level,
        hours=session.hours,
        recorded_by=by,
        result=Result.WAITING if session.course.needs_exam else Result.NONE,
    )


@transaction.atomic
def drop_people(session: Session, keys: Collection[int], *, by: Any) -> int:
    """Take off the list who has not signed in; answers how many."""
    fresh = running(session, by)
    rows = fresh.participations.filter(pk__in=keys, signed_in_at=None, credited_on=None)
    people = list(rows.order_by("pk").values_list("person", flat=True))
    rows.delete()
    if people:
        step(fresh, "people_dropped", by, {"count": len(people), "people": people})
    return len(people)


@dataclass(frozen=True)
class Called:
    present: int
    undone: int
    elsewhere: tuple[str, ...] = ()


@transaction.atomic
def call_roll(session: Session, *, there: Collection[int], was_there: Collection[int], by: Any) -> Called:
    """Sign in those of the list who are there, by the keys of their lines, in one statement.

    Who was ticked on the page (`was_there`) and is no more was ticked by mistake: the trainer's own tick is taken back
    while the training goes on.  After its end a line is marked as late; of a held training it counts at once.
    """
    fresh: Session = lock(session, by)
    if not organises(by, fresh):
        raise TransitionRefused(NOT_YOURS)
    if fresh.state not in (SessionState.OPEN, SessionState.HELD):
        raise TransitionRefused(f"培训{fresh.get_state_display()}，不能点名")
    missing = fresh.participations.filter(pk__in=there, signed_in_at=None)
    busy = missing.filter(person__in=overlapping(fresh, signed_in=True).values("person"))
    elsewhere = dict(busy.values_list("pk", "person__name"))
    people = list(missing.exclude(pk__in=elsewhere).order_by("pk").values_list("person", flat=True))
    present = signed_in_by_trainer(fresh, missing.exclude(pk__in=elsewhere), by)
    undone = taken_back(fresh, set(was_there) - set(there))
    if present or undone:
        facts = {"count": present, "undone": undone, "late": is_late(fresh), "people": people}
        step(fresh, "roll_called", by, facts)
    return Called(present, undone, tuple(elsewhere.values()))


def signed_in_by_trainer(session: Session, rows: QuerySet[Participation], by: Any) -> int:
    told: dict[str, Any] = {
        "signed_in_at": db_now(),
        "signed_in_by": SignedInBy.TRAINER,
        "recorded_by": by,
        "is_late": is_late(session),
        "version": F("version") + 1,
    }
    keys = list(rows.values_list("pk", flat=True))
    own = Participation.objects.filter(pk__in=keys)
    try:
        with transaction.atomic():
            count = own.update(**told)
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(Participation(), error)) from error
    if session.state == SessionState.HELD:
        own.filter(result=Result.NONE).update(credited_on=session.day)
    return count


def taken_back(session: Session, keys: Collection[int]) -> int:
    if session.state != SessionState.OPEN:
        return 0
    rows = session.participations.filter(pk__in=keys, signed_in_by=SignedInBy.TRAINER, credited_on=None)
    untouched = rows.filter(Q(result__in=(Result.NONE, Result.WAITING)))
    return untouched.update(signed_in_at=None, signed_in_by="", is_late=False, version=F("version") + 1)


def is_late(session: Session) -> bool:
    return session.state == SessionState.HELD or timezone.now() > session.ends_at


def step(session: Session, name: str, by: Any, facts: dict[str, Any]) -> None:
    """What is done to the list is a step of the training."""
    session.version += 1
    session.save(update_fields=["version"])
    record_event(session, name, by=by, after=session.state, facts=facts)


def names_in_words(names: Collection[str]) -> str:
    few = "、".join(list(names)[:MOST_NAMED])
    return few if len(names) <= MOST_NAMED else f"{few}等{len(names)}人"
