"""Certificates of competence and what is wrong with them."""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.people.models.persons import Person

TRADES = "special_trade"  # the dictionary of special trades
LONGEST_DOUBT = 300
EXPIRY_STEPS = (90, 60, 30, 7)  # days before a certificate runs out


class CertificateKind(models.TextChoices):
    """A, B, C: 《建筑施工企业主要负责人、项目负责人和专职安全生产管理人员安全生产管理规定》（住建部令第17号）.

    Officials who enforce (行政执法证) are no staff of a firm; their certificate stands with the inspectors.
    """

    PRINCIPAL = "A", "A类（企业主要负责人）"
    PROJECT_LEADER = "B", "B类（项目负责人）"
    OFFICER_MACHINERY = "C1", "C1类（专职安全员·机械）"
    OFFICER_CIVIL = "C2", "C2类（专职安全员·土建）"
    OFFICER_GENERAL = "C3", "C3类（专职安全员·综合）"
    SPECIAL = "special", "特种作业操作资格证"
    BUILDER = "builder", "注册建造师"
    SAFETY_ENGINEER = "safety", "注册安全工程师"
    SUPERVISOR = "supervisor", "注册监理工程师"


OFFICERS = (CertificateKind.OFFICER_MACHINERY, CertificateKind.OFFICER_CIVIL, CertificateKind.OFFICER_GENERAL)
"""What a full-time safety officer may hold, one of them."""


class CertificateQuerySet(ScopedQuerySet["Certificate"]):
    """Certificates go with their person."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(person__in=Person.objects.visible_to(user))

    def current(self) -> Self:
        return self.filter(replaced=False)

    def in_force(self, day: date) -> Self:
        return self.current().filter(valid_until__gte=day)

    def expired(self, day: date) -> Self:
        return self.current().filter(valid_until__lt=day)

    def doubted(self) -> Self:
        return self.current().exclude(number_doubted="")

    def early(self) -> Self:
        return self.current().exclude(renewed_early="")

    def expiring(self, day: date, days: int) -> Self:
        """Those whose last day lies within `days` from `day`, today's included."""
        return self.current().filter(valid_until__range=(day, day + timedelta(days=days)))


class Certificate(Versioned):
    """A certificate of competence (安全生产考核合格证书 or 特种作业操作资格证书).

    `trade` is the code of the special trade (建质〔2008〕75号; the list is a dictionary).  A renewed certificate
    keeps its row and is marked `replaced`, so that it no longer counts as running out.  What speaks against a
    certificate without being certain enough to refuse it is said in `number_doubted` and `renewed_early`; the forms of
    numbers and the terms are editions (`CertificateRule`).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="certificates", verbose_name="人员")
    kind = models.CharField("证书类别", max_length=10, choices=CertificateKind)
    trade = models.CharField("特种作业类别", max_length=10, blank=True)
    number = models.CharField("证书编号", max_length=40)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至", help_text="当日仍然有效")
    issuer = models.CharField("发证机关", max_length=100, blank=True)
    replaced = models.BooleanField("已换新证", default=False)
    number_doubted = models.CharField("编号存疑", max_length=LONGEST_DOUBT, blank=True, editable=False)
    renewed_early = models.CharField("换证过早", max_length=LONGEST_DOUBT, blank=True, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "证书"
        verbose_name_plural = "证书"
        ordering = ("replaced", "-valid_until", "-pk")
        indexes = [
            models.Index(fields=["valid_until", "person"], condition=Q(replaced=False), name="certificate_expiry"),
            models.Index(
                fields=["person"], condition=Q(replaced=False) & ~Q(number_doubted=""), name="certificate_doubted"
            ),
            models.Index(
                fields=["person"], condition=Q(replaced=False) & ~Q(renewed_early=""), name="certificate_early"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="certificate_number_once",
                fields=["kind", "number"],
                condition=Q(replaced=False),
                violation_error_message="该证书编号已登记",
            ),
            models.CheckConstraint(
                name="certificate_runs_forward",
                condition=Q(valid_until__gt=F("issued_on")),
                violation_error_message="有效期至应晚于发证日期",
            ),
            models.CheckConstraint(
                name="trade_belongs_to_special_work",
                condition=Q(kind=CertificateKind.SPECIAL) ^ Q(trade=""),
                violation_error_message="特种作业操作资格证须选特种作业类别，其他证书不选",
            ),
            models.CheckConstraint(name="certificate_kind_is_known", condition=Q(kind__in=CertificateKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def days_left(self, today: date) -> int:
        """Days until it runs out; negative afterwards."""
        return (self.valid_until - today).days
