"""What a list shows: the base register's own list, with the query and the columns that the definition fixes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict

from apps.accounts.models import Organisation, OrganisationKind
from apps.accounts.roles import NO_ROLE, Role
from apps.core.listing import ALL, CONTROL, NOWHERE, Listing
from apps.core.models import SavedView
from apps.core.registers import Column, Register, registry
from apps.core.scoping import Scope
from apps.lists.models import ListType, Side
from apps.lists.periods import Span
from apps.regions.models import is_division

MOVING = ("page", "size", "sort", "after", "before", "skip", "count")
"""What a reader of a list may say: where in it they are, and in which order. The filter is fixed."""
PLACEHOLDERS = ("period_start", "period_end")


@dataclass(frozen=True)
class Office:
    """An office or firm as a reader: what it sees is frozen, not what one of its people was lent besides.

    It has no rights, so that a column which needs one never stands in a list that others read.
    """

    organisation: Organisation
    pk: int = 0
    """Of no account; a condition that tells two numbers apart is one on the reader's own account."""
    is_active: bool = True
    is_authenticated: bool = True

    @property
    def scope(self) -> Scope:
        if side_of(self.organisation) == Side.ENTERPRISE:
            return Scope(enterprise_id=self.organisation.pk)
        path = self.organisation.region_path
        return Scope(region_path=path, region_is_leaf=is_division(path))

    @property
    def role(self) -> str:
        return NO_ROLE.code

    @property
    def role_definition(self) -> Role:
        is_firm = side_of(self.organisation) == Side.ENTERPRISE
        return replace(NO_ROLE, side="enterprise" if is_firm else "regulator")

    @property
    def organisation_id(self) -> int:
        return self.organisation.pk

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False


def side_of(organisation: Organisation) -> str:
    return Side.ENTERPRISE if organisation.kind == OrganisationKind.ENTERPRISE else Side.AUTHORITY


class FixedListing(Listing):
    """A register's listing whose filter and columns come from a definition; the reader only moves about in it."""

    def __init__(self, list_type: ListType, register: Register, user: Any, asked: QueryDict, span: Span) -> None:
        self.list_type, self.span = list_type, span
        moving = QueryDict(mutable=True)
        for name in MOVING:
            if value := asked.get(name):
                moving[name] = value
        super().__init__(register, user, moving)
        self.query = fixed_query(list_type.query, span)
        for name, values in moving.lists():
            self.query.setlist(name, values)

    @cached_property
    def saved(self) -> SavedView | None:
        """A saved view is copied into the definition, never looked up: its owner may change it."""
        return None

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.list_type, self.register, self.user)


def fixed_query(query: str, span: Span) -> QueryDict:
    """The definition's query with the days of the period put in; one that names no tab means all rows."""
    asked = QueryDict(query, mutable=True)
    days = dict(zip(PLACEHOLDERS, map(str, span), strict=True))
    for name, values in list(asked.lists()):
        asked.setlist(name, [days.get(str(value), str(value)) for value in values])
    if "view" not in asked:
        asked["view"] = ALL
    return asked


def register_of(list_type: ListType) -> Register | None:
    """The base register; None while the part of the platform that keeps it is not there."""
    return registry.get(list_type.register)


def columns_of(list_type: ListType, register: Register, user: Any) -> list[Column]:
    """The definition's columns under its own headings; what the register no longer has is left out.

    When that is all of them, the register's usual ones, so that a list is never a page without a table.
    """
    offered = {column.name: column for column in register.columns_for(user) if not column.permission}
    chosen = [
        replace(offered[told["field"]], label=told["label"], width=told["width"])
        for told in list_type.columns
        if told["field"] in offered
    ]
    return chosen or [column for column in offered.values() if column.shown]


def fields_offered(register: Register) -> list[tuple[str, str]]:
    """The columns that a list may show: those that need no special right."""
    return [(column.name, column.label) for column in register.columns if not column.permission]


# Checking -------------------------------------------------------------------------------------------------------------


def problems_of(list_type: ListType, reader: Any, span: Span) -> list[str]:
    """Why the list would show nothing, or something else than its query says; empty when it is sound."""
    register = register_of(list_type)
    if register is None:
        return []
    problems = [f"“{register.label}”没有筛选条件“{name}”" for name in unknown_names(register, list_type.query)]
    view = QueryDict(list_type.query).get("view", ALL)
    if view not in (ALL, *(v.name for v in register.views)):
        problems.append(f"“{register.label}”没有视图“{view}”")
    if problems:
        return problems
    listing = FixedListing(list_type, register, reader, QueryDict(), span)
    problems = [text for texts in listing.problems.values() for text in texts]
    if not problems and not is_the_same_for_all(listing):
        problems = ["所选视图因人而异（例如“我登记的”），不能作为清单的条件"]
    return problems


def unknown_names(register: Register, query: str) -> list[str]:
    """Parameters that the register would pass over, and so show more than was meant."""
    known = set(known_names(register))
    return [name for name, value in QueryDict(query).items() if value and name not in known]


def known_names(register: Register) -> Iterable[str]:
    yield from CONTROL - {"saved", *NOWHERE}
    for name in register.filters_class.base_filters:
        yield from (name, f"{name}_after", f"{name}_before")


def is_the_same_for_all(listing: Listing) -> bool:
    """Whether the tab's condition is not one on the reader's own account, which an office has none of."""
    if listing.view is None:
        return True
    offices = [Office(listing.user.organisation, pk=number) for number in (1, 2)]
    try:
        one, other = (str(listing.view.condition(office)) for office in offices)
    except (TypeError, ValueError, AttributeError):
        return False
    return one == other


# Taking over what a page shows ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pasted:
    """What the address of a register's page says: of which register, what query, which columns of a saved view."""

    register: str
    query: str
    columns: Sequence[str] = ()


def pasted(text: str, user: Any) -> Pasted:
    """Read the address of a filtered register page, whole or in part; its saved view is copied, not referred to."""
    parts = urlsplit(text.strip())
    is_bare = not parts.query and "=" in parts.path
    asked = QueryDict(parts.path if is_bare else parts.query, mutable=True)
    name = "" if is_bare else next((n for n, r in registry.items() if r.base_url == parts.path), "")
    columns: Sequence[str] = ()
    if saved := view_at(asked.get("saved", ""), user):
        laid_under = QueryDict(saved.query, mutable=True)
        for key, values in asked.lists():
            laid_under.setlist(key, values)
        asked, name, columns = laid_under, name or saved.register, saved.columns
    for key in ("page", "size", "partial", "density", "count", "saved", *NOWHERE):
        asked.pop(key, None)
    for key in [key for key, value in asked.items() if not value]:
        asked.pop(key)
    return Pasted(name, asked.urlencode(), columns)


def view_at(number: str, user: Any) -> SavedView | None:
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return SavedView.objects.visible_to(user).filter(pk=int(number)).first() if is_number else None
