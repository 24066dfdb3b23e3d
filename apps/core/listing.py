"""From a register, a user and a query string to what the list page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from apps.core.listed import row_html
from apps.core.models import Preference
from apps.core.registers import ALL, Column, Register, View

SIZES = (20, 50, 100)
COUNT_CAP = 10_000
CONTROL = {"page", "size", "sort", "view", "partial", "density"}


@dataclass
class Listing:
    """One answer of a register: lazily counted and cut, so that the API and the export use the parts they need."""

    register: Register
    user: Any
    query: QueryDict

    @cached_property
    def view(self) -> View | None:
        """The chosen tab; without a choice the first, unless a filter was used."""
        views = {v.name: v for v in self.register.views}
        asked = self.query.get("view", "")
        if asked in views or asked == ALL:
            return views.get(asked)
        return next(iter(views.values()), None) if not self.filtered else None

    @cached_property
    def filtered(self) -> bool:
        return any(value for key, value in self.query.items() if key not in CONTROL)

    @cached_property
    def filters(self) -> Any:
        """The bound filters of a query that filters, else None."""
        return self.register.filterset(self.user, self.query) if self.filtered else None

    @cached_property
    def form(self) -> Any:
        return self.filters.form if self.filters else self.register.query_form(self.user)

    @cached_property
    def problems(self) -> dict[str, list[str]]:
        """What is wrong with the query, by field; a wrong query finds nothing rather than everything."""
        return self.filters.errors if self.filters else {}

    @cached_property
    def found(self) -> QuerySet:
        """The rows that the filters and the tab leave, unsorted."""
        if self.problems:
            return self.register.rows(self.user).none()
        rows = self.filters.qs if self.filters else self.register.rows(self.user)
        return rows.filter(self.view.condition(self.user)) if self.view else rows

    @cached_property
    def sorted(self) -> QuerySet:
        return self.register.sorted(self.found, self.sort)

    @property
    def sort(self) -> str:
        """The asked order, unless it is by a column that this user may not see: an order tells values too."""
        asked = self.query.get("sort", "")
        offered = {c.name for c in self.register.columns_for(self.user) if c.sortable}
        return asked if asked.removeprefix("-") in offered else ""

    @cached_property
    def columns(self) -> list[Column]:
        return chosen_columns(self.register, self.user)

    # Paging -------------------------------------------------------------------------------------------------------

    @cached_property
    def size(self) -> int:
        asked = self.query.get("size", "")
        return int(asked) if asked in {str(n) for n in SIZES} else SIZES[0]

    @cached_property
    def counted(self) -> int:
        """How many rows were found, counted up to one above the cap; the tabs' counts know it without a filter."""
        if not self.filtered and self.register.views:
            return self.view_counts[self.view.name if self.view else ALL]
        return self.found.order_by()[: COUNT_CAP + 1].count()

    @cached_property
    def pages(self) -> int:
        return max(1, -(-min(self.counted, COUNT_CAP) // self.size))

    @cached_property
    def number(self) -> int:
        asked = self.query.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        return min(max(number, 1), self.pages)

    @cached_property
    def records(self) -> list[Any]:
        start = (self.number - 1) * self.size
        return self.register.listed(self.sorted[start : start + self.size], self.columns)

    @cached_property
    def view_counts(self) -> Mapping[str, int]:
        """The tabs' counts over all the user's rows, whatever the query filters."""
        return self.register.view_counts(self.user) if self.register.views else {}

    # Addresses ----------------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> dict[str, list[str]]:
        return {key: values for key, values in self.query.lists() if key != "partial"}

    def url(self, **changes: Any) -> str:
        """This page's query string with some parameters replaced; None removes one."""
        given = {key: value for key, value in changes.items() if value is not None}
        kept = {key: values for key, values in self.asked.items() if key not in changes}
        return "?" + urlencode(kept | given, doseq=True)


def preference_name(register: Register) -> str:
    return f"columns:{register.name}"


def chosen_columns(register: Register, user: Any) -> list[Column]:
    """The columns in the order this user chose; those that no longer exist are dropped silently."""
    offered = {c.name: c for c in register.columns_for(user)}
    saved = Preference.objects.filter(user=user, name=preference_name(register)).values_list("value", flat=True).first()
    names = saved.get("columns", []) if isinstance(saved, dict) else []
    chosen = [offered[name] for name in names if name in offered]
    return chosen or [c for c in offered.values() if c.shown]


def choose_columns(register: Register, user: Any, names: Sequence[str]) -> None:
    """Remember the columns; an empty choice returns to the register's own."""
    Preference.objects.update_or_create(
        user=user, name=preference_name(register), defaults={"value": {"columns": list(names)}}
    )


def page_context(listing: Listing, *, tick: bool = False) -> dict[str, Any]:
    """What templates/core/list.html needs; with `tick` each row can be ticked."""
    return {
        "register": listing.register,
        "title": listing.register.label,
        "views": _views(listing),
        "filter_form": listing.form,
        "filter_problems": listing.problems,
        "columns": [_head(listing, c) for c in listing.columns],
        "rows": [_row(listing, record, tick=tick) for record in listing.records],
        "page": _page(listing),
        "filtered": listing.filtered,
        "clear_url": "?",
    }


def _views(listing: Listing) -> list[dict[str, Any]]:
    chosen = listing.view.name if listing.view else ALL
    tabs = [
        {
            "label": view.label,
            "url": f"?view={view.name}",
            "count": listing.view_counts[view.name],
            "hot": view.hot and listing.view_counts[view.name] > 0,
            "current": view.name == chosen,
        }
        for view in listing.register.views
    ]
    total = listing.view_counts.get(ALL)
    return [*tabs, {"label": "全部", "url": f"?view={ALL}", "count": total, "hot": False, "current": chosen == ALL}]


def _head(listing: Listing, column: Column) -> dict[str, Any]:
    state = {column.name: "asc", f"-{column.name}": "desc"}.get(listing.sort, "")
    following = f"-{column.name}" if state == "asc" else column.name
    return {
        "label": column.label,
        "name": column.name,
        "sort_url": listing.url(sort=following, page=None) if column.sortable else "",
        "sort_state": state,
        "numeric": listing.register.kinds[column.path] in ("integer", "decimal"),
    }


def _row(listing: Listing, record: Any, *, tick: bool) -> dict[str, Any]:
    register = listing.register
    row = {
        "url": register.row_url(record),
        "late": register.is_late(record),
        "key": getattr(record, register.key),
        "cells": [register.cell(record, c) for c in listing.columns],
        "ops": register.ops(record, listing.user),
        "card": register.card(record),
    }
    return row | {"html": row_html(row, tick=tick)}


def _page(listing: Listing) -> dict[str, Any]:
    number, pages = listing.number, listing.pages
    return {
        "number": number,
        "has_previous": number > 1,
        "previous_url": listing.url(page=number - 1),
        "has_next": number < pages,
        "next_url": listing.url(page=number + 1),
        "total_label": f"{listing.counted} 条" if listing.counted <= COUNT_CAP else "1 万+ 条",
        "total": listing.counted,
        "start": (number - 1) * listing.size + 1 if listing.counted else 0,
        "size": listing.size,
        "sizes": [{"n": n, "url": listing.url(size=n, page=None), "current": n == listing.size} for n in SIZES],
        "links": [
            n and {"number": n, "url": listing.url(page=n), "current": n == number} for n in shown(number, pages)
        ],
    }


def shown(number: int, pages: int) -> list[int | None]:
    """The page numbers to link: both ends and the neighbours, None for a gap."""
    near = sorted({1, pages, *range(max(1, number - 2), min(pages, number + 2) + 1)})
    links: list[int | None] = []
    for n in near:
        if links and links[-1] is not None and n - links[-1] > 1:
            links.append(None)
        links.append(n)
    return links
