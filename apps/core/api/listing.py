"""The list page's own reading of a query string, made strict: what a program misspells is an error, not a wish."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from apps.core.listing import EXACT, NOWHERE, Listing
from apps.core.problems import Fields, Problem
from apps.core.registers import Column, Register

OWN = ("page", "size", "sort", "view", "count", "after", "before")
MAX_SIZE = 200
DEFAULT_SIZE = 20


class ApiListing(Listing):
    """Same filters, search, tabs and order as the page; every row by default, unknown parameters refused."""

    @classmethod
    def of(cls, register: Register, user: Any, query: Any) -> "ApiListing":
        """Raises the 400 that names every wrong parameter."""
        asked = query.copy()
        asked.setdefault("view", "all")
        listing = cls(register, user, asked)
        if wrong := listing.wrong():
            raise Problem(400, "查询参数有误", code="bad_parameter", fields=wrong)
        return listing

    def wrong(self) -> Fields:
        wrong: Fields = {name: ["重复的参数"] for name, given in self.query.lists() if len(given) > 1}
        for name in self.query:
            if name not in OWN and name not in self.filter_names:
                wrong[name] = ["没有这个参数"]
        for name, is_known in self._own_checks().items():
            if not is_known:
                wrong[name] = ["取值不在允许的范围内"]
        return self.problems | wrong

    def _own_checks(self) -> dict[str, bool]:
        views = {"all", *(view.name for view in self.register.views_for(self.user))}
        return {
            "view": self.query["view"] in views,
            "sort": self.query.get("sort", "") in ("", *sort_names(self.register.columns_for(self.user))),
            "count": self.query.get("count", EXACT) == EXACT,
            "size": 1 <= self.asked_number("size", DEFAULT_SIZE) <= MAX_SIZE,
            "page": self.number >= 1 and (self.is_exact or self.place is not None or self.start < self.cap),
            "after": self.place is not None or "after" not in self.query,
            "before": self.place is not None or "before" not in self.query,
        }

    @cached_property
    def filter_names(self) -> set[str]:
        return set(filters_of(self.register, self.register.columns_for(self.user)))

    @cached_property
    def filtered(self) -> bool:
        return any(value for name, value in self.query.items() if name not in OWN)

    def asked_number(self, name: str, default: int) -> int:
        """The parameter as a number, 0 for what is none."""
        asked = self.query.get(name) or str(default)
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0

    @cached_property
    def size(self) -> int:
        return self.asked_number("size", DEFAULT_SIZE)

    @cached_property
    def number(self) -> int:
        return self.asked_number("page", 1)

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @cached_property
    def counted(self) -> int:
        """How many rows were found; without count=exact no further than one above the cap."""
        rows = self.found.order_by()
        return rows.count() if self.is_exact else rows[: self.cap + 1].count()

    def fetch(self, rows: QuerySet) -> list[Any]:
        """Whole rows: the API answers with every column."""
        return list(rows)

    def answer(self, path: str, results: Any) -> dict[str, Any]:
        """One page; following its links reads every row, however many there are."""
        rows, is_before, is_after = self.stretch
        return {
            "count": min(self.counted, self.cap) if self.is_capped else self.counted,
            "count_is_exact": not self.is_capped,
            "next": path + self.url(**NOWHERE | {"page": self.number + 1, "after": rows[-1].pk})
            if is_after and rows
            else None,
            "previous": path + self.back(rows) if is_before else None,
            "results": results,
        }

    def back(self, rows: Sequence[Any]) -> str:
        at = {"before": rows[0].pk} if rows and self.number > 2 else {}
        return self.url(**NOWHERE | at | {"page": max(1, self.number - 1)})


def filters_of(register: Register, columns: Sequence[Column]) -> dict[str, Column | None]:
    """The query parameters by which these columns filter; a range has one for each end, "q" is the key word."""
    filters: dict[str, Column | None] = {"q": None} if register.search else {}
    for column in columns:
        if column.filter == "range":
            filters |= {f"{column.name}_after": column, f"{column.name}_before": column}
        elif column.filter:
            filters[column.name] = column
    return filters


def sort_names(columns: Sequence[Column]) -> list[str]:
    return [f"{sign}{column.name}" for column in columns if column.sortable for sign in ("", "-")]
