"""How examinations and attempts are put together for their pages."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Q
from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.exams import selectors
from apps.exams.forms.exams import MOVE_FORMS
from apps.exams.forms.taking import options_of
from apps.exams.models import Answer, Attempt, AttemptState, Exam, ExamState, QuestionKind
from apps.exams.registers import ExamRegister
from apps.exams.workflow import EXAM

KEPT_UNTIL = "考试结束后公布"
PROVENANCE = "试卷由随机种子、考生和冻结的试题范围唯一确定，可用 manage.py verify_exams 重新生成和评卷"
RULES = "多选题全部选对才得分；到时自动收卷，已保存的答案计分"


def of_exam(exam: Exam, user: Any) -> Sections:
    session = exam.session
    return [
        {
            "title": "考试安排",
            "note": RULES,
            "facts": [
                line("课程", exam.course.name),
                line("培训", f"{moment(session.starts_at)}　{session.place}" if session else "本课程的全部培训"),
                line("组织单位", exam.enterprise.name if exam.enterprise else "住房和城乡建设主管部门"),
                line("开放时间", f"{moment(exam.open_from)} 至 {moment(exam.open_to)}"),
                line("考试时长", f"{exam.minutes}分钟"),
                line("合格分数", pass_mark_of(exam)),
                line("可考次数", f"{exam.tries}次，补考间隔{exam.wait_hours}小时"),
                line("组卷方式", exam.pattern_in_words, wide=True),
            ],
        },
        {"title": "随机组卷的凭证", "note": PROVENANCE, "facts": provenance(exam)},
    ]


def pass_mark_of(exam: Exam) -> int:
    """Until it opens, that of the course."""
    return exam.course.pass_mark if exam.state == ExamState.DRAFT else exam.pass_mark


def provenance(exam: Exam) -> list[dict[str, Any]]:
    return [
        line("种子的SHA-256", exam.seed_sha256, wide=True),
        line("随机种子", exam.public_seed or KEPT_UNTIL, wide=True),
        line(
            "试题范围", f"{exam.pool_size}题，SHA-256 {exam.pool_sha256}" if exam.pool_size else "开放时冻结", wide=True
        ),
    ]


EXAM_CASE = Case(
    registry[ExamRegister.name],
    EXAM,
    MOVE_FORMS,
    of_exam,
    (("准备", (ExamState.DRAFT,)), ("开放", (ExamState.OPEN,)), ("结束", (ExamState.CLOSED,))),
)


def results_url(exam: Exam, **further: Any) -> str:
    return f"{reverse('attempts:list')}?{urlencode({'view': 'all', 'exam': exam.pk} | further)}"


def figures(exam: Exam, user: Any) -> list[dict[str, Any]]:
    """How it went, each figure with its rows."""
    rows = Attempt.objects.visible_to(user).filter(exam=exam).order_by()
    ended = Q(state__in=AttemptState.ENDED)
    told = rows.aggregate(
        people=Count("person", distinct=True),
        marked=Count("pk", filter=ended),
        good=Count("person", filter=Q(passed=True), distinct=True),
        again=Count("pk", filter=selectors.waits_for_another_try(user)),
        mean=Avg("score", filter=ended),
    )
    mean = "—" if told["mean"] is None else f"{told['mean']:.1f}"
    return [
        {"label": "参加考试", "value": told["people"], "unit": "人", "url": results_url(exam)},
        {"label": "合格", "value": told["good"], "unit": "人", "url": results_url(exam, view="good")},
        {"label": "待补考", "value": told["again"], "unit": "人", "url": results_url(exam, view="again")},
        {"label": "平均成绩", "value": mean, "unit": "分", "note": f"已评答卷 {told['marked']} 份"},
    ]


def questions_of(exam: Exam, user: Any) -> list[dict[str, Any]]:
    """The questions that came, worst answered first, each with the list of those who answered it wrongly."""
    kinds = dict(QuestionKind.choices)
    return [
        {
            "text": one["question__text"],
            "kind": kinds[one["question__kind"]],
            "topic": one["question__topic"],
            "asked": one["asked"],
            "wrong": one["wrong"],
            "share": f"{one['wrong'] * 100 / one['asked']:.0f}%",
            "url": results_url(exam, wrong=one["question"]),
        }
        for one in selectors.wrong_by_question(exam, user)
    ]


def questions_on(attempt: Attempt, user: Any) -> list[dict[str, Any]]:
    """The paper with what was chosen; what is right is told once it has been marked."""
    rows = Answer.objects.visible_to(user).filter(attempt=attempt).select_related("question").order_by("place")
    return [shown(answer) for answer in rows]


def shown(answer: Answer) -> dict[str, Any]:
    options = options_of(answer)
    return {
        "place": answer.place,
        "kind": answer.question.get_kind_display(),
        "several": answer.question.kind == QuestionKind.MULTIPLE,
        "text": answer.question.text,
        "points": answer.points,
        "options": options,
        "is_right": answer.is_right,
        "is_answered": bool(answer.chosen),
        "chosen": "".join(option["letter"] for option in options if option["chosen"]) or "未作答",
        "right": "".join(option["letter"] for option in options if option["right"]),
        "explanation": answer.question.explanation,
        "basis": answer.question.basis,
    }


def of_attempt(attempt: Attempt) -> list[dict[str, Any]]:
    exam = attempt.exam
    return [
        line("姓名", attempt.person.name),
        line("身份证号码", attempt.person.id_masked),
        line("考试", exam.title, url=exam.get_absolute_url()),
        line("第几次", attempt.number),
        line("开始时间", moment(attempt.started_at)),
        line("交卷时间", moment(attempt.ended_at)),
        line("状态", attempt.get_state_display()),
        line("成绩", "" if attempt.score is None else f"{attempt.score}分，{'合格' if attempt.passed else '不合格'}"),
        line("可补考时间", moment(attempt.again_from)),
        line("试卷的SHA-256", attempt.paper_sha256, wide=True),
    ]
