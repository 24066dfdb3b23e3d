"""By which tables and bands risks are scored: editions that are added to and never changed."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from apps.core.scoping import OpenQuerySet
from apps.risks.grading import Tables, tables_of
from apps.risks.models.words import Method


class RiskRuleQuerySet(OpenQuerySet["RiskRule"]):
    def in_force(self, method: str, day: date) -> "RiskRule | None":
        """The edition of that day; each is in force until the next one of its method begins."""
        return self.filter(method=method, effective_from__lte=day).order_by("-effective_from").first()


class RiskRule(models.Model):
    """One edition of a method's tables (评价规则): the values that may be chosen, and from which score which colour.

    Provinces differ in the bands and no source settles Hebei's, so they are data; `is_sample` marks what nobody has
    confirmed.  `factors` maps "likelihood", "exposure" and "consequence" to pairs of value and meaning; `bands` are
    pairs of lowest score and level; `floors` say below which level no 超危大 ("super") or 危大 ("dangerous") work lies.
    Numbers are written as text, so that 0.1 stays 0.1.
    """

    method = models.CharField("评价方法", max_length=5, choices=Method)
    name = models.CharField("名称", max_length=100)
    effective_from = models.DateField("施行日期")
    factors = models.JSONField("取值表")
    bands = models.JSONField("分级界限")
    floors = models.JSONField("直接判定", default=dict)
    source = models.CharField("来源", max_length=200, blank=True)
    certainty = models.CharField("把握程度", max_length=100, blank=True)
    is_sample = models.BooleanField("样例", default=True)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = RiskRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险评价规则"
        constraints = [
            models.UniqueConstraint(
                fields=["method", "effective_from"],
                name="risk_rule_begins_once",
                violation_error_message="该方法已有同一天施行的规则",
            ),
            models.CheckConstraint(name="risk_rule_method_known", condition=models.Q(method__in=Method.values)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def tables(self) -> Tables:
        return tables_of(self.method, self.factors, self.bands, self.floors)

    @property
    def bands_in_words(self) -> str:
        return self.tables.bands_in_words

    @property
    def floors_in_words(self) -> str:
        return self.tables.floors_in_words
