"""The page of a draw, and the one on which everybody who may read draws sees whether they were fair."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.cases import detail_context, move_url
from apps.core.pages import crumbs, need
from apps.core.registers import registry
from apps.inspections.fairness import Share, firms, of_firm, of_inspectors
from apps.inspections.forms.draws import HoldForm
from apps.inspections.models import Draw
from apps.inspections.presenting.draws import DRAW_CASE, more, sheet
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.workflow.draw import DRAW

SIZE = 50
REGISTER = registry[DrawRegister.name]
# The filters of the register that find a share's draws, and those that hit.
LINKS = {"firms": ("entries", "chosen"), "inspectors": ("inspectors", "sent")}


@require_GET
def draw_page(request: HttpRequest, key: str) -> HttpResponse:
    draw = DRAW_CASE.found(request, key)
    context = detail_context(DRAW_CASE, draw, request.user) | more(draw, request)
    if REGISTER.may(request.user, "add"):
        url = f"{reverse('draws:new_scheme')}?draw={draw.pk}"
        context["actions"] = [*context["actions"], {"label": "存为方案", "url": url, "icon": "clipboard-list"}]
    if DRAW.refusal(draw, "hold_draw", request.user) is None:
        context |= held_here(draw, request.user, context["actions"])
    return render(request, "inspections/draws/detail.html", context)


def held_here(draw: Draw, user: Any, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """The form of the draw itself on its page, in place of the button that leads to it."""
    url = move_url(DRAW_CASE, draw, DRAW.by_name["hold_draw"])
    rest = [action for action in actions if action["url"] != url]
    return {"hold_form": HoldForm(user=user, record=draw), "hold_url": url, "actions": rest}


@require_GET
def sheet_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """The frozen pool, seed and result whole, to be printed; 404 before there is one."""
    draw = DRAW_CASE.found(request, key)
    return sheet(request, draw, {"crumbs": crumbs(REGISTER, "全部名单", draw)})


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
