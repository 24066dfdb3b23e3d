"""What this month says of duties within the user's reach; every figure opens its rows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import ALL, registry
from apps.duty.registers import (
    CommitmentRegister,
    DirectorNeeds,
    DutyMonthRegister,
    FirmDutyMonthRegister,
    SiteNeeds,
)

Shown = tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]
# By heading: register, its tab, how the figure is called, its unit.
GROUPS: Shown = (
    (
        "本月带班和日志",
        (
            (DutyMonthRegister.name, "now", "有施工的项目", "个"),
            (DutyMonthRegister.name, "below", "项目带班低于下限", "个"),
            (DutyMonthRegister.name, "missed", "须到场未到的项目", "个"),
            (DutyMonthRegister.name, "logs", "缺安全日志的项目", "个"),
            (FirmDutyMonthRegister.name, "below", "企业带班检查低于下限", "家"),
        ),
    ),
    (
        "任命和委派",
        (
            (DirectorNeeds.name, ALL, "须设安全总监的企业", "家"),
            (DirectorNeeds.name, "missing", "应设未设", "家"),
            (SiteNeeds.name, "uninspected", "应派督查员未派", "个"),
            (SiteNeeds.name, "ending", "督查员即将到期", "个"),
        ),
    ),
    (
        "安全生产承诺",
        (
            (SiteNeeds.name, "promised", "承诺书有效的项目", "个"),
            (SiteNeeds.name, "unpromised", "未签承诺书的项目", "个"),
            (SiteNeeds.name, "lapsed", "承诺书已过期的项目", "个"),
            (CommitmentRegister.name, "broken", "有违诺的承诺书", "份"),
        ),
    ),
)
HOT = {"below", "missed", "logs", "missing", "uninspected", "unpromised", "lapsed", "broken"}


@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    need(registry[DutyMonthRegister.name], request.user, "view")
    counted: dict[str, dict[str, int]] = {}
    for _, told in GROUPS:
        for name, *_ in told:
            if name not in counted and registry[name].may(request.user, "view"):
                counted[name] = registry[name].view_counts(request.user)
    groups = [{"title": title, "figures": figures(told, counted)} for title, told in GROUPS]
    rate = signed_rate(counted.get(SiteNeeds.name, {}))
    return render(request, "duty/overview.html", {"groups": [g for g in groups if g["figures"]], "rate": rate})


def figures(told: tuple[tuple[str, str, str, str], ...], counted: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "value": (count := counted[name][view]),
            "unit": unit,
            "tone": "bad" if count and view in HOT else "",
            "url": f"{reverse(f'{name}:list')}?view={view}",
        }
        for name, view, label, unit in told
        if name in counted
    ]


def signed_rate(counts: dict[str, int]) -> str:
    """Of the projects under way, those whose letter is in force; "" where there are none."""
    whole = counts.get(ALL, 0)
    return f"{100 * counts['promised'] / whole:.1f}%" if whole else ""
