"""A register (台账) said once: columns, filters, order and form drive page, API, export, template and import."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote

import django_filters
from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.db import capped_counts
from apps.core.excel.layout import Layout
from apps.core.records import save_form
from apps.core.search import find
from apps.core.widgets import FastInput, FastSelect

Choices = Sequence[tuple[str, str]]

ALL = "all"
"""The tab of a list that cuts nothing away."""
COUNT_CAP = 10_000
"""A list counts no further, but on demand."""


@dataclass(frozen=True)
class Column:
    """One column of a register.

    `path` leads to a field or property, over foreign keys with dots.  `filter` is "exact", "icontains", "range"
    or "choice"; the last takes its choices from `choices(user)` and narrows with `narrow(rows, value)`.
    `synonyms` are the headings under which workbooks of others carry this column.  `cell` draws what the page
    shows when plain text does not do; export and API always give the value itself.  `permission` hides the
    column everywhere from those who lack it.  `reference` is the natural key by which an import names a record.
    `expression` says a property in SQL, so that the database can write an export of any length by itself.
    """

    path: str
    label: str
    filter: str = ""
    sortable: bool = False
    shown: bool = True
    permission: str = ""
    width: int = 14
    synonyms: tuple[str, ...] = ()
    reference: str = ""
    cell: Callable[[Any], str] | None = None
    choices: Callable[[Any], Choices] | None = None
    narrow: Callable[[QuerySet, str], QuerySet] | None = None
    expression: Any = None

    @property
    def name(self) -> str:
        return self.path.replace(".", "__")


@dataclass(frozen=True)
class View:
    """A named cut through a register, shown as a tab with its count; `hot` counts are red.

    `permission` hides the tab from those who lack it.  With `todo` the rows wait for the very person who asks, and are
    counted on the workbench under these words: the condition finds what this person may move on and should.
    """

    name: str
    label: str
    condition: Callable[[Any], Q]
    hot: bool = False
    permission: str = ""
    todo: str = ""


@dataclass(frozen=True)
class SheetLayout:
    """Another form in which a register is exported, such as a table that a decree prescribes.

    `sheet` is given the lines under the title, `rows` the chosen records, and answers one row of values each.
    """

    label: str
    sheet: Callable[[Sequence[str]], Layout]
    rows: Callable[[QuerySet], Iterable[Sequence[Any]]]


class Register:
    """Subclass per ledger.  Every reader starts at `rows(user)`, so no reader can forget the scope."""

    name: ClassVar[str]
    label: ClassVar[str]
    model: ClassVar[type[models.Model]]
    key: ClassVar[str] = "pk"
    columns: ClassVar[tuple[Column, ...]] = ()
    # Further filters that no column shows, reached by links alone.
    links: ClassVar[tuple[Column, ...]] = ()
    # Of columns that are no fields but counted in SQL: what kind their values are, where it is not text.
    counted: ClassVar[dict[str, str]] = {}
    views: ClassVar[tuple[View, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    order: ClassVar[tuple[str, ...]] = ("-pk",)
    form_class: ClassVar[type[forms.ModelForm] | None] = None
    scope_kind: ClassVar[str] = "region"
    add_label: ClassVar[str] = ""
    layouts: ClassVar[dict[str, SheetLayout]] = {}
    # apps.core.bulk actions: what can be done to many rows at once.
    actions: ClassVar[tuple[Any, ...]] = ()
    # Fields of the form, beside the key, that no two records have in common: an import tells of both rows.
    once: ClassVar[tuple[str, ...]] = ()
    # An apps.core.imports Importer; without one a register with a form is imported through that form.
    importer: ClassVar[type[Any] | None] = None
    # Whether uploaded workbooks hold what must not lie about in clear: they go as soon as their import is over.
    forgets_uploads: ClassVar[bool] = False
    # Of a long register the tabs are counted each by an index of its own, no further than a list says.
    is_long: ClassVar[bool] = False
    # Of a register that grows by many rows a day PostgreSQL knows no row of today yet and takes all of them for one:
    # a page is found by its keys before anything is joined to it.
    grows_daily: ClassVar[bool] = False
    # The page of the form; another one extends it.
    form_template: ClassVar[str] = "core/form.html"
    save = staticmethod(save_form)

    # Reading ------------------------------------------------------------------------------------------------------

    def rows(self, user: Any) -> QuerySet:
        return self.model._default_manager.visible_to(user).select_related(*self.related)  # type: ignore[attr-defined]

    def listed(self, rows: QuerySet, columns: Sequence[Column]) -> list[Any]:
        """The records of one page of the list; a register of many fields fetches what its cells show and no more."""
        return list(rows)

    def view_counts(self, user: Any) -> dict[str, int]:
        """How many rows each tab finds, "all" included, in one query."""
        rows, views = self.rows(user).select_related(None).order_by(), self.views_for(user)
        if self.is_long:
            return capped_counts({ALL: rows} | {v.name: rows.filter(v.condition(user)) for v in views}, COUNT_CAP + 1)
        counts = {v.name: Count("pk", filter=v.condition(user)) for v in views}
        return rows.aggregate(**{ALL: Count("pk")}, **counts)

    def views_for(self, user: Any) -> list[View]:
        return [v for v in self.views if not v.permission or user.has_perm(v.permission)]

    def columns_for(self, user: Any) -> list[Column]:
        return [c for c in self.columns if not c.permission or user.has_perm(c.permission)]

    def may(self, user: Any, verb: str) -> bool:
        """Whether the user may view, add, change, export or import here."""
        return user.has_perm(f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}")

    @cached_property
    def filters_class(self) -> type["RegisterFilters"]:
        """Made once: the filters of all columns, still without the choices that depend on the user."""
        # django-filter shows filters in the order of their making, so the key word is made first.
        filters: dict[str, Any] = {"q": keyword_filter(self)} if self.search else {}
        filters |= {c.name: filter_for(self.model, c) for c in (*self.columns, *self.links) if c.filter}
        meta = type("Meta", (), {"model": self.model, "fields": [], "form": QueryForm})
        made: Any = type("Filters", (RegisterFilters,), {**filters, "Meta": meta})
        made.form_class = made(None, queryset=self.model._default_manager.none()).make_form_class()
        return made

    def filterset(self, user: Any, data: Mapping[str, Any]) -> django_filters.FilterSet:
        """The filters over the user's own rows, bound to query parameters: those that they ask for and no others."""
        filters = self.filters_class(data, queryset=self.rows(user))
        self.offer(filters.form, user)
        return filters

    def query_form(self, user: Any, data: Mapping[str, Any] | None = None) -> forms.Form:
        """The whole query form, to be drawn; a list that is not filtered needs no filters, which are costly to make."""
        form = self.filters_class.form_class(data)
        self.offer(form, user)
        return form

    def offer(self, form: forms.Form, user: Any) -> None:
        """Take from the form what this user may not filter by, and give it the user's own choices."""
        for column in self.columns:
            if column.permission and not user.has_perm(column.permission):
                form.fields.pop(column.name, None)
            elif column.choices and column.name in form.fields:
                form.fields[column.name].choices = [("", "全部"), *column.choices(user)]  # type: ignore[attr-defined]

    def sorted(self, rows: QuerySet, sort: str, view: View | None = None) -> QuerySet:
        """Rows in the asked order if that column offers it, else in the register's own; always a total order.

        What is missing counts as later than everything, both ways, so that one index serves both.
        """
        name = sort.removeprefix("-")
        if not any(c.sortable and c.name == name for c in self.columns):
            return rows.order_by(*self.order)
        if name == self.key:  # unique, so that nothing has to decide between equal ones
            return rows.order_by(sort)
        if sort.startswith("-"):
            return rows.order_by(F(name).desc(nulls_first=True), "-pk")
        return rows.order_by(F(name).asc(nulls_last=True), "pk")

    # Values -------------------------------------------------------------------------------------------------------

    @cached_property
    def kinds(self) -> dict[str, str]:
        return {c.path: self.counted.get(c.path) or kind_of(self.model, c.path) for c in self.columns}

    @cached_property
    def labels_of_choices(self) -> dict[str, dict[Any, str]]:
        return {c.path: dict(flat) for c in self.columns if (flat := choices_of(self.model, c.path))}

    def value(self, record: Any, column: Column) -> Any:
        """The plain value: choices as their labels, local times, None where the path breaks off."""
        for step in column.path.split("."):
            record = getattr(record, step, None)
            if record is None:
                return None
        return self.shown_value(column, record)

    def shown_value(self, column: Column, value: Any) -> Any:
        if labels := self.labels_of_choices.get(column.path):
            return labels.get(value, value)
        return timezone.localtime(value) if isinstance(value, datetime) else value

    def cell(self, record: Any, column: Column) -> str:
        """What the page shows in this cell."""
        return column.cell(record) if column.cell else as_text(self.value(record, column))

    def plain_rows(self, rows: QuerySet, columns: Sequence[Column]) -> Iterable[list[Any]]:
        """Values for an export, streamed: one query, no model instances."""
        for line in rows.values_list(*(c.name for c in columns)).iterator(chunk_size=5000):
            yield [self.shown_value(c, v) for c, v in zip(columns, line, strict=True)]

    # How a row looks on the page; registers say more where they have more to say ------------------------------------

    @cached_property
    def base_url(self) -> str:
        return reverse(f"{self.name}:list")

    def row_url(self, record: Any) -> str:
        """The address of its page; put together by hand, as a list has a hundred of them."""
        return f"{self.base_url}{quote(str(getattr(record, self.key)), safe='')}/"

    def imported_url(self, batch: Any) -> str:
        """The list of what an import has written."""
        return reverse(f"{self.name}:list")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        """Further buttons above the list, as `toolbar` of apps.core.pages has them; `query` is the list's."""
        return []

    def is_late(self, record: Any) -> bool:
        return False

    def ops(self, record: Any, user: Any) -> list[dict[str, str]]:
        """At most two links; the first is the next step for this row."""
        return [{"label": "查看", "url": self.row_url(record)}]

    def card(self, record: Any) -> dict[str, str]:
        """The row on a phone: title, sub-title, state and due, each short."""
        first, *others = [self.cell(record, c) for c in self.columns[:4]]
        return {"title": first, "sub": "　".join(o for o in others if o), "state": "", "due": ""}

    # Writing ------------------------------------------------------------------------------------------------------

    def locked(self, record: Any) -> str | None:
        """Why this record can't be edited now, as a sentence, or None."""
        return None

    def locked_for(self, record: Any, user: Any) -> str | None:
        """The same for this user, where it is not the same for all who see the record and may change others."""
        return self.locked(record)

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        """What the address of the page of a new record already says of it."""
        return {}

    def form(self, user: Any, data: Any = None, *, instance: Any = None, **extra: Any) -> forms.ModelForm:
        """The form that the page, the API and the import all fill."""
        if self.form_class is None:
            raise LookupError(f"{self.name} has no form")
        return self.form_class(data, instance=instance, user=user, **extra)  # type: ignore[call-arg]


class QueryForm(forms.Form):
    """The questions of a query.  Each is copied for each form, so that one which is not drawn has only those asked."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, only: Collection[str] | None = None) -> None:
        if only is not None:
            chosen = {name: field for name, field in self.base_fields.items() if name in only}
            self.base_fields = chosen  # type: ignore[misc]  # of this one form; Django copies them from here
        super().__init__(data)


class RegisterFilters(django_filters.FilterSet):
    """The filters of a register.

    They are functions that keep nothing of a request, so all requests share them; django-filter would copy each of
    them each time, which costs as much as the rows of a page.
    """

    form_class: ClassVar[type[QueryForm]]

    def __init__(self, data: Mapping[str, Any] | None, queryset: QuerySet) -> None:
        self.is_bound, self.data, self.queryset = data is not None, data or QueryDict(), queryset
        self.request = self.form_prefix = None
        self.filters = self.base_filters

    @cached_property
    def form(self) -> QueryForm:
        """Bound to what is asked; a filter that is not asked for lets every row through."""
        asked = {name for name in self.data if self.data.get(name)}
        # A range is asked for by either of its ends.
        ranges = {name.removesuffix(end) for name in asked for end in ("_after", "_before")}
        return self.form_class(self.data, only=asked | ranges)

    def make_form_class(self) -> type[forms.Form]:
        return super().get_form_class()


class Registry(dict[str, Register]):
    """Every register of the platform by name; contracts, search, API and export walk it."""

    def add(self, register: type[Register]) -> type[Register]:
        self[register.name] = register()
        return register


registry = Registry()


def field_at(model: type[models.Model], path: str) -> models.Field | None:
    """The model field at the end of a dotted path, or None for a property."""
    *steps, last = path.split(".")
    try:
        for step in steps:
            related = model._meta.get_field(step).related_model
            if not isinstance(related, type):
                return None
            model = related
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def choices_of(model: type[models.Model], path: str) -> list[tuple[Any, str]]:
    field = field_at(model, path)
    return [(code, str(label)) for code, label in field.flatchoices] if field is not None else []


KINDS: tuple[tuple[type[models.Field], str], ...] = (
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "decimal"),
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
)


def kind_of(model: type[models.Model], path: str) -> str:
    """text, integer, decimal, date, datetime, boolean or choice."""
    field = field_at(model, path)
    if field is not None and field.choices:
        return "choice"
    if isinstance(field, models.GeneratedField):
        field = field.output_field
    return next((kind for cls, kind in KINDS if isinstance(field, cls)), "text")


def as_text(value: Any) -> str:
    """A value in a table cell: short, in the field's usual spelling."""
    match value:
        case None | "":
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
    return str(value)


class DateRangeWidget(django_filters.widgets.DateRangeWidget):
    """Two native date inputs; each has its own name so that the filter is readable in the URL."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.widgets = [FastInput({"aria-label": f"{label}{end}"}, kind="date") for end in "起止"]

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        days = value if isinstance(value, list) else self.decompress(value)
        own = dict(attrs or {})
        first, second = (
            widget.render(self.suffixed(name, suffix), day, own | {"id": f"{own.get('id', name)}_{number}"})
            for number, (widget, suffix, day) in enumerate(zip(self.widgets, self.suffixes, days, strict=True))
        )
        return format_html('{}<span class="query-to">至</span>{}', first, second)


def keyword_filter(register: Register) -> django_filters.CharFilter:
    """One box over the searched columns; its placeholder says which they are."""
    own = str(register.model._meta.verbose_name)
    labels = [c.label for path in register.search for c in register.columns if c.name == path]
    widget = FastInput({"placeholder": "、".join(label.removeprefix(own) or label for label in labels[:3])})
    return django_filters.CharFilter(
        label="关键字", widget=widget, method=lambda rows, _, value: find(rows, register.search, value)
    )


def filter_for(model: type[models.Model], column: Column) -> django_filters.Filter:
    """The django-filter filter that a column's declaration asks for."""
    label, name = column.label, column.name
    match column.filter:
        case "icontains":
            return django_filters.CharFilter(
                label=label, widget=FastInput(), method=lambda rows, _, value: find(rows, [name], value)
            )
        case "range":
            widget = DateRangeWidget(label)
            return django_filters.DateFromToRangeFilter(name, label=label, widget=widget)
        case "choice" if column.choices and column.narrow:
            narrow = column.narrow
            return django_filters.ChoiceFilter(
                label=label,
                choices=[],
                empty_label="全部",
                widget=FastSelect,
                method=lambda rows, _, value: narrow(rows, value),
            )
        case "hidden" if column.narrow:
            narrow = column.narrow
            return django_filters.CharFilter(
                label=label, widget=forms.HiddenInput, method=lambda rows, _, value: narrow(rows, value)
            )
        case "exact" if choices := choices_of(model, column.path):
            return django_filters.ChoiceFilter(
                name, label=label, choices=choices, empty_label="全部", widget=FastSelect
            )
        case "exact":
            return django_filters.TypedChoiceFilter(
                name,
                label=label,
                choices=[("", "全部"), ("true", "是"), ("false", "否")],
                coerce=lambda text: text == "true",
                widget=FastSelect,
            )
    raise ValueError(f"{column.path}: unknown filter {column.filter!r}")
