"""Taking an examination: once, in time, saved as one goes, and credited when it is passed."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from apps.core.models import Event
from apps.exams.models import Answer, Attempt, AttemptState, Exam, ExamState
from apps.exams.services import attempts as service
from apps.exams.services.attempts import HandedInBefore, collect, hand_in, save_answers, start
from apps.exams.services.exams import close_what_ran_out
from apps.exams.tasks import collect as tick
from apps.exams.workflow import EXAM
from apps.training.models import Participation
from tests.exams import stories as exams
from tests.hazards import stories

pytestmark = pytest.mark.django_db


def made_late(attempt: Attempt, by: timedelta = timedelta(hours=2)) -> Attempt:
    """The same attempt as if it had begun earlier."""
    with pgtrigger.ignore("exams.Attempt:attempt_keeps"):
        shifted = {name: getattr(attempt, name) - by for name in ("started_at", "due_at", "taken_until")}
        Attempt.objects.filter(pk=attempt.pk).update(**shifted)
    return Attempt.objects.get(pk=attempt.pk)


def test_passing_credits_the_hours_of_the_training_from_that_day() -> None:
    attempt = exams.taken(stories.site())
    part = Participation.objects.get(pk=attempt.participation_id)
    assert (attempt.score, attempt.passed, attempt.state, attempt.again_from) == (100, True, "handed", None)
    assert (part.result, part.score, part.credited_on) == ("passed", 100, timezone.localdate())


def test_failing_credits_nothing_and_allows_a_make_up_within_the_tries() -> None:
    site = stories.site()
    first = exams.taken(site, wrong=12)
    part = Participation.objects.get(pk=first.participation_id)
    assert (first.score, first.passed, part.result, part.credited_on) == (0, False, "failed", None)
    second = start(first.exam, first.person, by=site.director)
    assert (second.number, second.paper_sha256 != first.paper_sha256) == (2, True)
    save_answers(second, exams.solved(second))
    assert hand_in(second, by=site.director).passed
    part.refresh_from_db()
    assert (part.result, part.credited_on) == ("passed", timezone.localdate())


def test_after_the_last_try_there_is_no_further_one() -> None:
    site = stories.site()
    first = exams.taken(site, wrong=12, tries=1)
    with pytest.raises(ValidationError, match="可考次数已用完"):
        start(first.exam, first.person, by=site.director)
    assert first.again_from is None


def test_a_make_up_waits_its_hours() -> None:
    site = stories.site()
    first = exams.taken(site, wrong=12, wait_hours=24)
    with pytest.raises(ValidationError, match="未到补考时间"):
        start(first.exam, first.person, by=site.director)


def test_who_passed_does_not_sit_again() -> None:
    site = stories.site()
    first = exams.taken(site)
    with pytest.raises(ValidationError, match=r"没有可考核的参训记录|已经合格"):
        start(first.exam, first.person, by=site.director)


def test_who_was_not_there_or_whose_training_is_not_confirmed_does_not_sit() -> None:
    site = stories.site()
    session = exams.training(site)
    absent = exams.taken_part(session, signed_in_at=None, signed_in_by="")
    exam = exams.opened(site, session)
    with pytest.raises(ValidationError, match="没有可考核的参训记录"):
        start(exam, absent.person, by=site.director)
    running = exams.training(site, held=False)
    part = exams.taken_part(running)
    with pytest.raises(ValidationError, match="没有可考核的参训记录"):
        start(exams.opened(site, running), part.person, by=site.director)


def test_hours_that_count_already_are_not_put_at_stake_by_an_examination_that_is_asked_for_later() -> None:
    """Whoever failed one could neither hand in nor be collected: what counts cannot be taken back."""
    site = stories.site()
    session = exams.training(site)
    part = exams.taken_part(session, result="none", credited_on=session.day)
    exam = exams.opened(site, session)
    with pytest.raises(ValidationError, match="没有可考核的参训记录"):
        start(exam, part.person, by=site.director)


def test_starting_again_goes_on_with_the_same_paper_and_what_was_saved() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    save_answers(attempt, {1: "A", 2: "B"})
    again = start(attempt.exam, attempt.person, by=site.director)
    assert again.pk == attempt.pk
    assert [a.chosen for a in again.answers.order_by("place")[:3]] == ["A", "B", ""]


def test_what_fits_no_question_is_refused_with_its_number_and_nothing_of_it_is_kept() -> None:
    attempt = exams.begun(stories.site())
    with pytest.raises(ValidationError, match="第5题只能选一个选项"):
        save_answers(attempt, {1: "A", 5: "AB"})
    with pytest.raises(ValidationError, match="第1题没有这个选项"):
        save_answers(attempt, {1: "F"})
    assert not attempt.answers.exclude(chosen="").exists()


def test_a_paper_is_handed_in_once() -> None:
    site = stories.site()
    done = exams.taken(site, wrong=3)
    with pytest.raises(HandedInBefore) as told:
        hand_in(done, by=site.director, chosen=exams.solved(done))
    assert (told.value.attempt.score, told.value.attempt.state) == (done.score, AttemptState.HANDED)
    with pytest.raises(HandedInBefore):
        save_answers(done, {1: "A"})
    assert Event.objects.of(done).filter(name="handed_in").count() == 1


@pytest.mark.parametrize("values", [{"score": 99}, {"passed": False}, {"state": "taking", "score": None}])
def test_the_database_keeps_what_was_marked(values: dict[str, Any]) -> None:
    done = exams.taken(stories.site())
    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.filter(pk=done.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(attempt=done).update(chosen="A")


def test_after_the_time_answers_are_refused_by_the_database_too() -> None:
    attempt = made_late(exams.begun(stories.site()))
    with pytest.raises(ValidationError, match="作答时间已到"):
        save_answers(attempt, {1: "A"})
    with pytest.raises(DatabaseError), transaction.atomic():
        attempt.answers.filter(place=1).update(chosen="A")
    assert attempt.answers.filter(place=1).get().chosen == ""


def test_time_that_runs_out_while_an_answer_is_written_is_told_in_words() -> None:
    attempt = made_late(exams.begun(stories.site()))
    with pytest.raises(ValidationError, match="作答时间已到"):
        service.keep(attempt, {1: "A"}, attempt.due_at)


def test_what_comes_within_the_grace_still_counts() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    attempt = made_late(attempt, attempt.due_at - timezone.now() + timedelta(seconds=10))
    assert attempt.due_at < timezone.now() < attempt.taken_until
    done = hand_in(attempt, by=site.director, chosen=exams.solved(attempt))
    assert (done.state, done.score) == (AttemptState.HANDED, 100)


def test_handing_in_too_late_is_marked_without_what_came_late() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    save_answers(attempt, {1: "A", 2: "A"})
    done = hand_in(made_late(attempt), by=site.director, chosen=exams.solved(attempt))
    assert (done.state, done.score) == (AttemptState.LATE, 10)


def test_the_clock_collects_with_what_was_saved_and_only_once() -> None:
    attempt = exams.begun(stories.site())
    other = exams.begun(stories.site())
    save_answers(attempt, {place: letters for place, letters in exams.solved(attempt).items() if place <= 4})
    made_late(attempt)
    assert (collect(), collect()) == (1, 0)
    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.state, attempt.score, other.state) == (AttemptState.LATE, 20, AttemptState.TAKING)
    assert Participation.objects.get(pk=attempt.participation_id).result == "failed"


def test_an_examination_that_is_over_is_closed_by_the_clock_once_nobody_writes() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    with pgtrigger.ignore("exams.Exam:opened_stays"):
        Exam.objects.filter(pk=attempt.exam_id).update(open_to=timezone.now() - timedelta(seconds=1))
    assert close_what_ran_out() == 0
    made_late(attempt)
    tick()
    exam = Exam.objects.get(pk=attempt.exam_id)
    assert (exam.state, exam.public_seed) == (ExamState.CLOSED, exam.seed)
    assert close_what_ran_out() == 0


def test_nobody_ends_an_examination_while_somebody_writes() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    with pytest.raises(ValidationError, match="还有1人正在作答"):
        EXAM.perform(attempt.exam, "close", by=site.director)


# Two at once ----------------------------------------------------------------------------------------------------------


def at_once(*calls: Any) -> list[Any]:
    """What each of these calls answers or raises, all begun at one moment, each on a connection of its own."""
    together, told = Barrier(len(calls)), [None] * len(calls)

    def run(at: int, call: Any) -> None:
        together.wait()
        try:
            told[at] = call()
        except Exception as error:
            told[at] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(at, call)) for at, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.django_db(transaction=True)
def test_of_two_hand_ins_at_once_one_counts_and_the_other_is_told_its_result() -> None:
    site = stories.site()
    attempt = exams.begun(site)
    save_answers(attempt, exams.solved(attempt))
    told = at_once(*[lambda: hand_in(attempt, by=site.director)] * 2)
    assert sorted(type(one).__name__ for one in told) == ["Attempt", "HandedInBefore"]
    refused = next(one for one in told if isinstance(one, HandedInBefore))
    assert refused.attempt.score == 100
    assert Event.objects.of(attempt).filter(name="handed_in").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_alone_still_lets_one_of_two_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the lock is what makes the second one a polite refusal; without it the state machine says no."""
    site = stories.site()
    attempt = exams.begun(site)
    both = Barrier(2)

    def unlocked(one: Attempt) -> Attempt:
        found = Attempt.objects.select_related("exam", "person", "participation").get(pk=one.pk)
        both.wait()
        return found

    monkeypatch.setattr(service, "locked", unlocked)
    told = at_once(*[lambda: hand_in(attempt, by=site.director)] * 2)
    assert sum(isinstance(one, Attempt) for one in told) == 1
    assert sum(isinstance(one, DatabaseError) for one in told) == 1
    assert not any(isinstance(one, HandedInBefore) for one in told)


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_are_one_attempt() -> None:
    site = stories.site()
    session = exams.training(site)
    part = exams.taken_part(session)
    exam = exams.opened(site, session)
    told = at_once(*[lambda: start(exam, part.person, by=site.director)] * 2)
    assert len({one.pk for one in told}) == 1
    assert (Attempt.objects.count(), Answer.objects.count()) == (1, 12)
