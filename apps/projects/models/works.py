"""Dangerous works."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from apps.core.keyset import order_indexes
from apps.core.models import Versioned
from apps.projects.dangerous import category_choices
from apps.projects.models.parts import PartOfProjectQuerySet
from apps.projects.models.project import Project


class WorkState(models.TextChoices):
    PLANNED = "planned", "未开始"
    UNDERWAY = "underway", "施工中"
    FINISHED = "finished", "已完成"


class DangerousWork(Versioned):
    """A part of a project that the decree calls dangerous (危大工程).

    `is_dangerous`, `is_super` and `criterion` follow from category and parameters by `dangerous.classify` on the day of
    saving; the text of that day stays on the record.  The state follows from the actual dates.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="dangerous_works", verbose_name="工程项目")
    category = models.CharField("危大工程类别", max_length=30, choices=category_choices)
    name = models.CharField("名称", max_length=100)
    place = models.CharField("部位", max_length=100, blank=True)
    parameters = models.JSONField("参数", default=dict, blank=True, encoder=DjangoJSONEncoder)
    is_dangerous = models.BooleanField("达到危大标准", editable=False)
    is_super = models.BooleanField("超过一定规模", editable=False)
    criterion = models.TextField("判定依据", blank=True, editable=False)
    planned_start = models.DateField("计划开始", null=True, blank=True)
    planned_end = models.DateField("计划完成", null=True, blank=True)
    started_on = models.DateField("实际开始", null=True, blank=True)
    ended_on = models.DateField("实际完成", null=True, blank=True)
    state = models.GeneratedField(
        expression=models.Case(
            models.When(ended_on__isnull=False, then=models.Value(WorkState.FINISHED)),
            models.When(started_on__isnull=False, then=models.Value(WorkState.UNDERWAY)),
            default=models.Value(WorkState.PLANNED),
        ),
        output_field=models.CharField(max_length=10),
        db_persist=True,
        choices=WorkState,
        verbose_name="状态",
    )

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "危大工程"
        verbose_name_plural = "危大工程"
        ordering = ("project", "pk")
        indexes = [
            models.Index(fields=["is_super", "state"], name="dangerous_work_state"),
            *order_indexes("work", "planned_start", "planned_end", "started_on", "ended_on"),
        ]
        constraints = [
            models.CheckConstraint(
                name="super_works_are_dangerous", condition=Q(is_dangerous=True) | Q(is_super=False)
            ),
            models.CheckConstraint(
                name="dangerous_work_plan_in_order",
                condition=Q(planned_start=None) | Q(planned_end=None) | Q(planned_end__gte=F("planned_start")),
                violation_error_message="计划完成不能早于计划开始",
            ),
            models.CheckConstraint(
                name="dangerous_work_days_in_order",
                condition=Q(ended_on=None) | Q(started_on__isnull=False, ended_on__gte=F("started_on")),
                violation_error_message="填写实际完成须先填实际开始，且不能早于它",
            ),
        ]

    def __str__(self) -> str:
        return self.name
