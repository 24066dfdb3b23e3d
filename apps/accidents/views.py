"""Reporting an accident."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accidents.forms import ReportForm
from apps.accidents.registers import AccidentRegister
from apps.accidents.services import report
from apps.core.cases import asked, attempted
from apps.core.pages import crumbs, int_or_none, need, sections_of
from apps.core.registers import registry
from apps.projects.models import Project

REGISTER = registry[AccidentRegister.name]


@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest) -> HttpResponse:
    need(REGISTER, request.user, "add")
    form: Any = ReportForm(asked(request), user=request.user, initial=prefilled(request))
    answer, status = attempted(request, form, partial(reported, request, form))
    if answer is not None:
        return answer
    form.for_page()
    context = {
        "form": form,
        "title": "上报事故",
        "sections": sections_of(form),
        "submit_label": "上报",
        "cancel_url": REGISTER.base_url,
        "crumbs": crumbs(REGISTER, "上报事故"),
    }
    return render(request, "core/form.html", context, status=status)


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """The project that one comes from."""
    key = int_or_none(request.GET.get("project"))
    return {"project": Project.objects.visible_to(request.user).filter(pk=key).first()} if key else {}


def reported(request: HttpRequest, form: ReportForm) -> HttpResponse:
    accident = report(by=request.user, **form.values())
    messages.success(request, f"{accident}：已上报，按所报伤亡和损失为{accident.get_grade_display()}事故。")
    return redirect(accident)
