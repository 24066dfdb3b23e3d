"""Persons who work on sites, and where they are known."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.crypto import EncryptedTextField
from apps.core.initials import InitialsField
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.core.search import text_index
from apps.enterprises.masks import PhoneMaskField
from apps.enterprises.models import Enterprise
from apps.enterprises.presence import KnownByPresence


class PersonQuerySet(KnownByPresence["Person"]):
    """Who may see a person.

    Regulators see persons employed by an enterprise seated in their region and those who work or worked on a
    site in it; an enterprise, its own staff; everybody, those engaged on the projects they reach.  The staff
    that a large contractor has elsewhere stays unseen.
    """


@pghistory.track(exclude=["initials", "id_number", "id_index", "phone"], append_only=True)
class Person(Versioned):
    """A person who works in construction (从业人员).

    Identity and telephone numbers stand encrypted, as rule 32 of this house and 《个人信息保护法》第五十一条 ask; what
    lists, exports and the API show is `id_masked` and `phone_masked`.  `id_index` finds the same identity number again;
    nothing looks a telephone up, so it has no index.  Sex and birth are read off the number, never stored.  After the
    years of `RetentionRule` the row is kept under a pseudonym, without numbers and account.
    """

    name = models.CharField("姓名", max_length=50)
    initials = InitialsField(person=True, verbose_name="拼音首字母", max_length=50)
    id_number = EncryptedTextField("身份证号码", blank=True)
    id_index = models.CharField("身份证号码索引", max_length=64, null=True, blank=True, editable=False)  # noqa: DJ001
    id_masked = models.CharField("身份证号码", max_length=18, blank=True, editable=False)
    phone = EncryptedTextField("联系电话", blank=True)
    phone_masked = PhoneMaskField("联系电话", of="phone")
    employer = models.ForeignKey(Enterprise, models.PROTECT, related_name="staff", verbose_name="所在企业")
    post = models.CharField("职务或工种", max_length=50, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person", verbose_name="平台账号"
    )

    pseudonymised_at = models.DateTimeField("去标识时间", null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        indexes = [
            text_index("name", "initials", name="person_text"),
            models.Index(fields=["-id"], condition=Q(pseudonymised_at__isnull=False), name="person_forgotten"),
        ]
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
            models.CheckConstraint(
                name="pseudonym_is_all_that_is_left",
                condition=Q(pseudonymised_at=None) | Q(id_number="", phone="", user=None),
            ),
            models.CheckConstraint(
                name="phone_is_masked",
                condition=Q(phone="", phone_masked="") | ~Q(phone="") & ~Q(phone_masked=""),
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
