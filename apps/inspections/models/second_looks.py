"""Open hazards that a visit carries along, and what was seen of each when somebody looked again."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.hazards.models import Hazard, State
from apps.inspections.models.freezing import frozen_with_its_visit
from apps.inspections.models.visits import OfVisitQuerySet, Visit
from apps.inspections.models.words import LookEffect, LookOutcome


class SecondLook(models.Model):
    """One open hazard that a visit is to look at again (复查), with the outcome.

    `facts` is the hazard as it stood when the visit took it along: {"number", "description", "place", "grade",
    "deadline", "state"}, the day as ISO text or "".  `is_needed` says that the visit is not handed in without an
    outcome.  `revision` counts the changes of the outcome, 0 for none; `effect` is what the outcome did to the ledger
    at submission.  The key is told to phones, whose photographs name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="second_looks", verbose_name="检查")
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="second_looks", verbose_name="隐患")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    facts = models.JSONField("带入时的内容", default=dict)
    is_needed = models.BooleanField("必须复查", default=False)
    carried_at = models.DateTimeField("带入时间", db_default=Now(), editable=False)
    outcome = models.CharField("复查结论", max_length=7, choices=LookOutcome, blank=True)
    remark = models.CharField("复查说明", max_length=500, blank=True)
    revision = models.PositiveIntegerField("修订", default=0)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复查人"
    )
    claimed_at = models.DateTimeField("手机时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", null=True, blank=True)
    effect = models.CharField("办理结果", max_length=8, choices=LookEffect, blank=True, editable=False)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "隐患复查"
        ordering = ("visit", "position")
        constraints = [
            models.UniqueConstraint(fields=["visit", "hazard"], name="hazard_carried_once"),
            models.CheckConstraint(name="look_outcome_known", condition=Q(outcome__in=["", *LookOutcome.values])),
            models.CheckConstraint(name="look_effect_known", condition=Q(effect__in=["", *LookEffect.values])),
            models.CheckConstraint(
                name="look_outcome_is_of_somebody",
                condition=Q(outcome="", revision=0, made_by=None)
                | ~Q(outcome="") & Q(revision__gt=0, made_by__isnull=False),
            ),
            models.CheckConstraint(
                name="look_outcome_explained",
                condition=~Q(outcome__in=LookOutcome.EXPLAINED) | ~Q(remark=""),
                violation_error_message="部分整改的，请写明还有什么没有整改；未复查的，请写明原因",
            ),
        ]
        triggers = [
            frozen_with_its_visit(),
            pgtrigger.ReadOnly(name="carried_as_it_was", fields=["visit", "hazard", "facts", "is_needed"]),
        ]

    def __str__(self) -> str:
        return str(self.facts.get("number", ""))

    @property
    def is_over(self) -> bool:
        """Closed or voided by others since: there is nothing left to look at."""
        return self.hazard.state not in State.OPEN

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.outcome and not self.is_over

    @property
    def state_then(self) -> str:
        return State(self.facts["state"]).label

    @property
    def state_now(self) -> str:
        """Where it has moved meanwhile, "" where it stands as it did."""
        return "" if self.hazard.state == self.facts["state"] else self.hazard.get_state_display()
