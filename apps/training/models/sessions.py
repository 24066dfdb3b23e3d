"""When it was taught, and who took part."""

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.columns import known, moment, person
from apps.core.freezing import refuse, stays
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.people.models import Person
from apps.projects.models import Project
from apps.training.models.courses import Course
from apps.training.models.placed import Placed, PlacedQuerySet, follows_its_place, is_somewhere
from apps.training.models.words import SESSION_CHANGES, Level, Result, SessionState, SignedInBy

# What a training was, once it is over one way or the other.
SETTLED = (
    "course_id",
    "project_id",
    "level",
    "hours",
    "starts_at",
    "ends_at",
    "place",
    "trainer",
    "institution",
    "opened_at",
    "held_at",
    "held_by_id",
    "reason",
)
TWO_PLACES = "participation_in_one_place"
ONE_AT_A_TIME = f"""
    -- Two codes scanned at the same moment wait for each other here.
    PERFORM FROM people_person WHERE id = NEW.person_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM training_participation p
        JOIN training_session other ON other.id = p.session_id
        JOIN training_session own ON own.id = NEW.session_id
        WHERE p.person_id = NEW.person_id AND p.session_id <> NEW.session_id AND p.signed_in_at IS NOT NULL
            AND other.state <> 'cancelled' AND other.starts_at < own.ends_at AND own.starts_at < other.ends_at
    ) THEN
        {refuse(TWO_PLACES, "同一时间已在另一个培训班次签到")}
    END IF;
    RETURN NEW;
"""


class Session(Placed):
    """One training (培训班次): a course at a place and time, held by a firm, for one project or at the firm's seat.

    Level and hours are the course's of the day on which it was planned.  `sign_in_sha256` is the hash of the secret in
    the code that takes part in signing in; a new one is made each time signing in is opened.  `makes_up` is the
    training whose absent and failed are taught here once more.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions", verbose_name="课程")
    makes_up = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="make_ups", verbose_name="补训自", editable=False
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name="工程项目",
        db_constraint=False,
    )
    level = models.CharField("培训类型", max_length=10, choices=Level, editable=False)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1, editable=False)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    place = models.CharField("地点", max_length=200)
    trainer = models.CharField("培训人", max_length=50)
    institution = models.CharField("培训机构", max_length=100, blank=True)
    summary = models.TextField("培训简述", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=10, choices=SessionState, default=SessionState.PLANNED, editable=False)
    reason = models.CharField("取消原因", max_length=200, blank=True, editable=False)
    sign_in_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    opened_at, opened_by = moment("开始签到时间"), person("开始签到人")
    held_at, held_by = moment("确认时间"), person("确认人")

    objects = PlacedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训班次"
        ordering = ("-starts_at", "-pk")
        indexes = [
            models.Index(fields=["region_path", "-id"], name="session_region"),
            models.Index(fields=["enterprise", "-id"], name="session_enterprise"),
            models.Index(fields=["project", "-id"], name="session_project"),
        ]
        constraints = [
            known("level", Level, "session_level_known"),
            known("state", SessionState, "session_state_known"),
            models.CheckConstraint(
                name="session_runs_forward",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="结束时间应晚于开始时间",
            ),
            is_somewhere("session_is_somewhere"),
            models.CheckConstraint(
                name="session_cancelled_with_reason",
                condition=Q(state=SessionState.CANCELLED) ^ Q(reason=""),
                violation_error_message="取消培训须写明原因",
            ),
            models.CheckConstraint(
                name="session_held_by_somebody",
                condition=Q(state=SessionState.HELD, held_at__isnull=False)
                | ~Q(state=SessionState.HELD) & Q(held_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="session_stays", operation=pgtrigger.Delete),
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(SESSION_CHANGES)),
            stays("settled_stays", (SessionState.HELD, SessionState.CANCELLED), SETTLED),
            follows_its_place("session_follows"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d} {self.course}"

    def get_absolute_url(self) -> str:
        return reverse("trainings:detail", args=[self.pk])

    @property
    def day(self) -> date:
        """From which it counts: that of its end."""
        return timezone.localdate(self.ends_at)


class ParticipationQuerySet(ScopedQuerySet["Participation"]):
    """What somebody learnt goes with the training and with the person: a new employer sees what was learnt before."""

    enterprise_key = "session__enterprise_id"
    project_key = "session__project_id"

    def visible_to(self, user: Any) -> "ParticipationQuerySet":
        held = Session.objects.visible_to(user).order_by().values("pk")
        known_people = Person.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(session__in=held) | Q(person__in=known_people))


class Participation(Versioned):
    """A person's part in a training (参训记录).

    `credited_on` is the day from which it counts: that of the training, or of the examination passed later; empty
    while it does not count.  Level and hours are the session's, once more, as everything that counts hours reads
    nothing else.  `score` is of 100.  `is_late` marks who was signed in by the trainer after the training had ended.
    """

    session = models.ForeignKey(
        Session, models.PROTECT, related_name="participations", verbose_name="培训", db_constraint=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations", verbose_name="人员")
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    level = models.CharField("培训类型", max_length=10, choices=Level, editable=False)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1, editable=False)
    signed_in_at = models.DateTimeField("签到时间", null=True, editable=False)
    signed_in_by = models.CharField("签到方式", max_length=10, choices=SignedInBy, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人", editable=False
    )
    result = models.CharField("考核结果", max_length=10, choices=Result, default=Result.NONE, editable=False)
    score = models.PositiveSmallIntegerField("考核成绩", null=True, editable=False)
    credited_on = models.DateField("计入日期", null=True, editable=False)
    is_late = models.BooleanField("补录", default=False, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参训记录"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=["region_path", "-id"], name="participation_region"),
            models.Index(
                fields=["person", "credited_on"],
                include=["level", "hours", "session"],
                condition=Q(credited_on__isnull=False),
                name="participation_counts",
            ),
            models.Index(
                fields=["region_path", "-id"], condition=Q(credited_on__isnull=True), name="participation_uncounted"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                name="participation_once",
                violation_error_message="该人员已在本次培训名单中",
            ),
            known("level", Level, "participation_level_known"),
            known("result", Result, "participation_result_known"),
            models.CheckConstraint(
                name="participation_signed_whole",
                condition=Q(signed_in_at=None, signed_in_by="") | Q(signed_in_at__isnull=False) & ~Q(signed_in_by=""),
            ),
            models.CheckConstraint(
                name="credit_only_for_who_was_there",
                condition=Q(credited_on=None) | Q(signed_in_at__isnull=False, result__in=(Result.NONE, Result.PASSED)),
            ),
            models.CheckConstraint(name="score_within_100", condition=Q(score=None) | Q(score__lte=100)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="who_was_there_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_in_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="participation_stays_the_same", fields=["session", "person", "level", "hours"]),
            pgtrigger.Trigger(
                name=TWO_PLACES,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("signed_in_at"),
                condition=pgtrigger.Q(new__signed_in_at__isnull=False),
                func=ONE_AT_A_TIME,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.session}"

    def get_absolute_url(self) -> str:
        return reverse("participations:detail", args=[self.pk])
