"""Lists of seriously untrustworthy subjects, each by its own law, and who stands on them."""

from datetime import date
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.columns import known, moment
from apps.core.columns import person as officer
from apps.core.conditions import in_force_on
from apps.core.freezing import stays
from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet
from apps.core.search import text_index
from apps.credit.models.proceeding import (
    Proceeding,
    begins_on_its_day,
    grounded,
    once_by_source,
    two_people,
    usual_indexes,
)
from apps.credit.models.words import (
    LIST_CHANGES,
    MEASURE_CHANGES,
    ListState,
    MeasureState,
    OfficeKind,
    Removal,
    Subject,
)


class ListsByLawQuerySet(OpenQuerySet["ListType"]):
    def in_force(self, day: date) -> "ListsByLawQuerySet":
        return self.filter(in_force_on(day))


def of_kind(measure: dict[str, str]) -> str:
    """【招标投标监管】 before the office; nothing for one of no kind."""
    kind = OfficeKind(measure.get("kind", OfficeKind.OTHER))
    return f"【{kind.label}】" if kind != OfficeKind.OTHER else ""


class ListType(Versioned):
    """A list by law (严重失信主体名单): without a legal basis there is none (国办发〔2020〕49号).

    `conditions` are [{"code", "text"}]; those whose code the platform knows (`apps.credit.conditions`) propose, and
    never decide.  `measures` are [{"kind", "office", "text"}], a kind of `OfficeKind`: joint measures that are sent
    when somebody is listed.
    """

    code = models.CharField("代码", max_length=30, unique=True, db_collation="C")
    name = models.CharField("名单名称", max_length=100)
    subject = models.CharField("适用对象", max_length=10, choices=Subject, default=Subject.ENTERPRISE)
    conditions = models.JSONField("列入情形")
    measures = models.JSONField("联合惩戒措施", default=list, blank=True)
    term_months = models.PositiveSmallIntegerField("列入期限（月）")
    removable_after = models.PositiveSmallIntegerField("可申请移出（满月数）")
    legal_basis = models.CharField("依据", max_length=500)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    effective_from = models.DateField("施行日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    is_sample = models.BooleanField("样例", default=False, editable=False)

    objects = ListsByLawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "失信名单种类"
        constraints = [
            models.CheckConstraint(
                name="list_type_has_its_law",
                condition=~Q(legal_basis=""),
                violation_error_message="没有法律、法规或者党中央、国务院政策文件依据的，不得设列名单",
            ),
            models.CheckConstraint(
                name="list_type_terms_in_order",
                condition=Q(term_months__range=(1, 60), removable_after__lte=F("term_months")),
                violation_error_message="列入期限为 1 至 60 个月，可申请移出的月数不能超过列入期限",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list_types:detail", args=[self.code])

    @property
    def conditions_in_words(self) -> str:
        return "\n".join(f"{n}. {one['text']}" for n, one in enumerate(self.conditions, 1))

    @property
    def measures_in_words(self) -> str:
        return "\n".join(f"{of_kind(one)}{one['office']}：{one['text']}" for one in self.measures)


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
)


class Blacklisting(Proceeding):
    """One listing (列入严重失信主体名单), from the proposal to the removal; never deleted.

    It stands from `listed_on` to `listed_until`, both included, and stops by itself the day after; `removed_on` is the
    first day on which it stands no more.
    """

    PREFIX = "SX"

    list_type = models.ForeignKey(ListType, models.PROTECT, related_name="listings", verbose_name="名单种类")
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
                fields=["enterprise", "person", "list_type"],
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
