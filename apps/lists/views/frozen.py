"""A frozen list: its rows, signatures and hash; printing, exporting, signing it, and comparing it with a firm's."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core.history import history
from apps.core.jobs_pages import pager
from apps.core.pages import int_or_none, need
from apps.core.registers import registry
from apps.core.results import download
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord, TransitionRefused
from apps.lists.books import heading_lines, signatures, workbook_job
from apps.lists.forms import VoidForm
from apps.lists.models import STEPS, ListSnapshot, Reconciliation, Side, SnapshotState
from apps.lists.registers import SnapshotRegister, state_cell
from apps.lists.services.reading import rows_seen_by
from apps.lists.services.reconciling import reconcile
from apps.lists.workflow import SNAPSHOT, asked_steps, awaited_step

REGISTER = registry[SnapshotRegister.name]
PAGE = 50
PRINTED = 2_000
OFFERED = 500
UNBROKEN = 24
"""Codes of up to so many characters stand on one line."""


def snapshot_at(request: HttpRequest, key: str) -> ListSnapshot:
    need(REGISTER, request.user, "view")
    rows = ListSnapshot.objects.select_related("organisation", "prepared_by", "reviewed_by", "approved_by", "frozen_by")
    return get_visible_or_404(rows, request.user, pk=key)


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    snapshot = snapshot_at(request, key)
    rows = rows_seen_by(snapshot, request.user)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    first = page.start_index() or 1
    context = {
        "snapshot": snapshot,
        "title": snapshot.title,
        "crumbs": crumbs(snapshot),
        "facts": facts(snapshot, len(rows)),
        "signatures": signatures(snapshot),
        "steps": steps(snapshot),
        "state": state_cell(snapshot),
        "page": pager(page),
        "rows": drawn(page.object_list, first),
        "hidden": snapshot.row_count - len(rows),
        "actions": actions(snapshot, request.user),
        "timeline": history([snapshot]),
        "may_export": REGISTER.may(request.user, "export"),
        "printable": len(rows) <= PRINTED,
    }
    return render(request, "lists/snapshot.html", context)


def drawn(rows: Any, first: int) -> list[tuple[int, list[tuple[Any, bool]]]]:
    """Each row with its number, each cell with whether it must not be broken: dates, numbers and codes."""
    return [(first + at, [(cell, is_code(cell)) for cell in row["cells"]]) for at, row in enumerate(rows)]


def is_code(cell: Any) -> bool:
    return isinstance(cell, int) or (isinstance(cell, str) and cell.isascii() and len(cell) <= UNBROKEN)


def crumbs(snapshot: ListSnapshot, last: str = "") -> list[dict[str, str]]:
    way = [
        {"label": "台账与清单", "url": reverse("lists:home")},
        {"label": "清单快照", "url": reverse("list_snapshots:list")},
    ]
    here = {"label": snapshot.period_label}
    if last:
        here["url"] = snapshot.get_absolute_url()
    return [*way, here, *([{"label": last}] if last else [])]


def facts(snapshot: ListSnapshot, shown: int) -> list[dict[str, Any]]:
    by = snapshot.frozen_by or "系统按期生成"
    intact = "相符" if snapshot.is_intact else "不符：内容与冻结时不同，请报告管理员"
    told: list[dict[str, Any]] = [
        {"label": "编制单位", "value": snapshot.organisation_name},
        {"label": "期间", "value": snapshot.period_label},
        {"label": "条数", "value": snapshot.row_count or "零报告"},
        {"label": "体系", "value": snapshot.edition},
        {"label": "冻结时间", "value": f"{timezone.localtime(snapshot.frozen_at):%Y-%m-%d %H:%M:%S}"},
        {"label": "冻结人", "value": by},
        {"label": "SHA-256", "value": snapshot.sha256, "wide": True},
        {"label": "校验", "value": intact},
    ]
    if snapshot.void_reason:
        told.append({"label": "作废理由", "value": snapshot.void_reason, "wide": True})
    return told


def steps(snapshot: ListSnapshot) -> list[dict[str, str]]:
    """The signatures as steps: done, now, still to come."""
    awaited = awaited_step(snapshot)
    told = {line["step"]: line for line in signatures(snapshot)}
    return [
        {
            "label": STEPS[step],
            "state": "done" if told[step]["name"] else "now" if step == awaited else "",
            "note": f"{told[step]['name']}{told[step]['when']}",
        }
        for step in asked_steps(snapshot)
    ]


def actions(snapshot: ListSnapshot, user: Any) -> list[dict[str, Any]]:
    """What this person may do with it now."""
    base = snapshot.get_absolute_url()
    found: list[dict[str, Any]] = []
    for move in SNAPSHOT.open_to(snapshot, user):
        if move.danger:
            found.append({"label": move.label, "url": f"{base}void/", "icon": "ban"})
        else:
            found.append({"label": move.label, "url": f"{base}sign/", "icon": "writing-sign", "primary": True})
    if may_compare(snapshot, user):
        found.append({"label": "与企业清单核对", "url": f"{base}compare/", "icon": "checklist"})
    return found


def may_compare(snapshot: ListSnapshot, user: Any) -> bool:
    is_own = snapshot.organisation_id == user.organisation_id and snapshot.side == Side.AUTHORITY
    return is_own and snapshot.state != SnapshotState.VOID and user.has_perm("lists.add_reconciliation")


@require_GET
def print_page(request: HttpRequest, key: str) -> HttpResponse:
    """A4 landscape with the heads repeated; longer ones are exported."""
    snapshot = snapshot_at(request, key)
    rows = rows_seen_by(snapshot, request.user)
    if len(rows) > PRINTED:
        messages.info(request, f"超过 {PRINTED} 条，请导出 Excel 后打印。")
        return redirect(snapshot.get_absolute_url())
    context = {
        "snapshot": snapshot,
        "rows": drawn(rows, 1),
        "lines": heading_lines(snapshot, len(rows)),
        "signatures": signatures(snapshot),
        "draft": snapshot.state != SnapshotState.APPROVED,
        "crumbs": crumbs(snapshot, "打印"),
    }
    return render(request, "lists/print.html", context)


@require_POST
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    need(REGISTER, request.user, "export")
    job = workbook_job(request.user, snapshot_at(request, key))
    return download(job, by=request.user) if job.result_file else redirect("jobs:detail", job.pk)


# Moves ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def sign_page(request: HttpRequest, key: str) -> HttpResponse:
    """The awaited signature; on a page of its own, for it is not taken back."""
    snapshot = snapshot_at(request, key)
    step = awaited_step(snapshot)
    refusal = SNAPSHOT.refusal(snapshot, step, request.user) if step else "这份清单不再等待签字"
    if refusal:
        return refused(request, snapshot, refusal)
    if request.method == "POST":
        version = int_or_none(request.POST.get("version"))
        return moved(request, snapshot, step, version=version)
    context = {
        "title": f"{SNAPSHOT.by_name[step].label}：{snapshot.title}",
        "consequence": "签字后不能撤回，姓名和时间印在清单上。",
        "facts": facts(snapshot, snapshot.row_count)[:3],
        "snapshot": snapshot,
        "submit_label": SNAPSHOT.by_name[step].label,
        "cancel_url": snapshot.get_absolute_url(),
        "crumbs": crumbs(snapshot, SNAPSHOT.by_name[step].label),
    }
    return render(request, "lists/sign.html", context)


@require_http_methods(["GET", "POST"])
def void_page(request: HttpRequest, key: str) -> HttpResponse:
    snapshot = snapshot_at(request, key)
    if refusal := SNAPSHOT.refusal(snapshot, "void_list", request.user):
        return refused(request, snapshot, refusal)
    form = VoidForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return moved(request, snapshot, "void_list", **form.cleaned_data)
    context = {
        "title": f"作废：{snapshot.title}",
        "form": form,
        "danger": True,
        "consequence": "作废件连同内容和理由保留；作废后本期可以重新冻结一份。",
        "facts": facts(snapshot, snapshot.row_count)[:3],
        "submit_label": "作废",
        "cancel_url": snapshot.get_absolute_url(),
        "crumbs": crumbs(snapshot, "作废"),
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


def refused(request: HttpRequest, snapshot: ListSnapshot, reason: str) -> HttpResponse:
    """403 for those who never may, a word on the page for those who may at another time."""
    if not request.user.has_perm("lists.sign_listsnapshot"):
        raise PermissionDenied
    messages.error(request, f"{reason}。")
    return redirect(snapshot.get_absolute_url())


def moved(request: HttpRequest, snapshot: ListSnapshot, move: str, **facts: Any) -> HttpResponse:
    try:
        SNAPSHOT.perform(snapshot, move, by=request.user, **facts)
    except TransitionRefused as refusal:
        messages.error(request, "；".join(refusal.messages))
    except StaleRecord:
        messages.error(request, "这份清单刚被别人签批或作废，请看过现在的状态再办理。")
    else:
        messages.success(request, f"已{SNAPSHOT.by_name[move].label}“{snapshot.title}”。")
    return redirect(snapshot.get_absolute_url())


# Comparing ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def compare_page(request: HttpRequest, key: str) -> HttpResponse:
    """The firms' lists of the same ledger and period; one is chosen and compared."""
    user: Any = request.user
    snapshot = snapshot_at(request, key)
    if not may_compare(snapshot, user):
        raise PermissionDenied
    problem = ""
    if request.method == "POST":
        try:
            return redirect(compared(snapshot, request.POST.get("firm_snapshot"), user).get_absolute_url())
        except ValidationError as refusal:
            problem = "；".join(refusal.messages)
    context = {
        "title": "与企业清单核对",
        "snapshot": snapshot,
        "offered": offered(snapshot, user),
        "problem": problem,
        "crumbs": crumbs(snapshot, "核对"),
    }
    return render(request, "lists/compare.html", context, status=422 if problem else 200)


def offered(snapshot: ListSnapshot, user: Any) -> list[ListSnapshot]:
    """The firms' lists that this one can be compared with, without their rows."""
    rows = ListSnapshot.objects.visible_to(user).defer("rows", "columns").exclude(state=SnapshotState.VOID)
    rows = rows.filter(side=Side.ENTERPRISE, register=snapshot.register, start=snapshot.start, end=snapshot.end)
    return list(rows.order_by("organisation_name", "pk")[:OFFERED])


def compared(snapshot: ListSnapshot, chosen: str | None, user: Any) -> Reconciliation:
    number = int_or_none(chosen)
    if number is None:
        raise ValidationError("请选择一份企业清单")
    return reconcile(snapshot, get_visible_or_404(ListSnapshot, user, pk=number), by=user)
