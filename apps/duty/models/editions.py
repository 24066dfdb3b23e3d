"""What an office sets: limits, wordings, and the items of the daily log; each in editions."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned
from apps.duty.models.words import Level, Term


class Edition(Versioned):
    """What all editions say of themselves: since when, by what source, how certain that is."""

    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    class Meta:
        abstract = True


class DutyTerm(Edition):
    """One edition of one limit (履职标准), such as the least share of days on which a leader is on site.

    建质〔2011〕111号 sets the shares; what it leaves open ships as a sample.
    `value` is a number for those in `words.NUMBERS`, else one of the words that `terms.py` reads.
    """

    SAME = ("code",)

    code = models.CharField("标准", max_length=20, choices=Term)
    value = models.CharField("数值", max_length=100)

    objects = EditionQuerySet["DutyTerm"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "履职标准"
        constraints = [
            known("code", Term, "duty_term_known"),
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="duty_term_begins_once",
                violation_error_message="这一标准已有同一天施行的版本",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("duty_term_begins_later", "duty_dutyterm", ("code",)),
            begun_stays("duty_term_stays", ("code", "value", "effective_from")),
        ]

    def __str__(self) -> str:
        return self.get_code_display()

    def get_absolute_url(self) -> str:
        return reverse("duty_terms:detail", args=[self.pk])


class Wording(Edition):
    """One edition of the text that is promised at one level (安全生产承诺书范本)."""

    SAME = ("level",)

    level = models.CharField("层级", max_length=10, choices=Level)
    title = models.CharField("标题", max_length=100)
    text = models.TextField("承诺内容", max_length=4000)
    valid_months = models.PositiveSmallIntegerField("有效期（月）", default=12)

    objects = EditionQuerySet["Wording"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "承诺书范本"
        constraints = [
            known("level", Level, "wording_level_known"),
            models.UniqueConstraint(
                fields=["level", "effective_from"],
                name="wording_begins_once",
                violation_error_message="这一层级已有同一天施行的范本",
            ),
            models.CheckConstraint(
                name="wording_valid_for_months",
                condition=Q(valid_months__range=(1, 60)),
                violation_error_message="有效期为 1 至 60 个月",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("wording_begins_later", "duty_wording", ("level",)),
            begun_stays("wording_stays", ("level", "title", "text", "valid_months", "effective_from")),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("commitment_wordings:detail", args=[self.pk])


class LogItem(Edition):
    """One edition of one item of the daily safety log (施工安全日志项目).

    With `asks_time` a problem is told with its minute, as accidents and near misses are.  `category` is under which
    category a problem enters the hazard ledger.  An item that is not asked any more has a last day.
    """

    SAME = ("code",)

    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("项目", max_length=60)
    hint = models.CharField("查什么", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("顺序")
    asks_time = models.BooleanField("发现问题时填时间", default=False)
    category = models.CharField("隐患类别", max_length=40, default="其他")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = EditionQuerySet["LogItem"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "安全日志项目"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="log_item_begins_once",
                violation_error_message="这个代码已有同一天施行的版本",
            ),
            models.CheckConstraint(
                name="log_item_period_in_order",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="失效日期不能早于施行日期",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("log_item_begins_later", "duty_logitem", ("code",)),
            begun_stays("log_item_stays", ("code", "name", "asks_time", "category", "effective_from")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("safety_log_items:detail", args=[self.pk])
