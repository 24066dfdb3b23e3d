"""By what coverage is counted, in editions."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned
from apps.coverage.models.words import Denominator

MOST_DAYS = 366
JUDGING = (
    "denominator",
    "window_days",
    "needs_induction",
    "needs_yearly",
    "needs_certificate",
    "absent_days",
    "effective_from",
)


class CoverageRule(Versioned):
    """What 从业人员安全培训率 means from a day on: who is counted, and what a person must have to count as trained.

    The order sets the target of 100 % and no definition, so each edition is somebody's decision with its source and
    certainty, and every figure names the edition it was counted by.  How many hours induction and a year take stands in
    `training.HoursRule`, in editions of its own.  `window_days` is how far back attendance keeps somebody
    of the roster in the denominator, where that is the rule; `absent_days` after how many days without attendance the
    roster is doubted, 0 for never.
    """

    SAME: tuple[str, ...] = ()

    denominator = models.CharField("分母口径", max_length=10, choices=Denominator, default=Denominator.ATTENDED)
    window_days = models.PositiveSmallIntegerField("近期天数", default=30)
    needs_induction = models.BooleanField("须完成三级教育", default=True)
    needs_yearly = models.BooleanField("须满足年度学时", default=True)
    needs_certificate = models.BooleanField("须持有效证书", default=True)
    absent_days = models.PositiveSmallIntegerField("在册无考勤天数上限", default=30)
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = EditionQuerySet["CoverageRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训覆盖率口径"
        ordering = ("-effective_from",)
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"],
                name="coverage_rule_begins_once",
                violation_error_message="已有同一天施行的版本",
            ),
            known("denominator", Denominator, "coverage_denominator_known"),
            models.CheckConstraint(
                name="coverage_rule_days_sensible",
                condition=Q(window_days__range=(1, MOST_DAYS), absent_days__lte=MOST_DAYS),
                violation_error_message=f"近期天数应为1至{MOST_DAYS}天，无考勤天数上限不超过{MOST_DAYS}天",
            ),
            models.CheckConstraint(
                name="coverage_rule_asks_for_something",
                condition=Q(needs_induction=True) | Q(needs_yearly=True) | Q(needs_certificate=True),
                violation_error_message="三级教育、年度学时、有效证书至少要求一项",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("coverage_rule_begins_later", "coverage_coveragerule", ()),
            begun_stays("coverage_rule_stays", JUDGING),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}起施行"

    def get_absolute_url(self) -> str:
        return reverse("coverage_rules:detail", args=[self.pk])
