"""verify_exams draws and marks again, and names the first that differs."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from apps.exams.models import Answer, Attempt, Exam, PooledQuestion, Question
from apps.exams.workflow import EXAM
from apps.training.models import Participation, Result
from tests.exams import stories as exams
from tests.hazards import stories

pytestmark = pytest.mark.django_db


def verified(*keys: int) -> str:
    """What the command says; it ends with 1 where something differs."""
    out = StringIO()
    try:
        call_command("verify_exams", *keys, stdout=out)
    except SystemExit as left:
        assert left.code == 1
        return f"1 {out.getvalue()}"
    return out.getvalue()


def test_what_nobody_has_touched_agrees() -> None:
    exams.taken(stories.site(), wrong=3)
    exams.begun(stories.site())
    assert "共 2 场考试、2 份答卷，全部相符" in verified()


def another_seed(done: Attempt) -> None:
    Exam.objects.filter(pk=done.exam_id).update(seed="ff" * 32)


def another_word(done: Attempt) -> None:
    Question.objects.filter(pk=done.answers.all()[0].question_id).update(text="改过的题干")


def another_right_answer(done: Attempt) -> None:
    Question.objects.filter(pk=done.answers.get(place=12).question_id).update(right="BD")


def one_question_fewer(done: Attempt) -> None:
    unused = PooledQuestion.objects.filter(exam=done.exam).exclude(question__answers__attempt=done)
    PooledQuestion.objects.filter(pk=unused[0].pk).delete()


def another_question(done: Attempt) -> None:
    unused = PooledQuestion.objects.filter(exam=done.exam).exclude(question__answers__attempt=done)
    Answer.objects.filter(attempt=done, place=1).update(question=unused[0].question_id)


def another_order(done: Attempt) -> None:
    answer = done.answers.get(place=12)
    Answer.objects.filter(pk=answer.pk).update(order=answer.order[::-1])


def another_answer(done: Attempt) -> None:
    Answer.objects.filter(attempt=done, is_right=False).update(chosen="A", is_right=True)


def another_score(done: Attempt) -> None:
    Attempt.objects.filter(pk=done.pk).update(score=100)


def a_gift(done: Attempt) -> None:
    Attempt.objects.filter(pk=done.pk).update(passed=True)


TAMPERED: dict[Callable[[Attempt], None], str] = {
    another_seed: "随机种子与公布的SHA-256不符",
    another_word: "的内容与冻结时不符",
    another_right_answer: "的内容与冻结时不符",
    one_question_fewer: "试题范围与开放时冻结的不符",
    another_question: "试卷与由种子重新生成的不符",
    another_order: "试卷与由种子重新生成的不符",
    another_answer: "成绩与重新评卷的不符",
    another_score: "成绩与重新评卷的不符",
    a_gift: "成绩与重新评卷的不符",
}


@pytest.mark.parametrize(("tamper", "words"), TAMPERED.items(), ids=lambda one: getattr(one, "__name__", ""))
def test_tampering_is_found_and_the_first_that_differs_is_named(tamper: Callable[[Attempt], None], words: str) -> None:
    exams.taken(stories.site())
    done = exams.taken(stories.site(), wrong=12)
    with pgtrigger.ignore():
        tamper(done)
    told = verified()
    assert told.startswith(f"1 考试{done.exam_id}“{done.exam.title}”")
    assert words in told


def test_a_pass_that_the_training_does_not_know_is_found() -> None:
    done = exams.taken(stories.site())
    with pgtrigger.ignore():
        Participation.objects.filter(pk=done.participation_id).update(result=Result.FAILED, credited_on=None)
    assert "参训记录却不是合格" in verified(done.exam_id)


def test_what_the_bank_gains_or_changes_after_opening_changes_no_paper() -> None:
    site = stories.site()
    session = exams.training(site)
    people = [exams.taken_part(session).person for _ in range(2)]
    exam = exams.opened(site, session, seed="ab" * 32)
    first = exams.start(exam, people[0], by=site.director)
    before = verified()
    exams.bank(session.enterprise, each=2)
    Question.objects.filter(pk__in=exam.pool.values("question")[:3]).update(is_active=False)
    second = exams.start(exam, people[1], by=site.director)
    assert "全部相符" in before and "共 1 场考试、2 份答卷，全部相符" in verified()
    pooled = set(exam.pool.values_list("question", flat=True))
    for attempt in (first, second):
        assert set(attempt.answers.values_list("question", flat=True)) <= pooled


def test_a_question_that_is_pooled_is_not_rewritten_by_anybody() -> None:
    site = stories.site()
    exam = exams.opened(site)
    question = exam.pool.first().question  # type: ignore[union-attr]
    for change in ({"text": "别的题干"}, {"right": "C"}, {"explanation": "别的解析"}, {"topic": "别的"}):
        with pytest.raises(Exception, match="asked_stays"), transaction.atomic():
            Question.objects.filter(pk=question.pk).update(**change)
    for rows in (exam.pool.filter(position=1), PooledQuestion.objects.filter(exam=exam)):
        with pytest.raises(Exception, match=r"append_only|Cannot"), transaction.atomic():
            rows.delete()


def test_the_pool_cannot_grow_after_opening_and_the_seed_never_changes() -> None:
    site = stories.site()
    exam, later = exams.opened(site), exams.question(site.project.enterprise)
    with pytest.raises(Exception, match="pooled_before_it_opens"), transaction.atomic():
        PooledQuestion.objects.create(exam=exam, position=99, question=later, sha256=later.sha256)
    changes: list[dict[str, Any]] = [{"seed": "00" * 32}, {"pattern": []}, {"pass_mark": 1}, {"tries": 9}]
    for change in ({"seed_sha256": "0" * 64}, *changes):
        with pytest.raises(Exception, match=r"exam_keeps_its_seed|Cannot|opened_stays"), transaction.atomic():
            Exam.objects.filter(pk=exam.pk).update(**change)


def test_an_examination_does_not_open_with_other_than_a_hundred_points_whatever_the_form_let_through() -> None:
    site = stories.site()
    session = exams.training(site)
    exams.bank(session.enterprise)
    half = [{"kind": "single", "topic": "", "count": 5, "points": 10}]
    exam = exams.drafted(session, pattern=half)
    with pytest.raises(ValidationError, match="总分应为100分，现为50分"):
        EXAM.perform(exam, "open", by=site.director)
    with pytest.raises(Exception, match="exam_opens_whole"), transaction.atomic():
        Exam.objects.filter(pk=exam.pk).update(state="open", pool_size=0)
