"""Who stands on the lists of seriously untrustworthy subjects, and what other offices are asked to do meanwhile."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.freezing import TODAY, refuse, stays
from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.search import text_index
from apps.credit.models.lists import ListType
from apps.credit.models.proceeding import (
    Proceeding,
    begins_on_its_day,
    grounded,
    once_by_source,
    two_people,
    usual_indexes,
)
from apps.credit.models.words import LIST_CHANGES, MEASURE_CHANGES, ListState, MeasureState, OfficeKind, Removal

LISTED = (
    "enterprise_id",
    "person_id",
    "list_type_id",
    "condition",
    "happened_on",
    "facts",
    "evidence",
    "legal_basis",
    "decision_number",
    "listed_on",
    "listed_until",
    "decided_by_id",
    "served_on",
    "objection_until",
)

# For as many months as the law of its list allows.
TERM_OF_ITS_LIST = f"""
    IF TG_OP = 'UPDATE' AND OLD.listed_until IS NOT NULL THEN
        RETURN NEW;
    END IF;
    IF NOT coalesce((
        SELECT NEW.listed_until + 1
               BETWEEN (NEW.listed_on + make_interval(months => least(removable_after, term_months)))::date
                   AND (NEW.listed_on + make_interval(months => term_months))::date
          FROM credit_listtype WHERE id = NEW.list_type_id), false) THEN
        {refuse("blacklisting_term_of_its_list", "列入期限不在该名单规定的期限之内，请按名单种类载明的月数办理")}
    END IF;
    RETURN NEW;
"""  # noqa: S608  (our own words)
# Off the list by a move alone: when the term is over the day after it, else from the day of the move.
ENDS_BY_A_MOVE = f"""
    IF (NEW.removed_on, NEW.removal) IS DISTINCT FROM (OLD.removed_on, OLD.removal) AND NOT coalesce(
            OLD.removed_on IS NULL AND OLD.state = 'listed' AND NEW.state = 'removed'
            AND NEW.removed_on <= OLD.listed_until + 1
            AND (NEW.removed_on = OLD.listed_until + 1
                 OR NEW.removal = 'repaired' AND NEW.removed_on >= {TODAY}), false)
       OR NEW.revoked_on IS DISTINCT FROM OLD.revoked_on AND NOT coalesce(
            OLD.revoked_on IS NULL AND OLD.state = 'listed' AND NEW.state = 'revoked'
            AND NEW.revoked_on <= OLD.listed_until + 1
            AND (NEW.revoked_on = OLD.listed_until + 1 OR NEW.revoked_on >= {TODAY}), false) THEN
        {refuse("blacklisting_ends_by_a_move", "移出和撤销的日期只能随相应的办理步骤写入，不能另行填写或者倒填")}
    END IF;
    RETURN NEW;
"""


class Blacklisting(Proceeding):
    """One listing (列入严重失信主体名单), from the proposal to the removal; never deleted.

    It stands from `listed_on` to `listed_until`, both included, and stops by itself the day after; `removed_on` is the
    first day on which it stands no more.
    """

    PREFIX = "SX"

    list_type = models.ForeignKey(ListType, models.PROTECT, related_name="listings", verbose_name="名单种类")
    # Kept by a trigger: on editions of one list nobody stands twice.
    list_code = models.CharField("名单代码", max_length=30, db_collation="C", editable=False, default="")
    condition = models.CharField("列入情形", max_length=500)
    state = models.CharField("状态", max_length=10, choices=ListState, default=ListState.PROPOSED, editable=False)
    decision_number = models.CharField("决定文号", max_length=60, blank=True, editable=False)
    listed_on = models.DateField("列入日期", null=True, editable=False)
    listed_until = models.DateField("列入截止日期", null=True, editable=False)
    removed_on = models.DateField("移出日期", null=True, editable=False)
    removal = models.CharField("移出方式", max_length=10, choices=Removal, blank=True, editable=False)
    removed_at, removed_by = moment("移出办理时间"), officer("移出办理人")
    revoked_on = models.DateField("撤销日期", null=True, editable=False)
    revoked_at, revoked_by = moment("撤销办理时间"), officer("撤销办理人")

    class Meta:
        verbose_name = verbose_name_plural = "失信名单"
        indexes = [
            *usual_indexes("blacklisting"),
            models.Index(fields=["listed_until"], condition=Q(state="listed"), name="blacklisting_ending"),
            *order_indexes("blacklisting", "listed_on", "listed_until"),
            text_index("number", "decision_number", name="blacklisting_text"),
        ]
        constraints = [
            known("state", ListState, "blacklisting_state_known"),
            two_people("blacklisting"),
            grounded("blacklisting"),
            once_by_source("blacklisting", "list_type"),
            models.UniqueConstraint(
                fields=["enterprise", "person", "list_code"],
                condition=Q(state__in=ListState.STANDING),
                name="blacklisted_once",
                nulls_distinct=False,
                violation_error_message="该主体在这一名单中已有未办结的案件或者正在列",
            ),
            models.CheckConstraint(
                name="blacklisting_revoked_by_another",
                condition=Q(revoked_by=None) | ~Q(revoked_by=F("decided_by")),
                violation_error_message="列入决定人不能撤销自己的决定，请由另一名人员办理",
            ),
            models.CheckConstraint(
                name="blacklisting_revoked_by_somebody",
                condition=~Q(state="revoked") | Q(revoked_by__isnull=False, revoked_on__isnull=False),
            ),
            models.CheckConstraint(
                name="blacklisting_is_whole",
                condition=~Q(state__in=("listed", "removed"))
                | Q(
                    listed_on__isnull=False,
                    listed_until__isnull=False,
                    listed_until__gte=F("listed_on"),
                    served_on__isnull=False,
                    objection_until__isnull=False,
                    decided_by__isnull=False,
                )
                & ~Q(decision_number=""),
                violation_error_message="列入须先告知，并有决定文号和列入期限",
            ),
            models.CheckConstraint(
                name="blacklisting_removed_on_a_day",
                condition=Q(state="removed", removed_on__isnull=False) & ~Q(removal="")
                | ~Q(state="removed") & Q(removal=""),
            ),
            models.CheckConstraint(
                name="blacklisting_removed_by_another",
                condition=Q(removed_by=None) | ~Q(removed_by=F("decided_by")) | ~Q(removal=Removal.REPAIRED),
                violation_error_message="移出须由列入决定人以外的人员办理",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(LIST_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_on_its_day("listed_on_its_day", "listed_on"),
            stays("listed_stays", ("listed", "removed", "revoked"), LISTED),
            pgtrigger.Trigger(
                name="bears_the_code_of_its_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("list_type_id", "list_code"),
                func="""
                    NEW.list_code := (SELECT code FROM credit_listtype WHERE id = NEW.list_type_id);
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="term_of_its_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.listed_on IS NOT NULL"),
                func=TERM_OF_ITS_LIST,
            ),
            pgtrigger.Trigger(
                name="ends_by_a_move",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("removed_on", "removal", "revoked_on"),
                func=ENDS_BY_A_MOVE,
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("blacklistings:detail", args=[self.number])


class JointMeasureQuerySet(models.QuerySet["JointMeasure"]):
    def visible_to(self, user: Any) -> "JointMeasureQuerySet":
        """With the listing they follow from, and by the office they are sent to."""
        ours = Blacklisting.objects.visible_to(user).order_by().values("pk")
        reached = Q(listing__in=ours)
        if user.is_authenticated and user.is_active and user.role_definition.side == "regulator":
            reached |= Q(addressee=user.organisation_id)
        return self.filter(reached)


class JointMeasure(Versioned):
    """A joint measure (联合惩戒) asked of another office, and what became of it."""

    number = models.CharField("编号", max_length=40, unique=True, db_collation="C", editable=False)
    listing = models.ForeignKey(Blacklisting, models.PROTECT, related_name="measures", verbose_name="失信名单")
    kind = models.CharField("单位类别", max_length=13, choices=OfficeKind, default=OfficeKind.OTHER)
    office = models.CharField("实施单位", max_length=100)
    addressee = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="平台内单位",
        editable=False,
    )
    text = models.CharField("措施", max_length=500)
    state = models.CharField("状态", max_length=10, choices=MeasureState, default=MeasureState.SENT, editable=False)
    sent_at, sent_by = moment("推送时间"), officer("推送人")
    feedback_by = models.DateField("反馈期限", null=True, editable=False)
    feedback = models.TextField("反馈", max_length=2000, blank=True, editable=False)
    fed_back_at, fed_back_by = moment("反馈时间"), officer("反馈人")
    lifted_on = models.DateField("解除日期", null=True, editable=False)

    objects = JointMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联合惩戒"
        constraints = [
            known("state", MeasureState, "joint_measure_state_known"),
            known("kind", OfficeKind, "joint_measure_kind_known"),
        ]
        indexes = [models.Index(fields=["feedback_by"], condition=Q(state="sent"), name="joint_measure_awaited")]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(MEASURE_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("joint_measures:detail", args=[self.number])

    @property
    def is_late(self) -> bool:
        """The office was to answer before today and has not."""
        if self.state != MeasureState.SENT or self.feedback_by is None:
            return False
        return self.feedback_by < timezone.localdate()
