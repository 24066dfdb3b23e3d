"""What a saved scheme says of the next draw, and what a draw says of a scheme to save."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.events import record_event
from apps.core.records import refuse_if_stale, save_form
from apps.core.workdays import is_working
from apps.hazards.calendar import CALENDAR
from apps.inspections.models import Campaign, CampaignState, Draw, DrawScheme, DrawState, Kind
from apps.inspections.models.schemes import MOST_DAYS_AHEAD

DRAWN_KINDS = (Kind.RANDOM, Kind.KEY, Kind.SPECIAL)
ONE_DAY = timedelta(days=1)


def drawable(user: Any) -> Any:
    """The running campaigns of the user's own region, of kinds that are drawn."""
    rows = Campaign.objects.visible_to(user).filter(state=CampaignState.RUNNING, kind__in=DRAWN_KINDS)
    return rows.filter(region_path=user.organisation.region_path).order_by("-pk")


def save_scheme(form: Any, *, by: Any, version: int | None = None) -> DrawScheme:
    scheme: DrawScheme = form.instance
    if scheme._state.adding:
        scheme.organisation, scheme.region_path = by.organisation, by.organisation.region_path
    return save_form(form, by=by, version=version)


@transaction.atomic
def remove_scheme(scheme: DrawScheme, *, by: Any, version: int | None) -> None:
    """Draws that were prepared with it keep what they say.  Raises StaleRecord when it is newer than `version`."""
    refuse_if_stale(scheme, by, version)
    scheme.version += 1
    record_event(scheme, "removed", by=by, facts={"name": scheme.name, "terms": scheme.terms})
    scheme.delete()


# From a scheme to a draw ----------------------------------------------------------------------------------------------


def draw_from(scheme: DrawScheme, user: Any, now: datetime) -> dict[str, Any]:
    """What the form of a new draw begins with, were it prepared now."""
    campaign = campaign_for(scheme, user)
    draw_at = drawn_at(scheme, now)
    first = timezone.localdate(draw_at) + timedelta(days=scheme.visits_after)
    last = first + timedelta(days=scheme.visits_days - 1)
    return {
        "campaign": campaign and campaign.pk,
        "round": next_round(campaign) if campaign else 1,
        "draw_at": timezone.localtime(draw_at),
        "public_source": scheme.public_source,
        "announces_itself": scheme.announces_itself,
        "visits_from": first,
        "visits_until": max(first, min(last, campaign.ends_on)) if campaign else last,
        **said_of(scheme),
    }


def said_of(told: DrawScheme | Draw) -> dict[str, Any]:
    """What draws and schemes have in common, by the names of their forms' fields."""
    terms = {"recent_days": told.terms["recent_days"]} if "recent_days" in told.terms else {}
    rates = {f"rate_{grade.lower()}": value for grade, value in told.terms.get("rates", {}).items()}
    return {**terms, **rates, "custodian_a": told.custodian_a_id, "custodian_b": told.custodian_b_id}


def campaign_for(scheme: DrawScheme, user: Any) -> Campaign | None:
    """The scheme's own campaign, else the newest running one of its kind and theme."""
    running = drawable(user)
    own = scheme.campaign
    return running.filter(pk=own.pk).first() or running.filter(kind=own.kind, theme=own.theme).first()


def next_round(campaign: Campaign) -> int:
    """The first round without a draw that stands; the last one where each has one."""
    taken = set(Draw.objects.filter(campaign=campaign, state__in=DrawState.STANDING).values_list("round", flat=True))
    return next((n for n in range(1, campaign.rounds + 1) if n not in taken), campaign.rounds)


def drawn_at(scheme: DrawScheme, now: datetime) -> datetime:
    """On a working day, and not in the past."""
    day = timezone.localdate(now) + timedelta(days=scheme.draw_after)
    while not is_working(CALENDAR, day) or moment(day, scheme.draw_time) <= now:
        day += ONE_DAY
    return moment(day, scheme.draw_time)


def moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


# From a draw to a scheme ----------------------------------------------------------------------------------------------


def scheme_from(draw: Draw) -> dict[str, Any]:
    """What the form of a new scheme begins with."""
    day = timezone.localdate(draw.draw_at)
    first, last = (date.fromisoformat(draw.terms[name]) for name in ("visits_from", "visits_until"))
    return {
        "name": draw.campaign.title[:40],
        "campaign": draw.campaign_id,
        "draw_after": within((day - timezone.localdate(draw.created_at)).days),
        "draw_time": timezone.localtime(draw.draw_at).time(),
        "public_source": draw.public_source,
        "announces_itself": True,
        "visits_after": within((first - day).days),
        "visits_days": (last - first).days + 1,
        **said_of(draw),
    }


def within(days: int) -> int:
    return min(max(days, 0), MOST_DAYS_AHEAD)
