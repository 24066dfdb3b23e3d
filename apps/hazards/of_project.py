"""The hazards of one project, as a tab of its page."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.tabs import Tab
from apps.hazards.models import Hazard
from apps.hazards.registers import HazardRegister
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame

REGISTER = registry[HazardRegister.name]
SHOWN = 50


def open_hazards(project: Project, user: Any) -> int:
    return Hazard.objects.visible_to(user).open().filter(project=project).count()


@require_GET
def hazards_page(request: HttpRequest, key: str) -> HttpResponse:
    """Open ones first, the latest first among them; the ledger has the rest."""
    need(REGISTER, request.user, "view")
    context = frame(request, key, "hazards")
    project = context["project"]
    rows = REGISTER.rows(request.user).filter(project=project)
    rows = rows.order_by(F("closed_at").desc(nulls_first=True), "-risk_level", "-id")
    columns = [c for c in REGISTER.columns if c.name in ("number", "risk_level", "category", "deadline", "state")]
    lines = [
        {
            "hazard": hazard,
            "cells": [REGISTER.cell(hazard, column) for column in columns[1:]],
            "late": REGISTER.is_late(hazard),
        }
        for hazard in rows[:SHOWN]
    ]
    links = {
        "ledger_url": f"{reverse('hazards:list')}?{urlencode({'view': 'all', 'project__name': project.name})}",
        "new_url": f"{reverse('hazards:new')}?project={project.pk}",
    }
    return render(request, "hazards/of_project.html", context | links | {"columns": columns, "lines": lines})


project_tabs.add(
    Tab("hazards", "隐患", "project_hazards", count=open_hazards, permission="hazards.view_hazard"), before="history"
)
