"""Who stands around a visit."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.inspections.models import Visit
from apps.projects.models import ProjectMember


def holders_by(permission: str, key: str, values: Iterable[Any]) -> dict[Any, list[int]]:
    """Active accounts whose role holds this permission, by a key of theirs: organisation, organisation__region_path."""
    found: dict[Any, list[int]] = defaultdict(list)
    rows = User.objects.holding(*roles_holding(permission)).filter(**{f"{key}__in": set(values)}).order_by("pk")
    for person, value in rows.values_list("pk", key):
        found[value].append(person)
    return found


HEADS = ("station_head", "county_officer", "city_officer", "province_officer")


def team_of(visit: Visit) -> list[int]:
    return list(visit.team.values_list("inspector__user", flat=True))


def heads_of(visit: Visit) -> list[int]:
    rows = User.objects.holding(*HEADS).filter(organisation=visit.organisation_id)
    return list(rows.values_list("pk", flat=True))


def firm_of(visit: Visit) -> list[int]:
    if visit.enterprise_id is None:
        return []
    rows = User.objects.holding("safety_director").filter(organisation=visit.enterprise_id)
    return list(rows.values_list("pk", flat=True))


def site_of(visit: Visit) -> list[int]:
    rows = ProjectMember.objects.filter(project=visit.project_id, user__isnull=False, ended_on=None)
    return list(rows.filter(user__is_active=True).values_list("user", flat=True))


ROLES: dict[str, Callable[[Visit], list[int]]] = {"team": team_of, "heads": heads_of, "firm": firm_of, "site": site_of}
