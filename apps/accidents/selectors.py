"""Whom an accident concerns."""

from collections.abc import Iterable

from apps.accidents.models import Accident
from apps.accidents.workflow import DETERMINES
from apps.accounts.models import Organisation, User
from apps.accounts.roles import roles_holding
from apps.projects.models import Post
from apps.projects.selectors import members_with
from apps.supervision.officers import slashes


def deciding_over(paths: Iterable[str]) -> dict[str, list[int]]:
    """By place, those who determine: of its own offices and of each above, up to the province, in one query.

    All of them, for an accident on a building site is reported level by level up to the province (建质〔2013〕4号).
    """
    wanted = set(paths)
    above = {path[: end + 1] for path in wanted for end in slashes(path)}
    people = User.objects.holding(*roles_holding(DETERMINES)).filter(organisation__region_path__in=above)
    found = list(people.order_by("pk").values_list("pk", "organisation__region_path"))
    return {path: [pk for pk, place in found if path.startswith(place)] for path in wanted}


def deciders_of(accident: Accident) -> list[int]:
    return deciding_over([accident.region_path])[accident.region_path]


def directors_of(firms: Iterable[int | None]) -> list[int]:
    """The safety directors of these enterprises, or of those that they were merged into."""
    named = [firm for firm in firms if firm]
    keys = {*named, *Organisation.objects.filter(absorbed__in=named).values_list("pk", flat=True)}
    return list(User.objects.holding("safety_director").filter(organisation__in=keys).values_list("pk", flat=True))


def people_of_firm(accident: Accident) -> list[int]:
    """Of the general contractor at the time, and its people on the site."""
    on_site = members_with(accident.project, Post.PROJECT_MANAGER).values_list("pk", flat=True)
    return [*directors_of([accident.enterprise_id]), *on_site]


def people_of_the_liable(accident: Accident) -> list[int]:
    return directors_of(accident.liabilities.values_list("enterprise", flat=True))
