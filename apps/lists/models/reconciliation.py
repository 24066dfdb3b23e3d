"""Where an authority's frozen list and a firm's frozen list of the same period do not say the same."""

from typing import TypeVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.core.scoping import ScopedQuerySet
from apps.lists.models.snapshots import ListSnapshot

M = TypeVar("M", bound=models.Model)


class TwoSidedQuerySet(ScopedQuerySet[M]):
    """Seen by the authority, those above it, and the firm that it is about."""

    enterprise_key = "firm_id"
    project_key = None


class Reconciliation(Versioned):
    """A comparison of two frozen lists by record number (清单核对).

    Compared is what concerns both: of the authority's list the firm's rows, of the firm's list the rows in the
    authority's region.
    """

    authority_snapshot = models.ForeignKey(ListSnapshot, models.PROTECT, related_name="+", verbose_name="主管部门清单")
    firm_snapshot = models.ForeignKey(ListSnapshot, models.PROTECT, related_name="+", verbose_name="企业清单")
    firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="企业")
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    compared = models.PositiveIntegerField("双方记录数", default=0)
    agreeing = models.PositiveIntegerField("一致", default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人")
    made_at = models.DateTimeField("核对时间", db_default=Now(), editable=False)

    objects = TwoSidedQuerySet["Reconciliation"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单核对"
        constraints = [
            models.UniqueConstraint(
                name="two_snapshots_are_compared_once",
                fields=["authority_snapshot", "firm_snapshot"],
                violation_error_message="这两份清单已经核对过",
            ),
            models.CheckConstraint(
                name="compared_snapshots_are_two", condition=~Q(authority_snapshot=models.F("firm_snapshot"))
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-id"], name="reconciliation_of_region")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="contents_stay",
                fields=["authority_snapshot", "firm_snapshot", "firm", "region_path", "made_by", "made_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_snapshot} 与 {self.firm}"

    def get_absolute_url(self) -> str:
        return f"/lists/reconciliations/{self.pk}/"


class Finding(models.TextChoices):
    """In what the two lists differ about one record."""

    ONLY_AUTHORITY = "only_authority", "主管部门有、企业无"
    ONLY_FIRM = "only_firm", "企业有、主管部门无"
    DIFFERS = "differs", "内容不一致"


class Outcome(models.TextChoices):
    """What a difference was settled as."""

    AUTHORITY_RIGHT = "authority_right", "以主管部门清单为准"
    FIRM_RIGHT = "firm_right", "以企业清单为准"
    BOTH_CORRECT = "both_correct", "双方均需更正"
    EXPLAINED = "explained", "口径不同，无需更正"


class Difference(Versioned):
    """One record about which the lists differ, and how that was settled, by whom and why (核对差异).

    `details` are [{"label", "authority", "firm"}]; what is missing on one side is null there.
    """

    reconciliation = models.ForeignKey(Reconciliation, models.PROTECT, related_name="differences", verbose_name="核对")
    firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="企业", editable=False)
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    record_key = models.CharField("记录编号", max_length=40, editable=False)
    finding = models.CharField("差异", max_length=16, choices=Finding, editable=False)
    details = models.JSONField("内容", default=list, editable=False)
    outcome = models.CharField("处理结果", max_length=16, choices=Outcome, blank=True)
    reason = models.CharField("处理理由", max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人", editable=False
    )
    settled_at = models.DateTimeField("处理时间", null=True, editable=False)

    objects = TwoSidedQuerySet["Difference"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "核对差异"
        constraints = [
            models.UniqueConstraint(name="one_difference_per_record", fields=["reconciliation", "record_key"]),
            models.CheckConstraint(
                name="difference_is_settled_whole",
                condition=Q(outcome="", reason="", settled_by=None, settled_at=None)
                | ~Q(outcome="") & ~Q(reason="") & Q(settled_by__isnull=False, settled_at__isnull=False),
                violation_error_message="处理差异必须有结果、理由和处理人",
            ),
        ]
        indexes = [models.Index(fields=["region_path", "-id"], name="difference_of_region")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="contents_stay",
                fields=["reconciliation", "firm", "region_path", "record_key", "finding", "details"],
            ),
            pgtrigger.Protect(
                name="settled_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__settled_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.record_key

    def get_absolute_url(self) -> str:
        return f"/lists/differences/{self.pk}/"

    @property
    def state_label(self) -> str:
        return "已处理" if self.settled_at else "待处理"

    @property
    def details_in_words(self) -> str:
        return "；".join(
            f"{d['label']}：主管部门“{shown(d['authority'])}”，企业“{shown(d['firm'])}”" for d in self.details
        )

    @property
    def summary(self) -> str:
        """Of a record that one side lacks, the first things that the other says of it."""
        side = "authority" if self.finding == Finding.ONLY_AUTHORITY else "firm"
        return "；".join(f"{told['label']}：{shown(told[side])}" for told in self.details[1:4])


def shown(value: object) -> str:
    return "（无）" if value in (None, "") else str(value)
