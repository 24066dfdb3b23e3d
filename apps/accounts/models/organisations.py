"""Who people belong to."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.accounts.managers import OrganisationQuerySet
from apps.core.initials import InitialsField
from apps.core.models import Versioned
from apps.core.search import text_index
from apps.regions.models import Region


class OrganisationKind(models.TextChoices):
    BUREAU = "bureau", "住建主管部门"
    STATION = "station", "安全监督机构"
    ENFORCEMENT = "enforcement", "执法机构"
    PERMIT_OFFICE = "permit_office", "审批机构"
    ENTERPRISE = "enterprise", "企业"
    EXPERT_POOL = "expert_pool", "专家库"


class Organisation(Versioned):
    """A bureau, supervision station, enforcement body, permit office or enterprise (组织机构).

    `region_path` repeats the path of the region as the scope key; a foreign key on both columns keeps it true.
    `merged_into` is said of a firm that was registered twice: what cannot change any more still names it, and is read
    by those of the other (apps.enterprises says when).
    """

    kind = models.CharField("类型", max_length=15, choices=OrganisationKind)
    name = models.CharField("名称", max_length=100)
    short_name = models.CharField("简称", max_length=30, blank=True)
    initials = InitialsField(verbose_name="拼音首字母", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="行政区划")
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", db_index=True, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级机构"
    )
    is_active = models.BooleanField("启用", default=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="absorbed",
        verbose_name="已并入",
    )
    absorbed_ids = ArrayField(
        models.BigIntegerField(), verbose_name="并入的登记", default=list, db_default=[], editable=False
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "组织机构"
        verbose_name_plural = "组织机构"
        ordering = ("region_path", "kind", "name")
        indexes = [
            text_index("name", "short_name", "initials", name="organisation_text"),
            models.Index(fields=["name"], name="organisation_name"),
            # A county has hundreds of firms and a handful of offices, which every message asks for.
            models.Index(fields=["region_path"], condition=~Q(kind="enterprise"), name="office_of_region"),
        ]
        constraints = [
            models.CheckConstraint(name="organisation_kind_is_known", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(
                name="organisation_is_not_its_own_parent", condition=Q(parent=None) | ~Q(parent=F("pk"))
            ),
            models.CheckConstraint(
                name="organisation_is_not_merged_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
            ),
            models.CheckConstraint(
                name="merged_organisation_is_not_active", condition=Q(merged_into=None) | Q(is_active=False)
            ),
            # Enterprises are told apart by their credit code, not by name.
            models.UniqueConstraint(
                name="authorities_have_different_names", fields=("name",), condition=~Q(kind="enterprise")
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="knows_what_was_merged_into_it",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("merged_into_id"),
                func="""
                    IF TG_OP = 'UPDATE' THEN
                        UPDATE accounts_organisation SET absorbed_ids = array_remove(absorbed_ids, NEW.id)
                        WHERE id = OLD.merged_into_id;
                    END IF;
                    UPDATE accounts_organisation SET absorbed_ids = array_append(absorbed_ids, NEW.id)
                    WHERE id = NEW.merged_into_id;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name
