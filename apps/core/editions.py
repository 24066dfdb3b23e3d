"""Editions: what the law or an office has set stands beside what it sets later, and old cases keep theirs.

A model of editions has `effective_from` and names in `SAME` the columns that editions of one thing have in common; none
where there is but one thing.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.conditions import in_force_on
from apps.core.freezing import TODAY, refuse
from apps.core.scoping import OpenQuerySet

M = TypeVar("M", bound=models.Model)
USED = "已有记录依据本版，不能修改；请新增一版，并注明施行日期"
TOO_EARLY = "新的版本须从今天或者以后施行，以前各日适用的版本不能改变"
BEGUN = "本版已经施行，不能修改；请新增一版，并注明施行日期"


class EditionQuerySet(OpenQuerySet[M]):
    """Each edition is in force until the next one of the same begins."""

    def in_force(self, day: date) -> Self:
        """Of each thing the edition that had begun last; one that has been withdrawn leaves no other in its place."""
        same = self.model.SAME  # type: ignore[attr-defined]
        begun = self.model._default_manager.filter(effective_from__lte=day)
        return self.filter(self.standing_on(day), pk__in=last_of_each(begun, same).values("pk"))

    def standing_on(self, day: date) -> Q:
        """What more is asked of an edition than to be the newest: that it has not been withdrawn, where one can be."""
        has_end = any(field.name == "effective_to" for field in self.model._meta.concrete_fields)
        return in_force_on(day) if has_end else Q()

    def newest(self) -> Self:
        """Of each thing the edition that begins last, whether it has begun or not."""
        same = self.model.SAME  # type: ignore[attr-defined]
        return self.filter(pk__in=last_of_each(self.model._default_manager.all(), same).values("pk"))

    def for_day(self, day: date, **same: Any) -> M:
        """The edition of that day; of a day before the first one, the first: nothing older is known."""
        rows = self.filter(**same)
        found = rows.in_force(day).first() or rows.order_by("effective_from").first()
        if found is None:
            raise LookupError(f"{self.model._meta.label}: no edition of {same}")
        return found


def last_of_each(rows: models.QuerySet, same: Sequence[str]) -> models.QuerySet:
    """Of each thing the edition among these that begins last."""
    ordered = rows.order_by(*same, "-effective_from")
    return ordered.distinct(*same) if same else ordered[:1]


def in_force_today_of(model: type[models.Model]) -> Callable[[Any], Q]:
    """For the tab of a register: the editions by which things are judged today."""
    rows: Any = model._default_manager
    return lambda user: Q(pk__in=rows.in_force(timezone.localdate()).order_by().values("pk"))


def begins_later(name: str, table: str, same: Sequence[str]) -> pgtrigger.Trigger:
    """A further edition begins today or later: an earlier day would change by what those days were judged.

    `same` are the columns of the table in which editions of one thing agree.
    """
    alike = " AND ".join(f"{column} = NEW.{column}" for column in same) or "true"
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition(f"NEW.effective_from < {TODAY}"),
        func=f"""
            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN
                RETURN NEW;
            END IF;
            IF EXISTS (SELECT FROM {table} WHERE {alike} AND id <> NEW.id) THEN
                {refuse(name, TOO_EARLY)}
            END IF;
            RETURN NEW;
        """,
    )


def begun_stays(name: str, columns: Sequence[str]) -> pgtrigger.Trigger:
    """What has begun is not rewritten; a new edition takes its place from a day on."""
    old, new = (f"({', '.join(f'{row}.{column}' for column in columns)})" for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"OLD.effective_from <= {TODAY} AND {old} IS DISTINCT FROM {new}"),
        func=refuse(name, BEGUN),
    )


def used_stays(name: str, columns: Sequence[str], users: str, key: str) -> pgtrigger.Trigger:
    """What rows of the table `users` rest on by their column `key` is not rewritten; these columns are its words."""
    old, new = (f"({', '.join(f'{row}.{column}' for column in columns)})" for row in ("OLD", "NEW"))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"({old} IS DISTINCT FROM {new})"),
        func=f"""
            IF EXISTS (SELECT FROM {users} WHERE {key} = OLD.id) THEN
                {refuse(name, USED)}
            END IF;
            RETURN NEW;
        """,
    )
