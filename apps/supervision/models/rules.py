"""When a lapsed deadline asks for listed supervision: data, as no text that we could read fixes the days."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet
from apps.hazards.models import ListedLevel


class EscalationRule(Versioned):
    """After so many days of lateness a major hazard is proposed for listed supervision at this level (督办升级规则).

    A rule proposes and never lists: that an authority decides, within `decide_within` days, or cancels with a reason.
    The days that ship are samples.
    """

    level = models.CharField("督办层级", max_length=10, choices=ListedLevel, unique=True)
    overdue_days = models.PositiveSmallIntegerField("整改超期天数")
    decide_within = models.PositiveSmallIntegerField("决定期限（天）")
    is_active = models.BooleanField("启用", default=True)
    is_sample = models.BooleanField("样例值", default=True, editable=False)
    basis = models.CharField("依据", max_length=300)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办升级规则"
        constraints = [
            models.CheckConstraint(name="rule_level_known", condition=Q(level__in=ListedLevel.values)),
            models.CheckConstraint(
                name="rule_days_are_days",
                condition=Q(overdue_days__range=(1, 365), decide_within__range=(1, 60)),
                violation_error_message="超期天数为 1 至 365，决定期限为 1 至 60 天",
            ),
        ]

    def __str__(self) -> str:
        return self.get_level_display()

    def get_absolute_url(self) -> str:
        return reverse("escalation_rules:detail", args=[self.level])
