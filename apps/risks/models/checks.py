"""Checks of the measures: what was seen, and it stays."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.risks.models.risk import ControlMeasure, PartOfRiskQuerySet, RiskPoint

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ControlCheck(models.Model):
    """One look at all measures of a risk point (管控检查).

    `checked_on` is what the checker says, `created_at` the database's time.
    """

    risk = models.ForeignKey(RiskPoint, models.PROTECT, related_name="checks", verbose_name="风险点", db_index=False)
    checked_on = models.DateField("检查日期")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="检查人")
    failed = models.PositiveSmallIntegerField("失效条数")
    remark = models.TextField("备注", max_length=1000, blank=True)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = PartOfRiskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "管控检查"
        ordering = ("-checked_on", "-pk")
        indexes = [models.Index(fields=["risk", "-checked_on", "-id"], name="check_of_risk")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.checked_on} {self.risk}"


class PartOfCheckQuerySet(PartOfRiskQuerySet):
    region_key = "control_check__risk__region_path"
    enterprise_key = "control_check__risk__enterprise_id"
    project_key = "control_check__risk__project_id"


class MeasureResult(models.Model):
    """Whether one measure was found to work (有效) or not (失效)."""

    control_check = models.ForeignKey(
        ControlCheck, models.PROTECT, related_name="results", verbose_name="管控检查", db_index=False
    )
    measure = models.ForeignKey(ControlMeasure, models.PROTECT, related_name="results", verbose_name="管控措施")
    is_effective = models.BooleanField("有效")

    objects = PartOfCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "措施检查结果"
        ordering = ("measure__position", "pk")
        constraints = [models.UniqueConstraint(fields=["control_check", "measure"], name="measure_checked_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return "有效" if self.is_effective else "失效"
