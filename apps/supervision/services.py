"""Beginning measures: by a person, or a proposal by rule."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.records import inserted, save_form
from apps.core.workflow import TransitionRefused, lock
from apps.hazards.models import Grade, Hazard, ListedLevel, State
from apps.notifications.services import notify
from apps.supervision.models import EscalationRule, Listing, ListingState, StopWork, Transfer
from apps.supervision.officers import Officers
from apps.supervision.workflow import STOP_WORK, TRANSFER

DECIDE_WITHIN = 5
"""Days in which a proposal of a person should be decided; a sample value, as that of the rules."""


def cannot_propose(hazard: Hazard, user: Any) -> str | None:
    """Why this hazard cannot be proposed for listed supervision, or None."""
    if not user.has_perm("supervision.propose_listing"):
        return "您没有提出挂牌督办的权限"
    if hazard.grade != Grade.MAJOR:
        return "只有重大隐患才能挂牌督办"
    return None if hazard.state in State.OPEN else f"隐患现为“{hazard.get_state_display()}”，不能挂牌督办"


def cannot_stop(hazard: Hazard, user: Any) -> str | None:
    if not user.has_perm("supervision.order_stopwork"):
        return "您没有下达停工的权限"
    if not hazard.by_authority:
        return "企业自查的隐患由企业自行处置"
    if hazard.work_stopped:
        return "该隐患已责令停工"
    return None if hazard.state in State.OPEN else f"隐患现为“{hazard.get_state_display()}”，不能责令停工"


def cannot_transfer(hazard: Hazard, user: Any) -> str | None:
    if not user.has_perm("supervision.send_transfer"):
        return "您没有移送案件的权限"
    if not hazard.by_authority:
        return "企业自查的隐患不移送"
    return "草稿和已作废的隐患不能移送" if hazard.state in (State.DRAFT, State.VOID) else None


@transaction.atomic
def propose(hazard: Hazard, *, by: Any, level: str, basis: str) -> Listing:
    """A proposal for listed supervision; the authority of that level decides."""
    hazard = lock(hazard, by)
    refuse(cannot_propose(hazard, by))
    listed = ListedLevel.values
    if hazard.listed_level and listed.index(level) <= listed.index(hazard.listed_level):
        raise TransitionRefused(f"已在{hazard.get_listed_level_display()}督办，只能提请更高一级")
    decide_by = timezone.localdate() + timedelta(days=DECIDE_WITHIN)
    return proposed(hazard, by=by, organisation=by.organisation, level=level, basis=basis, decide_by=decide_by)


def proposed(hazard: Hazard, *, by: Any, organisation: Organisation, **values: Any) -> Listing:
    """Write the proposal and tell those who decide; the caller holds the lock on the hazard."""
    listing = inserted(Listing.of(hazard, organisation=organisation, by=by, **values))
    facts = {"level": listing.level, "basis": listing.basis, "decide_by": listing.decide_by}
    record_event(listing, "proposed", by=by, after=listing.state, facts=facts)
    people = Officers([listing]).of_level(listing, listing.level)
    notify(
        [person for person in people if by is None or person != by.pk],
        kind="listing_proposed",
        title=f"待决定是否{listing.get_level_display()}督办：{hazard.title}",
        body=f"{listing.number}　{listing.basis}　请于 {listing.decide_by} 前决定",
        url=listing.get_absolute_url(),
        level="must_do",
        dedupe_key=f"listing:{listing.pk}:proposed",
    )
    return listing


@transaction.atomic
def stop_work(hazard: Hazard, *, by: Any, **values: Any) -> StopWork:
    hazard = lock(hazard, by)
    refuse(cannot_stop(hazard, by))
    stop = begun(StopWork.of(hazard, organisation=by.organisation, by=by, **values), by, values)
    return STOP_WORK.perform(stop, "stop", by=by)


@transaction.atomic
def transfer(hazard: Hazard, *, by: Any, **values: Any) -> Transfer:
    hazard = lock(hazard, by)
    refuse(cannot_transfer(hazard, by))
    case = begun(Transfer.of(hazard, organisation=by.organisation, by=by, **values), by, values)
    return TRANSFER.perform(case, "send", by=by)


def begun(measure: Any, by: Any, facts: dict[str, Any]) -> Any:
    inserted(measure)
    record_event(measure, "registered", by=by, after=measure.state, facts=facts)
    return measure


def refuse(reason: str | None) -> None:
    if reason:
        raise TransitionRefused(reason)


# By rule --------------------------------------------------------------------------------------------------------------


def propose_by_rule(today: date | None = None) -> int:
    """Propose what has been overdue as long as a rule in force says; answers how many proposals are new.

    Said once for each deadline that lapsed: who cancelled it with a reason is not asked again.
    """
    day = today or timezone.localdate()
    return sum(
        propose_for(rule, day) for rule in EscalationRule.objects.filter(is_active=True).order_by("overdue_days")
    )


def propose_for(rule: EscalationRule, today: date) -> int:
    late = Hazard.objects.filter(
        grade=Grade.MAJOR,
        state__in=State.WITH_FIRM,
        by_authority=True,
        deadline__lte=today - timedelta(days=rule.overdue_days),
    ).values_list("pk", flat=True)
    return sum(propose_one(pk, rule, today) for pk in late.order_by("pk"))


@transaction.atomic
def propose_one(pk: int, rule: EscalationRule, today: date) -> bool:
    """Looks again under the lock, as the hazard may have moved since it was found."""
    hazard = Hazard.objects.select_for_update(of=("self",)).select_related("organisation", "project").get(pk=pk)
    if hazard.state not in State.WITH_FIRM or hazard.organisation is None or hazard.deadline is None:
        return False
    same = Listing.objects.filter(hazard=hazard, level=rule.level)
    if same.filter(proposed_for=hazard.deadline).exists() or same.filter(state__in=ListingState.OPEN).exists():
        return False
    days = (today - hazard.deadline).days
    basis = f"整改期限 {hazard.deadline} 已过 {days} 天仍未回复，按督办升级规则提出（{rule.basis}）"
    proposed(
        hazard,
        by=None,
        organisation=hazard.organisation,
        level=rule.level,
        basis=basis,
        decide_by=today + timedelta(days=rule.decide_within),
        proposed_for=hazard.deadline,
    )
    return True


def save_rule(form: forms.ModelForm, *, by: Any, version: int | None = None) -> EscalationRule:
    """A rule that an office has set is no sample any more."""
    form.instance.is_sample = False
    return save_form(form, by=by, version=version)
