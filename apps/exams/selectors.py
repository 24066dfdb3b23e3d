"""Questions about examinations: who may take one, who still has to, and how it went."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.exams.models import Answer, Attempt, Exam, ExamState, Kiosk
from apps.people.models import Person
from apps.training.models import Participation, Session, SessionState


def untested() -> QuerySet[Participation]:
    """Who was at a training that was held, which counts only once an examination about it has been passed.

    Hours that count already, as the course asked for no examination then, nobody can lose by failing one now.
    """
    there = Participation.objects.filter(signed_in_at__isnull=False, session__state=SessionState.HELD)
    return there.filter(credited_on=None)


def entitled(exam: Exam) -> QuerySet[Participation]:
    """Whose training this examination is about: they were there, it was held, and it does not count for them yet.

    Without a training of its own an examination is about all those of its course; a firm's about those that it held.
    """
    rows = untested()
    if exam.session_id:
        return rows.filter(session=exam.session_id)
    rows = rows.filter(session__course=exam.course_id)
    return rows.filter(session__enterprise=exam.enterprise_id) if exam.enterprise_id else rows


def participation_for(exam: Exam, person: Person) -> Participation | None:
    """The part in a training to which the result goes: the latest."""
    rows = entitled(exam).filter(person=person).select_related("session", "person")
    return rows.order_by("-session__ends_at", "-pk").first()


def at_the_kiosk(exam: Exam, opened_by: Any) -> QuerySet[Participation]:
    """Of these, those of trainings that whoever opened the kiosk sees."""
    return entitled(exam).filter(session__in=Session.objects.visible_to(opened_by).order_by().values("pk"))


def to_take(user: Any, now: datetime | None = None) -> Q:
    """The examinations that this person may sit now and has not passed."""
    now = now or timezone.now()
    part = untested().filter(person__user=user.pk, session__course=OuterRef("course"))
    of_firm = part.filter(session__enterprise=OuterRef("enterprise"))
    own = Attempt.objects.filter(exam=OuterRef("pk"), person__user=user.pk)
    used_up = own.filter(state__in=("handed", "late"), number__gte=OuterRef("tries"))
    return (
        Q(state=ExamState.OPEN, open_from__lte=now, open_to__gt=now)
        & (
            Q(Exists(part.filter(session=OuterRef("session"))))
            | Q(session=None) & (Q(Exists(part), enterprise=None) | Q(Exists(of_firm)))
        )
        & ~Q(Exists(used_up))
        & ~Q(Exists(own.filter(passed=True)))
        & ~Q(Exists(own.filter(again_from__gt=now)))
    )


def waits_for_another_try(user: Any) -> Q:
    """Attempts after which a make-up is due (补考): the latest, failed, tries left, the examination open."""
    last = Attempt.objects.all().last_ones()
    return Q(pk__in=last.filter(again_from__isnull=False, exam__state=ExamState.OPEN).order_by().values("pk"))


def answers_of(attempt: Attempt) -> QuerySet[Answer]:
    """The questions of this paper in their order; whoever holds the attempt has been asked who they are."""
    return Answer.objects.filter(attempt=attempt).select_related("question").order_by("place")


def open_kiosks(exam: Exam, user: Any) -> QuerySet[Kiosk]:
    """Where people still sit down, opened by this user or their colleagues; `sat` is how many have begun there."""
    rows = Kiosk.objects.visible_to(user).filter(exam=exam, closed_at=None, valid_until__gt=timezone.now())
    return rows.select_related("opened_by").annotate(sat=Count("attempts")).order_by("-opened_at")


def seated_at(kiosk: Kiosk, key: int) -> Attempt | None:
    """The attempt of this key, if it is one at the kiosk's examination."""
    rows = Attempt.objects.select_related("exam__course", "person")
    return rows.filter(exam=kiosk.exam_id, pk=key).first()


def wrong_by_question(exam: Exam, user: Any) -> list[dict[str, Any]]:
    """Of each question that came in a marked paper: how often, and how often it was answered wrongly; worst first."""
    own = Attempt.objects.visible_to(user).filter(exam=exam, state__in=("handed", "late"))
    rows = Answer.objects.filter(attempt__in=own.order_by().values("pk")).order_by()
    told = rows.values("question", "question__text", "question__kind", "question__topic").annotate(
        asked=Count("pk"), wrong=Count("pk", filter=Q(is_right=False))
    )
    return [dict(one) for one in told.order_by("-wrong", "question")]
