"""Taking an examination: starting, saving answers one by one, handing in once, and being marked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from apps.core.cases import moment as moment_in_words
from apps.core.db import db_now, wait_for_lock
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused, violated_rule
from apps.exams import papers, pools
from apps.exams.models import Answer, Attempt, AttemptState, Exam, ExamState, Kiosk, QuestionKind
from apps.exams.models.attempts import TOO_LATE
from apps.exams.selectors import participation_for
from apps.people.models import Person
from apps.training.models import Participation
from apps.training.services.participations import record_result

NOT_ENTITLED = "没有可考核的参训记录：须已签到、培训已确认完成，且尚未合格"
NOT_OPEN = "考试不在开放时间内"
USED_UP = "可考次数已用完"
HANDED_IN = "已经交卷，不能再次交卷"


class HandedInBefore(TransitionRefused):
    """The paper was handed in already; `attempt` tells its result."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(HANDED_IN)
        self.attempt = attempt


@transaction.atomic
def start(exam: Exam, person: Person, *, by: Any, kiosk: Kiosk | None = None) -> Attempt:
    """Begin the next go and draw its paper; who is writing already goes on with the paper they have.

    Raises TransitionRefused with why not: not entitled, not open, no try left, or the next one not open yet.
    """
    wait_for_lock(f"exam:{exam.pk}:{person.pk}")
    now = db_now()
    exam = Exam.objects.select_for_update(of=("self",), no_key=True).get(pk=exam.pk)
    own = list(Attempt.objects.filter(exam=exam, person=person).order_by("number"))
    if own and own[-1].state == AttemptState.TAKING:
        return own[-1]
    if exam.state != ExamState.OPEN or not exam.open_from <= now < exam.open_to:
        raise TransitionRefused(NOT_OPEN)
    participation = participation_for(exam, person)
    if participation is None:
        raise TransitionRefused(NOT_ENTITLED)
    if reason := why_not_again(exam, own[-1] if own else None, now):
        raise TransitionRefused(reason)
    return begun(exam, participation, len(own) + 1, now, by, kiosk)


def why_not_again(exam: Exam, last: Attempt | None, now: datetime) -> str | None:
    """Why somebody whose last go was this one has no further one now, or None."""
    if last is None:
        return None
    if last.passed:
        return "已经合格，不需要再考"
    if last.number >= exam.tries:
        return USED_UP
    if last.again_from and last.again_from > now:
        return f"未到补考时间，{moment_in_words(last.again_from)}起可以补考"
    return None


def begun(
    exam: Exam, participation: Participation, number: int, now: datetime, by: Any, kiosk: Kiosk | None
) -> Attempt:
    """The attempt with its paper, all of it written down before the first question is shown."""
    pool = pools.frozen(exam)
    whose = {"exam": exam.pk, "person": participation.person_id, "number": number}
    paper = papers.drawn(exam.seed, pool=pool, pattern=exam.pattern, **whose)
    due = min(now + timedelta(minutes=exam.minutes), exam.open_to)
    attempt = inserted(
        Attempt(
            exam=exam,
            person=participation.person,
            participation=participation,
            session=participation.session,
            region_path=participation.region_path,
            number=number,
            started_at=now,
            due_at=due,
            taken_until=due + settings.EXAM_GRACE,
            paper_sha256=papers.paper_sha256(paper, {line["question"]: line["sha256"] for line in pool}, **whose),
            started_by=by,
            kiosk=kiosk,
        )
    )
    Answer.objects.bulk_create(
        Answer(
            attempt=attempt,
            place=item["place"],
            question_id=item["question"],
            order=item["order"],
            points=item["points"],
        )
        for item in paper
    )
    facts = {"exam": exam.pk, "number": number, "paper_sha256": attempt.paper_sha256}
    record_event(attempt, "started", by=by, after=attempt.state, facts=facts, at=now)
    return attempt


@transaction.atomic
def save_answers(attempt: Attempt, chosen: Mapping[int, str]) -> Attempt:
    """Keep what was chosen, by place, in letters of the bank; questions that are not told stay as they are.

    Raises TransitionRefused when it comes too late or does not fit its question, HandedInBefore after handing in.
    """
    fresh = locked(attempt)
    now = db_now()
    if fresh.state != AttemptState.TAKING:
        raise HandedInBefore(fresh)
    if now > fresh.taken_until:
        raise TransitionRefused(TOO_LATE)
    keep(fresh, chosen, now)
    return fresh


def keep(attempt: Attempt, chosen: Mapping[int, str], now: datetime) -> None:
    """The time may run out between our look at the clock and the database's, which has the last word."""
    try:
        with transaction.atomic():
            write(attempt, chosen, now)
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(Answer(), error)) from error


def write(attempt: Attempt, chosen: Mapping[int, str], now: datetime) -> None:
    for answer in Answer.objects.filter(attempt=attempt, place__in=list(chosen)).select_related("question"):
        letters = "".join(sorted(set(chosen[answer.place])))
        if reason := misfit(answer, letters):
            raise TransitionRefused(reason)
        if letters != answer.chosen:
            answer.chosen, answer.saved_at = letters, now
            answer.save(update_fields=["chosen", "saved_at"])


def misfit(answer: Answer, letters: str) -> str | None:
    if not set(letters) <= set(answer.order):
        return f"第{answer.place}题没有这个选项"
    if len(letters) > 1 and answer.question.kind != QuestionKind.MULTIPLE:
        return f"第{answer.place}题只能选一个选项"
    return None


@transaction.atomic
def hand_in(attempt: Attempt, *, by: Any, chosen: Mapping[int, str] | None = None) -> Attempt:
    """Take the last answers and mark the paper; what comes after its time is marked without them.

    Raises HandedInBefore the second time.
    """
    fresh = locked(attempt)
    now = db_now()
    if fresh.state != AttemptState.TAKING:
        raise HandedInBefore(fresh)
    in_time = now <= fresh.taken_until
    if in_time and chosen:
        keep(fresh, chosen, now)
    return ended(fresh, AttemptState.HANDED if in_time else AttemptState.LATE, now, by)


def locked(attempt: Attempt) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("exam", "person", "participation")
    return rows.get(pk=attempt.pk)


def ended(attempt: Attempt, state: AttemptState, now: datetime, by: Any) -> Attempt:
    """Mark the paper, close the attempt and hand the result to the training."""
    exam = attempt.exam
    answers = list(Answer.objects.filter(attempt=attempt).select_related("question"))
    for answer in answers:
        answer.is_right = papers.is_right(answer.chosen, answer.question.right)
    Answer.objects.bulk_update(answers, ["is_right"])
    attempt.score = papers.marked((a.chosen, a.question.right, a.points) for a in answers)
    attempt.passed = attempt.score >= exam.pass_mark
    attempt.state, attempt.ended_at = state, now
    if not attempt.passed and attempt.number < exam.tries:
        attempt.again_from = now + timedelta(hours=exam.wait_hours)
    attempt.version += 1
    attempt.save(update_fields=["score", "passed", "state", "ended_at", "again_from", "version"])
    facts = {"score": attempt.score, "passed": attempt.passed}
    name = "handed_in" if state == AttemptState.HANDED else "collected"
    record_event(attempt, name, by=by, before=AttemptState.TAKING, after=state, facts=facts, at=now)
    # The hours count from this day where it was passed; a training that was held stays held, so it takes the result.
    record_result(attempt.participation, score=attempt.score, passed=attempt.passed, on=localdate(now), by=by)
    return attempt


def collect() -> int:
    """Mark what nobody handed in and whose time is over; how many these were.  Run twice it does nothing more."""
    late = Attempt.objects.filter(state=AttemptState.TAKING, taken_until__lt=db_now()).order_by("pk")
    done = 0
    for key in list(late.values_list("pk", flat=True)):
        with transaction.atomic():
            fresh = locked(Attempt(pk=key))
            if fresh.state == AttemptState.TAKING:
                ended(fresh, AttemptState.LATE, db_now(), None)
                done += 1
    return done
