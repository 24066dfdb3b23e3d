"""What every measure that an authority attaches to a hazard has in common."""

from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.hazards.models import Hazard
from apps.projects.models import Project


class MeasureQuerySet(ScopedQuerySet[Any]):
    def reached_by(self, scope: Scope) -> Q:
        """The scope keys; a firm sees nothing of what the authority has not issued."""
        reached = Q()
        if seen := super().reached_by(replace(scope, enterprise_id=None, project_ids=())):
            reached |= seen
        if seen := super().reached_by(replace(scope, region_path="")):
            inside = self.model.INSIDE
            reached |= seen if scope.of_authority or not inside else seen & ~Q(state__in=inside)
        return reached


class Measure(Versioned):
    """One measure on one hazard; its scope keys are the hazard's, and follow the project's region as that does.

    `organisation` is the office that takes it.  `INSIDE` are the states that are the authorities' own business.
    """

    INSIDE: ClassVar[tuple[str, ...]] = ()
    LETTER: ClassVar[str]

    number = models.CharField("编号", max_length=32, unique=True, db_collation="C", editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="%(class)ss", verbose_name="隐患")
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="工程项目", db_constraint=False, editable=False
    )
    region_path = models.CharField(max_length=60, db_collation="C", editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="整改企业", editable=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="办理单位", editable=False, db_index=False
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提出人", editable=False
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @classmethod
    def of(cls, hazard: Hazard, *, organisation: Organisation, by: Any, **values: Any) -> Any:
        """A new one, unsaved, with its number and scope keys; the caller holds the lock on the hazard."""
        count = cls._base_manager.filter(hazard=hazard).count()
        return cls(
            number=f"{hazard.number}-{cls.LETTER}{count + 1}",
            hazard=hazard,
            project_id=hazard.project_id,
            region_path=hazard.region_path,
            enterprise_id=hazard.enterprise_id,
            organisation=organisation,
            made_by=by,
            **values,
        )
