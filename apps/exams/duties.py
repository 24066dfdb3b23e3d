"""Who still has to sit an examination, for the morning digest."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, Q

from apps.core.db import db_now
from apps.exams.models import Attempt, AttemptState, Exam, ExamState
from apps.exams.selectors import untested
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level


@digest_source
def open_exams(day: date) -> Iterator[OpenItem]:
    """Of each open examination those with an account who may sit it now, as `selectors.to_take` finds them.

    Three queries however many examinations there are.
    """
    now = db_now()
    running = list(Exam.objects.filter(state=ExamState.OPEN, open_from__lte=now, open_to__gt=now).order_by("pk"))
    keys = [exam.pk for exam in running]
    done = Q(passed=True) | Q(again_from__gt=now) | Q(state__in=AttemptState.ENDED, number__gte=F("exam__tries"))
    away = set(Attempt.objects.filter(done, exam__in=keys).values_list("exam", "person"))
    parts = untested().filter(person__user__is_active=True, session__course__in=[exam.course_id for exam in running])
    told = set(
        parts.values_list("person", "person__user", "session", "session__course", "session__enterprise").order_by()
    )
    for exam in running:
        for user in sorted(
            {user for person, user, *of in told if is_about(exam, *of) and (exam.pk, person) not in away}
        ):
            yield OpenItem(user, f"待考试：{exam.title}", exam.get_absolute_url(), Level.REMINDER)


def is_about(exam: Exam, session: int, course: int, firm: int) -> bool:
    """Whether the examination is about this training, as `selectors.entitled` has it."""
    if exam.session_id:
        return exam.session_id == session
    return exam.course_id == course and exam.enterprise_id in (None, firm)
