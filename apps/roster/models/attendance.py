"""Who was on which site on which day, and what the roster does not explain."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.core.columns import known
from apps.core.models import Staged, Versioned
from apps.core.scoping import ScopedQuerySet
from apps.people.models import Person
from apps.projects.models import Project
from apps.projects.models.parts import PartOfProjectQuerySet
from apps.roster.models.engagements import Engagement
from apps.roster.models.words import FaultKind, Source


class OnSiteQuerySet(ScopedQuerySet[Any]):
    """The region stands on the row; a firm reaches what belongs to its projects."""

    enterprise_key = "project__enterprise_id"


class Attendance(models.Model):
    """A person on a site on one day (考勤), within the days of an engagement.

    Partitioned by month of `day` (migration 0002); kept by sets alone (`services.attendance`).  `first_at` and
    `last_at` are the first and the last pass of the day, whichever way they went; both are empty where the source tells
    days only.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="工程项目", db_constraint=False, db_index=False
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="人员", db_index=False)
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, related_name="attendance", verbose_name="进退场登记", db_index=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    day = models.DateField("日期")
    first_at = models.DateTimeField("最早考勤时间", null=True)
    last_at = models.DateTimeField("最晚考勤时间", null=True)
    source = models.CharField("来源", max_length=10, choices=Source)

    objects = OnSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤"
        ordering = ("-day", "-id")
        # None begins with the day: of a day that has just come the planner knows no row, takes such an index for a way
        # to hardly any, and reads a whole day of the province for each project that is counted.
        indexes = [
            models.Index(fields=["region_path", "-day", "-id"], name="attendance_region"),
            models.Index(fields=["person", "day"], name="attendance_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "day", "person"], name="attendance_once_a_day"),
            models.CheckConstraint(
                name="attendance_runs_forward",
                condition=Q(first_at=None, last_at=None) | Q(last_at__gte=F("first_at"), first_at__isnull=False),
            ),
            known("source", Source, "attendance_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class AttendanceFault(Versioned):
    """Attendance that the roster does not explain (考勤与名册不一致): kept as it came, until somebody settles it.

    A person who is not on the project's roster is told by the name and the masked number that the source gave; the
    blind index finds them again when they are entered.  Settled is what was taken into the attendance after the roster
    was put right, or set aside with a reason.  A day of one person in one project has one open row of a kind.
    Somebody at two sites at once has attendance at both until one site sets its own aside.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="attendance_faults", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    day = models.DateField("日期", editable=False)
    kind = models.CharField("问题", max_length=15, choices=FaultKind, editable=False)
    name = models.CharField("姓名", max_length=50, blank=True, editable=False)
    id_masked = models.CharField("身份证号码", max_length=18, editable=False)
    id_index = models.CharField(max_length=64, editable=False)
    first_at = models.DateTimeField("最早考勤时间", null=True, editable=False)
    last_at = models.DateTimeField("最晚考勤时间", null=True, editable=False)
    source = models.CharField("来源", max_length=10, choices=Source, editable=False)
    is_entered = models.BooleanField("已计入考勤", default=False, editable=False)
    reason = models.CharField("不计入考勤的理由", max_length=200, blank=True)
    settled_at = models.DateTimeField("处理时间", null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人", editable=False
    )

    objects = OnSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤差异"
        ordering = ("-day", "-pk")
        indexes = [
            models.Index(fields=["region_path", "-id"], name="fault_region"),
            models.Index(fields=["project", "day"], condition=Q(settled_at=None), name="fault_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "day", "id_index", "kind"], condition=Q(settled_at=None), name="fault_open_once"
            ),
            models.CheckConstraint(
                name="fault_settled_whole",
                condition=Q(settled_at=None, is_entered=False, reason="")
                | Q(settled_at__isnull=False) & (Q(is_entered=True) ^ ~Q(reason="")),
                violation_error_message="不计入考勤须写明理由",
            ),
            known("kind", FaultKind, "fault_kind_known"),
            known("source", Source, "fault_source_known"),
        ]
        triggers = [pgtrigger.Protect(name="fault_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


class AttendanceDevice(Versioned):
    """A device at a site's gate that sends passes (考勤设备); its key is shown once and found again by `key_sha256`."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="attendance_devices", verbose_name="工程项目")
    name = models.CharField("设备名称", max_length=50)
    is_active = models.BooleanField("启用", default=True)
    key_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    last_heard_at = models.DateTimeField("最近上报时间", null=True, editable=False)

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤设备"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="device_once", violation_error_message="本项目已有同名设备"
            )
        ]

    def __str__(self) -> str:
        return self.name


class StagedAttendance(Staged):
    """A line of attendance between reading and writing; who it is and what is wrong with it is told by sets."""

    pk = models.CompositePrimaryKey("stage", "row")
    row = models.IntegerField("行号")
    project_id = models.BigIntegerField("项目")
    day = models.DateField("日期")
    name = models.TextField("姓名")
    id_masked = models.TextField("身份证号码")
    id_index = models.TextField("身份证号码索引")
    first_at = models.DateTimeField("最早考勤时间", null=True)
    last_at = models.DateTimeField("最晚考勤时间", null=True)
    source = models.TextField("来源")

    class Meta:
        verbose_name = verbose_name_plural = "导入暂存的考勤"
