"""Quotas, progress and zero reports of campaigns; plan, campaign and their moves have the usual pages."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.pages import crumbs, int_or_none, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.inspections.forms.plans import QuotasForm, ZeroReportForm
from apps.inspections.models import Campaign
from apps.inspections.progress import Progress
from apps.inspections.registers.plans import CampaignRegister
from apps.inspections.services.plans import cannot_set_quotas, projects_by_unit, set_quotas, suggested, units_of
from apps.inspections.services.zero_reports import (
    Period,
    cannot_report,
    known_numbers,
    missing_of,
    periods_of,
    report,
    unit_of,
)

REGISTER = registry[CampaignRegister.name]


def found(request: HttpRequest, key: str) -> Campaign:
    need(REGISTER, request.user, "view")
    return get_visible_or_404(REGISTER.rows(request.user), request.user, number=key)


@require_http_methods(["GET", "POST"])
def quotas_page(request: HttpRequest, key: str) -> HttpResponse:
    """All units and rounds in one form; a total is divided by their numbers of projects, to be corrected by hand."""
    campaign = found(request, key)
    need(REGISTER, request.user, "change")
    if reason := cannot_set_quotas(campaign, request.user):
        messages.error(request, reason)
        return redirect(campaign)
    units = units_of(campaign)
    stand = {(quota.round, quota.region_id): quota.count for quota in campaign.quotas.all()}
    form = QuotasForm(request.POST or None, user=request.user, campaign=campaign, units=units, stand=stand)
    if request.method == "POST" and form.is_valid():
        if "suggest" not in request.POST:
            try:
                set_quotas(
                    campaign, by=request.user, cells=form.cells(), version=int_or_none(request.POST.get("version"))
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, f"{campaign.number} 的检查数量已保存。")
                return redirect("campaigns:progress", campaign.number)
        elif total := form.cleaned_data["total"]:
            shares = suggested(campaign, total, units)
            stand = {(n, region): count for region, count in shares.items() for n in range(1, campaign.rounds + 1)}
            form = QuotasForm(
                None, user=request.user, campaign=campaign, units=units, stand=stand, initial={"total": total}
            )
        else:
            form.add_error("total", "请填写每轮要检查的项目总数")
    context = quotas_context(campaign, form, units)
    return render(request, "inspections/quotas.html", context, status=422 if form.errors else 200)


def quotas_context(campaign: Campaign, form: QuotasForm, units: list[Any]) -> dict[str, Any]:
    sizes = projects_by_unit(campaign, units)
    rounds = range(1, campaign.rounds + 1)
    return {
        "campaign": campaign,
        "form": form,
        "rounds": rounds,
        "lines": [
            {
                "unit": unit,
                "projects": sizes[unit.pk],
                "cells": [{"bound": form[f"q-{n}-{unit.pk}"], "label": f"{unit.name}第 {n} 轮"} for n in rounds],
            }
            for unit in units
        ],
        "projects": sum(sizes.values()),
        "crumbs": crumbs(REGISTER, "分配数量", campaign),
    }


@require_GET
def progress_page(request: HttpRequest, key: str) -> HttpResponse:
    campaign = found(request, key)
    units = units_of(campaign)
    context = {
        "campaign": campaign,
        "progress": Progress(campaign, request.user),
        "may_report": not cannot_report(campaign, request.user, units),
        "report_url": reverse("campaigns:zero_report", args=[campaign.number]),
        "crumbs": crumbs(REGISTER, "进度", campaign),
    }
    return render(request, "inspections/progress.html", context)


@require_http_methods(["GET", "POST"])
def zero_report_page(request: HttpRequest, key: str) -> HttpResponse:
    """One period of one's own unit, filled in with what the platform knows."""
    campaign = found(request, key)
    if not request.user.has_perm("inspections.report_campaign"):
        raise PermissionDenied
    units = units_of(campaign)
    if reason := cannot_report(campaign, request.user, units):
        messages.error(request, reason)
        return redirect(campaign)
    unit: Any = unit_of(request.user, units)
    begun = [period for period in periods_of(campaign) if period.first <= timezone.localdate()]
    period = asked_period(request, campaign, units, unit, begun)
    if period is None:
        messages.error(request, f"任务 {campaign.starts_on} 开始，还没有报告期")
        return redirect(campaign)
    form = ZeroReportForm(request.POST or None, user=request.user, known=known_numbers(campaign, unit.path, period))
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("visits", "hazards", "note")}
        try:
            report(campaign, by=request.user, period=period.code, **told)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{period.label}已报送。")
            return redirect("campaigns:progress", campaign.number)
    context = {
        "title": f"零报告：{period.label}",
        "campaign": campaign,
        "form": form,
        "unit": unit,
        "period": period,
        "switch": [
            {"label": one.label.partition("（")[0], "url": f"?period={one.code}", "current": one == period}
            for one in begun[-5:]
        ],
        "submit_label": "报送",
        "cancel_url": campaign.get_absolute_url(),
        "crumbs": crumbs(REGISTER, "零报告", campaign),
    }
    return render(request, "inspections/zero_report.html", context, status=422 if form.errors else 200)


def asked_period(
    request: HttpRequest, campaign: Campaign, units: list[Any], unit: Any, begun: list[Period]
) -> Period | None:
    """The one that the address names; else the oldest that is missing, else the newest."""
    named = {period.code: period for period in begun}
    if asked := named.get(request.GET.get("period", "")):
        return asked
    late = [period for region, period in missing_of(campaign, units, timezone.localdate()) if region == unit]
    return next(iter([*late, *reversed(begun)]), None)
