"""Whom an accident concerns."""

from collections.abc import Iterable
from itertools import chain

from apps.accidents.models import Accident
from apps.accidents.workflow import DETERMINES
from apps.accounts.holders import holders_by
from apps.accounts.models import Organisation, User
from apps.core.scoping import lineage
from apps.projects.models import Post
from apps.projects.selectors import members_with


def deciding_over(paths: Iterable[str]) -> dict[str, list[int]]:
    """By place, those who determine: of its own offices and of each above, up to the province, in one query.

    All of them, for an accident on a building site is reported level by level up to the province (建质〔2013〕4号).
    """
    wanted = {path: lineage(path) for path in paths}
    found = holders_by(DETERMINES, "organisation__region_path", chain.from_iterable(wanted.values()))
    return {path: [pk for place in above for pk in found.get(place, ())] for path, above in wanted.items()}


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
