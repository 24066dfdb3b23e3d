"""The daily safety log of a site: written once, signed, and from then on only added to."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.core.columns import known
from apps.core.freezing import refuse
from apps.core.models import StoredFile
from apps.core.scoping import ScopedQuerySet
from apps.duty.models.editions import LogItem
from apps.duty.models.words import Answer, Weather
from apps.enterprises.models import Enterprise
from apps.hazards.models import Hazard
from apps.projects.models import Project

ANSWERED_WITH_IT = "log_answers_come_with_it"
SIGNED = (
    "project",
    "enterprise",
    "day",
    "weather",
    "headcount",
    "summary",
    "problems",
    "signature",
    "written_by",
    "written_at",
)
"""What is signed, and never changed."""


class TransactionTime(Func):
    """The time at which the transaction began: equal for all that is written in one."""

    template = "transaction_timestamp()"
    output_field = models.DateTimeField()


class OfLogQuerySet(ScopedQuerySet[Any]):
    """What hangs on a log is seen by those who see the log."""

    region_key = "log__region_path"
    enterprise_key = "log__enterprise_id"
    project_key = "log__project_id"


class SafetyLog(models.Model):
    """A site's safety log of one day (施工安全日志, 住建部 2025-06), by the project's full-time safety officer.

    Signed by who wrote it and never changed; what is to be corrected is added as a remark.  `headcount` is that of the
    attendance when it was written, None where there was none; `problems` is how many items found one.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="safety_logs", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="施工总承包单位", editable=False
    )
    day = models.DateField("日期")
    weather = models.CharField("天气", max_length=10, choices=Weather)
    headcount = models.PositiveIntegerField("出勤人数", null=True, editable=False)
    summary = models.TextField("当日施工和安全工作", max_length=2000)
    problems = models.PositiveSmallIntegerField("发现问题", default=0, editable=False)
    signature = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="签名", editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人", editable=False
    )
    written_at = models.DateTimeField("签署时间", db_default=TransactionTime(), editable=False)

    objects = ScopedQuerySet["SafetyLog"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "施工安全日志"
        indexes = [
            models.Index(fields=["region_path", "-day", "-id"], name="safety_log_region"),
            models.Index(fields=["enterprise", "-day"], name="safety_log_enterprise"),
        ]
        constraints = [
            known("weather", Weather, "safety_log_weather_known"),
            models.UniqueConstraint(
                fields=["project", "day"],
                name="safety_log_once_a_day",
                violation_error_message="本项目当天的安全日志已经签署，更正请在日志上补充说明",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # All but `region_path`, by which it follows its project.
            pgtrigger.ReadOnly(name="signed_stays", fields=list(SIGNED)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.project.name}"

    def get_absolute_url(self) -> str:
        return reverse("safety_logs:detail", args=[self.pk])


class SafetyLogAnswer(models.Model):
    """What a log says of one item; a problem names the hazard that it entered into the ledger.

    `at` is the minute of what happened, for items that ask for it.
    """

    log = models.ForeignKey(SafetyLog, models.PROTECT, related_name="answers", verbose_name="安全日志", db_index=False)
    item = models.ForeignKey(LogItem, models.PROTECT, related_name="+", verbose_name="项目", db_index=False)
    answer = models.CharField("结论", max_length=10, choices=Answer)
    note = models.CharField("说明", max_length=500, blank=True)
    at = models.TimeField("时间", null=True)
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, related_name="+", verbose_name="隐患")

    objects = OfLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全日志结论"
        ordering = ("item__position", "pk")
        constraints = [
            known("answer", Answer, "log_answer_known"),
            models.UniqueConstraint(fields=["log", "item"], name="log_item_answered_once"),
            models.CheckConstraint(
                name="log_problem_is_told_and_raised",
                condition=Q(answer="problem", hazard__isnull=False) & ~Q(note="")
                | ~Q(answer="problem") & Q(hazard=None, at=None),
                violation_error_message="发现问题须写明情况并登记隐患",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name=ANSWERED_WITH_IT,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NOT EXISTS (
                        SELECT FROM duty_safetylog WHERE id = NEW.log_id AND written_at = transaction_timestamp()
                    ) THEN
                        {refuse(ANSWERED_WITH_IT, "安全日志已经签署，更正请补充说明")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_answer_display()}"


class SafetyLogRemark(models.Model):
    """What was added to a signed log (补充说明), by whom and when."""

    log = models.ForeignKey(SafetyLog, models.PROTECT, related_name="remarks", verbose_name="安全日志")
    text = models.TextField("补充说明", max_length=1000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="补充人", editable=False
    )
    written_at = models.DateTimeField("补充时间", db_default=Now(), editable=False)

    objects = OfLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全日志补充说明"
        ordering = ("pk",)
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:40]
