"""The pages of phones: one shell that a service worker keeps, filled by scripts from what the phone stores.

The shell names nobody, so that what the browser keeps of it belongs to nobody; all data comes by the API and lies
encrypted in the phone's own store (ADR 15).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.http import SignedInRequest
from apps.core.workers import Worker
from apps.hazards.views import filled_sheet
from apps.inspections.sync.access import may_inspect, may_record, own_visit_or_404

OWN = (
    *("pad", "store", "score", "visit", "sync", "camera", "ui", "today", "items"),
    *("again", "finding", "signing", "summary", "quick", "offline", "onsite", "main"),
)
SCRIPTS = ("js/pictures.js", *(f"js/inspect/{name}.js" for name in OWN))
ICONS = ("192", "512")
SHELL = "/m/"
WORKER = Worker("inspect", SHELL, SHELL, r"^\/m\/(inspect\/[^/]+\/|hazard\/new\/|offline\/)?$")


def assets() -> list[str]:
    """Everything that the shell needs beside itself, at the addresses of this release."""
    return [static(path) for path in ("css/hebei.css", "img/favicon.svg", "img/icons.svg", *SCRIPTS)]


@never_cache
@require_GET
def today_page(request: SignedInRequest) -> HttpResponse:
    return shell(request)


@never_cache
@require_GET
def offline_page(request: SignedInRequest) -> HttpResponse:
    return shell(request)


@never_cache
@require_GET
def inspect_page(request: SignedInRequest, number: str) -> HttpResponse:
    return shell(request, visit=own_visit_or_404(request.user, number))


@never_cache
@require_http_methods(["GET", "POST"])
def hazard_page(request: SignedInRequest) -> HttpResponse:
    """随手拍.  What names its user is the plain sheet inside of <noscript>; the worker keeps the list's page alone."""
    may_record(request.user)
    return filled_sheet(request, None, "inspections/phone/hazard.html", scripts=SCRIPTS)


def shell(request: SignedInRequest, **context: Any) -> HttpResponse:
    may_inspect(request.user)
    return render(request, "inspections/phone/shell.html", {"scripts": SCRIPTS, **context})


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    return WORKER.answer(assets())


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the page installable."""
    icons = [
        {
            "src": static(f"img/inspect-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in ICONS
    ]
    told = {
        "name": "现场检查 - 河北省建筑施工安全监管平台",
        "short_name": "现场检查",
        "lang": "zh-CN",
        "id": SHELL,
        "start_url": SHELL,
        "scope": SHELL,
        "display": "standalone",
        "orientation": "portrait",
        "theme_color": "#0f3b77",
        "background_color": "#f2f4f7",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
