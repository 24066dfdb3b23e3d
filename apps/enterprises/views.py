"""Pages about one enterprise; list and form are the register's."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.history import history
from apps.core.pages import need
from apps.core.registers import as_text, registry
from apps.core.scoping import get_visible_or_404
from apps.core.templatetags import ui
from apps.enterprises.models import Enterprise
from apps.enterprises.registers import EnterpriseRegister
from apps.enterprises.tabs import enterprise_tabs

REGISTER = registry[EnterpriseRegister.name]


def frame(request: HttpRequest, key: str, current: str) -> dict[str, Any]:
    """What every tab of an enterprise's page shows around its own content; 404 outside the user's scope."""
    need(REGISTER, request.user, "view")
    rows = Enterprise.objects.select_related("organisation__region")
    enterprise = get_visible_or_404(rows, request.user, uscc=key)
    return {
        "enterprise": enterprise,
        "title": enterprise.name,
        "marks": [
            ui.state_dot("green" if enterprise.status == "active" else "grey", enterprise.get_status_display()),
            ui.chip(enterprise.get_kind_display()),
        ],
        "crumbs": [
            {"label": "监管对象"},
            {"label": "企业", "url": reverse("enterprises:list")},
            {"label": enterprise.organisation.short_name or enterprise.name},
        ],
        "tabs": enterprise_tabs.shown(enterprise, request.user, current),
        "actions": actions(request, enterprise),
    }


def actions(request: HttpRequest, enterprise: Enterprise) -> list[dict[str, Any]]:
    if not REGISTER.may(request.user, "change"):
        return []
    url = reverse("enterprises:edit", args=[enterprise.uscc])
    return [{"label": "编辑", "url": url, "icon": "edit", "primary": True}]


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "overview")
    enterprise = context["enterprise"]
    context["sections"] = sections(enterprise, full_phone=REGISTER.may(request.user, "change"))
    context["former_names"] = enterprise.former_names.all()
    return render(request, "enterprises/detail.html", context)


def sections(enterprise: Enterprise, *, full_phone: bool) -> list[dict[str, Any]]:
    """The facts of the overview, as templates/core/detail.html lays them out."""
    organisation = enterprise.organisation
    phone = enterprise.phone if full_phone else enterprise.phone_masked
    return [
        section(
            "基本信息",
            ("统一社会信用代码", enterprise.uscc),
            ("企业类型", enterprise.get_kind_display()),
            ("注册地", organisation.region.name),
            ("简称", organisation.short_name),
            ("状态", enterprise.get_status_display()),
            ("登记时间", f"{timezone.localtime(enterprise.created_at):%Y-%m-%d %H:%M}"),
        ),
        section(
            "资质与许可",
            ("资质等级", enterprise.qualification),
            ("安全生产许可证编号", enterprise.safety_licence),
            ("有效期至", licence_until(enterprise)),
        ),
        section(
            "联系方式",
            ("法定代表人", enterprise.legal_representative),
            ("联系电话", phone),
            ("注册地址", enterprise.address),
        ),
    ]


def section(title: str, *facts: tuple[str, Any]) -> dict[str, Any]:
    return {"title": title, "facts": [{"label": label, "value": as_text(value)} for label, value in facts]}


def licence_until(enterprise: Enterprise) -> str:
    until = enterprise.safety_licence_until
    if until is None:
        return ""
    return f"{until:%Y-%m-%d}（已过期）" if until < timezone.localdate() else f"{until:%Y-%m-%d}"


@require_GET
def history_page(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "history")
    enterprise = context["enterprise"]
    context["timeline"] = history([enterprise, enterprise.organisation])
    return render(request, "core/history.html", context)
