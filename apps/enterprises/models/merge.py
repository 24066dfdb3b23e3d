"""Two registrations of one firm made one, and parted again where that was an error (重复企业合并与撤销)."""

from enum import nonmember
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.columns import person
from apps.core.models import Versioned
from apps.enterprises.models.enterprise import Enterprise


class MergeState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    MERGED = "merged", "已合并"
    REFUSED = "not_merged", "不予合并"
    WITHDRAWN = "withdrawn", "已撤回"
    UNDONE = "undone", "已撤销"

    STANDING = nonmember(("proposed", "merged"))
    DECIDED = nonmember(("merged", "not_merged", "undone"))


MERGE_CHANGES: tuple[tuple[str, str], ...] = (
    (MergeState.PROPOSED, MergeState.MERGED),
    (MergeState.PROPOSED, MergeState.REFUSED),
    (MergeState.PROPOSED, MergeState.WITHDRAWN),
    (MergeState.MERGED, MergeState.UNDONE),
)
# Writers of merges hold both enterprises already (apps.enterprises.merging.lock_both); the lock here is for others.
ONE_WAY = """
    PERFORM 1 FROM enterprises_enterprise WHERE organisation_id IN (NEW.survivor_id, NEW.duplicate_id)
     ORDER BY organisation_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM enterprises_enterprisemerge
               WHERE id <> NEW.id AND state IN ('proposed', 'merged')
                 AND (duplicate_id = NEW.survivor_id OR survivor_id = NEW.duplicate_id)) THEN
        RAISE EXCEPTION 'merge %: what is merged keeps nobody, and what keeps is merged into nobody', NEW.id;
    END IF;
    RETURN NEW;
"""
AS_IT_STANDS = """
    IF (NEW.state = 'merged') IS DISTINCT FROM (
        SELECT coalesce(merged_into_id = NEW.survivor_id, false) FROM accounts_organisation WHERE id = NEW.duplicate_id
    ) THEN
        RAISE EXCEPTION 'merge %: the organisation says otherwise', NEW.id;
    END IF;
    RETURN NEW;
"""


class MergeQuerySet(models.QuerySet["EnterpriseMerge"]):
    def visible_to(self, user: Any) -> Self:
        """Those of two enterprises that this user sees both."""
        seen = Enterprise.objects.visible_to(user).order_by().values("pk")
        return self.filter(survivor__in=seen, duplicate__in=seen)


class EnterpriseMerge(Versioned):
    """That `duplicate` is the same firm as `survivor`, proposed by one person and decided by another (企业合并).

    `moved` holds, by "app.Model.field", the keys of the rows that were turned from the one to the other, so that
    undoing turns back exactly these; `made` those of the presences and names that the merge added; `kept` what stayed
    with the duplicate, {"rows": […], "reason"}; `before` what the duplicate was.
    """

    survivor = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="保留企业")
    duplicate = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="重复企业")
    reason = models.TextField("提请理由", max_length=1000)
    basis = models.TextField("认定依据", max_length=2000)
    state = models.CharField("状态", max_length=10, choices=MergeState, default=MergeState.PROPOSED, editable=False)
    proposed_by = person("提请人")
    decided_by, decided_at = person("决定人"), models.DateTimeField("决定时间", null=True, editable=False)
    opinion = models.TextField("决定意见", max_length=1000, blank=True, editable=False)
    undone_by, undone_at = person("撤销人"), models.DateTimeField("撤销时间", null=True, editable=False)
    undo_reason = models.TextField("撤销理由", max_length=1000, blank=True, editable=False)

    moved = models.JSONField("移动的记录", default=dict, editable=False)
    made = models.JSONField("新增的记录", default=dict, editable=False)
    kept = models.JSONField("保留的记录", default=dict, editable=False)
    before = models.JSONField("合并前", default=dict, editable=False)
    moved_count = models.PositiveIntegerField("移动记录数", default=0, editable=False)
    kept_count = models.PositiveIntegerField("保留记录数", default=0, editable=False)
    returned_count = models.PositiveIntegerField("退回记录数", default=0, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业合并"
        indexes = [
            models.Index(fields=["state", "-id"], name="merge_in_state"),
            models.Index(fields=["survivor", "state"], name="merge_survivor"),
        ]
        constraints = [
            models.CheckConstraint(name="merge_state_known", condition=Q(state__in=MergeState.values)),
            models.CheckConstraint(
                name="merge_is_of_two",
                condition=~Q(survivor=F("duplicate")),
                violation_error_message="请填写另一家企业，企业不能与自己合并",
            ),
            models.UniqueConstraint(
                fields=["duplicate"],
                condition=Q(state__in=MergeState.STANDING),
                name="duplicate_is_merged_once",
                violation_error_message="该企业已有待确认或已生效的合并",
            ),
            models.CheckConstraint(
                name="merge_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message="提请人不能决定自己提请的合并，请由他人决定",
            ),
            models.CheckConstraint(
                name="merge_decided_whole",
                condition=Q(state__in=("proposed", "withdrawn"), decided_by=None, decided_at=None)
                | Q(state__in=MergeState.DECIDED, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="merge_refused_with_an_opinion",
                condition=~Q(state="not_merged") | ~Q(opinion=""),
                violation_error_message="不予合并须写明意见",
            ),
            models.CheckConstraint(
                name="merge_undone_by_another",
                condition=Q(undone_by=None) | ~Q(undone_by=F("decided_by")),
                violation_error_message="撤销须由决定合并以外的人办理",
            ),
            models.CheckConstraint(
                name="merge_undone_whole",
                condition=~Q(state="undone") & Q(undone_by=None, undone_at=None, undo_reason="")
                | Q(state="undone", undone_by__isnull=False, undone_at__isnull=False) & ~Q(undo_reason=""),
                violation_error_message="撤销合并须写明理由",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(MERGE_CHANGES)),
            pgtrigger.ReadOnly(name="what_was_proposed_stays", fields=["survivor", "duplicate", "proposed_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="one_way",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state__in=list(MergeState.STANDING)),
                func=ONE_WAY,
            ),
            pgtrigger.Trigger(
                name="as_it_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("state"),
                func=AS_IT_STANDS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duplicate} → {self.survivor}"

    def get_absolute_url(self) -> str:
        return reverse("enterprise_merges:detail", args=[self.pk])
