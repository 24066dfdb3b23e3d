"""Why a person may not move a measure, and what moves write beside it; shared by the three tables."""

from typing import Any

from django.utils import timezone

from apps.core.workflow import Step, TransitionRefused
from apps.hazards.models import Hazard, ListedLevel
from apps.supervision.models import Listing, ListingState, Measure, StopState, StopWork

OFFICE_OF_LEVEL: dict[str, tuple[str, ...]] = {
    ListedLevel.COUNTY: ("county_officer", "station_head"),
    ListedLevel.CITY: ("city_officer",),
    ListedLevel.PROVINCE: ("province_officer",),
}


def is_of_the_level(listing: Listing, user: Any) -> str | None:
    """Each level lists for itself; a county does not decide for the province, nor the other way round."""
    if user.role in OFFICE_OF_LEVEL[listing.level]:
        return None
    return f"{listing.get_level_display()}由同级监督机构办理"


def is_of_the_firm(measure: Measure, user: Any) -> str | None:
    """The responsible firm or the general contractor answers."""
    firms = (measure.enterprise_id, measure.project.enterprise_id)
    return None if user.organisation_id in firms else "由整改企业或施工总承包单位办理"


def is_an_authority(measure: Measure, user: Any) -> str | None:
    return None if user.role_definition.side == "regulator" else "由监督机构办理"


def hazard_is_verified(listing: Listing, user: Any) -> str | None:
    """The hazard itself is looked at before the supervision over it ends."""
    if listing.hazard.state in ("verified", "closed"):
        return None
    return f"隐患现为“{listing.hazard.get_state_display()}”，复查合格后才能解除督办"


def hazard_is_open(listing: Listing, user: Any) -> str | None:
    if listing.hazard.state in ("closed", "void"):
        return f"隐患{listing.hazard.get_state_display()}，不再挂牌"
    return None


def deadline_ahead(step: Step) -> None:
    if step.facts["deadline"] < timezone.localdate(step.at):
        raise TransitionRefused("治理期限不能早于今天")


# What the hazard shows of its measures --------------------------------------------------------------------------------


# Effects run before the measure is saved, so what it is about to be stands in for what is stored.


def mark_listed(step: Step) -> None:
    """The highest level that supervises the hazard."""
    listing = step.record
    rest = Listing.objects.filter(hazard=listing.hazard_id, state__in=ListingState.IN_FORCE).exclude(pk=listing.pk)
    levels = set(rest.values_list("level", flat=True))
    if listing.state in ListingState.IN_FORCE:
        levels.add(listing.level)
    highest = next((level for level in reversed(ListedLevel.values) if level in levels), "")
    Hazard.objects.filter(pk=listing.hazard_id).update(listed_level=highest)


def mark_stopped(step: Step) -> None:
    stop = step.record
    rest = StopWork.objects.filter(hazard=stop.hazard_id, state__in=StopState.IN_FORCE).exclude(pk=stop.pk)
    is_stopped = stop.state in StopState.IN_FORCE or rest.exists()
    Hazard.objects.filter(pk=stop.hazard_id).update(work_stopped=is_stopped)
