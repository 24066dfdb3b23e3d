"""Pages of checklists: an edition with its items, and withdrawing it from a day on."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import crumbs, int_or_none, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.inspections.checklists import PARTS, table_of
from apps.inspections.forms.checklists import WithdrawForm
from apps.inspections.models import Checklist
from apps.inspections.registers.visits import ChecklistRegister
from apps.inspections.services.checklists import withdraw

REGISTER = registry[ChecklistRegister.name]


def found(request: HttpRequest, key: str) -> Checklist:
    need(REGISTER, request.user, "view")
    return get_visible_or_404(Checklist, request.user, pk=int_or_none(key))


@require_GET
def checklist_page(request: HttpRequest, key: str) -> HttpResponse:
    edition = found(request, key)
    table = table_of(edition)
    facts = [
        {"label": "编码", "value": edition.code},
        {"label": "类别", "value": edition.get_family_display()},
        {"label": "施行日期", "value": edition.effective_from},
        {"label": "停用日期", "value": edition.withdrawn_from},
        {"label": "隐患类别", "value": table.group},
        {"label": "汇总表权重", "value": table.weight or "不计入汇总"},
        {"label": "来源", "value": edition.source, "wide": True},
        {"label": "把握程度", "value": edition.certainty, "wide": True},
        {"label": "校验值（SHA-256）", "value": edition.sha256, "wide": True},
    ]
    context = {
        "title": edition.name,
        "edition": edition,
        "table": table,
        "parts": PARTS,
        "sections": [{"title": "检查表", "facts": facts, "note": "施行后不再修改"}],
        "others": edition.other_editions,
        "actions": actions(edition, request.user),
        "timeline": history([edition]),
        "crumbs": crumbs(REGISTER, edition.name),
    }
    return render(request, "inspections/checklist.html", context)


def actions(edition: Checklist, user: Any) -> list[dict[str, Any]]:
    told = []
    if REGISTER.may(user, "add"):
        told.append({"label": "据此制定新版", "url": f"{reverse('checklists:new')}?base={edition.pk}", "icon": "plus"})
    if REGISTER.may(user, "change") and edition.withdrawn_from is None:
        told.append({"label": "停用", "url": reverse("checklists:withdraw", args=[edition.pk]), "icon": "ban"})
    return told


@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, key: str) -> HttpResponse:
    edition = found(request, key)
    if not REGISTER.may(request.user, "change"):
        raise PermissionDenied
    form = WithdrawForm(request.POST if request.method == "POST" else None, user=request.user, record=edition)
    if request.method == "POST" and form.is_valid():
        withdraw(edition, form.cleaned_data["withdrawn_from"], request.user)
        messages.success(request, f"“{edition}”自 {edition.withdrawn_from} 起停用。")
        return redirect(edition)
    context = {
        "title": f"停用：{edition}",
        "form": form,
        "crumbs": crumbs(REGISTER, "停用", edition),
        "cancel_url": edition.get_absolute_url(),
        "submit_label": "停用",
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)
