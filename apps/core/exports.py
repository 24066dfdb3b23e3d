"""A register as a workbook: exactly the rows, columns and order on screen, at once or as a job that can be left."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.core import jobs
from apps.core.events import record_event
from apps.core.excel.layout import ColumnKind, ExportColumn, Layout
from apps.core.excel.writing import Row, write_book
from apps.core.files import store
from apps.core.jobs import Progress, job_kind, start_job
from apps.core.listing import Listing
from apps.core.models import Job
from apps.core.registers import Column, Register, field_at, registry
from apps.core.results import download

KIND = "core.export"
AT_ONCE = 2_000
SIZE_LIMIT = 2 * 1024**3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_OF_THE_LIST = ("csrfmiddlewaretoken", "layout", "keys", "all", "action")
STEP = 500
prohibit_nul = ProhibitNullCharactersValidator()

# Asking


def answer(request: HttpRequest, register: Register, query: QueryDict) -> HttpResponseBase:
    """The workbook of what `query` shows on the list: at once up to AT_ONCE rows, else the page of its job.

    Posted `keys` are the ticked rows, unless `all` says that the filter is meant; `layout` names one of the
    register's other layouts.
    """
    listing = Listing(register, request.user, of_the_list(query))
    if listing.problems:
        messages.error(request, "查询条件有误，没有导出。请改正条件后重试。")
        return redirect(f"{register.name}:list")
    layout = request.POST.get("layout") or request.GET.get("layout", "")
    keys = ticked(request, register)
    params = {"register": register.name, "query": listing.query.urlencode(), "keys": keys, "layout": layout}
    if layout and layout not in register.layouts:
        raise PermissionDenied
    if chosen(listing, keys).order_by()[: AT_ONCE + 1].count() > AT_ONCE:
        return later(request, register, params)
    return at_once(request, register, params)


def ticked(request: HttpRequest, register: Register) -> list[Any] | None:
    """The keys of the ticked rows; None when none is ticked or all are meant.

    A forged key names no row, but must not trouble the database either.
    """
    keys = request.POST.getlist("keys")
    if not keys or request.POST.get("all"):
        return None
    meta = register.model._meta
    field: Any = meta.pk if register.key == "pk" else meta.get_field(register.key)
    sound = []
    for key in keys:
        with suppress(ValidationError):
            prohibit_nul(key)
            sound.append(field.clean(key, None))
    return sound


def of_the_list(query: QueryDict) -> QueryDict:
    """The part of a query that the list page knows, so that nothing else counts as a filter."""
    listed = query.copy()
    for name in NOT_OF_THE_LIST:
        listed.pop(name, None)
    return listed


def later(request: HttpRequest, register: Register, params: dict[str, Any]) -> HttpResponse:
    job = start_job(KIND, by=request.user, title=f"导出{register.label}", params=params)
    return redirect("jobs:detail", job.pk)


def at_once(request: HttpRequest, register: Register, params: dict[str, Any]) -> HttpResponseBase:
    """The same job, done while the user waits; it stays in the list of exports like any other."""
    user: Any = request.user
    job = Job.objects.create(kind=KIND, created_by=user, title=f"导出{register.label}", params=params)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return download(job, by=user) if job.result_file else redirect("jobs:detail", job.pk)


# Making


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """Write the workbook with the rights and the reach that the user has at this moment."""
    user, register = job.created_by, registry[job.params["register"]]
    if not register.may(user, "export"):
        raise ValidationError(f"您已没有导出{register.label}的权限")
    listing = Listing(register, user, QueryDict(job.params["query"]))
    rows = chosen(listing, job.params["keys"])
    total = rows.order_by().count()
    progress.of(total)
    lines = about(listing, total, ticked=job.params["keys"] is not None)
    layout, values = sheet_of(listing, rows, lines, job.params["layout"])
    with TemporaryFile() as file:
        written = write_book(file, layout, counted(values, progress))
        stored = store(file, name=file_name(layout.title), by=user, content_type=XLSX, limit=SIZE_LIMIT)
    job.result_file = stored
    job.result = {"rows": written.rows, "truncated": written.truncated, "filter": filter_words(listing)}
    facts = {"register": register.name, "rows": written.rows, "filter": filter_words(listing), "sha256": stored.sha256}
    record_event(job, "exported", by=user, facts=facts)


def chosen(listing: Listing, keys: Sequence[Any] | None) -> QuerySet:
    """The rows of the list, or of them the ticked ones."""
    return listing.sorted if keys is None else listing.sorted.filter(**{f"{listing.register.key}__in": keys})


def sheet_of(listing: Listing, rows: QuerySet, lines: Sequence[str], layout: str) -> tuple[Layout, Iterable[Row]]:
    """How the workbook looks and what stands in it: the list's own columns, or one of the register's layouts."""
    register = listing.register
    if layout:
        other = register.layouts[layout]
        return other.sheet(lines), other.rows(rows)
    sheet = Layout(
        title=register.label,
        columns=[export_column(register, c) for c in listing.columns],
        sheet_name=register.label,
        subtitle_lines=lines,
        font="微软雅黑",
        freeze_columns=1,
    )
    return sheet, plain_values(register, rows, listing.columns)


def export_column(register: Register, column: Column) -> ExportColumn:
    kinds: dict[str, ColumnKind] = {"date": "date", "datetime": "datetime", "integer": "integer", "decimal": "decimal"}
    return ExportColumn(column.label, kind=kinds.get(register.kinds[column.path], "text"), width=column.width)


def plain_values(register: Register, rows: QuerySet, columns: Sequence[Column]) -> Iterable[Row]:
    """The database's own values where every column is a field; else the records, for their properties."""
    if all(field_at(register.model, c.path) for c in columns):
        return register.plain_rows(rows, columns)
    return ([register.value(record, c) for c in columns] for record in rows.iterator(chunk_size=STEP))


def counted(rows: Iterable[Row], progress: Progress) -> Iterator[Row]:
    """The rows, with the job's progress told now and then, which is also where it notices a cancellation."""
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % STEP == 0:
            progress.advance(STEP)
    progress.advance(done % STEP)


def file_name(title: str) -> str:
    return f"{title}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"


# Saying in words what was exported


def about(listing: Listing, total: int, *, ticked: bool) -> list[str]:
    """The lines under the title."""
    user = listing.user
    words = filter_words(listing) + ("；仅勾选的行" if ticked else "")
    moment = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    return [f"筛选：{words}", f"导出时间：{moment}　导出人：{user}（{user.organisation}）　共 {total} 条"]


def filter_words(listing: Listing) -> str:
    """状态=未销号；整改期限=2026-11-01 至 2026-11-30"""
    parts = [f"视图={listing.view.label}"] if listing.view else []
    if listing.filters:
        form = listing.filters.form
        given = ((field, form.cleaned_data.get(name)) for name, field in form.fields.items())
        parts += [f"{field.label}={in_words(field, value)}" for field, value in given if value not in (None, "", [])]
    return "；".join(parts) or "无"


def in_words(field: Any, value: Any) -> str:
    """A filter's value as the user chose it; what a link has set has no words of its own."""
    if field.widget.is_hidden:
        return "指定的一项"
    if isinstance(value, slice):
        return f"{day(value.start) or '最早'} 至 {day(value.stop) or '最晚'}"
    labels = {str(code): str(label) for code, label in getattr(field, "choices", ())}
    return labels.get(str(value), str(value))


def day(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment else ""


def own_exports(user: Any) -> QuerySet[Job]:
    return Job.objects.visible_to(user).filter(kind=KIND)
