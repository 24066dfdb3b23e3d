"""Which site a recorder means: those nearby, those whose name they type, and who answers for the one chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast

from apps.core.pages import int_or_none
from apps.projects.geometry import in_hebei
from apps.projects.models import PartyRole, Post, Project, Stage
from apps.projects.selectors import current_party

NEAREST = 5
FOUND = 20
FEW = 60
"""Up to so many projects are simply listed; with more of them the recorder types a part of the name."""
REACH_DEGREES = 0.5
"""About fifty kilometres: nobody records what they stand further away from."""
CANDIDATES = 15
"""Taken by their centre points, from which those with the nearest fence are chosen."""

Option = dict[str, Any]


@dataclass(frozen=True)
class Answerable:
    """Who answers for a site, as the platform fills it in."""

    firm: str
    manager: str
    engineer: str
    supervision: str


def visible(user: Any) -> QuerySet[Project]:
    return Project.objects.visible_to(user).select_related("region")


def listed(user: Any, find: str, chosen: Any) -> tuple[list[Project], bool]:
    """The projects of a plain list, and whether there are more than it holds.

    `find` is what somebody without JavaScript asked for; the chosen project always stands in the list.
    """
    rows = found(user, find) if find else visible(user).exclude(stage=Stage.COMPLETED)
    projects = list(rows.order_by("name", "pk")[: FEW + 1])
    there_are_more = len(projects) > FEW or bool(find)
    if len(projects) > FEW:
        projects = projects[:FEW] if find else []
    key = int_or_none(str(chosen or ""))
    if key and all(p.pk != key for p in projects):
        projects += visible(user).filter(pk=key)
    return projects, there_are_more


def found(user: Any, q: str) -> QuerySet[Project]:
    return visible(user).filter(Q(name__icontains=q) | Q(number__istartswith=q))


def search(user: Any, q: str) -> list[Option]:
    return [option(p, p.region.name) for p in found(user, q).order_by("name", "pk")[:FOUND]]


def nearest(user: Any, longitude: float, latitude: float) -> list[Option]:
    """The sites around a point, nearest first, with the distance to their fence or centre."""
    if not in_hebei(longitude, latitude):
        return []
    within = (latitude - REACH_DEGREES, latitude + REACH_DEGREES)
    east = (Cast(F("longitude"), FloatField()) - longitude) * cos(radians(latitude))
    north = Cast(F("latitude"), FloatField()) - latitude
    away = ExpressionWrapper(east * east + north * north, output_field=FloatField())
    rows = visible(user).exclude(stage=Stage.COMPLETED).filter(latitude__range=within)
    closest = rows.annotate(away=away).filter(away__lt=REACH_DEGREES**2).order_by("away", "pk")[:CANDIDATES]
    measured = [(p.distance_m(longitude, latitude) or 0.0, p.pk, p) for p in closest]
    return [option(p, distance_words(metres)) for metres, _, p in sorted(measured)[:NEAREST]]


def option(project: Project, note: str) -> Option:
    return {"value": project.pk, "text": project.name, "note": note}


def distance_words(metres: float) -> str:
    if metres < 1:
        return "就在此处"
    return f"{metres:.0f} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"


def answerable(project: Project) -> Answerable:
    """Firm and persons that a hazard of this project names by itself."""
    supervision = current_party(project, PartyRole.SUPERVISION_FIRM)
    names = dict(posts_of(project))
    contractor = current_party(project, PartyRole.GENERAL_CONTRACTOR)
    return Answerable(
        firm=contractor.enterprise.name if contractor else "",
        manager=names.get(Post.PROJECT_MANAGER) or (contractor.leader if contractor else ""),
        engineer=names.get(Post.SUPERVISING_ENGINEER) or (supervision.leader if supervision else ""),
        supervision=supervision.enterprise.name if supervision else "",
    )


def firms_of(project: Project) -> list[tuple[int, str]]:
    """Key and name of the firms at work on the site now, each with its part in it."""
    parties = project.parties.filter(ended_on=None).select_related("enterprise__organisation").order_by("role", "pk")
    return [(party.enterprise_id, f"{party.enterprise.name}（{party.get_role_display()}）") for party in parties]


def posts_of(project: Project) -> Iterable[tuple[str, str]]:
    """Post and name of the people engaged now; of several in one post the latest stands."""
    members = project.members.filter(ended_on=None).select_related("user", "person").order_by("pk")
    return [(m.post, m.user.name if m.user else m.person.name if m.person else "") for m in members]


def people_of(project: Project) -> list[str]:
    """Names to suggest where somebody responsible is asked for."""
    return list(dict.fromkeys(name for _, name in posts_of(project) if name))
