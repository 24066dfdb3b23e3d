"""One region: where it stands, what it was called, and renaming it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.scoping import get_visible_or_404
from apps.regions.forms import RenameForm
from apps.regions.models import Region, RegionName
from apps.regions.services import rename_region


@require_GET
def region_page(request: HttpRequest, key: str) -> HttpResponse:
    region = get_visible_or_404(Region.objects.select_related("parent", "unit"), request.user, code=key)
    rename = {"label": "更名", "icon": "edit", "url": reverse("regions:rename", args=[region.code])}
    context = {
        "title": region.name,
        "crumbs": [{"label": "行政区划", "url": reverse("regions:list")}, {"label": region.name}],
        "actions": [rename] if request.user.has_perm("regions.change_region") else [],
        "sections": [
            {"title": "行政区划", "facts": region_facts(region)},
            {"title": "名称沿革", "facts": name_facts(region)},
        ],
        "timeline": history([region]),
    }
    return render(request, "core/detail.html", context)


def region_facts(region: Region) -> list[dict[str, Any]]:
    return [
        {"label": "代码", "value": region.code},
        {"label": "层级", "value": region.get_level_display()},
        {"label": "类别", "value": region.kind},
        {"label": "上级", "value": region.parent, "url": _address(region.parent)},
        {"label": "上报单位", "value": region.unit, "url": _address(region.unit)},
        {"label": "中心点", "value": f"{region.longitude}，{region.latitude}" if region.longitude else ""},
    ]


def name_facts(region: Region) -> list[dict[str, Any]]:
    return [
        {"label": name.name, "value": f"{period(name)}；{name.source}", "wide": True} for name in region.names.all()
    ]


def period(name: RegionName) -> str:
    """2020-06-23至今"""
    return f"{name.valid_from or '此前'}至{name.valid_to or '今'}"


def _address(region: Region | None) -> str:
    return reverse("regions:detail", args=[region.code]) if region else ""


@require_http_methods(["GET", "POST"])
def rename_page(request: HttpRequest, key: str) -> HttpResponse:
    if not request.user.has_perm("regions.change_region"):
        raise PermissionDenied
    region = get_visible_or_404(Region, request.user, code=key)
    form = RenameForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            rename_region(region=region, by=request.user, **form.cleaned_data)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, f"已更名为“{form.cleaned_data['name']}”，此前的记录仍显示原名称。")
            return redirect("regions:detail", region.code)
    context = {
        "form": form,
        "title": f"更名：{region.name}",
        "consequence": "代码和管辖关系不变；启用日期之前的记录仍显示原名称。",
        "submit_label": "更名",
        "cancel_url": reverse("regions:detail", args=[region.code]),
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)
