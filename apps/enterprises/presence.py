"""Scope of what is known in several places at once: firms and their people."""

from dataclasses import replace
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from apps.core.scoping import Scope, ScopedQuerySet, scope_of

M = TypeVar("M", bound=models.Model)


class KnownByPresence(ScopedQuerySet[M]):
    """Rows with a table of presences (`presences`), each a scoped row: one indexed semi-join finds the visible ones."""

    def visible_to(self, user: Any) -> Self:
        """As everywhere; besides, whoever works for a firm sees the firm and its people."""
        scope = own_firm_too(user)
        if scope.everything or is_whole_province(scope.region_path):
            return self.all()
        reached = self.reached_by(scope)
        return self.filter(reached) if reached else self.none()

    def reached_by(self, scope: Scope) -> Q:
        presences: Any = self.model._meta.get_field("presences").related_model
        owner: str = self.model._meta.get_field("presences").field.name  # type: ignore[union-attr]
        reached = presences.objects.reached_by(scope)
        return Q(pk__in=presences.objects.filter(reached).values(owner)) if reached else Q()


def is_whole_province(path: str) -> bool:
    """“/13/”: below it lies every seat, so that the join would find every row."""
    return path.count("/") == 2


def own_firm_too(user: Any) -> Scope:
    scope = scope_of(user)
    if not user.is_authenticated or not user.is_active or user.role_definition.side != "enterprise":
        return scope
    return replace(scope, enterprise_id=user.organisation_id)
