"""Where a training or a plan belongs: to a firm, for one of its projects or at its seat."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q

from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.projects.models import Project

FOLLOWS = """
    IF NEW.project_id IS NULL THEN
        NEW.seat_id := NEW.enterprise_id;
        SELECT region_path INTO NEW.region_path FROM enterprises_enterprise WHERE organisation_id = NEW.enterprise_id;
    ELSE
        NEW.seat_id := NULL;
        SELECT region_path INTO NEW.region_path FROM projects_project WHERE id = NEW.project_id;
    END IF;
    RETURN NEW;
"""


class PlacedQuerySet(ScopedQuerySet[Any]):
    """The region stands on the row; a firm reaches what is its own and what is meant for its projects."""

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        if scope.firm_ids:
            reached |= Q(project__enterprise__in=scope.firm_ids)
        return reached


class Placed(Versioned):
    """`seat` is the firm once more where there is no project, so that the region follows whichever of the two it is of.

    A trigger keeps `seat` and `region_path`, also when a firm that was registered twice is merged.
    """

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="组织单位")
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="工程项目",
        db_constraint=False,
    )
    seat = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)

    class Meta:
        abstract = True


def is_somewhere(name: str) -> models.CheckConstraint:
    at_its_seat = Q(project=None, seat=F("enterprise"))
    return models.CheckConstraint(name=name, condition=Q(project__isnull=False, seat=None) | at_its_seat)


def follows_its_place(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("enterprise_id", "project_id"),
        func=FOLLOWS,
    )
