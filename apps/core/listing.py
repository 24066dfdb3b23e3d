"""From a register, a user and a query string to what the list page shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject

from apps.core.keyset import Place, place_of, rows_after
from apps.core.listed import row_html
from apps.core.models import Preference, SavedView
from apps.core.registers import ALL, COUNT_CAP, Column, Register, View

SIZES = (20, 50, 100)
SEARCH_CAP = 100
"""What a text is found in is spread over the whole ledger, and each row must be read to be counted; a page at most."""
KEPT_S = 60
"""So long a list does without asking anew for what seldom changes; what its user changes shows at once."""
EXACT = "exact"
LAST = -1
"""The last page, where pages are counted from the end because there are too many to count from the beginning."""
NOWHERE: dict[str, Any] = {"after": None, "before": None, "skip": None}
"""Takes from an address the row by which a page lies."""
MARKS = {"integer": "num", "decimal": "num", "date": "day"}
"""How the page marks a column by the kind of its values."""
CONTROL = {"page", "size", "sort", "view", "partial", "density", "after", "before", "skip", "count", "saved"}


@dataclass
class Listing:
    """One answer of a register: lazily counted and cut, so that the API and the export use the parts they need."""

    register: Register
    user: Any
    query: QueryDict

    def __post_init__(self) -> None:
        self.address = self.query
        if self.saved:
            self.query = laid_over(self.saved.query, self.query)

    @cached_property
    def saved(self) -> SavedView | None:
        """The saved view that the address names, as far as this user is offered it."""
        number = whole_number(self.query.get("saved", ""))
        offered = SavedView.objects.visible_to(self.user).filter(register=self.register.name)
        return offered.filter(pk=number).first() if number else None

    @cached_property
    def view(self) -> View | None:
        """The chosen tab; without a choice the first, unless a filter was used."""
        views = {v.name: v for v in self.register.views_for(self.user)}
        asked = self.query.get("view", "")
        if asked in views or asked == ALL:
            return views.get(asked)
        return next(iter(views.values()), None) if not self.filtered and not self.saved else None

    @cached_property
    def filtered(self) -> bool:
        return any(value for key, value in self.query.items() if key not in CONTROL)

    @cached_property
    def filters(self) -> Any:
        """The bound filters of a query that filters, else None; a saved one does without what is no longer valid."""
        filters = self.register.filterset(self.user, self.query) if self.filtered else None
        if filters and self.saved and filters.errors:
            self.query = without(self.query, filters.errors, kept=self.address)
            filters = self.register.filterset(self.user, self.query)
        return filters

    @cached_property
    def form(self) -> Any:
        """All that can be asked, as it is drawn."""
        return self.register.query_form(self.user, self.query if self.filters else None)

    @cached_property
    def problems(self) -> dict[str, list[str]]:
        """What is wrong with the query, by field; a wrong query finds nothing rather than everything."""
        if not self.filters:
            return {}
        fields = self.filters.form.fields
        return {n: [f"{fields[n].label}：{e}" for e in errors] for n, errors in self.filters.errors.items()}

    @cached_property
    def found(self) -> QuerySet:
        """The rows that the filters and the tab leave, unsorted."""
        if self.problems:
            return self.register.rows(self.user).none()
        rows = self.filters.qs if self.filters else self.register.rows(self.user)
        return rows.filter(self.view.condition(self.user)) if self.view else rows

    @cached_property
    def sorted(self) -> QuerySet:
        return self.register.sorted(self.found, self.sort, self.view)

    @property
    def sort(self) -> str:
        """The asked order, unless it is by a column that this user may not see: an order tells values too."""
        asked = self.query.get("sort", "")
        offered = {c.name for c in self.register.columns_for(self.user) if c.sortable}
        return asked if asked.removeprefix("-") in offered else ""

    @cached_property
    def columns(self) -> list[Column]:
        saved = self.saved and columns_named(self.register, self.user, self.saved.columns)
        return saved or chosen_columns(self.register, self.user)

    # Paging -------------------------------------------------------------------------------------------------------

    @cached_property
    def size(self) -> int:
        asked = self.query.get("size", "")
        return int(asked) if asked in {str(n) for n in SIZES} else SIZES[0]

    @property
    def is_exact(self) -> bool:
        """Whether the count goes on beyond the cap, as it does when asked to."""
        return self.query.get("count") == EXACT

    @cached_property
    def searched(self) -> bool:
        """Whether a text is looked for."""
        texts = ("q", *(c.name for c in self.register.columns if c.filter == "icontains"))
        return any(self.query.get(name) for name in texts)

    @property
    def cap(self) -> int:
        """So many rows are counted; whether there are more is all that is asked then."""
        return SEARCH_CAP if self.searched else COUNT_CAP

    @cached_property
    def first_keys(self) -> list[Any]:
        """The first rows that a search finds, one beyond the cap: finding them is what costs, and it is done once."""
        return list(self.sorted.values_list("pk", flat=True)[: self.cap + 1])

    @cached_property
    def counted(self) -> int:
        """How many rows were found, counted up to one above the cap; the tabs' counts know it without a filter."""
        if self.is_exact:
            return self.found.order_by().count()
        if self.searched:
            return len(self.first_keys)
        if not self.filtered and self.register.views:
            return min(self.view_counts[self.view.name if self.view else ALL], self.cap + 1)
        return self.found.order_by()[: self.cap + 1].count()

    @property
    def is_capped(self) -> bool:
        return self.counted > self.cap and not self.is_exact

    @cached_property
    def pages(self) -> int:
        return max(1, -(-(self.cap if self.is_capped else self.counted) // self.size))

    @cached_property
    def place(self) -> Place | None:
        """Where the page begins or ends, if its address names a row by which it lies."""
        key = self.query.get("after") or self.query.get("before")
        try:
            return place_of(self.register.rows(self.user), key, self.sorted) if key else None
        except (ValueError, ValidationError):  # no key of any row
            return None

    @cached_property
    def number(self) -> int:
        """The page's number, beyond the last that is counted to where it lies by a row; -2 is the last but one."""
        asked = self.query.get("page", "")
        if self.is_capped and asked.startswith("-"):
            from_end = whole_number(asked[1:]) or 1
            return LAST if self.place is None else -from_end
        number = whole_number(asked) or 1
        return number if self.place is not None else min(number, self.pages)

    @cached_property
    def records(self) -> list[Any]:
        return self.stretch[0]

    @cached_property
    def stretch(self) -> tuple[list[Any], bool, bool]:
        """The rows of this page, and whether there are more before and after it."""
        if self.place is not None:
            return self.rows_by_a_row(self.place)
        if self.number == LAST:
            return self.last_rows()
        start = (self.number - 1) * self.size
        end = min(start + self.size, self.counted)
        rows = self.rows_between(start, end) if start < end else []
        return rows, self.number > 1, self.number < self.pages or self.is_capped

    def rows_between(self, start: int, end: int) -> list[Any]:
        if self.searched and not self.is_exact and (start + self.size <= self.cap or not self.is_capped):
            return self.fetch(self.rows_of(self.first_keys[start:end]))
        if start > self.counted - end and not self.is_capped:  # nearer to the end: count from there
            return self.fetch(self.sorted.reverse()[self.counted - end : self.counted - start])[::-1]
        return self.fetch(self.sorted[start : start + self.size])

    def rows_of(self, keys: Sequence[Any]) -> QuerySet:
        """These rows in the order of the list."""
        return self.register.sorted(self.register.rows(self.user).filter(pk__in=keys), self.sort, self.view)

    def rows_by_a_row(self, place: Place) -> tuple[list[Any], bool, bool]:
        forwards = "after" in self.query
        skip = self.size if self.query.get("skip") == "1" else 0
        order = self.sorted if forwards else self.sorted.reverse()
        rows = rows_after(order, place, skip + self.size + 1, fetch=self.fetch)[skip:]
        more, rows = len(rows) > self.size, rows[: self.size]
        return (rows, True, more) if forwards else (rows[::-1], more, True)

    def last_rows(self) -> tuple[list[Any], bool, bool]:
        rows = self.fetch(self.sorted.reverse()[: self.size + 1])
        return rows[: self.size][::-1], len(rows) > self.size, False

    def fetch(self, rows: QuerySet) -> list[Any]:
        """These few rows, in their order."""
        if not self.register.grows_daily:
            return self.register.listed(rows, self.columns)
        keys = list(rows.values_list("pk", flat=True))
        joined = self.register.listed(self.register.rows(self.user).filter(pk__in=keys), self.columns)
        return sorted(joined, key=lambda record: keys.index(record.pk))

    @cached_property
    def view_counts(self) -> Mapping[str, int]:
        """The tabs' counts over all the user's rows, whatever the query filters."""
        return self.register.view_counts(self.user) if self.register.views else {}

    # Addresses ----------------------------------------------------------------------------------------------------

    @cached_property
    def asked(self) -> dict[str, list[str]]:
        return {key: values for key, values in self.address.lists() if key != "partial"}

    def url(self, **changes: Any) -> str:
        """This page's query string with some parameters replaced; None removes one."""
        given = {key: value for key, value in changes.items() if value is not None}
        kept = {key: values for key, values in self.asked.items() if key not in changes}
        return "?" + urlencode(kept | given, doseq=True)


def laid_over(saved: str, address: QueryDict) -> QueryDict:
    """The saved query, with what the address says beside it going first."""
    query = QueryDict(saved, mutable=True)
    for key, values in address.lists():
        query.setlist(key, values)
    return query


def without(query: QueryDict, names: Iterable[str], *, kept: QueryDict) -> QueryDict:
    """The query less these filters, but for those that the address itself asks for."""
    left = query.copy()
    for name in names:
        for key in (name, f"{name}_after", f"{name}_before"):
            if key not in kept:
                left.pop(key, None)
    return left


def preference_name(register: Register) -> str:
    return f"columns:{register.name}"


def chosen_columns(register: Register, user: Any) -> list[Column]:
    """The columns in the order this user chose, else the register's own."""
    names = cache.get_or_set(remembered_columns(register, user), lambda: saved_columns(register, user), KEPT_S) or []
    return columns_named(register, user, names) or [c for c in register.columns_for(user) if c.shown]


def saved_columns(register: Register, user: Any) -> list[str]:
    saved = Preference.objects.filter(user=user, name=preference_name(register)).values_list("value", flat=True).first()
    return saved.get("columns", []) if isinstance(saved, dict) else []


def remembered_columns(register: Register, user: Any) -> str:
    return f"{preference_name(register)}:{user.pk}"


def columns_named(register: Register, user: Any, names: Sequence[str]) -> list[Column]:
    """These columns in this order; those that no longer exist are dropped silently."""
    offered = {c.name: c for c in register.columns_for(user)}
    return [offered[name] for name in names if name in offered]


def choose_columns(register: Register, user: Any, names: Sequence[str]) -> None:
    """Remember the columns; an empty choice returns to the register's own."""
    Preference.objects.update_or_create(
        user=user, name=preference_name(register), defaults={"value": {"columns": list(names)}}
    )
    cache.delete(remembered_columns(register, user))


def page_context(listing: Listing, *, tick: bool = False) -> dict[str, Any]:
    """What templates/core/list.html needs; with `tick` each row can be ticked."""
    return {
        "register": listing.register,
        "title": listing.register.label,
        "views": _views(listing),
        "filter_form": SimpleLazyObject(lambda: listing.form),
        "asked_form": listing.filters.form if listing.filters else None,
        "filter_problems": listing.problems,
        "columns": [_head(listing, c) for c in listing.columns],
        "rows": [_row(listing, record, tick=tick) for record in listing.records],
        "page": _page(listing),
        "filtered": listing.filtered,
        "clear_url": "?",
        "empty": _why_empty(listing),
    }


def _why_empty(listing: Listing) -> dict[str, str] | None:
    """That the rows lie outside the view, where there are any."""
    if listing.filtered or listing.records or not listing.view or not listing.view_counts[ALL]:
        return None
    total = in_figures(listing.view_counts[ALL])
    reason = f"“{listing.view.label}”现在没有记录"
    return {"reason": reason, "action_label": f"查看全部（{total}）", "action_url": f"?view={ALL}"}


def _views(listing: Listing) -> list[dict[str, Any]]:
    chosen = "" if listing.saved else listing.view.name if listing.view else ALL
    counts = listing.view_counts
    tabs = [
        {
            "label": view.label,
            "url": f"?view={view.name}",
            "count": in_figures(counts[view.name]),
            "hot": view.hot and counts[view.name] > 0,
            "current": view.name == chosen,
        }
        for view in listing.register.views_for(listing.user)
    ]
    total = in_figures(counts[ALL]) if counts else None
    return [*tabs, {"label": "全部", "url": f"?view={ALL}", "count": total, "hot": False, "current": chosen == ALL}]


def in_figures(count: int, cap: int | None = None) -> str:
    if count <= (cap or COUNT_CAP):
        return f"{count:,}"
    return "1 万+" if cap in (None, COUNT_CAP) else f"{cap:,}+"


def total_of(listing: Listing) -> str:
    return in_figures(listing.counted, listing.cap) if listing.is_capped else f"{listing.counted:,}"


def _head(listing: Listing, column: Column) -> dict[str, Any]:
    state = {column.name: "asc", f"-{column.name}": "desc"}.get(listing.sort, "")
    following = f"-{column.name}" if state == "asc" else column.name
    return {
        "label": column.label,
        "name": column.name,
        "sort_url": listing.url(sort=following, page=None, **NOWHERE) if column.sortable else "",
        "sort_state": state,
        "mark": MARKS.get(listing.register.kinds[column.path], ""),
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
    _, has_previous, has_next = listing.stretch
    number = listing.number
    return {
        "label": in_words(number),
        "has_previous": has_previous,
        "previous_url": beside(listing, -1),
        "has_next": has_next,
        "next_url": beside(listing, 1),
        "total_label": f"{total_of(listing)} 条",
        "total": listing.counted,
        "exact_url": listing.url(count=EXACT, page=None, **NOWHERE) if listing.is_capped else "",
        "last_url": listing.url(page=LAST, **NOWHERE) if listing.is_capped and number > 0 else "",
        "size": listing.size,
        "sizes": [
            {"n": n, "url": listing.url(size=n, page=None, **NOWHERE), "current": n == listing.size} for n in SIZES
        ],
        "links": page_links(listing, has_next=has_next),
    }


def in_words(number: int) -> str:
    return f"第 {number} 页" if number > 0 else "末页" if number == LAST else f"倒数第 {-number} 页"


def page_links(listing: Listing, *, has_next: bool) -> list[dict[str, Any] | None]:
    number = listing.number
    if number < 0:
        return [page_link(listing, 1), None, page_link(listing, number)]
    last = number + has_next if listing.is_capped else listing.pages
    numbers = shown(number, last, is_last=not listing.is_capped)
    return [page_link(listing, n) if n else None for n in numbers]


def page_link(listing: Listing, number: int) -> dict[str, Any]:
    away = number - listing.number
    url = beside(listing, away) if 0 < abs(away) <= 2 else listing.url(page=number, **NOWHERE)
    return {"number": number, "label": in_words(number) if number < 0 else "", "url": url, "current": not away}


def beside(listing: Listing, away: int) -> str:
    """The address of the page so many further on, at most two: it lies by this page's last or first row."""
    rows, number = listing.records, listing.number + away
    if not rows or number in (0, 1):
        return listing.url(page=None, **NOWHERE)
    at = {"after": rows[-1].pk} if away > 0 else {"before": rows[0].pk}
    return listing.url(**NOWHERE | at | {"page": number, "skip": 1 if abs(away) == 2 else None})


def shown(number: int, last: int, *, is_last: bool = True) -> list[int | None]:
    """The page numbers to link: both ends and the neighbours, None for a gap; unless `is_last` the end is not known."""
    ends = {1, last} if is_last else {1}
    near = sorted(ends | set(range(max(1, number - 2), min(last, number + 2) + 1)))
    links: list[int | None] = []
    for n in near:
        if links and links[-1] is not None and n - links[-1] > 1:
            links.append(None)
        links.append(n)
    return links


def whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
