"""Pages about one enterprise; list and form are the register's."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import need
from apps.core.registers import as_text, registry
from apps.core.scoping import get_visible_or_404
from apps.core.templatetags import ui
from apps.enterprises.comparing import compared
from apps.enterprises.forms import ProposeMergeForm, SurvivorForm
from apps.enterprises.likely import likely_pairs, with_firms
from apps.enterprises.models import Enterprise
from apps.enterprises.presenting import merges_of
from apps.enterprises.registers import EnterpriseRegister
from apps.enterprises.services import propose_merge
from apps.enterprises.tabs import enterprise_tabs
from apps.enterprises.workflow import PROPOSES

REGISTER = registry[EnterpriseRegister.name]


def frame(request: HttpRequest, key: str, current: str) -> dict[str, Any]:
    """What every tab of an enterprise's page shows around its own content; 404 outside the user's scope."""
    need(REGISTER, request.user, "view")
    rows = Enterprise.objects.select_related("organisation__region", "organisation__merged_into__enterprise")
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
    if enterprise.is_merged:
        return []
    buttons: list[dict[str, Any]] = []
    if request.user.has_perm(PROPOSES):
        url = reverse("enterprises:merge", args=[enterprise.uscc])
        buttons.append({"label": "合并重复企业", "url": url, "icon": "copy"})
    if REGISTER.may(request.user, "change"):
        url = reverse("enterprises:edit", args=[enterprise.uscc])
        buttons.append({"label": "编辑", "url": url, "icon": "edit", "primary": True})
    return buttons


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "overview")
    enterprise = context["enterprise"]
    context["sections"] = sections(enterprise, full_phone=REGISTER.may(request.user, "change"))
    context["former_names"] = enterprise.former_names.all()
    context["further"] = merges_of(enterprise, request.user)
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


# Merging what was registered twice ------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def merge_page(request: HttpRequest, key: str) -> HttpResponse:
    """Into which firm this one goes; then both side by side, with what would move, and why they are one."""
    context = frame(request, key, "")
    duplicate: Enterprise = context["enterprise"]
    if not request.user.has_perm(PROPOSES):
        raise PermissionDenied
    told = request.POST if request.method == "POST" else None
    asked = told or (request.GET if "survivor" in request.GET else None)
    chosen = SurvivorForm(asked, user=request.user, record=duplicate)
    if not chosen.is_valid():
        status = 422 if told else 200
        return render(request, "enterprises/merge.html", context | merge_context(duplicate, chosen), status=status)
    survivor = chosen.cleaned_data["survivor"]
    form = ProposeMergeForm(told, user=request.user, record=duplicate, initial={"survivor": survivor.uscc})
    if told and form.is_valid():
        try:
            merge = propose_merge(duplicate, by=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, f"{merge}：已提请合并，待他人确认。")
            return redirect(merge)
    context |= merge_context(duplicate, form) | {"survivor": survivor, "compared": compared(duplicate, survivor)}
    return render(request, "enterprises/merge.html", context, status=422 if form.errors else 200)


def merge_context(duplicate: Enterprise, form: SurvivorForm) -> dict[str, Any]:
    url = reverse("enterprises:detail", args=[duplicate.uscc])
    way = [{"label": "企业", "url": reverse("enterprises:list")}, {"label": duplicate.name, "url": url}]
    return {"form": form, "title": f"合并重复企业：{duplicate}", "crumbs": [*way, {"label": "合并"}], "cancel_url": url}


@require_GET
def likely_page(request: HttpRequest) -> HttpResponse:
    """疑似重复: pairs of firms that share a name or a licence, as far as this office sees both."""
    if not request.user.has_perm(PROPOSES):
        raise PermissionDenied
    page = Paginator(likely_pairs(request.user), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": with_firms(list(page), request.user),
        "crumbs": [{"label": "企业", "url": reverse("enterprises:list")}, {"label": "疑似重复"}],
    }
    return render(request, "enterprises/likely.html", context)
