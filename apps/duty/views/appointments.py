"""Appointing safety directors and sending safety inspectors, and the end of either."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.cases import Sections
from apps.core.form_pages import answered, asked
from apps.core.pages import crumbs, need
from apps.core.record_page import record_page
from apps.core.registers import Register, registry
from apps.core.scoping import get_visible_or_404
from apps.duty.forms.appointments import DirectorForm, EndForm, InspectorForm
from apps.duty.models import DirectorAppointment
from apps.duty.registers import DirectorRegister, InspectorRegister
from apps.duty.services.appointments import appoint_director, end_appointment, send_inspector
from apps.enterprises.models import Enterprise

DIRECTORS, INSPECTORS = registry[DirectorRegister.name], registry[InspectorRegister.name]


def actions_of(register: Register) -> Any:
    """The document, where there is one, and ending the appointment."""

    def actions(record: Any, user: Any) -> Sections:
        told = []
        if getattr(record, "paper_id", None):
            address = reverse("safety_directors:paper", args=[record.pk])
            told.append({"label": "任命文件", "icon": "file-text", "url": address})
        if register.may(user, "change"):
            address = reverse(f"{register.name}:end", args=[record.pk])
            told.append({"label": "登记结束", "icon": "calendar", "url": address})
        return told

    return actions


director_page = record_page(DIRECTORS, actions=actions_of(DIRECTORS))
inspector_page = record_page(INSPECTORS, actions=actions_of(INSPECTORS))


@require_http_methods(["GET", "POST"])
def new_director(request: HttpRequest) -> HttpResponse:
    need(DIRECTORS, request.user, "add")
    user: Any = request.user
    firm = get_visible_or_404(Enterprise, user, pk=user.organisation_id)
    form = asked(request, DirectorForm)

    def done() -> HttpResponse:
        record = appoint_director(firm, by=user, **form.cleaned_data)
        messages.success(request, f"已登记安全总监“{record.person.name}”。")
        return redirect(record)

    context = {"title": "登记安全总监任命", "submit_label": "登记", "cancel_url": DIRECTORS.base_url}
    return answered(request, form, done, context | {"crumbs": crumbs(DIRECTORS, "登记任命")})


@require_http_methods(["GET", "POST"])
def new_inspector(request: HttpRequest) -> HttpResponse:
    need(INSPECTORS, request.user, "add")
    form = asked(request, InspectorForm, initial={"project": request.GET.get("project", "")[:40].replace("\x00", "")})

    def done() -> HttpResponse:
        told = form.cleaned_data
        names = ("project", "person", "paper_number", "started_on", "ended_on")
        record = send_inspector(by=request.user, **{name: told[name] for name in names})
        messages.success(request, f"已登记督查员“{record.person.name}”。")
        return redirect(record)

    context = {"title": "登记安全督查员委派", "submit_label": "登记", "cancel_url": INSPECTORS.base_url}
    return answered(request, form, done, context | {"crumbs": crumbs(INSPECTORS, "登记委派")})


@require_http_methods(["GET", "POST"])
def end_page(request: HttpRequest, key: str, *, register: Register) -> HttpResponse:
    record = get_visible_or_404(register.rows(request.user), request.user, pk=key)
    need(register, request.user, "change")
    form = asked(request, EndForm)

    def done() -> HttpResponse:
        end_appointment(record, by=request.user, ended_on=form.cleaned_data["ended_on"])
        messages.success(request, f"{record}：已登记最后一天。")
        return redirect(record)

    context = {"title": f"登记结束：{record}", "submit_label": "登记", "cancel_url": record.get_absolute_url()}
    return answered(request, form, done, context | {"crumbs": crumbs(register, "登记结束", record)})


@require_GET
def paper(request: HttpRequest, key: str) -> HttpResponseBase:
    need(DIRECTORS, request.user, "view")
    record = get_visible_or_404(DirectorAppointment.objects.select_related("paper"), request.user, pk=key)
    if record.paper is None:
        raise Http404
    return files.serve(record.paper)
