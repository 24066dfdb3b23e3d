"""The page of one project, its frame for other tabs, and what concerns the project as a whole."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import edit_page, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.enterprises.views import frame as enterprise_frame
from apps.enterprises.views import section
from apps.projects.models import REACHING, PartyRole, Project, ProjectParty, Stage
from apps.projects.registers import STAGE_TONES, ProjectRegister
from apps.projects.selectors import may_change
from apps.projects.tabs import project_tabs

REGISTER = registry[ProjectRegister.name]
SHOWN = 100


def frame(request: HttpRequest, key: str, current: str) -> dict[str, Any]:
    """What every tab of a project's page shows around its own content; 404 outside the user's scope.

    Apps above start their tab's page here and render a template that extends core/detail.html.
    """
    need(REGISTER, request.user, "view")
    rows = Project.objects.select_related("region", "enterprise__organisation")
    project = get_visible_or_404(rows, request.user, number=key)
    change = may_change(request.user, project)
    edit = {"label": "编辑", "url": reverse("projects:edit", args=[project.number]), "icon": "edit", "primary": True}
    return {
        "project": project,
        "title": project.name,
        "stage_tone": STAGE_TONES.get(Stage(project.stage), "blue"),
        "crumbs": [
            {"label": "监管对象"},
            {"label": "工程项目", "url": reverse("projects:list")},
            {"label": project.number},
        ],
        "tabs": project_tabs.shown(project, request.user, current),
        "actions": [edit] if change else [],
        "may_change": change,
    }


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "overview")
    project: Project = context["project"]
    context["sections"] = [basics(project), permits(project), place(project)]
    context["parties"] = named_parties(project)
    return render(request, "projects/detail.html", context)


def basics(project: Project) -> dict[str, Any]:
    return section(
        "基本信息",
        ("项目编号", project.number),
        ("所属区域", project.region.name),
        ("工程类别", project.get_kind_display()),
        ("结构类型", project.get_structure_display()),
        ("建筑面积", project.area_m2 and f"{project.area_m2:,.2f} ㎡"),
        ("形象进度", project.get_stage_display()),
        ("开工日期", project.started_on),
        ("计划竣工日期", project.planned_end),
    )


def permits(project: Project) -> dict[str, Any]:
    return section(
        "许可与合同",
        ("施工许可证编号", project.permit_number),
        ("发证日期", project.permit_date),
        ("安全监督登记号", project.supervision_number),
        ("合同价格", project.contract_amount and f"{project.contract_amount:,.2f} 万元"),
    )


def place(project: Project) -> dict[str, Any]:
    known = project.longitude is not None
    return section(
        "位置",
        ("建设地点", project.address),
        ("经纬度", f"{project.longitude}，{project.latitude}" if known else ""),
        ("场地范围", f"{len(project.site)}个角点" if project.site else ""),
    )


def named_parties(project: Project) -> list[dict[str, Any]]:
    """The three parties at the head of the overview, also those that are still missing."""
    current = {p.role: p for p in project.parties.select_related("enterprise__organisation").filter(ended_on=None)}
    return [{"label": PartyRole(role).label, "party": current.get(role)} for role in REACHING]


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The register's form, for those who act on this project."""
    project = get_visible_or_404(Project, request.user, number=key)
    if not may_change(request.user, project):
        raise PermissionDenied
    return edit_page(request, REGISTER, key)


@require_GET
def history_page(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "history")
    project: Project = context["project"]
    parts = project.parties.select_related("enterprise__organisation")
    members = project.members.select_related("person", "user")
    context["timeline"] = history([project, *parts, *members, *project.dangerous_works.all()])
    return render(request, "projects/history.html", context)


@require_GET
def of_enterprise(request: HttpRequest, key: str) -> HttpResponse:
    """The projects tab of an enterprise's page: those among the user's own."""
    need(REGISTER, request.user, "view")
    context = enterprise_frame(request, key, "projects")
    rows = ProjectParty.objects.visible_to(request.user).filter(enterprise=context["enterprise"])
    context["parts"] = rows.select_related("project__region").order_by("ended_on", "-project")[:SHOWN]
    return render(request, "projects/of_enterprise.html", context)
