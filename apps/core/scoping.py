"""The one place that decides which rows a user may see."""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Lookup, Q
from django.db.models.sql.where import AND
from django.http import Http404

M = TypeVar("M", bound=models.Model)


def at_or_below(key: str, path: str) -> Q:
    """Rows that lie in the region of this path or below it, as a range of paths.

    Every path ends in a slash, which "0" follows; LIKE would be asked of each row of the range again.
    """
    return Q(**{f"{key}__gte": path, f"{key}__lt": after(path)})


def after(path: str) -> str:
    """The first text that sorts behind a region's path and all below it."""
    return f"{path[:-1]}0"


def one_of(key: str, values: tuple[int, ...]) -> Q:
    """Rows with one of these keys; by equality where it is one, which an index answers in the order of the list."""
    return Q(**{key: values[0]}) if len(values) == 1 else Q(**{f"{key}__in": values})


def lineage(path: str) -> list[str]:
    """A region's path and those of all above it, from the province down: of /13/1301/ these are /13/ and /13/1301/."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:depth])}/" for depth in range(1, len(parts) + 1)] if path else []


def region_of(rows: models.QuerySet, key: str) -> str:
    """The narrowest region to which the condition of these rows confines them, "" where it names none.

    Understands what `reached_by` and `at_or_below` write; anything else, such as one of several ways, confines to none.
    """
    where = rows.query.where
    own = [c for c in where.children if isinstance(c, Lookup) and c.lhs == F(key).resolve_expression(rows.query)]
    told = {(condition.lookup_name, condition.rhs) for condition in own if where.connector == AND and not where.negated}
    paths = [path for name, path in told if name == "exact" or (name == "gte" and ("lt", after(path)) in told)]
    return max(paths, key=len, default="")


@dataclass(frozen=True)
class Scope:
    """How far a user reaches.  The parts add up: a row reached by any one of them is visible.

    `region_path` reaches the region and everything below it; where there is nothing below, `region_is_leaf` lets an
    index find its rows by equality, in their order.  `enterprise_id` the rows of one enterprise, `former_ids` those
    that still name it by a registration that was merged into it, `project_ids` single projects (engaged on, party to,
    or exceptionally granted).  `everything` is for readers of the whole province whatever the model, such as the
    auditor.  An empty scope reaches nothing.
    `of_authority` widens nothing: of what is reached its holder may also see what authorities keep among themselves.
    """

    region_path: str = ""
    region_is_leaf: bool = False
    enterprise_id: int | None = None
    former_ids: tuple[int, ...] = ()
    project_ids: tuple[int, ...] = ()
    everything: bool = False
    of_authority: bool = False

    @property
    def firm_ids(self) -> tuple[int, ...]:
        """All keys under which rows may name the enterprise of this scope."""
        return (self.enterprise_id, *self.former_ids) if self.enterprise_id else ()


class ScopedQuerySet(models.QuerySet[M]):
    """Rows that carry their own scope keys, so that no list needs a correlated sub-query.

    A model names the columns that hold its keys; None means that its rows are not reached that way.
    """

    region_key: str | None = "region_path"
    enterprise_key: str | None = "enterprise_id"
    project_key: str | None = "project_id"

    def visible_to(self, user: Any) -> Self:
        """The only door to rows on lists, details, counts, search, exports, files and messages."""
        scope = scope_of(user)
        if scope.everything:
            return self.all()
        reached = self.reached_by(scope)
        return self.filter(reached) if reached else self.none()

    def reached_by(self, scope: Scope) -> Q:
        """The condition for this scope; an empty Q when it reaches no row of this model."""
        reached = Q()
        if scope.region_path and self.region_key:
            at_it = Q(**{self.region_key: scope.region_path})
            reached |= at_it if scope.region_is_leaf else at_or_below(self.region_key, scope.region_path)
        if scope.enterprise_id and self.enterprise_key:
            reached |= one_of(self.enterprise_key, scope.firm_ids)
        if scope.project_ids and self.project_key:
            reached |= Q(**{f"{self.project_key}__in": scope.project_ids})
        return reached


class OpenQuerySet(models.QuerySet[M]):
    """Rows that are no secret among those who may read them at all: terms, rules, settings."""

    def visible_to(self, user: Any) -> Self:
        return self.all() if getattr(user, "is_active", False) else self.none()


def scope_of(user: Any) -> Scope:
    """The user's scope; nobody who is not active and signed in has one."""
    if not getattr(user, "is_active", False) or not user.is_authenticated:
        return Scope()
    return user.scope


def get_visible_or_404(rows: type[M] | models.QuerySet[M], user: Any, **lookup: Any) -> M:
    """One row, or the same 404 for a foreign row as for one that never was."""
    queryset = rows._default_manager.all() if isinstance(rows, type) else rows
    try:
        found = queryset.visible_to(user).filter(**lookup).first()  # type: ignore[attr-defined]
    except (ValueError, ValidationError):  # a key from the address that could never be one, such as "x" for a number
        found = None
    if found is None:
        raise Http404
    return found
