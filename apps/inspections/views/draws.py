"""The page of a draw, and the one on which everybody who may read draws sees whether they were fair."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.cases import detail_context
from apps.core.pages import crumbs, need
from apps.core.registers import registry
from apps.inspections.fairness import Share, firms, of_firm, of_inspectors
from apps.inspections.presenting.draws import DRAW_CASE, more
from apps.inspections.registers.draws import DrawRegister

SIZE = 50
REGISTER = registry[DrawRegister.name]
# The filters of the register that find a share's draws, and those that hit.
LINKS = {"firms": ("entries", "chosen"), "inspectors": ("inspectors", "sent")}


@require_GET
def draw_page(request: HttpRequest, key: str) -> HttpResponse:
    draw = DRAW_CASE.found(request, key)
    context = detail_context(DRAW_CASE, draw, request.user) | more(draw, request)
    return render(request, "inspections/draws/detail.html", context)


@require_GET
def fairness_page(request: HttpRequest) -> HttpResponse:
    need(REGISTER, request.user, "view")
    of = "inspectors" if request.GET.get("of") == "inspectors" else "firms"
    shares: Any = of_inspectors(request.user) if of == "inspectors" else firms(request.user)
    page = Paginator(shares, SIZE).get_page(request.GET.get("page"))
    address = reverse("draws:fairness")
    context = {
        "of": of,
        "page": page,
        "rows": [row(share if isinstance(share, Share) else of_firm(share), of) for share in page],
        "switch": [
            {"label": "企业", "url": address, "current": of == "firms"},
            {"label": "检查人员", "url": f"{address}?of=inspectors", "current": of == "inspectors"},
        ],
        "crumbs": crumbs(REGISTER, "公平性"),
    }
    return render(request, "inspections/draws/fairness.html", context)


def row(share: Share, of: str) -> dict[str, Any]:
    """A share with the lists that its numbers stand for."""
    stood, hit = (f"{REGISTER.base_url}?view=all&{name}={share.key}" for name in LINKS[of])
    return {"share": share, "stood_url": stood, "hit_url": hit}
