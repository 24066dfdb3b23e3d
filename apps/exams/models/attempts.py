"""Somebody's go at an examination: the paper they got and what they answered."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.freezing import refuse, stays
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet, scope_of
from apps.exams.models.exams import Exam
from apps.exams.models.kiosks import Kiosk
from apps.exams.models.questions import Question
from apps.exams.models.words import AttemptState
from apps.people.models import Person
from apps.training.models import Participation, Session

IN_WINDOW = "attempt_within_the_window"
TAKEN_IN_TIME = "answer_taken_in_time"
TOO_LATE = "作答时间已到，不再接受答案"
MAY_BEGIN = f"""
    IF NOT EXISTS (
        SELECT FROM exams_exam e WHERE e.id = NEW.exam_id AND e.state = 'open' AND NEW.number <= e.tries
            AND clock_timestamp() >= e.open_from AND clock_timestamp() < e.open_to
    ) THEN
        {refuse(IN_WINDOW, "考试不在开放时间内，或者已无可考次数")}
    END IF;
    RETURN NEW;
"""
MAY_ANSWER = f"""
    IF NOT EXISTS (
        SELECT FROM exams_attempt a WHERE a.id = NEW.attempt_id AND a.state = 'taking'
            AND (clock_timestamp() <= a.taken_until OR NEW.chosen = OLD.chosen)
    ) THEN
        {refuse(TAKEN_IN_TIME, TOO_LATE)}
    END IF;
    RETURN NEW;
"""


class AttemptQuerySet(ScopedQuerySet["Attempt"]):
    """Who sees the training sees how its people did, and everybody their own.

    What was answered is therefore told to the firm that trained, the general contractor of its site, and their office;
    not to a later employer.
    """

    enterprise_key = "session__enterprise_id"
    project_key = "session__project_id"

    def visible_to(self, user: Any) -> "AttemptQuerySet":
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        if not getattr(user, "is_active", False):
            return self.none()
        return self.filter(self.reached_by(scope) | Q(person__user=user))

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        if scope.firm_ids:
            reached |= Q(session__project__enterprise__in=scope.firm_ids)
        return reached

    def last_ones(self) -> "AttemptQuerySet":
        """Of each person the latest at each examination."""
        later = Attempt.objects.filter(exam=models.OuterRef("exam"), person=models.OuterRef("person"))
        return self.filter(~models.Exists(later.filter(number__gt=models.OuterRef("number"))))


class Attempt(Versioned):
    """One go (答卷) of a person at an examination, the `number`th; its paper is that of apps.exams.papers.

    Until `due_at` there is time, until `taken_until` what is under way still arrives; both by the database's clock.
    `score` is of 100.  `again_from` is when somebody who failed may try again, empty when there is no further try.
    `paper_sha256` is the hash of the paper as it was drawn.  Somebody without an account sits at a `kiosk`.
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="attempts", verbose_name="考试", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="attempts", verbose_name="考生")
    participation = models.ForeignKey(
        Participation, models.PROTECT, related_name="attempts", verbose_name="参训记录", editable=False
    )
    session = models.ForeignKey(
        Session, models.PROTECT, related_name="+", verbose_name="培训", db_constraint=False, editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    number = models.PositiveSmallIntegerField("第几次")
    state = models.CharField("状态", max_length=10, choices=AttemptState, default=AttemptState.TAKING, editable=False)
    started_at = models.DateTimeField("开始时间", editable=False)
    due_at = models.DateTimeField("应交卷时间", editable=False)
    taken_until = models.DateTimeField("最迟收卷时间", editable=False)
    ended_at = models.DateTimeField("交卷时间", null=True, editable=False)
    score = models.PositiveSmallIntegerField("成绩", null=True, editable=False)
    passed = models.BooleanField("合格", null=True, editable=False)
    again_from = models.DateTimeField("可补考时间", null=True, editable=False)
    paper_sha256 = models.CharField("试卷的SHA-256", max_length=64, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="开考账号", editable=False
    )
    kiosk = models.ForeignKey(
        Kiosk, models.PROTECT, null=True, related_name="attempts", verbose_name="考试终端", editable=False
    )

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["region_path", "-id"], name="attempt_region"),
            models.Index(fields=["exam", "person", "-number"], name="attempt_of_person"),
            models.Index(fields=["taken_until"], condition=Q(state="taking"), name="attempt_running"),
        ]
        constraints = [
            known("state", AttemptState, "attempt_state_known"),
            models.UniqueConstraint(name="attempt_once", fields=["exam", "person", "number"]),
            models.UniqueConstraint(
                name="one_attempt_at_a_time",
                fields=["exam", "person"],
                condition=Q(state="taking"),
                violation_error_message="该人员正在作答本场考试",
            ),
            models.CheckConstraint(
                name="attempt_runs_forward",
                condition=Q(due_at__gt=F("started_at"), taken_until__gte=F("due_at"), number__gte=1),
            ),
            models.CheckConstraint(
                name="attempt_ended_whole",
                condition=Q(state="taking", ended_at=None, score=None, passed=None, again_from=None)
                | ~Q(state="taking") & Q(ended_at__isnull=False, score__lte=100, passed__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="attempt_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="attempt_keeps",
                fields=[
                    *("exam", "person", "participation", "session", "number", "started_at", "due_at", "taken_until"),
                    *("paper_sha256", "started_by", "kiosk"),
                ],
            ),
            pgtrigger.FSM(name="handed_in_once", field="state", transitions=[("taking", "handed"), ("taking", "late")]),
            stays("marked_stays", AttemptState.ENDED, ("ended_at", "score", "passed", "again_from")),
            pgtrigger.Trigger(name=IN_WINDOW, when=pgtrigger.Before, operation=pgtrigger.Insert, func=MAY_BEGIN),
        ]

    def __str__(self) -> str:
        return f"{self.person.name} 第{self.number}次"

    def get_absolute_url(self) -> str:
        return reverse("attempts:detail", args=[self.pk])


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Any) -> "AnswerQuerySet":
        """With the attempt."""
        return self.filter(attempt__in=Attempt.objects.visible_to(user))


class Answer(models.Model):
    """A question of somebody's paper and what they chose (作答); all are written when the paper is drawn.

    `order` are the letters of the options in the order in which this paper shows them; `chosen` and the question's
    `right` are letters of the bank, which no form or address tells.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers", verbose_name="答卷", db_index=False)
    place = models.PositiveSmallIntegerField("题号")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers", verbose_name="试题")
    order = models.CharField("选项顺序", max_length=6)
    points = models.PositiveSmallIntegerField("分值")
    chosen = models.CharField("所选答案", max_length=6, blank=True)
    saved_at = models.DateTimeField("作答时间", null=True)
    is_right = models.BooleanField("答对", null=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "作答"
        ordering = ("attempt", "place")
        constraints = [
            models.UniqueConstraint(name="answer_at_its_place", fields=["attempt", "place"]),
            models.UniqueConstraint(name="question_once_on_a_paper", fields=["attempt", "question"]),
            models.CheckConstraint(name="chosen_are_letters", condition=Q(chosen__regex=r"^A?B?C?D?E?F?$")),
        ]
        triggers = [
            pgtrigger.Protect(name="answer_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="paper_stays", fields=["attempt", "place", "question", "order", "points"]),
            pgtrigger.Trigger(name=TAKEN_IN_TIME, when=pgtrigger.Before, operation=pgtrigger.Update, func=MAY_ANSWER),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.place}"
