"""The rules of the reminder ladder: when a hazard is spoken of, to whom and in which words."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet
from apps.hazards.models.reminder import Plan
from apps.notifications.models import Level

DAYS = (-60, 365)
"""How far before and after a deadline a rule may speak."""


class Hearer(models.TextChoices):
    """What a person is to the hazard, as `hazards_people` knows them."""

    FIRM = "firm", "企业安全负责人"
    SITE = "site", "项目人员"
    ENGINEER = "supervising_engineer", "监理工程师"
    RECORDER = "recorder", "登记人或经办人"
    HEAD = "head", "监督站负责人"
    CLOSERS = "closers", "可销号的人员"
    COUNTY = "county", "县级监管员"
    CITY = "city", "市级监管员"


class ReminderRuleQuerySet(OpenQuerySet["ReminderRule"]):
    def on(self) -> Self:
        return self.filter(is_on=True)


class ReminderRule(Versioned):
    """One step of the ladder (提醒规则).

    Of the deadline's plan `days` counts calendar days from the deadline, before it below zero.  Of the others it is
    how many working days an answer may wait for that hand; on the day after, and then every `again_after` days, it is
    reminded of.  A step whose day lies before `in_force_from` is never said, so that a rule that is switched on does
    not flood people with the past.  No source that we could read fixes the days; those that ship are samples.
    """

    code = models.SlugField("代码", max_length=20, unique=True, editable=False)
    plan = models.CharField("依据", max_length=10, choices=Plan)
    days = models.SmallIntegerField("天数")
    again_after = models.PositiveSmallIntegerField("重复间隔（天）", null=True, blank=True)
    words = models.CharField("提醒文字", max_length=40)
    level = models.CharField("级别", max_length=10, choices=Level, default=Level.REMINDER)
    hearers = ArrayField(models.CharField(max_length=30, choices=Hearer), verbose_name="提醒对象")
    is_on = models.BooleanField("启用", default=False, editable=False)
    in_force_from = models.DateField("生效日期", null=True, editable=False)
    is_sample = models.BooleanField("样例值", default=False, editable=False)

    objects = ReminderRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒规则"
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "days"], name="one_rule_a_day", violation_error_message="同一依据、同一天数已有规则"
            ),
            models.CheckConstraint(name="rule_plan_known", condition=Q(plan__in=Plan.values)),
            models.CheckConstraint(
                name="rule_hearers_known", condition=Q(hearers__contained_by=list(Hearer.values)) & ~Q(hearers=[])
            ),
            models.CheckConstraint(
                name="reminder_days_in_range",
                condition=Q(plan=Plan.DEADLINE, days__range=DAYS, again_after=None)
                | ~Q(plan=Plan.DEADLINE) & Q(days__range=(1, 60), again_after__range=(1, 60)),
                violation_error_message="按整改期限的规则，天数为 -60（期限前）至 365（超期），不重复；"
                "按等待时间的规则，天数为 1 至 60 个工作日，并填写 1 至 60 天的重复间隔",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("reminder_rules:detail", args=[self.code])

    @property
    def kind(self) -> str:
        """The kind of its messages."""
        return f"hazard_{self.code}"

    @property
    def when(self) -> str:
        if self.plan != Plan.DEADLINE:
            return f"{self.get_plan_display()}超过 {self.days} 个工作日，每 {self.again_after} 天重复"
        if not self.days:
            return "整改期限当天"
        return f"整改期限前 {-self.days} 天" if self.days < 0 else f"超过整改期限 {self.days} 天"

    def counts_on(self, day: date) -> bool:
        return self.in_force_from is None or day >= self.in_force_from
