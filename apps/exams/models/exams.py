"""An examination, and the questions from which its papers are drawn."""

from typing import Any

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known, moment, person
from apps.core.freezing import refuse, stays
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet, scope_of
from apps.enterprises.models import Enterprise
from apps.exams.models.questions import Question
from apps.exams.models.words import ExamState, QuestionKind
from apps.training.models import Course, Session

SETTLED = (
    "course_id",
    "session_id",
    "pattern",
    "minutes",
    "pass_mark",
    "tries",
    "wait_hours",
    "open_from",
    "open_to",
    "pool_size",
    "pool_sha256",
)
"""Columns that stay as they are once papers may be drawn."""
OPENS_WHOLE = "exam_opens_whole"
WHOLE_PAPER = f"""
    IF (SELECT coalesce(sum((line ->> 'count')::int * (line ->> 'points')::int), 0)
          FROM jsonb_array_elements(NEW.pattern) line) <> 100 THEN
        {refuse(OPENS_WHOLE, "试卷总分应为100分，请调整题数和分值")}
    END IF;
    IF NEW.pool_size = 0
        OR NEW.pool_size <> (SELECT count(*) FROM exams_pooledquestion WHERE exam_id = NEW.id) THEN
        {refuse(OPENS_WHOLE, "开放前须冻结试题范围")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)
COMMITTED = "exam_commits_to_its_seed"
POOLED_BEFORE = "pooled_before_it_opens"


class ExamQuerySet(ScopedQuerySet["Exam"]):
    """The authority's are everybody's to see; a firm's are its own people's, its office's, and those of the site's."""

    project_key = None

    def visible_to(self, user: Any) -> "ExamQuerySet":
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        if not getattr(user, "is_active", False):
            return self.none()
        return self.filter(self.reached_by(scope) | Q(enterprise=None) | Q(enterprise=user.organisation_id))

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        held = Session.objects.all().reached_by(scope)
        return reached | Q(session__in=Session.objects.filter(held).order_by().values("pk")) if held else reached


class Exam(Versioned):
    """An examination (考试) about a course: for one training of it, or for everybody who took part in one.

    `pattern` is [{"kind", "topic", "count", "points"}], a topic of "" meaning any; its points are 100 altogether.
    `seed`, 32 random bytes as hex, stands from the beginning and never changes; its SHA-256 is published before the
    examination opens, the seed itself once it is closed.  When it opens, the pool of questions is frozen
    (PooledQuestion) and the pass mark is copied from the course.  Of no firm it is the authority's.
    """

    title = models.CharField("考试名称", max_length=100)
    course = models.ForeignKey(Course, models.PROTECT, related_name="exams", verbose_name="课程")
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="exams", verbose_name="培训", db_constraint=False
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="组织单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", blank=True, editable=False)
    pattern = models.JSONField("组卷方式", default=list)
    minutes = models.PositiveSmallIntegerField(
        "考试时长（分钟）", default=45, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    pass_mark = models.PositiveSmallIntegerField("合格分数", default=60, editable=False)
    tries = models.PositiveSmallIntegerField(
        "可考次数", default=2, validators=[MinValueValidator(1), MaxValueValidator(10)], help_text="含补考"
    )
    wait_hours = models.PositiveSmallIntegerField(
        "补考间隔（小时）", default=24, validators=[MaxValueValidator(720)], help_text="未合格后隔多久可以补考"
    )
    open_from = models.DateTimeField("开放时间")
    open_to = models.DateTimeField("截止时间")
    seed = models.CharField("随机种子", max_length=64, editable=False)
    seed_sha256 = models.CharField("种子的SHA-256", max_length=64, editable=False)
    pool_size = models.PositiveIntegerField("试题范围题数", default=0, editable=False)
    pool_sha256 = models.CharField("试题范围的SHA-256", max_length=64, blank=True, editable=False)
    state = models.CharField("状态", max_length=10, choices=ExamState, default=ExamState.DRAFT, editable=False)
    opened_at, opened_by = moment("开放操作时间"), person("开放人")
    closed_at, closed_by = moment("结束操作时间"), person("结束人")

    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考试"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["region_path", "-id"], name="exam_region"),
            models.Index(fields=["enterprise", "-id"], name="exam_enterprise"),
        ]
        constraints = [
            known("state", ExamState, "exam_state_known"),
            models.CheckConstraint(
                name="exam_runs_forward",
                condition=Q(open_to__gt=F("open_from")),
                violation_error_message="截止时间应晚于开放时间",
            ),
            models.CheckConstraint(
                name="exam_minutes_sensible",
                condition=Q(minutes__range=(5, 240)),
                violation_error_message="考试时长应在5至240分钟之间",
            ),
            models.CheckConstraint(
                name="exam_tries_sensible",
                condition=Q(tries__range=(1, 10), wait_hours__lte=720),
                violation_error_message="可考次数应在1至10次之间，补考间隔不超过720小时",
            ),
            models.CheckConstraint(name="exam_is_somewhere", condition=Q(enterprise=None) ^ ~Q(region_path="")),
        ]
        triggers = [
            pgtrigger.Protect(name="exam_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="exam_keeps_its_seed", fields=["seed", "seed_sha256"]),
            pgtrigger.FSM(name="exam_legal_moves", field="state", transitions=[("draft", "open"), ("open", "closed")]),
            stays("opened_stays", (ExamState.OPEN, ExamState.CLOSED), SETTLED),
            pgtrigger.Trigger(
                name=COMMITTED,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF length(NEW.seed) <> 64
                        OR encode(sha256(decode(NEW.seed, 'hex')), 'hex') <> NEW.seed_sha256 THEN
                        {refuse(COMMITTED, "随机种子与其公布的SHA-256不符")}
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name=OPENS_WHOLE,
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(new__state="open"),
                func=WHOLE_PAPER,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("exams:detail", args=[self.pk])

    @property
    def pattern_in_words(self) -> str:
        """单选题 高处作业 10题×3分；…"""
        kinds = dict(QuestionKind.choices)
        lines = (
            f"{kinds[line['kind']]}{line['topic'] and '·' + line['topic']} {line['count']}题×{line['points']}分"
            for line in self.pattern
        )
        return "；".join(lines)

    @property
    def public_seed(self) -> str:
        """The seed once no paper can be drawn from it any more, until then ""."""
        return self.seed if self.state == ExamState.CLOSED else ""


class PooledQuestionQuerySet(models.QuerySet["PooledQuestion"]):
    def visible_to(self, user: Any) -> "PooledQuestionQuerySet":
        """Which questions may come is seen by those who see the examination."""
        return self.filter(exam__in=Exam.objects.visible_to(user))


class PooledQuestion(models.Model):
    """A question of an examination's pool at its place, with the hash that its words had; written as it opens."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="pool", verbose_name="考试", db_index=False)
    position = models.PositiveIntegerField("序号")
    question = models.ForeignKey(Question, models.PROTECT, related_name="pooled", verbose_name="试题")
    sha256 = models.CharField("内容校验值", max_length=64)

    objects = PooledQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "试题范围"
        ordering = ("exam", "position")
        constraints = [
            models.UniqueConstraint(name="pooled_at_its_place", fields=["exam", "position"]),
            models.UniqueConstraint(name="pooled_once", fields=["exam", "question"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name=POOLED_BEFORE,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (SELECT FROM exams_exam WHERE id = NEW.exam_id AND state = 'draft') THEN
                        {refuse(POOLED_BEFORE, "考试已经开放，试题范围不能改变")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam_id} {self.position}"
