"""The figures of coverage: a project's day, everybody in it who is not covered, and the sums of a region."""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Least, Now
from django.urls import reverse

from apps.core.scoping import ScopedQuerySet
from apps.coverage.models.rules import CoverageRule
from apps.coverage.models.words import NAMELESS, REASONS
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import AttendanceFault, Engagement
from apps.roster.models.attendance import OnSiteQuerySet

WHOLE = Q(covered=F("counted"), unexplained=0, disputed=0, absent=0)
"""Everybody is covered, and roster and attendance agree."""
NEARLY = Decimal("99.9")


class CoverageDay(models.Model):
    """A day of a project on which somebody was on site (培训覆盖率·项目日), as far as is known now.

    `counted` are all who count, `covered` those of them who are trained; of the others each has a `CoverageGap`.
    `unexplained` are strangers at the gate, `disputed` people at two sites at once, both counted and not covered;
    `absent` those of the roster who have not come for long, who are not counted.  `rate` is in per cent, rounded down,
    and 100 only where `is_whole`.  Written by `services.sweeping` alone; `version` counts the changes.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="coverage", verbose_name="工程项目", db_constraint=False, db_index=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    day = models.DateField("日期")
    counted = models.PositiveIntegerField("应培训人次")
    covered = models.PositiveIntegerField("已培训人次")
    unexplained = models.PositiveIntegerField("名册不能说明的人次")
    disputed = models.PositiveIntegerField("两地考勤人次")
    absent = models.PositiveIntegerField("在册长期无考勤人数")
    rule = models.ForeignKey(CoverageRule, models.PROTECT, related_name="+", verbose_name="口径", db_index=False)
    version = models.PositiveIntegerField("计算次数", default=1)
    computed_at = models.DateTimeField("计算时间", db_default=Now())
    is_whole = models.GeneratedField(
        verbose_name="达到100%",
        expression=Case(When(WHOLE, then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    rate = models.GeneratedField(
        verbose_name="培训覆盖率（%）",
        expression=Case(
            When(WHOLE, then=Value(Decimal(100))),
            default=Least(
                Value(NEARLY),
                Cast(F("covered") * 1000 / F("counted"), models.DecimalField(max_digits=5, decimal_places=1))
                / Value(Decimal(10)),
            ),
        ),
        output_field=models.DecimalField(max_digits=5, decimal_places=1),
        db_persist=True,
    )

    objects = OnSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训覆盖率"
        ordering = ("-day", "-pk")
        indexes = [
            models.Index(fields=["region_path", "-day", "-id"], name="coverage_region"),
            models.Index(fields=["-day", "-id"], name="coverage_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "day"], name="coverage_once_a_day"),
            models.CheckConstraint(
                name="coverage_adds_up",
                condition=Q(counted__gt=0, covered__lte=F("counted") - F("unexplained") - F("disputed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    def get_absolute_url(self) -> str:
        return f"{reverse('project_coverage', args=[self.project.number])}?period={self.day}"


def any_of(names: Iterable[str]) -> Q:
    """At least one of these columns is true."""
    return reduce(or_, (Q(**{name: True}) for name in names))


def reason(name: str) -> models.BooleanField:
    return models.BooleanField(REASONS[name], default=False)


class CoverageGap(models.Model):
    """A person's day on a site that is not covered (未覆盖人次), with all reasons why.

    Of a person on the roster `person` and `engagement` are told, of a stranger at the gate the fault of the attendance.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="工程项目", db_constraint=False, db_index=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    day = models.DateField("日期")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="coverage_gaps", verbose_name="人员", db_index=False
    )
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, related_name="+", verbose_name="进退场登记", db_index=False
    )
    fault = models.ForeignKey(
        AttendanceFault, models.PROTECT, null=True, related_name="+", verbose_name="考勤差异", db_index=False
    )
    off_roster = reason("off_roster")
    is_disputed = reason("is_disputed")
    lacks_company = reason("lacks_company")
    lacks_project = reason("lacks_project")
    lacks_team = reason("lacks_team")
    lacks_hours = reason("lacks_hours")
    lacks_certificate = reason("lacks_certificate")

    objects = OnSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "未覆盖人次"
        ordering = ("-day", "-pk")
        indexes = [
            models.Index(fields=["region_path", "-day", "-id"], name="gap_region"),
            models.Index(fields=["-day", "-id"], name="gap_newest"),
            models.Index(fields=["person", "-day"], name="gap_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "day", "person", "fault"], name="gap_once_a_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="gap_of_a_person_or_a_fault",
                condition=Q(person=None, engagement=None, fault__isnull=False, off_roster=True)
                | Q(person__isnull=False, engagement__isnull=False, fault=None, off_roster=False),
            ),
            models.CheckConstraint(name="gap_has_a_reason", condition=any_of(REASONS)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"

    @property
    def name(self) -> str:
        """Of a stranger as the source of the attendance gave it."""
        known = self.person or self.fault
        return (known.name if known else "") or NAMELESS

    @property
    def id_masked(self) -> str:
        known = self.person or self.fault
        return known.id_masked if known else ""

    @property
    def reasons(self) -> list[str]:
        """The columns that say why, in the usual order."""
        return [name for name in REASONS if getattr(self, name)]

    @property
    def reasons_in_words(self) -> str:
        return "、".join(REASONS[name] for name in self.reasons)


class RegionDayQuerySet(ScopedQuerySet["CoverageRegionDay"]):
    """Sums are told to those who answer for a region."""

    enterprise_key = None
    project_key = None


class CoverageRegionDay(models.Model):
    """The sums of a day over the projects of one region (区域日汇总), kept by triggers on `CoverageDay`.

    `region_path` is that of the projects, so a region's figure is the sum over all paths below it; `projects` how many
    have a figure, `whole` how many of them stand at 100 %.
    """

    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    day = models.DateField("日期")
    projects = models.IntegerField("项目数")
    whole = models.IntegerField("达到100%的项目数")
    counted = models.IntegerField("应培训人次")
    covered = models.IntegerField("已培训人次")
    unexplained = models.IntegerField("名册不能说明的人次")
    disputed = models.IntegerField("两地考勤人次")
    absent = models.IntegerField("在册长期无考勤人数")

    objects = RegionDayQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训覆盖率区域汇总"
        constraints = [models.UniqueConstraint(fields=["day", "region_path"], name="region_day_once")]

    def __str__(self) -> str:
        return f"{self.region_path} {self.day}"
