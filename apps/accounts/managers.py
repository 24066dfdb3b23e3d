"""Questions about organisations and accounts."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

from apps.accounts.roles import SYSTEM
from apps.core.scoping import at_or_below

if TYPE_CHECKING:
    from apps.accounts.models import Organisation, User  # noqa: F401  (named in quotes below)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Any) -> Self:
        """Keepers of accounts see all; regulators their region's; everybody else the own organisation."""
        if not user.is_active:
            return self.none()
        if user.role_definition.keeps_accounts:
            return self.all()
        if user.role_definition.side == "regulator":
            return self.filter(at_or_below("region_path", user.organisation.region_path))
        return self.filter(pk=user.organisation_id)

    def within(self, organisation_id: int) -> Self:
        """The organisation and those that answer to it: office, bureau, county and team make four levels."""
        return self.filter(
            Q(pk=organisation_id)
            | Q(parent=organisation_id)
            | Q(parent__parent=organisation_id)
            | Q(parent__parent__parent=organisation_id)
        )

    def managed_by(self, user: Any) -> Self:
        """Whose accounts the user may look after."""
        visible = self.visible_to(user)
        return (
            visible
            if user.is_active and user.role_definition.keeps_accounts
            else visible.within(getattr(user, "organisation_id", None) or 0)
        )

    def active(self) -> Self:
        return self.filter(is_active=True)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: Any) -> Self:
        """Accounts follow their organisation; the own account is always in sight."""
        if not user.is_active:
            return self.none()
        if user.role_definition.keeps_accounts:
            return self.all()
        own = Q(pk=user.pk)
        if user.role_definition.side == "regulator":
            in_region = at_or_below("organisation__region_path", user.organisation.region_path)
            return self.filter(own | in_region & ~Q(role__in=SYSTEM))
        if user.has_perm("accounts.view_user"):
            return self.filter(own | Q(organisation=user.organisation_id))
        return self.filter(own)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def holding(self, *roles: str) -> Self:
        """Active accounts with one of these roles; who gets a notice is asked this way."""
        return self.active().filter(role__in=roles)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        """Names of accounts are the same in upper and lower case."""
        return self.get(username__iexact=username)
