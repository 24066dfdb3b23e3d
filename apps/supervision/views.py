"""Beginning a measure on a hazard, and what the page of a hazard shows of measures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.cases import line
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.hazards.further import Further, add
from apps.hazards.models import Hazard
from apps.hazards.presenting import case_rows
from apps.supervision.beginning import BEGINNINGS
from apps.supervision.forms import BeginForm
from apps.supervision.models import Listing, StopWork, Transfer
from apps.supervision.registers import RuleRegister


@require_http_methods(["GET", "POST"])
def begin_page(request: HttpRequest, key: str, what: str) -> HttpResponse:
    beginning = BEGINNINGS[what]
    if not request.user.has_perm(beginning.permission):
        raise PermissionDenied
    hazard = get_visible_or_404(case_rows(), request.user, number=key)
    if request.method == "GET" and (reason := beginning.cannot(hazard, request.user)):
        messages.error(request, reason)
        return redirect(hazard)
    form = beginning.form(request.POST or None, user=request.user, record=hazard)
    if request.method == "POST" and form.is_valid():
        try:
            measure = beginning.begin(hazard, by=request.user, **form.values())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{measure}：已{beginning.label}，现为“{measure.get_state_display()}”。")
            return redirect(measure)
    context = begin_context(hazard, beginning.label, form)
    return render(request, "core/move.html", context, status=422 if form.errors else 200)


def begin_context(hazard: Hazard, label: str, form: BeginForm) -> dict[str, Any]:
    facts = [
        line("工程项目", hazard.project.name),
        line("整改企业", hazard.enterprise.name),
        line("隐患等级", hazard.get_grade_display()),
        line("整改期限", hazard.deadline),
        line("状态", hazard.get_state_display()),
        line("隐患描述", hazard.description, wide=True),
    ]
    return {
        "title": f"{label}：{hazard.title}",
        "form": form,
        "summary": [{"title": f"隐患 {hazard.number}", "facts": facts}],
        "submit_label": label,
        "cancel_url": hazard.get_absolute_url(),
        "crumbs": [
            {"label": "隐患台账", "url": reverse("hazards:list")},
            {"label": hazard.number, "url": hazard.get_absolute_url()},
            {"label": label},
        ],
    }


rule_page = record_page(registry[RuleRegister.name])


# On the page of a hazard ----------------------------------------------------------------------------------------------


def measures_of(hazard: Hazard, user: Any) -> list[dict[str, Any]]:
    found: list[Any] = []
    for model in (Listing, StopWork, Transfer):
        if user.has_perm(f"supervision.view_{model._meta.model_name}"):
            found += model.objects.visible_to(user).filter(hazard=hazard).order_by("pk")
    return [
        {
            "title": f"{measure._meta.verbose_name} {measure}",
            "url": measure.get_absolute_url(),
            "state": measure.get_state_display(),
            "note": measure.get_level_display() if isinstance(measure, Listing) else "",
        }
        for measure in found
    ]


def beginnings(hazard: Hazard, user: Any) -> list[dict[str, Any]]:
    return [
        {"label": beginning.label, "url": reverse(f"begin-{what}", args=[hazard.number])}
        for what, beginning in BEGINNINGS.items()
        if not beginning.cannot(hazard, user)
    ]


add(Further("督办、停工与移送", measures_of, beginnings))
