"""The pool of an examination: which questions it is, and freezing it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from apps.exams import papers
from apps.exams.models import Exam, PooledQuestion, Question
from apps.exams.models.questions import CONTENT


def content_of(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in CONTENT}


def offered(exam: Exam) -> QuerySet[Question]:
    """The questions in use from which papers would be drawn now: of the firm and of the authority.

    Those meant for certain classes of workers come where the course is meant for one of them, or for all.
    """
    rows = Question.objects.filter(is_active=True).filter(Q(enterprise=None) | Q(enterprise=exam.enterprise_id))
    if exam.enterprise_id is None:
        rows = rows.filter(enterprise=None)
    classes = list(exam.course.classes)
    if classes:
        rows = rows.filter(Q(classes=[]) | Q(classes__overlap=classes))
    wanted = Q(pk__in=[])
    for line in exam.pattern:
        wanted |= Q(kind=line["kind"], topic=line["topic"]) if line["topic"] else Q(kind=line["kind"])
    return rows.filter(wanted).order_by("pk")


def line_of(question: Question, sha256: str) -> papers.Document:
    """A question as a line of the pool."""
    return {
        "question": question.pk,
        "kind": question.kind,
        "topic": question.topic,
        "options": len(question.options),
        "sha256": sha256,
    }


def lines_of(questions: Iterable[Question]) -> list[papers.Document]:
    return [line_of(question, question.sha256) for question in questions]


def freeze(exam: Exam) -> list[papers.Document]:
    """Write the pool as it is now; the questions in it are locked first, so that none changes meanwhile."""
    questions = list(offered(exam).select_for_update(of=("self",)))
    pool = lines_of(questions)
    PooledQuestion.objects.bulk_create(
        PooledQuestion(exam=exam, position=position, question_id=line["question"], sha256=line["sha256"])
        for position, line in enumerate(pool, 1)
    )
    return pool


def frozen(exam: Exam) -> list[papers.Document]:
    """The pool as it was frozen; what the questions say now is their own matter, and verify_exams compares it."""
    rows = PooledQuestion.objects.filter(exam=exam).select_related("question").order_by("position")
    return [line_of(row.question, row.sha256) for row in rows]
