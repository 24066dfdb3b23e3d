"""Accidents on sites (生产安全事故), and the enterprises that were found liable for them."""

from enum import nonmember
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.urls import reverse

from apps.accidents.grading import Grade, grade_in_sql
from apps.core.columns import known, moment, person
from apps.core.freezing import stays
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.projects.models import Project


class Category(models.TextChoices):
    """As GB/T 6441 tells accidents apart, those that happen on building sites."""

    FALL = "fall", "高处坠落"
    STRUCK = "struck", "物体打击"
    COLLAPSE = "collapse", "坍塌"
    LIFTING = "lifting", "起重伤害"
    ELECTRICITY = "electricity", "触电"
    MACHINERY = "machinery", "机械伤害"
    VEHICLE = "vehicle", "车辆伤害"
    POISONING = "poisoning", "中毒和窒息"
    FIRE = "fire", "火灾"
    OTHER = "other", "其他伤害"


class Concealment(models.TextChoices):
    """How the accident came to be known: as it should, or in one of the four ways that 令493 forbids."""

    NONE = "none", "如实上报"
    LATE = "late", "迟报"
    OMITTED = "omitted", "漏报"
    FALSE = "false", "谎报"
    CONCEALED = "concealed", "瞒报"


class Responsibility(models.TextChoices):
    MAIN = "main", "主要责任"
    SECONDARY = "secondary", "次要责任"


class AccidentState(models.TextChoices):
    REPORTED = "reported", "已上报"
    DETERMINED = "determined", "已认定"
    WITHDRAWN = "withdrawn", "已撤销"

    STANDING = nonmember(("reported", "determined"))


ACCIDENT_CHANGES: tuple[tuple[str, str], ...] = (
    (AccidentState.REPORTED, AccidentState.DETERMINED),
    (AccidentState.REPORTED, AccidentState.WITHDRAWN),
)
SETTLED = (
    "number",
    "project_id",
    "enterprise_id",
    "occurred_at",
    "place",
    "category",
    "summary",
    "deaths",
    "serious_injuries",
    "direct_loss",
    "grade",
    "is_liability",
    "concealment",
    "determination_number",
    "determined_on",
    "determination",
    "reported_by_id",
    "determined_by_id",
    "withdrawn_by_id",
)
"""Columns that stay as they are once the accident was determined or withdrawn."""

LIABLE_ARE_NAMED = """
    IF NEW.is_liability IS DISTINCT FROM EXISTS (
        SELECT FROM accidents_accidentliability WHERE accident_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'accident % is one of liability exactly when somebody is liable', NEW.number;
    END IF;
    RETURN NEW;
"""


class AccidentQuerySet(ScopedQuerySet["Accident"]):
    def reached_by(self, scope: Scope) -> Q:
        """The scope keys, and for a firm also those for which it was found liable, wherever they happened."""
        reached = super().reached_by(scope)
        if scope.firm_ids:
            of_firm = AccidentLiability._base_manager.filter(enterprise__in=scope.firm_ids)
            reached |= Q(pk__in=of_firm.order_by().values("accident"))
        return reached


class Accident(Versioned):
    """One accident on one site: reported, its figures supplemented while they change, determined by an authority.

    The scope keys are the project's: the region follows it, `enterprise` stays the general contractor of the time.
    `grade` is the word of the figures (apps/accidents/grading.py) and nobody's choice.  `is_liability` is open until
    the determination says whether it was a 生产安全责任事故; a loss of None is one that nobody knows yet.
    """

    number = models.CharField("事故编号", max_length=32, unique=True, db_collation="C", editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="accidents", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="+", verbose_name="施工总承包单位", editable=False
    )

    occurred_at = models.DateTimeField("发生时间")
    place = models.CharField("部位", max_length=200)
    category = models.CharField("事故类别", max_length=12, choices=Category)
    summary = models.TextField("事故简况", max_length=4000)
    deaths = models.PositiveSmallIntegerField("死亡人数", default=0)
    serious_injuries = models.PositiveSmallIntegerField("重伤人数", default=0)
    direct_loss = models.DecimalField("直接经济损失（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    grade = models.CharField("事故等级", max_length=13, choices=Grade, editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=AccidentState, default=AccidentState.REPORTED, editable=False
    )
    reported_at = models.DateTimeField("上报时间", editable=False)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上报人", editable=False
    )

    is_liability = models.BooleanField("生产安全责任事故", null=True, blank=True)
    concealment = models.CharField("上报情况", max_length=9, choices=Concealment, default=Concealment.NONE)
    determination_number = models.CharField("认定文号", max_length=60, blank=True)
    determined_on = models.DateField("认定日期", null=True, blank=True)
    determination = models.TextField("认定结论", max_length=4000, blank=True)
    determined_at, determined_by = moment("认定登记时间"), person("认定登记人")

    reason = models.TextField("撤销理由", max_length=1000, blank=True)
    withdrawn_at, withdrawn_by = moment("撤销时间"), person("撤销人")

    objects = AccidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事故"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="accident_of_region"),
            models.Index(fields=["state", "-id"], name="accident_in_state"),
        ]
        constraints = [
            known("state", AccidentState, "accident_state_known"),
            known("category", Category, "accident_category_known"),
            known("concealment", Concealment, "accident_concealment_known"),
            models.CheckConstraint(
                name="accident_grade_follows_its_figures",
                condition=Q(grade=grade_in_sql()),
                violation_error_message="事故等级须与伤亡人数和直接经济损失一致",
            ),
            models.CheckConstraint(
                name="accident_did_harm",
                # With IS NOT NULL, for what is unknown would pass a check.
                condition=Q(deaths__gt=0) | Q(serious_injuries__gt=0) | Q(direct_loss__isnull=False, direct_loss__gt=0),
                violation_error_message="死亡、重伤人数和直接经济损失不能都为零；经核实不构成事故的，请撤销",
            ),
            models.CheckConstraint(
                name="accident_loss_not_negative",
                condition=Q(direct_loss=None) | Q(direct_loss__gte=0),
                violation_error_message="直接经济损失不能为负数",
            ),
            models.CheckConstraint(
                name="accident_reported_after_it_happened",
                condition=Q(reported_at__gte=F("occurred_at")),
                violation_error_message="发生时间不能晚于现在",
            ),
            models.CheckConstraint(
                name="accident_determined_whole",
                condition=~Q(state="determined")
                | ~Q(determination_number="")
                & ~Q(determination="")
                & Q(determined_on__isnull=False, determined_by__isnull=False, is_liability__isnull=False),
                violation_error_message="认定须写明文号、日期、结论和是否属于责任事故",
            ),
            models.CheckConstraint(
                name="accident_determined_after_it_happened",
                condition=Q(determined_on=None) | Q(determined_on__gte=TruncDate("occurred_at")),
                violation_error_message="认定日期不能早于事故发生日期",
            ),
            models.CheckConstraint(
                name="accident_withdrawn_with_a_reason",
                condition=~Q(state="withdrawn") | ~Q(reason="") & Q(withdrawn_by__isnull=False),
                violation_error_message="撤销须写明理由",
            ),
            models.CheckConstraint(
                name="accident_settled_by_another_person",
                condition=(Q(determined_by=None) | ~Q(determined_by=F("reported_by")))
                & (Q(withdrawn_by=None) | ~Q(withdrawn_by=F("reported_by"))),
                violation_error_message="认定和撤销由上报人以外的人办理",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(ACCIDENT_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            stays("settled_stays", (AccidentState.DETERMINED, AccidentState.WITHDRAWN), SETTLED),
            pgtrigger.Trigger(
                name="liable_are_named",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(new__state="determined"),
                func=LIABLE_ARE_NAMED,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("accidents:detail", args=[self.number])

    @property
    def title(self) -> str:
        """某工程 较大坍塌事故."""
        return f"{self.project.name} {self.get_grade_display()}{self.get_category_display()}事故"

    @property
    def toll(self) -> str:
        loss = [] if self.direct_loss is None else [f"直接经济损失 {self.direct_loss:,.2f} 元"]
        return "，".join([f"死亡 {self.deaths} 人", f"重伤 {self.serious_injuries} 人", *loss])


class AccidentLiabilityQuerySet(models.QuerySet["AccidentLiability"]):
    def visible_to(self, user: Any) -> Self:
        """Who is liable is seen by those who see the accident."""
        return self.filter(accident__in=Accident.objects.visible_to(user))


class AccidentLiability(models.Model):
    """An enterprise that the determination found liable; written with it, and never again."""

    accident = models.ForeignKey(
        Accident, models.PROTECT, related_name="liabilities", verbose_name="事故", db_index=False
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="accident_liabilities", verbose_name="责任单位"
    )
    responsibility = models.CharField("责任", max_length=9, choices=Responsibility)

    objects = AccidentLiabilityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事故责任单位"
        ordering = ("accident", "responsibility", "pk")
        constraints = [
            known("responsibility", Responsibility, "liability_responsibility_known"),
            models.UniqueConstraint(
                fields=["accident", "enterprise"],
                name="liable_once_for_an_accident",
                violation_error_message="同一家企业只能列一次",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="written_with_the_determination",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # The move writes them before it changes the state.
                func="""
                    IF NOT EXISTS (
                        SELECT FROM accidents_accident WHERE id = NEW.accident_id AND state = 'reported'
                    ) THEN
                        RAISE EXCEPTION 'accident % is settled', NEW.accident_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise.name}（{self.get_responsibility_display()}）"
