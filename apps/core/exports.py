"""A register as a workbook: exactly the rows, columns and order on screen, at once or as a job that can be left."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from tempfile import TemporaryFile
from typing import IO, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from apps.core.events import record_event
from apps.core.excel.cellxml import CUT_MARK
from apps.core.excel.layout import ExportColumn, Layout, WriteResult
from apps.core.excel.writing import Row, write_book
from apps.core.export_sheet import ListSheet, counted
from apps.core.files import store
from apps.core.jobs import Progress, job_kind, run_at_once, start_job
from apps.core.listing import Listing
from apps.core.models import Event, Job
from apps.core.registers import Register, registry
from apps.core.results import download
from apps.core.snapshots import snapshot

KIND = "core.export"
AT_ONCE = 2_000
SIZE_LIMIT = 2 * 1024**3
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STREAM_SECONDS = 260
"""For the one query that brings all rows; a worker ends its task a little later."""
PROVENANCE_NOTE = (
    "数据行校验值是各工作表数据行（标题、表头以外的 row 元素，原样字节）依次相接后的 SHA-256，另存后会改变；"
    "系统的操作日志里留有同一个值。"
)
NOT_OF_THE_LIST = ("csrfmiddlewaretoken", "layout", "keys", "all", "action")
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
    job = run_at_once(KIND, by=user, title=f"导出{register.label}", params=params)
    return download(job, by=user) if job.result_file else redirect("jobs:detail", job.pk)


# Making


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """Write the workbook with the rights and the reach that the user has at this moment, of one moment's rows."""
    user, register = job.created_by, registry[job.params["register"]]
    if not register.may(user, "export"):
        raise ValidationError(f"您已没有导出{register.label}的权限")
    listing = Listing(register, user, QueryDict(job.params["query"]))
    with TemporaryFile() as file:
        with snapshot(seconds=STREAM_SECONDS) as alias:
            made = Making(job, listing, chosen(listing, job.params["keys"]).using(alias), progress)
            written = made.write(file)
        name = file_name(made.title)
        stored = store(file, name=name, by=user, content_type=XLSX, limit=SIZE_LIMIT)
    job.result_file = stored
    job.result = {"rows": written.rows, "truncated": written.truncated, "filter": filter_words(listing)}
    facts = {"register": register.name, "rows": written.rows, "filter": filter_words(listing), "sha256": stored.sha256}
    record_event(job, "exported", by=user, facts=facts | {"rows_sha256": written.sha256})


def keep_book(job: Job, layout: Layout, rows: Iterable[Row], **facts: Any) -> None:
    """A short workbook in a layout of its own as the job's result, with who took it out in the log."""
    user = job.created_by
    with TemporaryFile() as file:
        written = write_book(file, layout, rows)
        stored = store(file, name=file_name(layout.title), by=user, content_type=XLSX)
    job.result_file, job.result = stored, {"rows": written.rows}
    # Of the job: a frozen list counts its own steps by its version.
    record_event(job, "exported", by=user, facts={**facts, "rows": written.rows, "sha256": stored.sha256})


@dataclass
class Making:
    """One workbook of the chosen rows, and what its last sheet says of it."""

    job: Job
    listing: Listing
    rows: QuerySet
    progress: Progress

    def write(self, file: IO[bytes]) -> WriteResult:
        self.progress.of(self.total)
        layout = self.job.params["layout"]
        written = self.write_layout(file, layout) if layout else self.write_list(file)
        if written.rows != self.total:
            raise ValidationError(f"应导出 {self.total} 行，实际写出 {written.rows} 行，文件没有保留。请重新导出")
        return written

    def write_list(self, file: IO[bytes]) -> WriteResult:
        """The list's own columns."""
        listing = self.listing
        sheet = ListSheet(listing.register, self.rows, listing.columns, self.lines)
        return sheet.write(file, self.told, self.appendix)

    def write_layout(self, file: IO[bytes], name: str) -> WriteResult:
        """One of the register's other forms."""
        other = self.listing.register.layouts[name]
        rows = counted(other.rows(self.rows), self.told)
        return write_book(file, other.sheet(self.lines), rows, appendix=self.appendix)

    @property
    def title(self) -> str:
        layout = self.job.params["layout"]
        register = self.listing.register
        return register.layouts[layout].sheet(()).title if layout else register.label

    @property
    def lines(self) -> list[str]:
        return about(self.listing, self.total, ticked=self.ticked)

    @property
    def ticked(self) -> bool:
        return self.job.params["keys"] is not None

    @cached_property
    def total(self) -> int:
        return self.rows.order_by().count()

    @cached_property
    def told(self) -> Callable[[int], None]:
        """The job's pen, unless its connection is the one that the rows come by."""
        return self.progress.advance if self.rows.db != DEFAULT_DB_ALIAS else lambda rows: None

    def appendix(self, written: WriteResult) -> tuple[Layout, Iterable[Row]]:
        head = Event.objects.using(self.rows.db).order_by("-pk").values_list("pk", "leaf").first()
        return provenance(self.job, self.listing, self.total, written, head)


def chosen(listing: Listing, keys: Sequence[Any] | None) -> QuerySet:
    """The rows of the list, or of them the ticked ones."""
    return listing.sorted if keys is None else listing.sorted.filter(**{f"{listing.register.key}__in": keys})


def file_name(title: str) -> str:
    return f"{title}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"


# Saying in words what was exported


def provenance(
    job: Job, listing: Listing, total: int, written: WriteResult, head: tuple[int, Any] | None
) -> tuple[Layout, list[Row]]:
    """The last sheet: from what, by whom, when, how much, and by what the rows and the ledger's state are known."""
    user = listing.user
    event, leaf = head or ("", b"")
    ticked = "；仅勾选的行" if job.params["keys"] is not None else ""
    lines: list[Row] = [
        ("台账", listing.register.label),
        ("查询条件", filter_words(listing) + ticked),
        ("查询地址参数", job.params["query"] or "无"),
        ("导出人", f"{user}（{user.organisation}）"),
        ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M:%S}"),
        ("任务号", str(job.pk)),
        ("行数", f"应导出 {total} 行，实际写出 {written.rows} 行"),
        ("工作表", "、".join(written.sheets)),
        ("超长截断", f"{written.truncated} 处，以“{CUT_MARK}”结尾" if written.truncated else "无"),
        ("数据行校验值", f"SHA-256 {written.sha256}"),
        ("操作日志至", f"第 {event} 号" if event else "无"),
        ("该条日志校验值", bytes(leaf).hex()),
    ]
    columns = [ExportColumn("项目", width=20), ExportColumn("内容", width=90, wrap=True)]
    return Layout("导出说明", columns, "导出说明", autofilter=False, notes=[PROVENANCE_NOTE], font="微软雅黑"), lines


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
        listing.filters.is_valid()  # only filters that were judged have values
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
