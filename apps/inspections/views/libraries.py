"""The page of an inspector with avoidances, absences and what lies ahead; matters and risk classes are plain."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import crumbs, int_or_none, need
from apps.core.record_page import edit, record_page
from apps.core.records import save_form
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.templatetags import ui
from apps.core.workflow import StaleRecord
from apps.inspections.forms.libraries import AbsenceForm, AvoidanceForm
from apps.inspections.models import Absence, Avoidance, Inspector, Visit
from apps.inspections.registers.libraries import InspectorRegister, MatterRegister, RiskClassRegister
from apps.inspections.services.assignment import loads

REGISTER = registry[InspectorRegister.name]
AHEAD_SHOWN = 20
STALE = "您填写期间，别人已修改这条记录，请返回核对后重新填写。"

matter_page = record_page(registry[MatterRegister.name])
risk_class_page = record_page(registry[RiskClassRegister.name])


def found(request: HttpRequest, key: str) -> Inspector:
    return get_visible_or_404(REGISTER.rows(request.user), request.user, pk=int_or_none(key))


@require_GET
def inspector_page(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    need(REGISTER, user, "view")
    inspector = found(request, key)
    avoidances = list(inspector.avoidances.select_related("enterprise__organisation").order_by("pk"))
    absences = list(inspector.absences.order_by("-starts_on", "-pk"))
    today = timezone.localdate()
    context = {
        "title": f"检查人员：{inspector}",
        "inspector": inspector,
        "marks": marks(inspector),
        "crumbs": crumbs(REGISTER, str(inspector)),
        "actions": edit(REGISTER, inspector, user),
        "sections": [{"title": "执法证与专业", "facts": facts(inspector)}],
        "avoidances": avoidances,
        "absences": absences,
        "load": loads([inspector], today)[0],
        "ahead": ahead(inspector, user),
        "today": today,
        "may_change": REGISTER.may(user, "change"),
        "timeline": history([inspector, *avoidances, *absences]),
    }
    return render(request, "inspections/inspector.html", context)


def marks(inspector: Inspector) -> list[str]:
    if not inspector.is_active:
        return [ui.state_dot("grey", "已出库")]
    if inspector.valid_until < timezone.localdate():
        return [ui.state_dot("red", "执法证已过期")]
    return [ui.state_dot("green", "可用"), ui.due(inspector.valid_until, timezone.localdate())]


def facts(inspector: Inspector) -> list[dict[str, Any]]:
    place = f"{inspector.longitude}, {inspector.latitude}" if inspector.place else ""
    return [
        {"label": "所在单位", "value": inspector.organisation.name},
        {"label": "行政执法证号", "value": inspector.certificate},
        {"label": "执法证有效期至", "value": str(inspector.valid_until)},
        {"label": "专业", "value": inspector.fields_in_words},
        {"label": "出发地", "value": place},
    ]


def ahead(inspector: Inspector, user: Any) -> list[Visit]:
    rows = Visit.objects.visible_to(user).open().filter(team__inspector=inspector)
    return list(rows.select_related("project").order_by("planned_on", "pk")[:AHEAD_SHOWN])


PARTS: dict[str, tuple[Any, Any, str]] = {
    "avoidances": (Avoidance, AvoidanceForm, "回避"),
    "absences": (Absence, AbsenceForm, "不在岗"),
}


@require_http_methods(["GET", "POST"])
def part_page(request: HttpRequest, key: str, part: str, part_id: int | None = None) -> HttpResponse:
    """Add or correct an avoidance or an absence; an avoidance that no longer holds gets its last day."""
    need(REGISTER, request.user, "change")
    inspector = found(request, key)
    model, form_class, label = PARTS[part]
    rows = model.objects.filter(inspector=inspector)
    record = get_visible_or_404(rows, request.user, pk=part_id) if part_id else None
    form = form_class(request.POST or None, instance=record or model(inspector=inspector), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_form(form, by=request.user, version=int_or_none(request.POST.get("version")))
        except StaleRecord:
            form.add_error(None, STALE)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已保存{inspector}的{label}。")
            return redirect(inspector)
    context = {
        "form": form,
        "record": record,
        "title": f"{inspector}的{label}",
        "cancel_url": inspector.get_absolute_url(),
        "crumbs": crumbs(REGISTER, label, inspector),
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_GET
def object_page(request: HttpRequest, key: str) -> HttpResponse:
    """An object of the library is a project, which has a page of its own."""
    register = registry["inspection_objects"]
    need(register, request.user, "view")
    project = get_visible_or_404(register.rows(request.user), request.user, number=key)
    return redirect(reverse("projects:detail", args=[project.number]))
