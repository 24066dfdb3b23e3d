"""What measures wait for, and in whose hands that is: for the tabs of the registers and for the morning digest."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.hazards.recipients import Recipients
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level
from apps.supervision.models import Listing, ListingState, Measure, StopState, StopWork, Transfer, TransferState
from apps.supervision.officers import Officers
from apps.supervision.workflow.guards import OFFICE_OF_LEVEL

BATCH = 500

# What waits for the person who asks -----------------------------------------------------------------------------------


def levels_of(user: Any) -> list[str]:
    """The levels at which this person's role lists."""
    return [level for level, roles in OFFICE_OF_LEVEL.items() if user.role in roles]


def to_decide(user: Any) -> Q:
    return Q(state=ListingState.PROPOSED, level__in=levels_of(user))


def to_check(user: Any) -> Q:
    """The office that listed checks whether the hazard is gone."""
    return Q(state=ListingState.REPORTED, level__in=levels_of(user), organisation=user.organisation_id)


def of_the_firm(user: Any) -> Q:
    """As the guard `is_of_the_firm`: the responsible firm's, or the general contractor's."""
    return Q(enterprise=user.organisation_id) | Q(project__enterprise=user.organisation_id)


def to_report(user: Any) -> Q:
    return Q(state=ListingState.LISTED) & of_the_firm(user)


def to_review(user: Any) -> Q:
    """The office that stopped work says whether it goes on."""
    return Q(state=StopState.REQUESTED, organisation=user.organisation_id)


def to_request(user: Any) -> Q:
    return Q(state=StopState.STOPPED) & of_the_firm(user)


def is_late(day: date) -> Q:
    return Q(state__in=TransferState.OPEN, due_on__lt=day)


def to_chase(user: Any) -> Q:
    """The office that handed a case over sees to it that the next step comes, and writes it down."""
    return is_late(timezone.localdate()) & Q(organisation=user.organisation_id)


# The same in the morning ----------------------------------------------------------------------------------------------


FIRM = ("firm", "site")


@digest_source
def open_measures(day: date) -> Iterator[OpenItem]:
    """Offices hear of what waits for their word, firms of what they are to report on."""
    for measures in batches(Listing.objects.filter(state__in=ListingState.OPEN)):
        officers, firm = Officers(measures), people_of_firms(measures, "supervision.report_listing")
        for listing in measures:
            yield from of_listing(listing, officers, firm[listing.pk], day)
    for measures in batches(StopWork.objects.filter(state__in=StopState.IN_FORCE)):
        officers, firm = Officers(measures), people_of_firms(measures, "supervision.report_stopwork")
        for stop in measures:
            yield from of_stop(stop, officers, firm[stop.pk])
    for measures in batches(Transfer.objects.filter(is_late(day))):
        officers = Officers(measures)
        for case in measures:
            words = f"移送逾期 · {case.get_state_display()}：{case.hazard.title}（期限 {case.due_on}）"
            yield from items(in_charge(case, officers), words, case)


def of_listing(listing: Listing, officers: Officers, firm: Iterable[int], day: date) -> Iterator[OpenItem]:
    title = listing.hazard.title
    match listing.state:
        case ListingState.PROPOSED:
            words = f"待决定是否{listing.get_level_display()}督办：{title}（{listing.decide_by} 前）"
            yield from items(officers.of_level(listing, listing.level), words, listing)
        case ListingState.REPORTED:
            people = officers.of_office(listing.organisation_id, OFFICE_OF_LEVEL[listing.level])
            yield from items(people, f"待核查治理报告：{title}", listing)
        case _:
            level = Level.MUST_DO if listing.deadline and listing.deadline <= day else Level.REMINDER
            yield from items(firm, f"挂牌督办中，治理后提请解除：{title}（期限 {listing.deadline}）", listing, level)


def of_stop(stop: StopWork, officers: Officers, firm: Iterable[int]) -> Iterator[OpenItem]:
    if stop.state == StopState.REQUESTED:
        yield from items(in_charge(stop, officers), f"待复核复工申请：{stop.hazard.title}", stop)
    else:
        yield from items(firm, f"停工中，整改后申请复工：{stop.hazard.title}", stop, Level.REMINDER)


def in_charge(measure: Measure, officers: Officers) -> list[int]:
    """Who began it, while still of the office, and the office's heads."""
    maker: Any = measure.made_by
    began = [maker.pk] if maker and maker.organisation_id == measure.organisation_id else []
    return list(dict.fromkeys([*began, *officers.of_office(measure.organisation_id)]))


def items(people: Iterable[int], title: str, measure: Any, level: Level = Level.MUST_DO) -> Iterator[OpenItem]:
    url = measure.get_absolute_url()
    return (OpenItem(person, title, url, level) for person in people)


def batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found = rows.select_related("hazard", "made_by").order_by("pk").iterator(BATCH)
    while measures := list(islice(found, BATCH)):
        yield measures


def people_of_firms(measures: Sequence[Measure], permission: str) -> dict[int, list[int]]:
    """By measure, those of the firm and its site who may report on it."""
    hazards = [measure.hazard for measure in measures]
    around = Recipients(hazards, FIRM)
    people = {measure.pk: around.all_of(measure.hazard, FIRM) for measure in measures}
    everybody = {person for found in people.values() for person in found}
    may = User.objects.holding(*roles_holding(permission)).filter(pk__in=everybody)
    reporting = set(may.values_list("pk", flat=True))
    return {key: [person for person in found if person in reporting] for key, found in people.items()}
