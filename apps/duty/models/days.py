"""Who was on duty on which site on which day, and leaders on leave."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import days, known, moment
from apps.core.columns import person as account
from apps.core.freezing import stays
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.duty.models.words import LEAVE_CHANGES, DutyKind, LeaveState
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import PartOfProjectQuerySet, Project

LEAVE_TOLD = ("project_id", "person_id", "deputy_id", "starts_on", "ends_on", "reason")


class Leave(Versioned):
    """A project leader's leave (请假): 建质〔2011〕111号第十一条 asks for the owner's consent and a deputy."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="leaves", verbose_name="工程项目")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="请假人")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="代理人")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("请假事由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=LeaveState, default=LeaveState.ASKED, editable=False)
    asked_by = account("申请人")
    answer = models.CharField("建设单位意见", max_length=300, blank=True)
    decided_at, decided_by = moment("答复时间"), account("答复人")

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "带班请假"
        indexes = [models.Index(fields=["state", "-id"], name="leave_in_state")]
        constraints = [
            known("state", LeaveState, "leave_state_known"),
            models.CheckConstraint(
                name="leave_runs_forward",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                name="leave_deputy_is_another",
                condition=~Q(deputy=F("person")),
                violation_error_message="代理人不能是请假人本人",
            ),
            models.CheckConstraint(
                name="leave_decided_whole",
                condition=Q(state__in=("agreed", "refused"), decided_by__isnull=False, decided_at__isnull=False)
                | Q(state__in=("asked", "withdrawn"), decided_by=None),
                violation_error_message="同意或不同意须记明答复人和时间",
            ),
            models.CheckConstraint(
                name="leave_refused_with_a_reason",
                condition=~Q(state="refused") | ~Q(answer=""),
                violation_error_message="不同意须说明理由",
            ),
            ExclusionConstraint(
                name="leave_once_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=("asked", "agreed")),
                violation_error_message="该人员在本项目已有日期重叠的请假",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(LEAVE_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("leave_stays", LeaveState.values, LEAVE_TOLD),
        ]

    def __str__(self) -> str:
        return f"{self.person.name} {self.starts_on} 至 {self.ends_on}"

    def get_absolute_url(self) -> str:
        return reverse("leaves:detail", args=[self.pk])


class DutyDay(Versioned):
    """A day on one site (带班记录, 建质〔2011〕111号) of the project's leader or of a head of the enterprise.

    `region_path` follows the project, `enterprise` is the general contractor of the day.  Who wrote it need not be who
    was there.  A deputy's day names the leave on which they stood in.  What was written stays; a mistake is
    withdrawn with its reason, and then counts nowhere.
    """

    kind = models.CharField("类别", max_length=10, choices=DutyKind)
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="duty_days", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="duty_days", verbose_name="施工总承包单位", editable=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="duty_days", verbose_name="带班人")
    leave = models.ForeignKey(
        Leave, models.PROTECT, null=True, related_name="duty_days", verbose_name="所代理的请假", editable=False
    )
    day = models.DateField("日期")
    began = models.TimeField("到场时间")
    ended = models.TimeField("离场时间")
    looked_at = models.TextField("检查内容", max_length=2000)
    problems = models.TextField("发现的问题", max_length=2000, blank=True)
    handled = models.TextField("处理情况", max_length=2000, blank=True)
    note = models.CharField("备注", max_length=300, blank=True)
    is_late = models.BooleanField("补记", default=False, editable=False)
    written_by = account("记录人")
    withdrawn_at, withdrawn_by = moment("撤销时间"), account("撤销人")
    reason = models.CharField("撤销理由", max_length=200, blank=True, editable=False)

    objects = ScopedQuerySet["DutyDay"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "带班记录"
        indexes = [
            models.Index(fields=["region_path", "-day", "-id"], name="duty_day_region"),
            models.Index(fields=["enterprise", "-day"], name="duty_day_enterprise"),
        ]
        constraints = [
            known("kind", DutyKind, "duty_day_kind_known"),
            models.UniqueConstraint(
                fields=["project", "person", "day"],
                condition=Q(withdrawn_at=None),
                name="duty_day_once",
                violation_error_message="该人员当天在本项目已有带班记录",
            ),
            models.CheckConstraint(
                name="duty_day_runs_forward",
                condition=Q(ended__gt=F("began")),
                violation_error_message="离场时间应晚于到场时间",
            ),
            models.CheckConstraint(
                name="duty_day_problems_are_handled",
                condition=Q(problems="") | ~Q(handled=""),
                violation_error_message="发现了问题，请填写处理情况",
            ),
            models.CheckConstraint(
                name="duty_day_withdrawn_whole",
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason=""),
                violation_error_message="撤销须写明理由",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="duty_day_stays",
                fields=[
                    "kind",
                    "project",
                    "enterprise",
                    "person",
                    "leave",
                    "day",
                    "began",
                    "ended",
                    "looked_at",
                    "problems",
                    "handled",
                    "note",
                    "is_late",
                    "written_by",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.person.name}"

    def get_absolute_url(self) -> str:
        return reverse("duty_days:detail", args=[self.pk])
