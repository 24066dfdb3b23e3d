"""Who stands around a visit."""

from collections.abc import Callable

from apps.accounts.models import User
from apps.inspections.models import Visit
from apps.projects.models import ProjectMember

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
