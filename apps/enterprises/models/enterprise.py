"""Enterprises of the building trade, the names they bore, and where they are known."""

from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.models import Organisation
from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.core.search import text_index
from apps.enterprises.codes import FORM, PROVISIONAL, validate_uscc
from apps.enterprises.masks import phone_masked
from apps.enterprises.presence import KnownByPresence


class EnterpriseKind(models.TextChoices):
    CONTRACTOR = "contractor", "施工"
    SUPERVISION = "supervision", "监理"
    OWNER = "owner", "建设"
    SURVEY = "survey", "勘察"
    DESIGN = "design", "设计"
    TESTING = "testing", "检测"
    LIFTING = "lifting", "起重机械租赁安拆"
    OTHER = "other", "其他"


class EnterpriseStatus(models.TextChoices):
    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "停业"
    CLOSED = "closed", "注销"
    MERGED = "merged", "已合并"


class IsSound(models.Func):
    """uscc_is_sound(): the form and the check digit of a credit code, as `codes.problem` explains them."""

    function = "uscc_is_sound"
    output_field = models.BooleanField()


class EnterpriseQuerySet(KnownByPresence["Enterprise"]):
    """Who may see an enterprise.

    Regulators see those seated in their region, those their own office registered, and those engaged on a site
    in the region, also after they left it, for the hazards of that time still name them.  An enterprise sees
    itself; everybody, the parties of the projects they reach.  A subcontractor reaches no project as such, so it
    does not see its rivals.  What is shown are facts of public registers; telephone numbers are masked for all
    who may not edit the enterprise.
    """

    def standing(self) -> Self:
        """All but those that were registered twice and merged into the other: nothing new hangs on these."""
        return self.exclude(status=EnterpriseStatus.MERGED)

    def named(self, text: str) -> Self:
        """By the whole present or former name; several enterprises may bear one name.

        One that was merged is found as what it was merged into, of which its name has become a former one.

        As one set of keys: asked "this or that" of two tables, the database would read all enterprises.
        """
        bearing = Enterprise._base_manager.filter(organisation__name=text).order_by().values("pk")
        once_bearing = FormerName.objects.filter(name=text).order_by().values("enterprise")
        return self.standing().filter(pk__in=bearing.union(once_bearing))


@pghistory.track(exclude=["phone_masked"], append_only=True)
class Enterprise(Versioned):
    """An enterprise of the building trade (企业), told apart by its unified social credit code.

    Name, region and parent stand on its organisation, so its staff's accounts and its rows share one key.
    `region_path` repeats the organisation's by a foreign key over both columns that follows every change.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="enterprise", verbose_name="组织机构"
    )
    uscc = models.CharField("统一社会信用代码", max_length=18, validators=[validate_uscc])
    kind = models.CharField("企业类型", max_length=20, choices=EnterpriseKind)
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    qualification = models.CharField("资质等级", max_length=300, blank=True)
    safety_licence = models.CharField("安全生产许可证编号", max_length=50, blank=True)
    safety_licence_until = models.DateField("安全生产许可证有效期至", null=True, blank=True)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    phone_masked = phone_masked()
    address = models.CharField("注册地址", max_length=200, blank=True)
    status = models.CharField("状态", max_length=10, choices=EnterpriseStatus, default=EnterpriseStatus.ACTIVE)
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", db_index=True, editable=False)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = "企业"
        verbose_name_plural = "企业"
        indexes = [
            text_index("uscc", name="enterprise_text"),
            *order_indexes("firm", "safety_licence_until", key="organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="uscc_is_unique",
                fields=["uscc"],
                violation_error_message="该统一社会信用代码已登记",
                violation_error_code="unique",
            ),
            # Lets other tables refer to (organisation, path), so that their copied path follows the enterprise's.
            models.UniqueConstraint(name="enterprise_with_path", fields=["organisation", "region_path"]),
            models.CheckConstraint(
                name="uscc_has_its_form",
                condition=Q(uscc__regex=FORM),
                violation_error_message="统一社会信用代码不符合GB 32100的格式",
            ),
            models.CheckConstraint(
                name="uscc_has_its_check_digit",
                condition=IsSound("uscc") | Q(uscc__startswith=PROVISIONAL),
                violation_error_message="统一社会信用代码第18位校验码不符（GB 32100），请逐位核对",
            ),
            models.CheckConstraint(name="enterprise_kind_is_known", condition=Q(kind__in=EnterpriseKind.values)),
            models.CheckConstraint(name="enterprise_status_is_known", condition=Q(status__in=EnterpriseStatus.values)),
            models.CheckConstraint(
                name="licence_date_belongs_to_a_licence",
                condition=Q(safety_licence_until=None) | ~Q(safety_licence=""),
                violation_error_message="填写了安全生产许可证有效期，还须填写证书编号",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="seat_is_a_presence",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    INSERT INTO enterprises_enterprisepresence (enterprise_id, region_path)
                    SELECT organisation_id, region_path FROM added ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="presence_moves_with_the_seat",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("region_path"),
                func="""
                    DELETE FROM enterprises_enterprisepresence
                    WHERE enterprise_id = OLD.organisation_id AND project_id IS NULL AND region_path = OLD.region_path;
                    INSERT INTO enterprises_enterprisepresence (enterprise_id, region_path)
                    VALUES (NEW.organisation_id, NEW.region_path) ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Protect(
                name="not_registered_as_merged", operation=pgtrigger.Insert, condition=pgtrigger.Q(new__status="merged")
            ),
            pgtrigger.Trigger(
                name="merged_by_merging_alone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("status"),
                func="""
                    IF (NEW.status = 'merged') IS DISTINCT FROM (
                        SELECT merged_into_id IS NOT NULL FROM accounts_organisation WHERE id = NEW.organisation_id
                    ) THEN
                        RAISE EXCEPTION 'enterprise %: merged is said of the organisation too', NEW.organisation_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def is_merged(self) -> bool:
        return self.status == EnterpriseStatus.MERGED


class EnterprisePresence(models.Model):
    """Where an enterprise is known: every project it is or was a party to; without one, its seat and who registered it.

    Kept by triggers of the database, so that bulk loads cannot forget it; it makes `visible_to` one indexed
    semi-join instead of a look at every project.  The project's table stands in an app above, hence its key
    without a relation; migrations of that app add the foreign key.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="presences", verbose_name="企业")
    project_id = models.BigIntegerField("工程项目", null=True)
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")

    objects = ScopedQuerySet["EnterprisePresence"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业所在"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "project_id", "region_path"], name="enterprise_present_once", nulls_distinct=False
            )
        ]
        indexes = [
            models.Index(fields=["region_path", "enterprise"], name="presence_region"),
            models.Index(fields=["project_id", "enterprise"], name="presence_project"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.region_path}"


class FormerName(models.Model):
    """A name an enterprise bore until it was renamed (曾用名); older papers and workbooks still say it."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="former_names", verbose_name="企业")
    name = models.CharField("曾用名", max_length=100, db_index=True)
    used_until = models.DateTimeField("停用时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ("-used_until", "-pk")

    def __str__(self) -> str:
        return self.name
