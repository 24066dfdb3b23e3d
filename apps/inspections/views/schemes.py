"""The saved schemes of the region's offices: chosen for a new draw, made from one, edited, deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.cases import STALE
from apps.core.history import history
from apps.core.pages import crumbs, int_or_none, need, sections_of
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.inspections.forms.schemes import DrawSchemeForm
from apps.inspections.models import Draw, DrawScheme
from apps.inspections.presenting.plans import of_campaign, scope_in_words
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.services.schemes import remove_scheme, save_scheme, scheme_from

REGISTER = registry[DrawRegister.name]


@require_GET
def schemes_page(request: HttpRequest) -> HttpResponse:
    need(REGISTER, request.user, "add")
    rows = DrawScheme.objects.visible_to(request.user).select_related("campaign").order_by("name")
    lines = [{"scheme": one, "scope": scope_in_words(one.campaign), "rates": rates_of(one)} for one in rows]
    context = {"lines": lines, "crumbs": crumbs(REGISTER, "抽查方案")}
    return render(request, "inspections/draws/schemes.html", context)


def rates_of(scheme: DrawScheme) -> str:
    return "，".join(f"{grade} 类 {percent}%" for grade, percent in sorted(scheme.terms["rates"].items()))


@require_http_methods(["GET", "POST"])
def scheme_page(request: HttpRequest, scheme: int | None = None) -> HttpResponse:
    """A new scheme, prefilled from the draw that the address names, or one to edit or delete."""
    need(REGISTER, request.user, "add")
    user: Any = request.user
    record = get_visible_or_404(DrawScheme, user, pk=scheme) if scheme else None
    form = DrawSchemeForm(request.POST or None, user=user, instance=record, initial=beginning(request, record))
    if request.method == "POST" and (said := done(request, form, record)):
        messages.success(request, said)
        return redirect("draws:schemes")
    context = {
        "form": form,
        "record": record,
        "title": f"抽查方案“{record}”" if record else "新增抽查方案",
        "sections": sections_of(form),
        "of_campaign": of_campaign(record.campaign, user) if record else [],
        "timeline": history([record]) if record else [],
        "cancel_url": "../",
        "crumbs": crumbs(REGISTER, "抽查方案"),
    }
    return render(request, "inspections/draws/scheme.html", context, status=422 if form.errors else 200)


def beginning(request: HttpRequest, record: DrawScheme | None) -> dict[str, Any]:
    key = request.GET.get("draw", "")
    if record is not None or not key:
        return {}
    return scheme_from(get_visible_or_404(Draw.objects.select_related("campaign"), request.user, pk=key))


def done(request: HttpRequest, form: DrawSchemeForm, record: DrawScheme | None) -> str:
    """What was done, in words; "" where the form says why it could not be."""
    version = int_or_none(request.POST.get("version"))
    try:
        if record is not None and "delete" in request.POST:
            name = record.name
            remove_scheme(record, by=request.user, version=version)
            return f"已删除抽查方案“{name}”，按它准备过的抽取不受影响。"
        if form.is_valid():
            return f"已保存抽查方案“{save_scheme(form, by=request.user, version=version)}”。"
    except StaleRecord:
        form.add_error(None, STALE)
    except ValidationError as refusal:
        form.add_error(None, refusal)
    return ""
