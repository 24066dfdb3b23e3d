"""Who may handle a hazard for an office (经办人): its own active people that may verify."""

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.hazards.models import Hazard

VERIFIES = "hazards.verify_hazard"
ROLES_THAT_VERIFY = roles_holding(VERIFIES)


def handlers_of(organisation_id: int | None) -> QuerySet[User]:
    return User.objects.holding(*ROLES_THAT_VERIFY).filter(organisation=organisation_id)


def may_handle(user: User, hazard: Hazard) -> bool:
    """The same of one account at hand."""
    return user.is_active and user.role in ROLES_THAT_VERIFY and user.organisation_id == hazard.organisation_id
