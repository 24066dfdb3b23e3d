"""What the sheet of a hazard asks for while it is filled in: sites, clauses, ready sentences."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from apps.core.pages import int_or_none, need
from apps.core.registers import registry
from apps.hazards import dictionaries, sites
from apps.hazards.dictionaries import Phrase
from apps.hazards.fields import degrees
from apps.hazards.forms.sheet import criteria_by_topic
from apps.hazards.registers import HazardRegister
from apps.projects.models import Project

REGISTER = registry[HazardRegister.name]
COMMON = 8
LONGEST = 100


@require_GET
def sites_found(request: HttpRequest) -> HttpResponse:
    """Projects by a part of the name (`q`), or around a position (`lat`, `lon`), for the box over the select."""
    need(REGISTER, request.user, "add")
    q = request.GET.get("q", "").strip()[:LONGEST].replace("\x00", "")
    latitude, longitude = (number(request.GET.get(name), most) for name, most in (("lat", 90), ("lon", 180)))
    if latitude is not None and longitude is not None:
        return JsonResponse(sites.nearest(request.user, longitude, latitude), safe=False)
    return JsonResponse(sites.search(request.user, q) if q else [], safe=False)


def number(text: str | None, most: int) -> float | None:
    try:
        return degrees(float(text or ""), most)
    except ValueError:
        return None


@require_GET
def given(request: HttpRequest) -> HttpResponse:
    """Who answers for the chosen project, as a part of the page."""
    need(REGISTER, request.user, "add")
    chosen = chosen_site(request.user, request.GET.get("project"))
    context = {"given": chosen and sites.answerable(chosen), "firms": sites.firms_of(chosen) if chosen else []}
    return render(request, "hazards/_site.html", context)


def chosen_site(user: Any, project: Any) -> Project | None:
    key = int_or_none(str(project or ""))
    return sites.visible(user).filter(pk=key).first() if key else None


@require_GET
def criteria(request: HttpRequest) -> HttpResponse:
    """The clauses in force on a day (`on`), when the day of discovery is another than today."""
    need(REGISTER, request.user, "add")
    day = day_of(request.GET.get("on", ""))
    groups = criteria_by_topic(day) if day else []
    found = [{"value": pk, "text": text, "optgroup": topic} for topic, clauses in groups for pk, text in clauses]
    return JsonResponse(found, safe=False)


def day_of(text: str) -> Any:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


@require_GET
def phrases(request: HttpRequest) -> HttpResponse:
    """Ready sentences of a category, as a part of the page."""
    need(REGISTER, request.user, "add")
    return render(request, "hazards/_phrases.html", {"phrases": phrases_for(request.GET.get("category", ""))})


def phrases_for(category: str) -> list[Phrase]:
    """Those of the category; without one the first of each, which are the most frequent findings."""
    offered = dictionaries.phrases()
    if found := [phrase for phrase in offered if phrase.category == category]:
        return found
    first = {phrase.category: phrase for phrase in reversed(offered)}
    return list(reversed(first.values()))[:COMMON]
