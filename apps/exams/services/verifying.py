"""Draw every paper again and mark it again: what differs was altered."""

from collections.abc import Iterator
from typing import Any

from apps.exams import papers, pools
from apps.exams.models import Answer, Attempt, AttemptState, Exam, PooledQuestion
from apps.training.models import Result

Pool = list[papers.Document]


def differences(exam: Exam) -> Iterator[str]:
    """What is not as it must be, one sentence each, in the order in which it was made: seed, pool, papers, marks."""
    if papers.commitment_of(exam.seed) != exam.seed_sha256:
        yield f"{named(exam)}：随机种子与公布的SHA-256不符"
    yield from differing_questions(exam)
    pool = pools.frozen(exam)
    if papers.pool_sha256(pool) != exam.pool_sha256 or len(pool) != exam.pool_size:
        yield f"{named(exam)}：试题范围与开放时冻结的不符"
    attempts = Attempt.objects.filter(exam=exam).select_related("person", "participation").order_by("pk")
    for attempt in attempts.iterator(chunk_size=500):
        yield from differing(exam, attempt, pool)


def named(exam: Exam) -> str:
    return f"考试{exam.pk}“{exam.title}”"


def differing_questions(exam: Exam) -> Iterator[str]:
    for row in PooledQuestion.objects.filter(exam=exam).select_related("question").order_by("position"):
        if papers.content_sha256(pools.content_of(row.question)) != row.sha256:
            yield f"{named(exam)}：试题{row.question_id}的内容与冻结时不符"


def differing(exam: Exam, attempt: Attempt, pool: Pool) -> Iterator[str]:
    told = f"{named(exam)} 答卷{attempt.pk}"
    whose = {"exam": exam.pk, "person": attempt.person_id, "number": attempt.number}
    try:
        paper = papers.drawn(exam.seed, pool=pool, pattern=exam.pattern, **whose)
    except ValueError:
        yield f"{told}：试题范围不足以重新组卷"
        return
    answers = list(Answer.objects.filter(attempt=attempt).select_related("question").order_by("place"))
    kept = [{"place": a.place, "question": a.question_id, "order": a.order, "points": a.points} for a in answers]
    sha256 = papers.paper_sha256(paper, {line["question"]: line["sha256"] for line in pool}, **whose)
    if (paper, sha256) != (kept, attempt.paper_sha256):
        yield f"{told}：试卷与由种子重新生成的不符"
    if attempt.state != AttemptState.TAKING:
        yield from differing_marks(exam, attempt, answers, told)


def differing_marks(exam: Exam, attempt: Attempt, answers: list[Answer], told: str) -> Iterator[str]:
    score = papers.marked((a.chosen, a.question.right, a.points) for a in answers)
    right: list[Any] = [papers.is_right(a.chosen, a.question.right) for a in answers]
    if (score, score >= exam.pass_mark, right) != (attempt.score, attempt.passed, [a.is_right for a in answers]):
        yield f"{told}：成绩与重新评卷的不符（应为{score}分，现为{attempt.score}分）"
    elif attempt.passed and attempt.participation.result != Result.PASSED:
        yield f"{told}：已合格，参训记录却不是合格"
