"""The risks of one project: the four-colour tab of its page, and the notice that hangs on the site (风险公告栏)."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.tabs import Tab
from apps.projects.models import Project
from apps.projects.selectors import current_party
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.risks.models import COLOURS, ControlLevel, RiskLevel, RiskPoint, State
from apps.risks.registers import RiskRegister, next_check_cell, state_cell
from apps.risks.selectors import keeps_risks

REGISTER = registry[RiskRegister.name]
SHOWN = 200
NOWHERE = "未填部位"


def risks_in_force(project: Project, user: Any) -> int:
    return RiskPoint.objects.visible_to(user).in_force().filter(project=project).count()


@require_GET
def risks_page(request: HttpRequest, key: str) -> HttpResponse:
    """Counts by colour, and the points under their places, the gravest first."""
    need(REGISTER, request.user, "view")
    context = frame(request, key, "risks")
    project: Project = context["project"]
    rows = RiskPoint.objects.visible_to(request.user).open().filter(project=project)
    points = list(rows.order_by("-level", "next_check_on", "-id")[:SHOWN])
    ledger = reverse("risks:list")
    context |= {
        "colours": colours(rows, f"{ledger}?{urlencode({'view': 'in_force', 'project__name': project.name})}"),
        "lines": by_place(points),
        "ledger_url": f"{ledger}?{urlencode({'view': 'all', 'project__name': project.name})}",
        "new_url": f"{reverse('risks:new')}?project={project.pk}",
        "notice_url": reverse("project_risk_notice", args=[project.number]),
        "may_add": REGISTER.may(request.user, "add") and keeps_risks(request.user, project),
        "more": len(points) == SHOWN,
    }
    return render(request, "risks/of_project.html", context)


def colours(rows: QuerySet, url: str) -> list[dict[str, Any]]:
    """One line a colour with its shape and word: how many are in force, and where they are listed."""
    counted = dict(
        rows.filter(state=State.IN_FORCE)
        .order_by()
        .values_list("level")
        .annotate(n=Count("pk"))
        .values_list("level", "n")
    )
    return [
        {
            "level": RiskLevel(level).name.lower(),
            "colour": colour,
            "hand": ControlLevel(level).label,
            "count": counted.get(level, 0),
            "url": f"{url}&level={int(level)}",
        }
        for level, colour in COLOURS.items()
    ]


def by_place(points: list[RiskPoint]) -> list[dict[str, Any]]:
    """The points of each place together, in the order in which the gravest of each stands."""
    places: dict[str, list[dict[str, Any]]] = {}
    for risk in points:
        line: dict[str, Any] = {
            "risk": risk,
            "place": risk.place or NOWHERE,
            "level": risk.level_name,
            "state": state_cell(risk),
            "next": next_check_cell(risk),
            "late": risk.is_overdue,
        }
        places.setdefault(line["place"], []).append(line)
    return [line for lines in places.values() for line in lines]


@require_GET
def notice_page(request: HttpRequest, key: str) -> HttpResponse:
    """What hangs at the gate: every risk in force with its colour, accident, measures and who answers for it; A4."""
    need(REGISTER, request.user, "view")
    context = frame(request, key, "risks")
    project: Project = context["project"]
    rows = RiskPoint.objects.visible_to(request.user).in_force().filter(project=project)
    points = list(
        rows.select_related("enterprise__organisation").prefetch_related("measures").order_by("-level", "place", "id")
    )
    contractor = current_party(project, "general_contractor")
    context |= {
        "title": f"安全风险公告：{project.name}",
        "today": timezone.localdate(),
        "firm": contractor.enterprise.name if contractor else "",
        "leader": contractor.leader if contractor else "",
        "colours": colours(
            rows, f"{reverse('risks:list')}?{urlencode({'view': 'in_force', 'project__name': project.name})}"
        ),
        "lines": [notice_line(risk) for risk in points],
        "crumbs": [
            {"label": "工程项目", "url": reverse("projects:list")},
            {"label": project.name, "url": reverse("project_risks", args=[project.number])},
            {"label": "风险公告栏"},
        ],
        "actions": [],
    }
    return render(request, "risks/notice.html", context)


def notice_line(risk: RiskPoint) -> dict[str, Any]:
    current = [m.text for m in risk.measures.all() if not m.is_retired]
    return {
        "risk": risk,
        "level": risk.level_name,
        "measures": "；".join(current),
        "hand": ControlLevel(risk.control_level).label,
    }


project_tabs.add(
    Tab("risks", "风险", "project_risks", count=risks_in_force, permission="risks.view_riskpoint"), before="history"
)
