"""一单两库: the matters that may be inspected, what is known of the objects, and who inspects."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.inspections.models.words import RiskGrade, Theme


class Matter(Versioned):
    """A matter of the list of random inspections (随机抽查事项清单)."""

    code = models.CharField("事项编码", max_length=20, unique=True, db_collation="C")
    name = models.CharField("抽查事项", max_length=100)
    target = models.CharField("抽查对象", max_length=100)
    method = models.CharField("检查方式", max_length=100, default="现场检查")
    basis = models.CharField("依据", max_length=500)
    checklists = models.JSONField("检查表编码", default=list, blank=True)
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    is_sample = models.BooleanField("样例", default=False)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查事项"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                name="matter_period_in_order",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="失效日期不能早于施行日期",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("matters:detail", args=[self.code])

    @property
    def checklists_in_words(self) -> str:
        return "、".join(self.checklists)


class RiskClassQuerySet(ScopedQuerySet["RiskClass"]):
    region_key = "enterprise__region_path"
    enterprise_key = "enterprise_id"
    project_key = None


class RiskClass(Versioned):
    """The credit risk class of an enterprise (企业信用风险分类), as the province's platform hands it over each month.

    Enterprises without one are drawn as class C.
    """

    enterprise = models.OneToOneField(Enterprise, models.PROTECT, related_name="risk_class", verbose_name="企业")
    grade = models.CharField("信用风险类别", max_length=1, choices=RiskGrade)
    assessed_on = models.DateField("评定日期")
    source = models.CharField("来源", max_length=100, blank=True)

    objects = RiskClassQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业信用风险分类"
        constraints = [
            models.CheckConstraint(name="risk_class_known", condition=Q(grade__in=RiskGrade.values)),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.grade}"

    def get_absolute_url(self) -> str:
        return reverse("risk_classes:detail", args=[self.pk])


class InspectorQuerySet(ScopedQuerySet["Inspector"]):
    enterprise_key = None
    project_key = None


class Inspector(Versioned):
    """A person of the library of inspectors (执法检查人员名录库) with the enforcement certificate (行政执法证).

    《行政处罚法》（2021）第四十二条: at least two, with certificates.  `fields` are what they know best, as themes.
    The place is where they set out from, in degrees; without one no distance is known.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspector", verbose_name="平台账号"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="inspectors", verbose_name="所在单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    certificate = models.CharField("行政执法证号", max_length=40, unique=True)
    valid_until = models.DateField("执法证有效期至", help_text="当日仍然有效")
    fields = models.JSONField("专业", default=list, blank=True)
    longitude = models.DecimalField("出发地经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("出发地纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    is_active = models.BooleanField("在库", default=True)

    objects = InspectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查人员"
        indexes = [models.Index(fields=["region_path", "user"], name="inspector_region")]
        constraints = [
            models.CheckConstraint(
                name="inspector_place_is_whole",
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                violation_error_message="经度和纬度须同时填写",
            ),
        ]

    def __str__(self) -> str:
        return self.user.name

    def get_absolute_url(self) -> str:
        return reverse("inspectors:detail", args=[self.pk])

    @property
    def fields_in_words(self) -> str:
        return "、".join(str(Theme(code).label) for code in self.fields if code in Theme.values)

    @property
    def place(self) -> tuple[float, float] | None:
        """Where they set out, as longitude and latitude."""
        known = self.longitude is not None and self.latitude is not None
        return (float(self.longitude), float(self.latitude)) if known else None  # type: ignore[arg-type]


class OfInspectorQuerySet(ScopedQuerySet[Any]):
    region_key = "inspector__region_path"
    enterprise_key = None
    project_key = None


class Avoidance(Versioned):
    """An enterprise that an inspector may not inspect (回避): employed there before, kin, an interest."""

    class Reason(models.TextChoices):
        EMPLOYED = "employed", "曾在该企业任职"
        KIN = "kin", "近亲属在该企业任职"
        INTEREST = "interest", "有利害关系"
        OTHER = "other", "其他应当回避的情形"

    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="avoidances", verbose_name="检查人员")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="回避企业")
    reason = models.CharField("回避情形", max_length=10, choices=Reason)
    note = models.CharField("说明", max_length=200, blank=True)
    until = models.DateField("回避至", null=True, blank=True)

    objects = OfInspectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        constraints = [
            models.UniqueConstraint(
                fields=["inspector", "enterprise"],
                name="avoided_once",
                violation_error_message="该人员对该企业的回避已登记",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} 回避 {self.enterprise}"


class Absence(Versioned):
    """Days on which an inspector cannot be sent out (请假、培训、外出)."""

    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="absences", verbose_name="检查人员")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", help_text="当日仍计在内")
    reason = models.CharField("事由", max_length=100, blank=True)

    objects = OfInspectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不在岗"
        constraints = [
            models.CheckConstraint(
                name="absence_runs_forward",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} {self.starts_on} 至 {self.ends_on}"
