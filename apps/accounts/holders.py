"""Who may do something, by where they are: for messages and digests."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from apps.accounts.models import User
from apps.accounts.roles import roles_holding


def holders_by(permission: str, key: str, values: Iterable[Any]) -> dict[Any, list[int]]:
    """Active accounts whose role holds this permission, by a key of theirs: organisation, organisation__region_path."""
    return of_roles(roles_holding(permission), key, values)


def of_roles(roles: Iterable[str], key: str, values: Iterable[Any]) -> dict[Any, list[int]]:
    """The same for roles by their names."""
    found: dict[Any, list[int]] = defaultdict(list)
    rows = User.objects.holding(*roles).filter(**{f"{key}__in": set(values)}).order_by("pk")
    for person, value in rows.values_list("pk", key):
        found[value].append(person)
    return found
