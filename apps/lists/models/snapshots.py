"""Lists as they were at the end of a period."""

from datetime import date
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Organisation
from apps.core.canonical import sha256_of
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.lists.models.sets import ListType, Side


class SnapshotState(models.TextChoices):
    """How far a frozen list has been signed."""

    DRAFT = "draft", "待签批"
    PREPARED = "prepared", "已编制"
    REVIEWED = "reviewed", "已审核"
    APPROVED = "approved", "已签发"
    VOID = "void", "已作废"


MOVES = (
    ("draft", "prepared"),
    ("draft", "reviewed"),
    ("draft", "approved"),
    ("prepared", "reviewed"),
    ("prepared", "approved"),
    ("reviewed", "approved"),
    ("draft", "void"),
    ("prepared", "void"),
    ("reviewed", "void"),
)
"""The legal changes of state; steps that a list does not ask for are passed over."""
FROZEN = (
    "list_type",
    "side",
    "organisation",
    "organisation_name",
    "region_path",
    "reach",
    "title",
    "edition",
    "register",
    "start",
    "end",
    "columns",
    "rows",
    "row_count",
    "statement",
    "sign_off",
    "frozen_at",
    "frozen_by",
    "sha256",
)
SIGNED = ("prepared_by", "prepared_at", "reviewed_by", "reviewed_at", "approved_by", "approved_at", "voided_by")


def _signature(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=label, editable=False
    )


def _same_or_first(column: str) -> str:
    """SQL for a signature that was taken back or passed to another."""
    return f'(OLD."{column}" IS NOT NULL AND NEW."{column}" IS DISTINCT FROM OLD."{column}")'


def _changed_signatures() -> str:
    columns = (f"{name}_id" if name.endswith("_by") else name for name in SIGNED)
    return f"({' OR '.join(map(_same_or_first, columns))})"


class ListSnapshotQuerySet(ScopedQuerySet["ListSnapshot"]):
    """An office's frozen lists are seen by it and those above it, a firm's by the firm and where it has rows."""

    enterprise_key = "organisation_id"
    project_key = None

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        return reached | Q(reach__contains=[scope.region_path]) if scope.region_path else reached


class ListSnapshot(Versioned):
    """One list of one office or firm for one period, as it was when it was frozen (清单快照).

    `columns` are [{"field", "label", "kind", "width"}], `rows` [{"key", "region", "firm", "cells"}]: the record's
    number and scope keys, and a cell per column, text but for whole numbers.  All of this is what `sha256` is taken
    over, and the database refuses to change it.  Without rows there is a statement: a zero report is said, not left
    to be guessed.  `reach` holds the paths of all regions in which a firm's list has rows, and of those above them.
    """

    list_type = models.ForeignKey(ListType, models.PROTECT, related_name="snapshots", verbose_name="清单")
    side = models.CharField("适用对象", max_length=12, choices=Side, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="编制单位")
    organisation_name = models.CharField("编制单位名称", max_length=100, editable=False)
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    reach = ArrayField(models.CharField(max_length=60), verbose_name="涉及区域", default=list, editable=False)
    title = models.CharField("清单名称", max_length=60, editable=False)
    edition = models.CharField("体系版本", max_length=60, editable=False)
    register = models.CharField("底层台账", max_length=40, editable=False)
    start = models.DateField("期初", editable=False)
    end = models.DateField("期末", editable=False)
    columns = models.JSONField("列", default=list, editable=False)
    rows = models.JSONField("行", default=list, editable=False)
    row_count = models.PositiveIntegerField("条数", default=0, editable=False)
    statement = models.CharField("零报告声明", max_length=300, blank=True, editable=False)
    sign_off = models.JSONField("签批角色", default=dict, editable=False)
    frozen_at = models.DateTimeField("冻结时间", editable=False)
    frozen_by = _signature("冻结人")
    sha256 = models.CharField("校验值", max_length=64, editable=False)

    state = models.CharField("状态", max_length=10, choices=SnapshotState, default=SnapshotState.DRAFT, editable=False)
    prepared_by = _signature("编制人")
    prepared_at = models.DateTimeField("编制时间", null=True, editable=False)
    reviewed_by = _signature("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)
    approved_by = _signature("批准人")
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)
    voided_by = _signature("作废人")
    void_reason = models.CharField("作废理由", max_length=300, blank=True)

    objects = ListSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单快照"
        constraints = [
            models.UniqueConstraint(
                name="one_snapshot_per_list_office_and_period",
                fields=["list_type", "organisation", "start", "end"],
                condition=~Q(state=SnapshotState.VOID),
                violation_error_message="本单位这一期的清单已经冻结",
            ),
            models.CheckConstraint(name="snapshot_state_is_known", condition=Q(state__in=SnapshotState.values)),
            models.CheckConstraint(name="snapshot_ends_after_it_begins", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="snapshot_without_rows_says_so",
                condition=Q(row_count__gt=0, statement="") | Q(row_count=0) & ~Q(statement=""),
                violation_error_message="没有记录的清单必须有零报告声明",
            ),
            models.CheckConstraint(
                name="snapshot_is_signed_by_different_people",
                condition=(Q(prepared_by=None) | Q(reviewed_by=None) | ~Q(prepared_by=F("reviewed_by")))
                & (Q(prepared_by=None) | Q(approved_by=None) | ~Q(prepared_by=F("approved_by")))
                & (Q(reviewed_by=None) | Q(approved_by=None) | ~Q(reviewed_by=F("approved_by"))),
                violation_error_message="编制、审核、批准必须是不同的人",
            ),
            models.CheckConstraint(
                name="snapshot_approved_has_approver",
                condition=~Q(state=SnapshotState.APPROVED) | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="snapshot_void_has_reason",
                condition=~Q(state=SnapshotState.VOID) | Q(voided_by__isnull=False) & ~Q(void_reason=""),
                violation_error_message="作废清单必须说明理由",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-end", "-id"], name="snapshot_of_region"),
            models.Index(fields=["organisation", "-end", "-id"], name="snapshot_of_office"),
            models.Index(fields=["end", "id"], name="snapshot_by_end"),
            GinIndex(fields=["reach"], name="snapshot_reach"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="contents_stay_frozen", fields=list(FROZEN)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(MOVES)),
            pgtrigger.Trigger(
                name="signatures_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_changed_signatures()),
                func="RAISE EXCEPTION 'a signature under a frozen list stays' USING ERRCODE = '23514';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.period_label}）"

    def get_absolute_url(self) -> str:
        return f"/lists/snapshots/{self.pk}/"

    @property
    def period_label(self) -> str:
        return period_label(self.start, self.end)

    @property
    def is_zero_report(self) -> bool:
        return self.row_count == 0

    @property
    def is_intact(self) -> bool:
        """Whether the contents are those that were hashed."""
        return self.sha256 == hash_of(self)


def period_label(start: date, end: date) -> str:
    return f"{start}" if start == end else f"{start} 至 {end}"


def hash_of(snapshot: ListSnapshot) -> str:
    """SHA-256 over the canonical JSON of all that was frozen; keys stand for records."""
    told: dict[str, Any] = {
        "list": snapshot.list_type_id,
        "organisation": snapshot.organisation_id,
        "organisation_name": snapshot.organisation_name,
        "title": snapshot.title,
        "edition": snapshot.edition,
        "register": snapshot.register,
        "start": snapshot.start,
        "end": snapshot.end,
        "frozen_at": snapshot.frozen_at,
        "columns": snapshot.columns,
        "rows": snapshot.rows,
        "statement": snapshot.statement,
        "sign_off": snapshot.sign_off,
    }
    return sha256_of(told)
