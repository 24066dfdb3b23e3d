"""How long what identifies a person is kept."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned

SUBJECTS = [("person", "从业人员")]
LEAST_YEARS, MOST_YEARS = 1, 30


class RetentionRule(Versioned):
    """The years after which a person is kept without what identifies them (个人信息保存期限), in editions.

    They count from the last day on any site or the last change, whichever is later (`apps.people.retention`).  Nothing
    is removed while the edition of the day is not switched on.  Attendance has a legal term of its own, which an
    earlier end here does not shorten (`apps.people.keeping`).
    """

    SAME = ("subject",)

    subject = models.CharField("对象", max_length=10, choices=SUBJECTS, default="person")
    effective_from = models.DateField("施行日期")
    years = models.PositiveSmallIntegerField(
        "保存年限（年）",
        validators=[MinValueValidator(LEAST_YEARS), MaxValueValidator(MOST_YEARS)],
        help_text="自最后在场日或最后变更日起（以晚者为准）",
    )
    is_on = models.BooleanField(
        "启用", default=False, help_text="启用后每日自动去标识，去除的内容不能恢复；请先看版本页面上的测算"
    )
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = EditionQuerySet["RetentionRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "个人信息保存期限"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "effective_from"],
                name="retention_rule_begins_once",
                violation_error_message="已有同一天施行的版本",
            ),
            models.CheckConstraint(
                name="retention_years_in_bounds",
                condition=Q(years__gte=LEAST_YEARS, years__lte=MOST_YEARS),
                violation_error_message=f"保存年限应为{LEAST_YEARS}至{MOST_YEARS}年",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "people_retentionrule", ("subject",)),
            begun_stays("begun_stays", ("subject", "effective_from", "years", "is_on", "source")),
        ]

    def __str__(self) -> str:
        return f"{self.years}年"

    def get_absolute_url(self) -> str:
        return reverse("retention_rules:detail", args=[self.pk])
