"""开放 and 结束 of an examination as a table."""

from typing import Any

from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.exams import papers, pools
from apps.exams.models import AttemptState, Exam, ExamState, QuestionKind

S = ExamState
KEEPS = "exams.change_exam"
NOT_YOURS = "只能由组织考试的单位办理"


def is_of_the_own(exam: Exam, user: Any) -> str | None:
    """A firm's examination is its own to run, the authority's an office's."""
    own = user.organisation_id == exam.enterprise_id if exam.enterprise_id else is_office(user)
    return None if own else NOT_YOURS


def is_office(user: Any) -> bool:
    return user.role_definition.side == "regulator"


def nobody_is_writing(exam: Exam, user: Any) -> str | None:
    running = exam.attempts.filter(state=AttemptState.TAKING).count()
    return f"还有{running}人正在作答，请等他们交卷" if running else None


def course_asks_for_it(step: Step) -> None:
    course = step.record.course
    if not (course.is_active and course.needs_exam):
        raise TransitionRefused("课程已停用或者不需要考核，不能开放考试")


def still_to_come(step: Step) -> None:
    if step.record.open_to <= step.at:
        raise TransitionRefused("截止时间已过，请先修改考试的开放和截止时间")


def pool_suffices(step: Step) -> None:
    """The points are 100, and the bank has enough of each kind and topic; then the pool is frozen."""
    exam = step.record
    if (points := papers.points_of(exam.pattern)) != papers.FULL:
        raise TransitionRefused(f"试卷总分应为{papers.FULL}分，现为{points}分，请修改组卷方式")
    short = papers.shortages(exam.pattern, pools.lines_of(pools.offered(exam)))
    if short:
        raise TransitionRefused(
            "；".join(f"{words_of(line)}需要{line['count']}题，题库只有{found}题" for line, found in short)
        )
    pool = pools.freeze(exam)
    exam.pool_size, exam.pool_sha256 = len(pool), papers.pool_sha256(pool)
    exam.pass_mark = exam.course.pass_mark
    step.facts.update({"pool_size": exam.pool_size, "pool_sha256": exam.pool_sha256, "seed_sha256": exam.seed_sha256})


def words_of(line: papers.Document) -> str:
    topic = line["topic"]
    return dict(QuestionKind.choices)[line["kind"]] + (f"（{topic}）" if topic else "")


def tell_the_seed(step: Step) -> None:
    step.facts["seed"] = step.record.seed


EXAM = Workflow(
    (
        Transition(
            "open",
            "开放考试",
            (S.DRAFT,),
            S.OPEN,
            KEEPS,
            guards=(is_of_the_own,),
            effects=(course_asks_for_it, still_to_come, pool_suffices, stamp("opened")),
        ),
        Transition(
            "close",
            "结束考试",
            (S.OPEN,),
            S.CLOSED,
            KEEPS,
            guards=(is_of_the_own, nobody_is_writing),
            effects=(tell_the_seed, stamp("closed")),
            danger=True,
        ),
        Transition(
            "run_out",
            "到期结束",
            (S.OPEN,),
            S.CLOSED,
            KEEPS,
            effects=(tell_the_seed, stamp("closed")),
            by_itself=True,
        ),
    )
)
