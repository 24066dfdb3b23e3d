"""What anybody may read of random draws, without signing in: announced ones, and of them what their bundle holds."""

from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from apps.core import files
from apps.core.public_lists import Choice, Question, public_list
from apps.inspections import verifiers
from apps.inspections.models import Draw, DrawState
from apps.inspections.presenting.draws import about, checks, published, rules, sheet, voiding

PUBLIC_FIELDS = (
    "number",
    "round",
    "state",
    "draw_at",
    "public_source",
    "public_value",
    "terms",
    "pool_size",
    "pool_sha256",
    "terms_sha256",
    "commitment_a",
    "commitment_b",
    "secret_a",
    "secret_b",
    "seed",
    "result_sha256",
    "announced_at",
    "drawn_at",
    "void_reason",
    "voided_at",
    "bundle__sha256",
    "bundle__content_type",
    "bundle__original_name",
    "campaign__title",
    "campaign__theme",
    "campaign__inspectors_each",
    "organisation__name",
    "replaces__number",
    "replaces__state",
)
FOLDER = Path(verifiers.__file__).parent
VERIFIERS = {"verify.html": "text/html; charset=utf-8", "verify_draw.py": "text/x-python; charset=utf-8"}


def public_rows() -> QuerySet[Draw]:
    """The door of the public: announced ones, and only the columns that are allowed."""
    rows = Draw.objects.filter(state__in=DrawState.PUBLIC).only(*PUBLIC_FIELDS)
    return rows.select_related("bundle", "campaign", "organisation", "replaces")


def public_draw(pk: int) -> Draw:
    draw = public_rows().filter(pk=pk).first() if pk < 2**63 else None
    if draw is None:
        raise Http404
    return draw


@login_not_required
@require_GET
def draws_page(request: HttpRequest) -> HttpResponse:
    """By state, newest first."""
    states = [(s, DrawState(s).label) for s in DrawState.PUBLIC]
    question = Question(request, Choice("state", "状态", states, column="state"))
    rows = public_rows().order_by("-announced_at", "-pk")
    return public_list(request, "inspections/draws/public_list.html", rows, question)


@login_not_required
@require_GET
def draw_page(request: HttpRequest, pk: int) -> HttpResponse:
    draw = public_draw(pk)
    later = public_rows().filter(replaces=draw).first()
    context = published(draw, request) | {
        "draw": draw,
        "later": later,
        "sheet_url": reverse("public_draw_sheet", args=[draw.pk]),
        "sections": [
            {"title": "抽取", "facts": about(draw)},
            *public_voiding(draw),
            {"title": "规则", "facts": rules(draw.terms, draw.campaign)},
            {"title": "校验值和密语", "facts": checks(draw), "note": "SHA-256"},
        ],
    }
    return render(request, "inspections/draws/public.html", context)


@login_not_required
@require_GET
def sheet_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All of it on one page, every candidate with it."""
    return sheet(request, public_draw(pk), {"is_public": True})


def public_voiding(draw: Draw) -> list[dict[str, Any]]:
    """A request that nobody has decided on is the office's own business."""
    return voiding(draw) if draw.state == DrawState.VOIDED else []


@login_not_required
@require_GET
def bundle_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    draw = public_draw(pk)
    if draw.bundle is None:
        raise Http404
    return files.serve(draw.bundle)


@login_not_required
@require_GET
def verifier_file(request: HttpRequest, name: str) -> HttpResponse:
    """Handed out as a file to keep: it is to be opened from disk, where nobody can put another in its place."""
    if name not in VERIFIERS:
        raise Http404
    response = HttpResponse((FOLDER / name).read_bytes(), content_type=VERIFIERS[name])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
