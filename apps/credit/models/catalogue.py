"""By what behaviour is judged and how points become a letter: editions, never changed once something rests on them."""

from datetime import date
from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import EditionQuerySet, begins_later, begun_stays, used_stays
from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet
from apps.credit.models.words import Decay, Letter, Nature, Part, Severity, Subject, Trigger


class CreditItemQuerySet(EditionQuerySet["CreditItem"]):
    """What happened is judged by the edition of its day."""

    def of_trigger(self, trigger: str, day: date) -> "CreditItem | None":
        """What the platform's own records are entered by, which are about firms."""
        named = self.in_force(day).filter(trigger=trigger, subject=Subject.ENTERPRISE)
        return named.order_by("-effective_from", "-pk").first()


JUDGES = (
    "code",
    "name",
    "part",
    "nature",
    "severity",
    "subject",
    "points",
    "caps_at",
    "valid_months",
    "decay",
    "legal_basis",
    "effective_from",
)


class CreditItem(Versioned):
    """One behaviour of the catalogue (信用评价项目) in one edition.

    《河北省建筑施工企业信用评价管理办法》（2024） has three parts with good and bad behaviour; its points
    were found in no source, so those that ship are samples.  `points` are added as they are, bad ones below zero.
    `caps_at` is the best letter that who bears this entry can have.  `trigger` names what of the platform's records it
    is entered for, `list_condition` the condition of the lists (`ListType.conditions`) that it fulfils in effect.
    `edition` says of which method or collection this edition is a part, for behaviour is judged by that of its day.
    """

    SAME = ("code",)

    code = models.CharField("代码", max_length=20, db_collation="C")
    name = models.CharField("行为", max_length=200)
    part = models.CharField("类别", max_length=10, choices=Part)
    nature = models.CharField("性质", max_length=4, choices=Nature)
    severity = models.CharField("失信程度", max_length=10, choices=Severity, blank=True)
    subject = models.CharField("适用对象", max_length=10, choices=Subject, default=Subject.ENTERPRISE)
    points = models.DecimalField("分值", max_digits=6, decimal_places=2)
    caps_at = models.CharField("最高等级", max_length=1, choices=Letter, blank=True)
    valid_months = models.PositiveSmallIntegerField("计分有效期（月）")
    publish_months = models.PositiveSmallIntegerField("公示期限（月）", default=0)
    decay = models.CharField("计分方式", max_length=10, choices=Decay, default=Decay.NONE)
    evidence = models.CharField("证明材料", max_length=300)
    appeal = models.CharField("申诉途径", max_length=300, blank=True)
    legal_basis = models.CharField("依据", max_length=500)
    certainty = models.CharField("把握程度", max_length=100, blank=True)
    trigger = models.CharField("自动记录", max_length=24, choices=Trigger, blank=True)
    list_condition = models.CharField("名单情形代码", max_length=30, blank=True)
    edition = models.CharField("版本", max_length=60, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    is_sample = models.BooleanField("样例", default=True, editable=False)

    objects = CreditItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信用评价项目"
        constraints = [
            known("part", Part, "credit_item_part_known"),
            known("nature", Nature, "credit_item_nature_known"),
            known("decay", Decay, "credit_item_decay_known"),
            models.UniqueConstraint(
                fields=["code", "effective_from"],
                name="credit_item_edition_once",
                violation_error_message="这个代码已有同一天生效的版本",
            ),
            models.CheckConstraint(
                name="credit_item_period_in_order",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="失效日期不能早于生效日期",
            ),
            models.CheckConstraint(
                name="credit_item_points_fit_its_nature",
                condition=Q(nature=Nature.GOOD, points__gt=0, severity="", caps_at="")
                | Q(nature=Nature.BAD, points__lte=0, severity__in=Severity.values),
                violation_error_message="良好行为的分值为正数，不填失信程度；不良行为的分值不大于零，须选失信程度",
            ),
            models.CheckConstraint(
                name="credit_item_term_within_law",
                condition=Q(nature=Nature.GOOD, valid_months__range=(1, 36))
                | Q(nature=Nature.BAD, valid_months__range=(6, 36)),
                violation_error_message="良好信息有效期至多 3 年，不良信息有效期为 6 个月至 3 年（建市〔2017〕241号）",
            ),
            models.CheckConstraint(
                name="credit_item_has_its_basis",
                condition=~Q(legal_basis="") & ~Q(evidence=""),
                violation_error_message="须写明依据和证明材料",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            used_stays("used_stays", JUDGES, "credit_creditentry", "item_id"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("credit_items:detail", args=[self.pk])


class CreditProfileQuerySet(OpenQuerySet["CreditProfile"]):
    def in_force(self, subject: str, day: date) -> "CreditProfile | None":
        """Each edition is in force until the next of its subject begins."""
        return self.filter(subject=subject, effective_from__lte=day).order_by("-effective_from", "-pk").first()


class CreditProfile(models.Model):
    """One edition of how a score is made (信用评价标准): base, the limits of each part, and the bands of the letters.

    `limits` maps a part to the least and most that its entries together add; `bands` maps a letter to the lowest score
    that has it, the last letter has the rest.  Numbers are written as text.  `repair_ends_points` says whether a
    repaired entry stops counting: 令第36号 ends its use, Hebei's method of 2024 lets it count until it expires.
    """

    name = models.CharField("名称", max_length=100)
    subject = models.CharField("适用对象", max_length=10, choices=Subject)
    effective_from = models.DateField("施行日期")
    base = models.DecimalField("基准分", max_digits=6, decimal_places=2)
    limits = models.JSONField("各类别得分上下限")
    bands = models.JSONField("等级界限")
    repair_ends_points = models.BooleanField("修复后停止计分", default=True)
    spares_self_found = models.BooleanField("企业自查发现的隐患不记不良", default=True)
    is_public = models.BooleanField("等级对外公示", default=True)
    source = models.CharField("来源", max_length=300)
    certainty = models.CharField("把握程度", max_length=100, blank=True)
    is_sample = models.BooleanField("样例", default=True)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    objects = CreditProfileQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "信用评价标准"
        constraints = [
            known("subject", Subject, "credit_profile_subject_known"),
            models.UniqueConstraint(
                fields=["subject", "effective_from"],
                name="credit_profile_begins_once",
                violation_error_message="该对象已有同一天施行的标准",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            begins_later("begins_later", "credit_creditprofile", ("subject",)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("credit_profiles:detail", args=[self.pk])

    @property
    def bands_in_words(self) -> str:
        """A≥90　B≥75　C≥60: the last letter has the rest."""
        return "　".join(f"{letter}≥{Decimal(least).normalize():f}" for letter, least in sorted(self.bands.items()))

    @property
    def limits_in_words(self) -> str:
        told = ((part, self.limits.get(part.value)) for part in Part)
        return "；".join(f"{part.label} {pair[0]} 至 {pair[1]}" for part, pair in told if pair)


TERMS = ("severity", "least_months", "most_months", "repairable_after", "decide_days", "effective_from")


class RepairTerm(Versioned):
    """One edition of how long data of a severity is public at least and at most; at the most it stops by itself.

    Repair may be applied for after `repairable_after` months: by 《信用修复管理办法》（国家发展改革委令第36号） the
    least term of publication, here a term of its own, since other methods part the two.  A finding is under the
    edition of the day on which it took effect, the days to decide on an application under that of its acceptance.
    """

    SAME = ("severity",)

    severity = models.CharField("失信程度", max_length=10, choices=Severity)
    least_months = models.PositiveSmallIntegerField("最短公示期（月）")
    most_months = models.PositiveSmallIntegerField("最长公示期（月）")
    repairable_after = models.PositiveSmallIntegerField("可申请修复（满月数）")
    decide_days = models.PositiveSmallIntegerField("修复决定期限（工作日）")
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=100, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    objects = EditionQuerySet["RepairTerm"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示和修复期限"
        constraints = [
            known("severity", Severity, "repair_term_severity_known"),
            models.CheckConstraint(
                name="repair_term_in_order",
                condition=Q(least_months__lte=F("most_months"), most_months__range=(1, 60)),
                violation_error_message="最短公示期不能长于最长公示期",
            ),
            models.CheckConstraint(
                name="repair_term_repairable_while_public",
                condition=Q(repairable_after__gte=F("least_months"), repairable_after__lte=F("most_months")),
                violation_error_message="可申请修复的月数不能短于最短公示期，也不能长于最长公示期",
            ),
            models.CheckConstraint(
                name="repair_term_decided_in_days",
                condition=Q(decide_days__range=(1, 60)),
                violation_error_message="决定期限为 1 至 60 个工作日",
            ),
            models.UniqueConstraint(
                fields=["severity", "effective_from"],
                name="repair_term_begins_once",
                violation_error_message="这一失信程度已有同一天施行的版本",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "credit_repairterm", ("severity",)),
            begun_stays("begun_stays", TERMS),
        ]

    def __str__(self) -> str:
        return f"{self.get_severity_display()}失信信息"

    def get_absolute_url(self) -> str:
        return reverse("repair_terms:detail", args=[self.pk])
