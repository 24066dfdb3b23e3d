"""Risk points (风险点) and the measures that control them."""

from dataclasses import replace
from datetime import date
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.core.search import text_index
from apps.core.today import today
from apps.enterprises.models import Enterprise
from apps.projects.models import DangerousWork, Project
from apps.risks.models.rules import RiskRule
from apps.risks.models.words import (
    LEGAL_CHANGES,
    ControlLevel,
    MeasureKind,
    Method,
    Nature,
    RiskLevel,
    State,
    Subject,
)

MOST_DAYS = 365
NEVER_APPROVED = Q(approved_at=None, state=State.PROPOSED)


class RiskPointQuerySet(ScopedQuerySet["RiskPoint"]):
    def reached_by(self, scope: Scope) -> Q:
        """The scope keys, less what is not an authority's business: risks that were never in force, and for an office
        of the province all but the red and orange ones."""
        reached = super().reached_by(replace(scope, region_path=""))
        if seen := super().reached_by(replace(scope, enterprise_id=None, project_ids=())):
            seen &= ~NEVER_APPROVED
            reached |= seen & Q(level__gte=RiskLevel.CONSIDERABLE) if is_province(scope) else seen
        return reached

    def open(self) -> Self:
        return self.filter(state__in=State.OPEN)

    def in_force(self) -> Self:
        return self.filter(state=State.IN_FORCE)

    def overdue(self, day: date | None = None) -> Self:
        return self.filter(is_overdue(day))


def is_province(scope: Scope) -> bool:
    """The path of the province has one step: /13/."""
    return scope.region_path.count("/") == 2


def is_overdue(day: date | None = None) -> Q:
    """The day of the next check has passed."""
    return Q(state=State.IN_FORCE, next_check_on__lt=day or timezone.localdate())


class RiskPoint(Versioned):
    """A place, activity or piece of equipment on a site that is dangerous in itself (风险点), graded and controlled.

    Graded risk control: 《安全生产法》第四十一条, 《河北省安全生产风险管控与隐患治理规定》.
    Scope keys stand on the row as a hazard's do: `region_path` follows the project, `enterprise` is the responsible
    unit (责任单位).  `rule` is the edition that judged it: `score` and `scored_level` are its word, `floor` what it
    demands of dangerous works, `level` the highest of these and of what somebody raised it to.
    """

    number = models.CharField("风险点编号", max_length=24, db_collation="C")
    # No constraint of its own: `risk_follows_its_project`, over this column and the next, demands the same and more.
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        related_name="risks",
        verbose_name="工程项目",
        db_constraint=False,
        db_index=False,
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="risks", verbose_name="责任单位", db_index=False
    )
    dangerous_work = models.ForeignKey(
        DangerousWork, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name="危大工程"
    )

    name = models.CharField("风险点名称", max_length=100)
    kind = models.CharField("类型", max_length=10, choices=Subject, default=Subject.ACTIVITY)
    activity = models.CharField("作业活动或设备", max_length=100, blank=True)
    place = models.CharField("部位", max_length=100, blank=True)
    nature = models.CharField("动静态", max_length=8, choices=Nature, default=Nature.STATIC)
    factors = models.TextField("危险因素", max_length=2000)
    accident_type = models.CharField("可能事故类型", max_length=40)

    method = models.CharField("评价方法", max_length=5, choices=Method, default=Method.LEC)
    likelihood = models.DecimalField("可能性（L）", max_digits=5, decimal_places=2)
    exposure = models.DecimalField("暴露频次（E）", max_digits=5, decimal_places=2, null=True, blank=True)
    consequence = models.DecimalField("后果（C）或严重性（S）", max_digits=5, decimal_places=2)
    rule = models.ForeignKey(
        RiskRule, models.PROTECT, related_name="+", verbose_name="评价规则", editable=False, db_index=False
    )
    assessed_on = models.DateField("评价日期", editable=False)
    score = models.DecimalField("风险值", max_digits=9, decimal_places=2, editable=False)
    scored_level = models.PositiveSmallIntegerField("评分等级", choices=RiskLevel, editable=False)
    floor = models.PositiveSmallIntegerField("最低等级", choices=RiskLevel, default=RiskLevel.LOW, editable=False)
    level = models.PositiveSmallIntegerField("风险等级", choices=RiskLevel, editable=False)
    raised_reason = models.CharField("提高理由", max_length=300, blank=True)

    control_level = models.PositiveSmallIntegerField("管控层级", choices=ControlLevel, blank=True)
    responsible_person = models.CharField("责任人", max_length=50)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("预计解除日期", null=True, blank=True)
    check_every_days = models.PositiveSmallIntegerField("检查频次（天）", help_text="每隔几天检查一次，1 为每天")
    # Kept by a trigger on the measures, so that 缺措施 is a column and not a question to another table.
    measure_count = models.PositiveSmallIntegerField("措施条数", default=0, editable=False)

    state = models.CharField("状态", max_length=12, choices=State, default=State.PROPOSED, editable=False)
    last_checked_on = models.DateField("最近检查日期", null=True, editable=False)
    next_check_on = models.DateField("下次检查日期", null=True, editable=False)
    is_failing = models.BooleanField("管控失效", default=False, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="批准人",
        editable=False,
        db_index=False,
    )
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="监理确认人",
        editable=False,
        db_index=False,
    )
    confirmed_at = models.DateTimeField("监理确认时间", null=True, editable=False)
    lifted_at = models.DateTimeField("解除时间", null=True, editable=False)
    lift_reason = models.TextField("解除理由", max_length=1000, blank=True, editable=False)

    objects = RiskPointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "风险点"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="risk_number_once"),
            models.CheckConstraint(name="risk_state_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(
                name="risk_has_the_values_of_its_method",
                # With IS NOT NULL, for what is unknown would pass a check.
                condition=Q(method=Method.LEC, exposure__isnull=False, exposure__gt=0)
                | Q(method=Method.LS, exposure=None),
                violation_error_message="LEC 法须填暴露频次（E），风险矩阵法不填",
            ),
            models.CheckConstraint(
                name="risk_values_in_range",
                condition=Q(likelihood__gt=0, likelihood__lte=10, consequence__gt=0, consequence__lte=100)
                & (Q(exposure=None) | Q(exposure__lte=10)),
                violation_error_message="评价取值超出范围",
            ),
            models.CheckConstraint(
                name="risk_score_is_the_product",
                condition=Q(exposure=None, score=F("likelihood") * F("consequence"))
                | Q(exposure__isnull=False, score=F("likelihood") * F("exposure") * F("consequence")),
                violation_error_message="风险值须等于各项取值之积",
            ),
            models.CheckConstraint(
                name="risk_levels_known",
                condition=Q(level__in=RiskLevel.values, scored_level__in=RiskLevel.values, floor__in=RiskLevel.values)
                & Q(control_level__in=ControlLevel.values),
            ),
            models.CheckConstraint(
                name="risk_level_never_below_the_rule",
                condition=Q(level__gte=F("scored_level")) & Q(level__gte=F("floor")),
                violation_error_message="风险等级不能低于评价结果和规则规定的等级",
            ),
            models.CheckConstraint(
                name="risk_raised_with_a_reason",
                condition=Q(level=F("scored_level")) | Q(level=F("floor")) | ~Q(raised_reason=""),
                violation_error_message="提高等级须写明理由",
            ),
            models.CheckConstraint(
                name="risk_days_in_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="预计解除日期不能早于开始日期",
            ),
            models.CheckConstraint(
                name="risk_checked_at_least_once_a_year",
                condition=Q(check_every_days__gte=1, check_every_days__lte=MOST_DAYS),
                violation_error_message=f"检查频次为 1 至 {MOST_DAYS} 天",
            ),
            models.CheckConstraint(
                name="risk_in_force_is_approved_and_checked",
                condition=~Q(state=State.IN_FORCE) & Q(next_check_on=None)
                | Q(
                    state=State.IN_FORCE,
                    next_check_on__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                violation_error_message="管控中的风险点须有批准人和下次检查日期",
            ),
            models.CheckConstraint(
                name="risk_lifted_with_a_reason",
                condition=~Q(state=State.LIFTED) | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                violation_error_message="解除风险须写明理由",
            ),
        ]
        indexes = [
            models.Index(fields=["region_path", "-level", "next_check_on", "-id"], name="risk_of_region"),
            models.Index(
                fields=["region_path", "next_check_on"], condition=Q(state=State.IN_FORCE), name="risk_region_due"
            ),
            models.Index(
                fields=["region_path", "level"], condition=Q(state=State.IN_FORCE), name="risk_region_colours"
            ),
            models.Index(fields=["enterprise", "-level", "next_check_on", "-id"], name="risk_enterprise"),
            models.Index(fields=["project", "-level", "next_check_on", "-id"], name="risk_project"),
            models.Index(fields=["-level", "next_check_on", "-id"], name="risk_by_urgency"),
            text_index("number", "name", name="risk_text"),
            *order_indexes("risk", "level", "score", "next_check_on", "starts_on"),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(LEGAL_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="work_is_of_the_project",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("dangerous_work_id", "project_id"),
                condition=pgtrigger.Q(new__dangerous_work__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT FROM projects_dangerouswork
                        WHERE id = NEW.dangerous_work_id AND project_id = NEW.project_id
                    ) THEN
                        RAISE EXCEPTION 'dangerous work % is not of project %', NEW.dangerous_work_id, NEW.project_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/risks/{self.number}/"

    @property
    def is_overdue(self) -> bool:
        return self.state == State.IN_FORCE and self.next_check_on is not None and self.next_check_on < today()

    @property
    def level_name(self) -> str:
        """For the chip: major, considerable, general or low."""
        return RiskLevel(self.level).name.lower()

    @property
    def is_raised(self) -> bool:
        return self.level > max(self.scored_level, self.floor)


class PartOfRiskQuerySet(ScopedQuerySet[Any]):
    """What hangs on a risk point is shown with it; the keys are those of the project, over two joins."""

    region_key = "risk__region_path"
    enterprise_key = "risk__enterprise_id"
    project_key = "risk__project_id"


class ControlMeasureQuerySet(PartOfRiskQuerySet):
    def current(self) -> Self:
        return self.filter(is_retired=False)


class ControlMeasure(models.Model):
    """One measure against a risk (管控措施).  One that is no longer taken is retired, as earlier checks speak of it."""

    risk = models.ForeignKey(RiskPoint, models.PROTECT, related_name="measures", verbose_name="风险点", db_index=False)
    kind = models.CharField("类别", max_length=12, choices=MeasureKind)
    text = models.CharField("内容", max_length=300)
    position = models.PositiveSmallIntegerField("顺序", default=0)
    is_retired = models.BooleanField("已停用", default=False)

    objects = ControlMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "管控措施"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "kind", "text"],
                name="measure_once",
                violation_error_message="同一类别中已有相同的措施",
            ),
            models.CheckConstraint(name="measure_kind_known", condition=Q(kind__in=MeasureKind.values)),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="measure_stays_what_it_is", fields=["risk", "kind", "text"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counted_on_the_risk",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("is_retired"),
                func="""
                    UPDATE risks_riskpoint SET measure_count = (
                        SELECT count(*) FROM risks_controlmeasure WHERE risk_id = NEW.risk_id AND NOT is_retired
                    ) WHERE id = NEW.risk_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.text
