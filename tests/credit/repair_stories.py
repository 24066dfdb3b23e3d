"""Applications for credit repair, taken as far as a test wants them."""

from typing import Any

import pgtrigger

from apps.accounts.models import Organisation, User
from apps.core.workflow import Transition
from apps.credit.models import Blacklisting, CreditEntry, CreditRepair
from apps.credit.services.proposing import next_number
from apps.credit.services.repairs import apply
from apps.credit.workflow import REPAIR
from tests.credit import stories
from tests.credit.stories import Cast

TOLD: dict[str, Any] = {
    "correction": "已缴清罚款，隐患已整改并经复查合格",
    "commitment": "今后依法诚信经营，如有虚假愿承担责任",
}


def public(cast: Cast, code: str = stories.ORDINARY, *, days: int = 200, months: int = 12) -> CreditEntry:
    """In public for so many days already."""
    return stories.aged(stories.published(cast, code, months), days)


def applied(cast: Cast, finding: Any = None, **told: Any) -> CreditRepair:
    return apply(finding or public(cast), by=cast.director, **TOLD | told)


def accepted(cast: Cast, finding: Any = None) -> CreditRepair:
    return REPAIR.perform(applied(cast, finding), "accept", by=cast.city)


def granted(cast: Cast, finding: Any = None) -> CreditRepair:
    return REPAIR.perform(accepted(cast, finding), "grant", by=cast.second_city, answer="经核实，义务已履行")


def before_move(move: Transition, cast: Cast) -> CreditRepair:
    return applied(cast) if "applied" in move.sources else accepted(cast)


def planted(entry: CreditEntry, by: User, office: Organisation | None = None, **told: Any) -> CreditRepair:
    """One that stands, whatever its entry and whoever asks."""
    at_it = office or entry.organisation
    with pgtrigger.ignore("credit.CreditRepair:after_the_least_term"):
        return CreditRepair.objects.create(
            number=next_number("XF"),
            entry=entry,
            enterprise=entry.enterprise,
            region_path=entry.enterprise.region_path,
            organisation=at_it,
            office_path=at_it.region_path,
            made_by=by,
            **TOLD | told,
        )


def on_the_list(cast: Cast, days: int = 200, after: int = 6) -> Blacklisting:
    """Listed so many days ago, on a list from which one may be removed after so many months."""
    listing = stories.list_aged(stories.listed(cast), days)
    stories.removable_after(listing.list_type, after)
    return Blacklisting.objects.get(pk=listing.pk)
