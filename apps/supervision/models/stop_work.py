"""Stopping work on a site and letting it go on (停工、复工)."""

from enum import nonmember

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.core.columns import known, moment, person
from apps.supervision.models.measure import Measure


class StopScope(models.TextChoices):
    PART = "part", "局部停工"
    WHOLE = "whole", "全面停工"


class StopState(models.TextChoices):
    DRAFT = "draft", "待下达"
    STOPPED = "stopped", "停工中"
    REQUESTED = "requested", "待复核"
    RESUMED = "resumed", "已复工"
    WITHDRAWN = "withdrawn", "已撤销"

    IN_FORCE = nonmember(("stopped", "requested"))


STOP_CHANGES: tuple[tuple[str, str], ...] = (
    (StopState.DRAFT, StopState.STOPPED),
    (StopState.STOPPED, StopState.REQUESTED),
    (StopState.STOPPED, StopState.WITHDRAWN),
    (StopState.REQUESTED, StopState.RESUMED),
    (StopState.REQUESTED, StopState.STOPPED),
)


class StopWork(Measure):
    """An order to stop work, wholly or in a part, until somebody has seen on site that it may go on.

    To be told at once by law: who refuses to stop for a major hazard commits a crime (《刑法》第一百三十四条之一).
    """

    INSIDE = (StopState.DRAFT,)
    LETTER = "S"

    extent = models.CharField("停工范围", max_length=6, choices=StopScope)
    part = models.CharField("停工部位", max_length=300, blank=True)
    reason = models.TextField("停工理由", max_length=2000)
    demands = models.TextField("停工期间要求", max_length=2000, blank=True)
    state = models.CharField("状态", max_length=10, choices=StopState, default=StopState.DRAFT, editable=False)

    report = models.TextField("复工申请", max_length=4000, blank=True)
    opinion = models.TextField("复核意见", max_length=2000, blank=True)
    resumed_on = models.DateField("复工日期", null=True, blank=True)
    refusals = models.PositiveSmallIntegerField("不同意复工次数", default=0, editable=False)

    stopped_at, stopped_by = moment("停工时间"), person("下达人")
    requested_at, requested_by = moment("申请复工时间"), person("申请复工人")
    resumed_at, resumed_by = moment("同意复工时间"), person("同意复工人")

    class Meta:
        verbose_name = verbose_name_plural = "停工"
        indexes = [
            models.Index(fields=["region_path", "-id"], name="stop_of_region"),
            models.Index(fields=["organisation"], condition=Q(state="requested"), name="stop_to_review"),
        ]
        constraints = [
            known("state", StopState, "stop_state_known"),
            known("extent", StopScope, "stop_extent_known"),
            models.CheckConstraint(
                name="stop_in_part_names_it",
                condition=Q(extent="whole") | ~Q(part=""),
                violation_error_message="局部停工须写明停工部位",
            ),
            models.CheckConstraint(
                name="stop_resumed_after_a_check",
                condition=~Q(state="resumed") | ~Q(opinion="") & Q(resumed_on__isnull=False),
                violation_error_message="复核并写明意见和复工日期后才能复工",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(STOP_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def get_absolute_url(self) -> str:
        return reverse("stop_works:detail", args=[self.number])

    @property
    def is_late(self) -> bool:
        return False
