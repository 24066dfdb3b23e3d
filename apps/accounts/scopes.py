"""How far a user reaches: from the role and the organisation, plus single projects that other apps know of."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

from apps.core.scoping import Scope
from apps.regions.models import is_division

if TYPE_CHECKING:
    from apps.accounts.models import User

ProjectIds = Callable[["User"], Iterable[int]]
_providers: list[ProjectIds] = []


def project_ids_from(provider: ProjectIds) -> ProjectIds:
    """Registers where further project ids come from (membership, parties, grants); called by apps above."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def scope_of(user: "User") -> Scope:
    """The scope of an active account.  Costs a query per provider; `User.scope` keeps it for the request."""
    if not user.is_active:
        return Scope()
    reach = user.role_definition.reach
    if reach == "none":
        return Scope()
    path = user.organisation.region_path if reach == "region" else ""
    is_firm = reach == "enterprise"
    return Scope(
        region_path=path,
        region_is_leaf=is_division(path),
        enterprise_id=user.organisation_id if is_firm else None,
        former_ids=tuple(user.organisation.absorbed_ids) if is_firm else (),
        project_ids=tuple(sorted(set(chain.from_iterable(provider(user) for provider in _providers)))),
        of_authority=user.role_definition.side == "regulator",
    )
