"""Lists that anybody may read without signing in: what they are asked by, and the page of them.

Wrong values of the address find everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.forms import clean_text
from apps.core.listing import in_figures
from apps.core.registers import COUNT_CAP

SIZE = 20
LONGEST = 50
MOST = COUNT_CAP
"""So many rows can be turned over, the newest ones; the panel finds all."""


@dataclass(frozen=True)
class Choice:
    """A field of the panel that chooses one of `options`; `everything` is what the empty value says.

    With `column` the rows are those that have the chosen value there; else the view makes what it will of it.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    everything: str = "全部"
    column: str = ""
    chosen: str = ""


class Question:
    """What the address asks: a text, sought in `columns` and labelled `text_label`, and one value of each choice.

    Where the rows are many for each of what they are about, `through` names that: the text is sought there, once.
    """

    def __init__(
        self,
        request: HttpRequest,
        *choices: Choice,
        text_label: str = "",
        columns: Sequence[str] = (),
        through: str = "",
    ) -> None:
        self.text_label, self.columns, self.through = text_label, columns, through
        self.text = clean_text(request.GET.get("q", "").replace("\x00", ""))[:LONGEST] if columns else ""
        self.choices = [_answered(choice, request) for choice in choices]

    def chosen(self, name: str) -> str:
        """The value chosen of this choice, "" for everything."""
        return next(choice.chosen for choice in self.choices if choice.name == name)

    @property
    def narrows(self) -> bool:
        return bool(self.text or any(choice.chosen for choice in self.choices))

    def found(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """The rows that have what was chosen, and the text in one of the columns."""
        for choice in self.choices:
            rows = rows.filter(**{choice.column: choice.chosen}) if choice.column and choice.chosen else rows
        if not self.text:
            return rows
        wanted = Q(*((f"{column}__icontains", self.text) for column in self.columns), _connector=Q.OR)
        if not self.through:
            return rows.filter(wanted)
        about: Any = rows.model._meta.get_field(self.through).related_model
        # As a list, whose length tells the planner whether to go by the order or by what was found.
        return rows.filter(
            **{f"{self.through}__in": list(about._default_manager.filter(wanted).values_list("pk", flat=True))}
        )


def _answered(choice: Choice, request: HttpRequest) -> Choice:
    value = request.GET.get(choice.name, "")
    chosen = value if value in dict(choice.options) else ""
    return replace(choice, options=[("", choice.everything), *choice.options], chosen=chosen)


class Pages(Paginator):
    """Counts no further than can be turned over."""

    @cached_property
    def found(self) -> int:
        rows: Any = self.object_list
        return int(rows[: MOST + 1].count())

    @property
    def count(self) -> int:
        return min(self.found, MOST)

    @property
    def total(self) -> str:
        return in_figures(self.found, MOST)


def public_list(request: HttpRequest, template: str, rows: QuerySet[Any, Any], question: Question) -> HttpResponse:
    """One page of the rows that the question finds, under the panel that asks it."""
    page = Pages(question.found(rows), SIZE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, "question": question})
