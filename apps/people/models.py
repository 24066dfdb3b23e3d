"""Persons who work on sites, their certificates, and where they are known."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.crypto import EncryptedTextField
from apps.core.initials import InitialsField
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.core.search import text_index
from apps.enterprises.masks import phone_masked
from apps.enterprises.models import Enterprise
from apps.enterprises.presence import KnownByPresence

# 14 characters: province, letter of the city, two digits of the trade, year of issue, six digits (建办质〔2008〕41号).
SPECIAL_NUMBER = r"^[一-龥][A-Z](0[1-9]|1[0-9])20[0-9]{8}$"
TRADES = "special_trade"  # the dictionary of special trades
EXPIRY_STEPS = (90, 60, 30, 7)  # days before a certificate runs out


class PersonQuerySet(KnownByPresence["Person"]):
    """Who may see a person.

    Regulators see persons employed by an enterprise seated in their region and those who work or worked on a
    site in it; an enterprise, its own staff; everybody, those engaged on the projects they reach.  The staff
    that a large contractor has elsewhere stays unseen.
    """


@pghistory.track(exclude=["initials", "id_number", "id_index", "phone_masked"], append_only=True)
class Person(Versioned):
    """A person who works in construction (从业人员).

    The identity number stands encrypted; `id_index` finds the same number again, `id_masked` is what lists, exports
    and the API show.  Sex and birth are read off the number, never stored.
    """

    name = models.CharField("姓名", max_length=50)
    initials = InitialsField(person=True, verbose_name="拼音首字母", max_length=50)
    id_number = EncryptedTextField("身份证号码", blank=True)
    id_index = models.CharField("身份证号码索引", max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001
    id_masked = models.CharField("身份证号码", max_length=18, blank=True, editable=False)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_masked = phone_masked()
    employer = models.ForeignKey(Enterprise, models.PROTECT, related_name="staff", verbose_name="所在企业")
    post = models.CharField("职务或工种", max_length=50, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person", verbose_name="平台账号"
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        indexes = [text_index("name", "initials", name="person_text")]
        constraints = [
            models.UniqueConstraint(
                name="identity_number_once",
                fields=["id_index"],
                violation_error_message="该身份证号码已登记，调动须由现所在企业或住建部门办理",
            ),
            models.CheckConstraint(
                name="identity_number_is_whole",
                condition=Q(id_number="", id_index=None, id_masked="")
                | ~Q(id_number="") & Q(id_index__isnull=False) & ~Q(id_masked=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="employment_is_a_presence",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    INSERT INTO people_personpresence (person_id, enterprise_id, region_path)
                    SELECT a.id, e.organisation_id, e.region_path
                    FROM added a JOIN enterprises_enterprise e ON e.organisation_id = a.employer_id
                    ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="presence_moves_with_the_person",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("employer"),
                func="""
                    UPDATE people_personpresence p SET enterprise_id = e.organisation_id, region_path = e.region_path
                    FROM enterprises_enterprise e
                    WHERE p.person_id = NEW.id AND p.project_id IS NULL AND e.organisation_id = NEW.employer_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonPresence(models.Model):
    """Where a person is known: at the employer's seat, or on a project they are or were engaged on.

    Kept by triggers, like the presence of enterprises and for the same reason.  A row has either an enterprise or
    a project; foreign keys over both columns let the path follow when either moves.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="presences", verbose_name="人员")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, null=True, related_name="+", verbose_name="所在企业")
    project_id = models.BigIntegerField("工程项目", null=True)
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")

    objects = ScopedQuerySet["PersonPresence"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员所在"
        constraints = [
            models.UniqueConstraint(fields=["person", "project_id"], name="person_present_once", nulls_distinct=False),
            models.CheckConstraint(name="person_works_somewhere", condition=Q(enterprise=None) ^ Q(project_id=None)),
        ]
        indexes = [
            models.Index(fields=["region_path", "person"], name="person_presence_region"),
            models.Index(fields=["project_id", "person"], name="person_presence_project"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.region_path}"


class CertificateKind(models.TextChoices):
    """A, B, C: 《建筑施工企业主要负责人、项目负责人和专职安全生产管理人员安全生产管理规定》（住建部令第17号）."""

    PRINCIPAL = "A", "A类（企业主要负责人）"
    PROJECT_LEADER = "B", "B类（项目负责人）"
    OFFICER_MACHINERY = "C1", "C1类（专职安全员·机械）"
    OFFICER_CIVIL = "C2", "C2类（专职安全员·土建）"
    OFFICER_GENERAL = "C3", "C3类（专职安全员·综合）"
    SPECIAL = "special", "特种作业操作资格证"


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

    def expiring(self, day: date, days: int) -> Self:
        """Those whose last day lies within `days` from `day`, today's included."""
        return self.current().filter(valid_until__range=(day, day + timedelta(days=days)))


class Certificate(Versioned):
    """A certificate of competence (安全生产考核合格证书 or 特种作业操作资格证书).

    `trade` is the code of the special trade (建质〔2008〕75号; the list is a dictionary).  A renewed certificate
    keeps its row and is marked `replaced`, so that it no longer counts as running out.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="certificates", verbose_name="人员")
    kind = models.CharField("证书类别", max_length=10, choices=CertificateKind)
    trade = models.CharField("特种作业类别", max_length=10, blank=True)
    number = models.CharField("证书编号", max_length=40)
    issued_on = models.DateField("发证日期")
    valid_until = models.DateField("有效期至", help_text="当日仍然有效")
    issuer = models.CharField("发证机关", max_length=100, blank=True)
    replaced = models.BooleanField("已换新证", default=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "证书"
        verbose_name_plural = "证书"
        ordering = ("replaced", "-valid_until", "-pk")
        indexes = [
            models.Index(fields=["valid_until", "person"], condition=Q(replaced=False), name="certificate_expiry")
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


class IdentityReveal(models.Model):
    """One look at a whole identity number (查看完整身份证号码), with its reason.  Rows are only ever added."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reveals", verbose_name="人员")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="查看人")
    reason = models.CharField("查看理由", max_length=200)
    at = models.DateTimeField("查看时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "身份证号码查看记录"
        indexes = [models.Index(fields=["by", "at"], name="reveal_by_day")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reason
