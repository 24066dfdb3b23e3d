"""Signing in: with an account by one tap, without one by name and identity number, neither of which is kept."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.services.tokens import digest_of
from apps.core.crypto import blind_index_candidates
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import TransitionRefused, violated_rule
from apps.people.models import Person
from apps.training.models import Participation, Result, Session, SessionState, SignedInBy, SignInFailure
from apps.training.selectors import belongs
from apps.training.services.people import is_late, new_line

OUTLIVES = timedelta(minutes=30)
"""So long after the end of the training its code still signs in, unless the trainer closes it before."""
WINDOW = timedelta(minutes=15)
MOST_OF_ADDRESS, MOST_OF_SESSION = 20, 100
KEPT = timedelta(days=1)

CLOSED = "签到已结束或尚未开始，请找培训人现场点名"
# One sentence for who is unknown, for who is not on the list, and for a wrong name.
UNKNOWN = "未能签到：姓名和身份证号码与本次培训的人员名册不一致，请核对后再试，或者找培训人登记"
TOO_OFTEN = "签到失败次数过多，请15分钟后再试，或者找培训人现场点名"


class TooOften(TransitionRefused):
    """Names and numbers are being tried out."""


def session_of(code: str) -> Session | None:
    """The training that this code signs in to now."""
    rows = Session.objects.select_related("course", "project", "enterprise__organisation")
    session = rows.filter(sign_in_sha256=digest_of(code), state=SessionState.OPEN).first()
    return session if session and db_now() <= session.ends_at + OUTLIVES else None


def sign_in_by_number(session: Session, *, name: str, number: str, address: str) -> Participation:
    """Somebody without an account.  Raises TransitionRefused, with the same sentence for everybody who is not found."""
    refuse_too_many(session, address)
    person = Person.objects.filter(id_index__in=blind_index_candidates(number), name=name).first()
    if person is None or not belongs(person, session):
        SignInFailure.objects.create(session=session, address=address)
        raise TransitionRefused(UNKNOWN)
    return sign_in(session, person, how=SignedInBy.CODE)


def refuse_too_many(session: Session, address: str) -> None:
    recent = SignInFailure.objects.filter(session=session, at__gt=db_now() - WINDOW)
    if recent.filter(address=address).count() >= MOST_OF_ADDRESS or recent.count() >= MOST_OF_SESSION:
        raise TooOften(TOO_OFTEN)


@transaction.atomic
def sign_in(session: Session, person: Person, *, how: SignedInBy, by: Any = None) -> Participation:
    """Note that somebody is there; said twice it is noted once.

    By code only while it is open.  Raises TransitionRefused for who does not belong there or is in another training.
    """
    fresh = Session.objects.select_for_update(of=("self",)).select_related("course").get(pk=session.pk)
    if fresh.state != SessionState.OPEN and not (how == SignedInBy.IMPORT and fresh.state == SessionState.HELD):
        raise TransitionRefused(CLOSED)
    if not belongs(person, fresh):
        raise TransitionRefused(UNKNOWN)
    line = fresh.participations.filter(person=person).first() or new_line(fresh, person.pk, by)
    if line.signed_in_at is not None:
        return line
    line.signed_in_at, line.signed_in_by, line.recorded_by = db_now(), how, by
    line.is_late = how == SignedInBy.IMPORT and is_late(fresh)
    # By what was asked when they were listed, as the roll has it: the course may have changed since.
    if fresh.state == SessionState.HELD and line.result == Result.NONE:
        line.credited_on = fresh.day
    line.version += 0 if line._state.adding else 1
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(line, error)) from error
    record_event(line, "signed_in_to_training", by=by, facts={"how": how, "session": fresh.pk}, at=line.signed_in_at)
    return line


def forget_failures() -> int:
    return SignInFailure.objects.filter(at__lt=db_now() - KEPT).delete()[0]
