"""The pages of an import: the file, the columns, what the check found, the result."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.excel import Field, WorkbookRefused, write_template
from apps.core.exports import XLSX
from apps.core.files import serve
from apps.core.imports import services, steps
from apps.core.imports.forms import DecisionsForm, MappingForm, SheetForm, UploadForm
from apps.core.imports.report import read_unknown
from apps.core.imports.three_way import VERSION
from apps.core.jobs_pages import pager
from apps.core.models import ImportBatch, ImportState
from apps.core.pages import need
from apps.core.registers import Register, registry
from apps.core.scoping import get_visible_or_404

PAGE_SIZE = 50
PROBLEMS_A_PAGE = 100
COMMENT_AT_ONCE = 2_000
CHANGES_A_PAGE = 100
RECENT = 5
SHEETS_NAMED = 5
SKIPPED = {"repeated_head": "重复的表头", "note": "说明", "total": "合计", "example": "示例", "title": "标题"}


def register_named(request: HttpRequest, name: str) -> Register:
    """The register, for those who may import into it; 404 for a name that is none."""
    register = registry.get(name)
    if register is None or not (register.importer or register.form_class):
        raise Http404
    need(register, request.user, "import")
    return register


def own_batch(request: HttpRequest, pk: UUID) -> tuple[ImportBatch, Register]:
    rows = ImportBatch.objects.select_related("file", "job", "created_by__organisation")
    batch = get_visible_or_404(rows, request.user, pk=pk)
    register = register_named(request, batch.register)
    services.settle(batch)
    return batch, register


def own_batches(user: Any) -> QuerySet[ImportBatch]:
    """The latest first, without what only the page of one needs."""
    rows = ImportBatch.objects.visible_to(user).select_related("file").order_by("-created_at")
    return rows.defer("mapping", "choices", "problems", "changes")


@require_GET
def batch_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(own_batches(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    batches = [
        {
            "batch": b,
            "register": registry[b.register].label,
            "rows": b.counts.get("rows"),
            "errors": b.counts.get("errors"),
        }
        for b in page
    ]
    offered = [r for r in registry.values() if (r.importer or r.form_class) and r.may(request.user, "import")]
    return render(request, "core/imports.html", {"batches": batches, "page": pager(page), "registers": offered})


def crumbs(register: Register, last: str = "") -> list[dict[str, str]]:
    """Back to the list and, from a later page, to the upload."""
    here = [{"label": register.label, "url": reverse(f"{register.name}:list")}]
    if not last:
        return [*here, {"label": "导入"}]
    return [*here, {"label": "导入", "url": reverse("imports:upload", args=[register.name])}, {"label": last}]


# The file


@require_http_methods(["GET", "POST"])
def upload_page(request: HttpRequest, register: str) -> HttpResponse:
    target = register_named(request, register)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        try:
            batch = services.take_in(target, form.cleaned_data["file"], by=request.user)
        except WorkbookRefused as refusal:
            form.add_error("file", refusal.reason)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            return redirect("imports:detail", batch.pk)
    context = {
        "register": target,
        "crumbs": crumbs(target),
        "form": form,
        "recent": own_batches(request.user).filter(register=target.name)[:RECENT],
        "template_url": reverse("imports:template", args=[target.name]),
    }
    return render(request, "core/import_upload.html", context, status=422 if form.errors else 200)


@require_GET
def template_file(request: HttpRequest, register: str) -> HttpResponseBase:
    """A blank workbook with the register's fields and drop-downs of live values."""
    target = register_named(request, register)
    importer = steps.importer_of(target, request.user)
    title = f"{target.label}导入模板"
    fields = [field for field in importer.fields if field.name != VERSION]  # new rows have none
    out = BytesIO()
    write_template(out, fields, title=title, version=version_of(fields), lists=importer.lists())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)


def version_of(fields: Sequence[Field]) -> str:
    """Changes when the fields do, so that an old template can be told."""
    return sha256("\n".join(f"{f.name}:{f.label}:{f.kind}" for f in fields).encode()).hexdigest()[:8]


# The columns


@require_http_methods(["GET", "POST"])
def columns_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    batch, register = own_batch(request, pk)
    if batch.state not in (ImportState.UPLOADED, ImportState.CHECKED) or not batch.mapping or is_busy(batch):
        return redirect("imports:detail", batch.pk)
    importer = steps.importer_of(register, request.user, batch.choices)
    posted = request.POST if request.method == "POST" else None
    other_sheet = posted is not None and "look_again" in posted
    sheet_form = SheetForm(batch.mapping, posted if other_sheet else None)
    form = MappingForm(batch.mapping, importer.fields, register.key, None if other_sheet else posted)
    if other_sheet and looked_again(batch, sheet_form):
        return redirect("imports:columns", batch.pk)
    if form.is_bound and form.is_valid():
        services.match(batch, form.columns, form.values)
        return redirect("imports:detail", batch.pk)
    wrong = form.errors or sheet_form.errors
    forms = {"form": form, "sheet_form": sheet_form}
    context = {"batch": batch, "crumbs": crumbs(register, "核对列"), "lead": lead(batch)} | forms
    return render(request, "core/import_mapping.html", context, status=422 if wrong else 200)


def looked_again(batch: ImportBatch, form: SheetForm) -> bool:
    """Read the sheet that was chosen; False with the reason on the form."""
    if not form.is_valid():
        return False
    try:
        services.look_again(batch, form.cleaned_data["sheet"], form.head)
    except WorkbookRefused as refusal:
        form.add_error(None, refusal.reason)
        return False
    return True


def lead(batch: ImportBatch) -> str:
    first, last = batch.mapping["head"]
    head = f"第 {first} 行" if first == last else f"第 {first} 至 {last} 行"
    return f"工作表“{batch.sheet}”，表头在{head}，共 {batch.mapping['rows']} 行数据。{rest_of(batch)}"


def rest_of(batch: ImportBatch) -> str:
    """What else the file holds, so that no sheet is left behind unseen."""
    names = steps.sheets_left(batch)
    if not names:
        return ""
    named = "、".join(f"“{name}”" for name in names[:SHEETS_NAMED]) + ("等" if len(names) > SHEETS_NAMED else "")
    return f"文件里还有工作表{named}没有导入。一次导入一张，写入后再上传同一文件即可接着导入下一张。"


# The check


@require_http_methods(["GET", "POST"])
def batch_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Wherever the import stands: being worked on, to be matched, to be confirmed, or over."""
    batch, register = own_batch(request, pk)
    if request.method == "POST":
        return acted(request, batch, register)
    if is_busy(batch):
        return busy(request, batch, register)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": request.path})
    if batch.state == ImportState.UPLOADED:
        return redirect("imports:columns", batch.pk)
    if batch.state == ImportState.CHECKED:
        return preview(request, batch, register)
    return render(request, "core/import_result.html", result(batch, register))


def busy(request: HttpRequest, batch: ImportBatch, register: Register) -> HttpResponse:
    """The running step; the corner note of the shell would only say it twice."""
    step = 4 if batch.state == ImportState.WRITING else 3 if batch.mapping else 2
    context = {"batch": batch, "job": batch.job, "step": step, "crumbs": crumbs(register, str(batch))}
    return render(request, "core/import_busy.html", context | {"running_job": None})


def is_busy(batch: ImportBatch) -> bool:
    return batch.job is not None and batch.job.is_open


def acted(request: HttpRequest, batch: ImportBatch, register: Register) -> HttpResponse:
    """One of the buttons of the preview."""
    try:
        if "discard" in request.POST:
            services.discard(batch)
            return redirect("imports:upload", register.name)
        if batch.state != ImportState.CHECKED or is_busy(batch):
            return redirect("imports:detail", batch.pk)
        form = decisions(batch, register, request.POST)
        if not form.is_valid():
            return preview(request, batch, register, form)
        services.decide(batch, form.decisions)
        (services.confirm if "confirm" in request.POST else services.check)(batch)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
    return redirect("imports:detail", batch.pk)


def decisions(batch: ImportBatch, register: Register, data: Any = None) -> DecisionsForm:
    importer = steps.importer_of(register, batch.created_by, batch.choices)
    options = importer.options(batch.counts["facts"])
    return DecisionsForm(read_unknown(batch.counts["unknown"]), options, batch.choices, data)


def preview(
    request: HttpRequest, batch: ImportBatch, register: Register, form: DecisionsForm | None = None
) -> HttpResponse:
    problems = Paginator(batch.problems, PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    changes = Paginator(batch.changes, CHANGES_A_PAGE).get_page(request.GET.get("changes"))
    form = form or decisions(batch, register)
    counts = batch.counts
    context = {
        "batch": batch,
        "crumbs": crumbs(register, "检查结果"),
        "figures": figures(counts),
        "counts": counts,
        "form": form,
        "skipped": [(row, SKIPPED[kind], text) for row, kind, text in counts["skipped"]],
        "problems": [problem_line(line) for line in problems],
        "page": more_pages("问题翻页", problems, f"?page={{}}&changes={changes.number}#problems"),
        "changes": list(changes),
        "changes_page": more_pages("修改翻页", changes, f"?page={problems.number}&changes={{}}#changes"),
        "changes_total": counts["facts"].get("changes", 0),
        "changes_kept": len(batch.changes),
        "may_write": not counts["errors"],
        "confirm_label": f"确认导入 {counts['rows']} 行",
        "last_error": batch.job.error if batch.job else "",
    }
    return render(request, "core/import_preview.html", context, status=422 if form.errors else 200)


def more_pages(name: str, page: Page, link: str) -> dict[str, Any] | None:
    """The links of one of two lists on a page, so that each has a name."""
    return pager(page, link) | {"name": name} if page.paginator.num_pages > 1 else None


def figures(counts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"label": "数据行", "value": counts["rows"], "unit": "行"},
        {"label": "新增", "value": counts["new"], "unit": "行"},
        {"label": "修改", "value": counts["changed"], "unit": "行"},
        {"label": "已有，不变", "value": counts["unchanged"], "unit": "行"},
        {"label": "有问题", "value": counts["bad"], "unit": "行", "tone": "bad" if counts["bad"] else ""},
    ]


def problem_line(line: list[Any]) -> dict[str, Any]:
    row, letter, label, value, reason, severity = line
    return {
        "row": row or "",
        "column": f"{letter} {label}".strip(),
        "value": value,
        "reason": reason,
        "warning": severity == "warning",
    }


@require_GET
def problems_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The uploaded workbook with comments: at once, or as a job where there are many rows."""
    batch, _ = own_batch(request, pk)
    if batch.state != ImportState.CHECKED:
        raise Http404
    if batch.counts["rows"] > COMMENT_AT_ONCE:
        return redirect("jobs:detail", services.comment_later(batch).pk)
    return serve(steps.commented(batch))


# The result


@require_GET
def original_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The workbook as it was sent."""
    batch, _ = own_batch(request, pk)
    return serve(batch.file)


def result(batch: ImportBatch, register: Register) -> dict[str, Any]:
    written = batch.counts.get("written", {})
    labels = (("new", "新增"), ("changed", "修改"), ("unchanged", "已有，不变"))
    return {
        "batch": batch,
        "register": register,
        "crumbs": crumbs(register, batch.get_state_display()),
        "job": batch.job,
        "rest": rest_of(batch),
        "figures": [{"label": label, "value": written.get(name, 0), "unit": "行"} for name, label in labels],
        "rows_url": register.imported_url(batch),
    }
