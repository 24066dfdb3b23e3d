"""The bank of questions, examinations and attempts as registers."""

from typing import Any

from django.db.models import Case, Exists, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.pages import int_or_none, whole
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.words import words_of
from apps.exams import selectors
from apps.exams.forms.questions import QuestionForm
from apps.exams.models import Answer, Attempt, AttemptState, Exam, ExamState, Question, QuestionKind
from apps.exams.services.questions import NOT_YOURS, save_question
from apps.roster.models import WorkerClass

TONES: dict[str, str] = {ExamState.DRAFT: "grey", ExamState.OPEN: "green", ExamState.CLOSED: "grey"}
ATTEMPT_TONES: dict[str, str] = {AttemptState.TAKING: "blue", AttemptState.HANDED: "green", AttemptState.LATE: "orange"}


class Options(Func):
    """`options_in_words` for an export: A．… B．…"""

    template = """(SELECT coalesce(string_agg(chr(64 + place::int) || '．' || told, '　' ORDER BY place), '')
                     FROM unnest(%(expressions)s) WITH ORDINALITY AS option (told, place))"""
    output_field = TextField()


class PatternWords(Func):
    """`Exam.pattern_in_words` for an export."""

    template = """(SELECT coalesce(string_agg(
                            CASE line ->> 'kind' {kinds} END
                            || CASE WHEN line ->> 'topic' <> '' THEN '·' || (line ->> 'topic') ELSE '' END
                            || ' ' || (line ->> 'count') || '题×' || (line ->> 'points') || '分',
                            '；' ORDER BY place), '')
                     FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS part (line, place))""".format(  # noqa: S608  (our own words)
        kinds=" ".join(f"WHEN '{kind.value}' THEN '{kind.label}'" for kind in QuestionKind)
    )
    output_field = TextField()


def use_cell(question: Any) -> str:
    return ui.state_dot("green", "在用") if question.is_active else ui.state_dot("grey", "停用")


def of_topic(rows: QuerySet, topic: str) -> QuerySet:
    return rows.filter(topic=topic)


@registry.add
class QuestionRegister(Register):
    """题库: own questions and those of the authority."""

    name = "questions"
    label = "题库"
    model = Question
    add_label = "新增试题"
    related = ("enterprise__organisation",)
    search = ("text", "topic", "basis")
    form_class = QuestionForm
    save = staticmethod(save_question)
    once = ("text",)
    columns = (
        Column("text", "题干", width=50, synonyms=("题目", "试题", "问题")),
        Column("kind", "题型", filter="exact", width=10, synonyms=("类型",)),
        Column("topic", "知识点", filter="icontains", width=14, synonyms=("类别", "章节")),
        Column("options_in_words", "选项", width=50, shown=False, expression=Options("options")),
        Column("right", "正确答案", width=10, shown=False, synonyms=("答案", "标准答案")),
        Column("explanation", "解析", width=40, shown=False, synonyms=("答案解析",)),
        Column("basis", "依据", width=36, synonyms=("出处", "来源")),
        Column("classes_in_words", "适用人员", width=24, shown=False, expression=words_of(WorkerClass)("classes")),
        Column("enterprise.organisation.name", "所属企业", width=24),
        Column("is_sample", "示例数据", width=10, cell=ui.sample_cell),
        Column("is_active", "在用", width=8, cell=use_cell),
    )
    links = (Column("of_topic", "知识点", filter="hidden", narrow=of_topic),)
    views = (
        View("active", "在用", lambda user: Q(is_active=True)),
        View("own", "本单位的", lambda user: Q(enterprise=user.own_firm_id)),
        View("off", "停用", lambda user: Q(is_active=False)),
    )

    def rows(self, user: Any) -> QuerySet:
        own = Case(When(Q(enterprise=user.own_firm_id), then=Value(True)), default=Value(False))
        return super().rows(user).annotate(is_own=own)

    def locked(self, record: Any) -> str | None:
        return None if getattr(record, "is_own", True) else NOT_YOURS

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": str(record),
            "sub": f"{record.get_kind_display()}　{record.topic}　{record.basis}",
            "state": use_cell(record),
            "due": "",
        }


def state_cell(exam: Any) -> str:
    if exam.state == ExamState.OPEN and exam.open_from > timezone.now():
        return ui.state_dot("blue", "待开考")
    return ui.state_dot(TONES[exam.state], exam.get_state_display())


@registry.add
class ExamRegister(Register):
    """考试: of the own firm, of its sites, and those of the authority."""

    name = "exams"
    label = "考试"
    model = Exam
    related = ("course", "session", "enterprise__organisation")
    search = ("title", "course__name")
    columns = (
        Column("title", "考试名称", width=30),
        Column("course.name", "课程", filter="icontains", width=24),
        Column("enterprise.organisation.name", "组织单位", width=26),
        Column("open_from", "开放时间", filter="range", sortable=True, width=18),
        Column("open_to", "截止时间", sortable=True, width=18),
        Column("minutes", "考试时长（分钟）", width=10),
        Column("pass_mark", "合格分数", width=10),
        Column("tries", "可考次数", width=10, shown=False),
        Column("pattern_in_words", "组卷方式", width=50, shown=False, expression=PatternWords("pattern")),
        Column("seed_sha256", "种子的SHA-256", width=66, shown=False),
        Column("state", "状态", filter="exact", width=10, cell=state_cell),
    )
    views = (
        View("to_take", "待我考试", selectors.to_take, hot=True, todo="待考试"),
        View("open", "已开放", lambda user: Q(state=ExamState.OPEN)),
        View("draft", "准备中", lambda user: Q(state=ExamState.DRAFT)),
        View("closed", "已结束", lambda user: Q(state=ExamState.CLOSED)),
    )

    def rows(self, user: Any) -> QuerySet:
        """Each with whether it waits for this very person; the seed is fetched by nobody who only looks."""
        waiting = Exam.objects.filter(selectors.to_take(user), pk=OuterRef("pk"))
        return super().rows(user).defer("seed").annotate(waits=Exists(waiting))

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        return [{"label": "新建考试", "url": address_of("exams:new"), "icon": "plus", "primary": True}]

    def ops(self, record: Any, user: Any) -> list[dict[str, str]]:
        look = super().ops(record, user)
        if not getattr(record, "waits", False):
            return look
        return [{"label": "参加考试", "url": address_of("exam_desk:sit", record.pk)}, *look]

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": f"{record.course.name}　{record.minutes}分钟",
            "state": state_cell(record),
            "due": f"{timezone.localtime(record.open_to):%m-%d}截止",
        }


def attempt_cell(attempt: Any) -> str:
    return ui.state_dot(ATTEMPT_TONES[attempt.state], attempt.get_state_display())


def passed_cell(attempt: Any) -> str:
    if attempt.passed is None:
        return ""
    return ui.state_dot("green", "合格") if attempt.passed else ui.state_dot("red", "不合格")


def answered_wrongly(rows: QuerySet, told: str) -> QuerySet:
    """Those who answered this question wrongly; the distribution of an examination leads here."""
    wrong = Answer.objects.filter(question=int_or_none(told), is_right=False, attempt=OuterRef("pk"))
    return rows.filter(Exists(wrong))


@registry.add
class AttemptRegister(Register):
    """答卷和成绩."""

    name = "attempts"
    label = "考试成绩"
    model = Attempt
    related = ("exam__course", "person", "session__enterprise__organisation")
    search = ("person__name", "exam__title")
    columns = (
        Column("person.name", "姓名", width=10),
        Column("person.id_masked", "身份证号码", width=22),
        Column("exam.title", "考试名称", filter="icontains", width=30),
        Column("exam.course.name", "课程", shown=False, width=24),
        Column("session.enterprise.organisation.name", "培训组织单位", width=26),
        Column("number", "第几次", width=8),
        Column("started_at", "开始时间", filter="range", sortable=True, width=18),
        Column("ended_at", "交卷时间", width=18),
        Column("score", "成绩", sortable=True, width=8),
        Column("passed", "合格", filter="exact", width=8, cell=passed_cell),
        Column("again_from", "可补考时间", shown=False, width=18),
        Column("paper_sha256", "试卷的SHA-256", shown=False, width=66),
        Column("state", "状态", filter="exact", width=10, cell=attempt_cell),
    )
    links = (
        Column("exam", "考试", filter="hidden", narrow=whole("exam")),
        Column("wrong", "答错的试题", filter="hidden", narrow=answered_wrongly),
    )
    views = (
        View("again", "待补考", selectors.waits_for_another_try, hot=True),
        View("good", "合格", lambda user: Q(passed=True)),
        View("bad", "不合格", lambda user: Q(passed=False)),
        View("taking", "作答中", lambda user: Q(state=AttemptState.TAKING)),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number", "exam__seed")

    def card(self, record: Any) -> dict[str, str]:
        score = "" if record.score is None else f"　{record.score}分"
        return {
            "title": f"{record.person.name}{score}",
            "sub": f"{record.exam.title}　第{record.number}次",
            "state": passed_cell(record) or attempt_cell(record),
            "due": f"{timezone.localtime(record.started_at):%m-%d}",
        }
