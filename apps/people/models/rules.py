"""By which form of number and which term certificates of a kind are judged, in editions."""

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import Versioned
from apps.people.models.certificates import CertificateKind
from apps.people.numbering import OFFERED

MOST_YEARS, MOST_MONTHS = 30, 36
RULED = ("kind", "effective_from", "form", "form_is_certain", "example", "years", "renewal_months", "source")


class CertificateRule(Versioned):
    """What holds of certificates of one kind from a day on (证书规则).

    `form` is a form of numbers (`apps.people.numbering`), empty where none is known; a number of another form is
    refused where the form is certain and doubted where it is not.  `years` is the longest validity, counted from the
    day of issue; what a sample says is never refused by, only doubted.  A certificate is renewed within the last
    `renewal_months` of its validity.
    """

    SAME = ("kind",)

    kind = models.CharField("证书类别", max_length=10, choices=CertificateKind)
    effective_from = models.DateField("施行日期")
    form = models.CharField(
        "编号格式",
        max_length=80,
        blank=True,
        help_text=f"{OFFERED}；没有规定的不填",
    )
    form_is_certain = models.BooleanField(
        "格式确定", default=False, help_text="勾选的，不符的编号不予登记；不勾选的，照常登记并列入“编号存疑”"
    )
    example = models.CharField("编号示例", max_length=40, blank=True)
    years = models.PositiveSmallIntegerField(
        "最长有效期（年）",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_YEARS)],
    )
    renewal_months = models.PositiveSmallIntegerField(
        "期满前几个月内申请延续",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
    )
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("示例", default=False, editable=False)

    objects = EditionQuerySet["CertificateRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书规则"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_from"],
                name="certificate_rule_begins_once",
                violation_error_message="该类证书已有同一天施行的版本",
            ),
            known("kind", CertificateKind, "certificate_rule_kind_known"),
            models.CheckConstraint(
                name="certain_form_is_said",
                condition=Q(form_is_certain=False) | ~Q(form=""),
                violation_error_message="没有填写编号格式的，不能勾选“格式确定”",
            ),
            models.CheckConstraint(
                name="certificate_terms_in_bounds",
                condition=(Q(years=None) | Q(years__range=(1, MOST_YEARS)))
                & (Q(renewal_months=None) | Q(renewal_months__range=(1, MOST_MONTHS))),
                violation_error_message=f"有效期应为1至{MOST_YEARS}年，延续申请应为期满前1至{MOST_MONTHS}个月",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("begins_later", "people_certificaterule", ("kind",)),
            begun_stays("begun_stays", RULED),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_absolute_url(self) -> str:
        return reverse("certificate_rules:detail", args=[self.pk])
