"""The hazard ledger (隐患台账)."""

from dataclasses import replace
from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.models import ImportBatch, Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.core.search import text_index
from apps.core.today import today
from apps.documents.models import Paper
from apps.enterprises.models import Enterprise
from apps.hazards.models.criteria import Criterion
from apps.hazards.models.tally import TALLY_TRIGGERS, UNFINISHED
from apps.hazards.models.words import LEGAL_CHANGES, Disposal, Grade, ListedLevel, Source, State
from apps.projects.models import Project
from apps.risks.models import RiskLevel, RiskPoint


class HazardQuerySet(ScopedQuerySet["Hazard"]):
    def reached_by(self, scope: Scope) -> Q:
        """The scope keys, less two things that are nobody's business.

        A firm does not see an authority's draft before the order is issued; offices above the county see of
        self-checks only the major ones, so that a firm that looks hard is not punished for it.
        """
        reached = Q()
        authority = replace(scope, enterprise_id=None, project_ids=())
        firm = replace(scope, region_path="")
        if seen := super().reached_by(authority):
            is_county = scope.region_is_leaf
            reached |= seen if is_county else seen & ~Q(source=Source.SELF_CHECK, grade=Grade.ORDINARY)
        if seen := super().reached_by(firm):
            reached |= seen if scope.region_path else seen & ~Q(state=State.DRAFT, by_authority=True)
        return reached

    def open(self) -> Self:
        return self.filter(state__in=State.OPEN)

    def with_firm(self) -> Self:
        """Waiting for the responsible firm."""
        return self.filter(state__in=State.WITH_FIRM)

    def overdue(self, today: date | None = None) -> Self:
        """Not answered though the deadline has passed.  Without a deadline nothing is overdue."""
        return self.filter(is_overdue(today))

    def without_deadline(self) -> Self:
        return self.open().filter(deadline=None)


def is_overdue(today: date | None = None) -> Q:
    return Q(state__in=State.WITH_FIRM, deadline__lt=today or timezone.localdate())


class Hazard(Versioned):
    """A danger found on a site (事故隐患), followed until it is put right and struck off (销号).

    Scope keys stand on the row: `region_path` repeats the project's (a foreign key over both columns makes it
    follow), `enterprise` is the responsible firm.  Times named
    `*_at` are the database's; `found_on`, `rectified_on` and the dates of imported rows are what people claim.
    """

    number = models.CharField("隐患编号", max_length=24, db_collation="C")
    source = models.CharField("来源", max_length=20, choices=Source, default=Source.DAILY)
    by_authority = models.BooleanField("监督机构发现", default=True, editable=False)
    # No constraint of its own: `hazard_follows_its_project`, over this column and the next, demands the same and more.
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        related_name="hazards",
        verbose_name="工程项目",
        db_constraint=False,
        db_index=False,
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="hazards", verbose_name="整改企业", db_index=False
    )
    responsible_person = models.CharField("整改责任人", max_length=50, blank=True)

    building = models.CharField("楼栋", max_length=50, blank=True)
    floor = models.CharField("楼层", max_length=50, blank=True)
    axis = models.CharField("轴线", max_length=50, blank=True)
    place = models.CharField("部位", max_length=300, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField("定位精度（米）", null=True, blank=True)

    category = models.CharField("隐患类别", max_length=40)
    grade = models.CharField("隐患等级", max_length=10, choices=Grade, default=Grade.ORDINARY)
    risk_level = models.PositiveSmallIntegerField("风险等级", choices=RiskLevel, default=RiskLevel.GENERAL)
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="判定标准条款", db_index=False
    )
    # Where a control failed (管控失效): the risk point that the hazard came of.
    risk_point = models.ForeignKey(
        RiskPoint, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name="风险点", db_index=False
    )
    description = models.TextField("隐患描述", max_length=4000)
    clause = models.TextField("违反条款", max_length=1000, blank=True)
    demands = models.TextField("整改要求", max_length=4000, blank=True)
    disposal = models.CharField("处置措施", max_length=12, choices=Disposal, default=Disposal.RECTIFY)
    found_on = models.DateField("检查日期")
    inspecting_body = models.CharField("检查单位", max_length=100, blank=True)
    inspectors = models.CharField("检查人", max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记单位",
        editable=False,
        db_index=False,
    )

    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    deadline = models.DateField("整改期限", null=True, blank=True)
    deadline_basis = models.JSONField("期限推算", default=dict, blank=True, editable=False)
    commitments = models.JSONField("五落实", default=dict, blank=True)
    measures = models.TextField("整改措施", max_length=4000, blank=True)
    funds = models.DecimalField("整改资金（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    rectified_on = models.DateField("整改完成日期", null=True, blank=True)
    opinion = models.TextField("复查意见", max_length=2000, blank=True)
    void_reason = models.TextField("作废理由", max_length=1000, blank=True)
    void_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="申请作废人",
        editable=False,
        db_index=False,
    )

    # What the firm asks while its request waits for an answer; empty at other times, the events keep what was asked.
    extension_until = models.DateField("申请延至", null=True, editable=False)
    extension_reason = models.TextField("延期理由", max_length=1000, blank=True, editable=False)
    interim_measures = models.TextField("临时安全措施", max_length=2000, blank=True, editable=False)
    extension_requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="申请延期人",
        editable=False,
        db_index=False,
    )
    extensions = models.PositiveSmallIntegerField("延期次数", default=0, editable=False)
    urged_on = models.DateField("最近催办日", null=True, editable=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="经办人",
        editable=False,
        db_index=False,
    )

    # What authorities have attached to it, kept by the app of listed supervision and stop-work: no hazard is closed
    # while either lasts.
    listed_level = models.CharField(
        "挂牌督办", max_length=10, choices=ListedLevel, blank=True, default="", db_default="", editable=False
    )
    work_stopped = models.BooleanField("停工中", default=False, db_default=False, editable=False)

    # The notice that orders it, of a visit one for several hazards; another that replaces it takes its place.
    order_notice = models.ForeignKey(
        Paper,
        models.PROTECT,
        null=True,
        related_name="hazards",
        verbose_name="整改通知书",
        editable=False,
        db_index=False,
    )

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
        editable=False,
        db_index=False,
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="回复人",
        editable=False,
        db_index=False,
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="监理确认人",
        editable=False,
        db_index=False,
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="复查人",
        editable=False,
        db_index=False,
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="销号人",
        editable=False,
        db_index=False,
    )
    ordered_at = models.DateTimeField("下达时间", null=True, editable=False)
    received_at = models.DateTimeField("签收时间", null=True, editable=False)
    answered_at = models.DateTimeField("回复时间", null=True, editable=False)
    confirmed_at = models.DateTimeField("监理确认时间", null=True, editable=False)
    verified_at = models.DateTimeField("复查时间", null=True, editable=False)
    closed_at = models.DateTimeField("销号时间", null=True, editable=False)
    rounds = models.PositiveSmallIntegerField("退回次数", default=0, editable=False)
    contested = models.BooleanField("对销号有异议", default=False, editable=False)

    # From this day on the sweeps look here, after a move or an import.  A trigger hands it to `Alarm`, on whose
    # narrow row the sweeps count on.
    next_reminder_on = models.DateField("下次提醒日", null=True, editable=False)

    import_batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", verbose_name="导入批次", editable=False
    )
    source_row = models.PositiveIntegerField("导入行号", null=True, editable=False)
    source_columns = models.JSONField("导入原文", default=dict, editable=False)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "隐患"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="hazard_number_once"),
            models.CheckConstraint(
                name="hazard_listed_level_known", condition=Q(listed_level__in=["", *ListedLevel.values])
            ),
            models.CheckConstraint(name="hazard_state_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(
                name="hazard_criterion_means_major",
                condition=Q(criterion=None) | Q(grade=Grade.MAJOR),
                violation_error_message="选了判定标准条款的隐患必须定为重大隐患",
            ),
            models.CheckConstraint(
                name="hazard_deadline_not_before_finding",
                condition=Q(deadline=None) | Q(deadline__gte=F("found_on")),
                violation_error_message="整改期限不能早于检查日期",
            ),
            models.CheckConstraint(
                name="hazard_ordered_has_time",
                condition=Q(state__in=[State.DRAFT, State.VOID])
                | Q(ordered_at__isnull=False)
                | Q(import_batch__isnull=False),
                violation_error_message="下达后的隐患必须有下达时间",
            ),
            models.CheckConstraint(
                name="hazard_closed_has_closer",
                condition=~Q(state=State.CLOSED)
                | Q(closed_by__isnull=False, verified_by__isnull=False, closed_at__isnull=False)
                | Q(import_batch__isnull=False),
                violation_error_message="销号必须有复查人、销号人和销号时间",
            ),
            models.CheckConstraint(
                name="hazard_verifier_is_not_answerer",
                condition=Q(verified_by=None) | Q(answered_by=None) | ~Q(verified_by=F("answered_by")),
                violation_error_message="复查人不能是提交整改回复的人",
            ),
            models.CheckConstraint(
                name="hazard_major_closed_by_two",
                condition=~Q(state=State.CLOSED, grade=Grade.MAJOR)
                | Q(import_batch__isnull=False)
                | ~Q(closed_by=F("verified_by")),
                violation_error_message="重大隐患的复查人和销号人必须是两个人",
            ),
            models.CheckConstraint(
                name="hazard_extension_asked_by_whom_has_it",
                condition=Q(extension_until=None, extension_requested_by=None)
                | Q(
                    extension_until__isnull=False,
                    extension_requested_by__isnull=False,
                    state__in=State.WITH_FIRM,
                ),
                violation_error_message="延期申请只能在企业整改期间提出，须有申请人和申请延至的日期",
            ),
        ]
        indexes = [
            # With what is mostly filtered by, so that counting what a filter finds need not fetch the rows.
            models.Index(
                fields=["region_path", "-id"],
                include=["state", "grade", "risk_level", "source", "category"],
                name="hazard_of_region",
            ),
            models.Index(fields=["recorded_by", "region_path"], name="hazard_recorder"),
            models.Index(fields=["recorded_by"], condition=Q(state=State.DRAFT), name="hazard_draft"),
            models.Index(
                fields=["organisation", "deadline", "id"],
                condition=Q(state__in=UNFINISHED),
                name="hazard_office_unfinished",
            ),
            models.Index(
                fields=["region_path", "deadline", "id"],
                condition=Q(state__in=State.OPEN),
                name="hazard_region_open",
            ),
            models.Index(
                fields=["region_path", "-risk_level", "deadline", "-id"],
                condition=Q(state__in=State.OPEN),
                name="hazard_region_open_by_risk",
            ),
            models.Index(
                fields=["-risk_level", "deadline", "-id"], condition=Q(state__in=State.OPEN), name="hazard_open_by_risk"
            ),
            models.Index(fields=["deadline", "id"], condition=Q(state__in=State.OPEN), name="hazard_open_by_deadline"),
            models.Index(fields=["-risk_level", "deadline", "-id"], name="hazard_by_risk"),
            models.Index(fields=["deadline", "id"], name="hazard_by_deadline"),
            models.Index(fields=["found_on", "id"], name="hazard_by_finding"),
            models.Index(fields=["closed_at", "id"], name="hazard_by_closing"),
            models.Index(fields=["enterprise", "-id"], name="hazard_enterprise"),
            models.Index(fields=["project", "-id"], name="hazard_project"),
            text_index("number", "description", within="region_path", name="hazard_text"),
            models.Index(fields=["risk_point", "-id"], condition=Q(risk_point__isnull=False), name="hazard_risk_point"),
            models.Index(fields=["handler", "-id"], condition=Q(handler__isnull=False), name="hazard_handler"),
            models.Index(fields=["region_path", "-id"], condition=~Q(listed_level=""), name="hazard_listed"),
            models.Index(fields=["order_notice"], condition=Q(order_notice__isnull=False), name="hazard_notice"),
            models.Index(fields=["region_path", "-id"], condition=Q(work_stopped=True), name="hazard_stopped"),
            # Overdue depends on today, so no tally can hold it; this index alone answers it.
            models.Index(
                fields=["region_path", "deadline"],
                include=["source", "grade"],
                condition=Q(state__in=State.WITH_FIRM),
                name="hazard_with_firm",
            ),
            # The same for the province, which does not look at ordinary hazards that firms found themselves.
            models.Index(
                fields=["deadline"],
                condition=Q(state__in=State.WITH_FIRM) & ~Q(source=Source.SELF_CHECK, grade=Grade.ORDINARY),
                name="hazard_with_firm_told",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(LEGAL_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            *TALLY_TRIGGERS,
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return f"/hazards/{self.number}/"

    @property
    def is_major(self) -> bool:
        return self.grade == Grade.MAJOR

    @property
    def is_overdue(self) -> bool:
        return self.state in State.WITH_FIRM and self.deadline is not None and self.deadline < today()

    @property
    def title(self) -> str:
        """The first line of the description, short enough for a heading."""
        return next((line.strip() for line in self.description.splitlines() if line.strip()), "")[:60]

    @property
    def full_place(self) -> str:
        return " ".join(part for part in (self.building, self.floor, self.axis, self.place) if part)

    def recorder_is(self, user: Any) -> bool:
        return self.recorded_by_id == user.pk
