"""挂牌督办 as a table: proposed, listed, reported, released; 建质〔2011〕158号."""

from django.utils import timezone

from apps.core.effects import not_in_future, stamp
from apps.core.workflow import Step, Transition, Workflow
from apps.supervision.models import Listing, ListingState
from apps.supervision.workflow.guards import (
    deadline_ahead,
    hazard_is_open,
    hazard_is_verified,
    is_of_the_firm,
    is_of_the_level,
    mark_listed,
)

S = ListingState


def keep_name_of_project(step: Step) -> None:
    """The notice names the project as it is called today."""
    step.record.project_name = step.record.project.name


def belongs_to_who_lists(step: Step) -> None:
    """The office that lists watches, whoever proposed it."""
    step.record.organisation = step.by.organisation


def release_lower_levels(step: Step) -> None:
    """One authority watches at a time: what a lower one had listed goes over to this."""
    lower = Listing.objects.filter(hazard=step.record.hazard_id, state__in=S.IN_FORCE).exclude(pk=step.record.pk)
    for listing in lower.order_by("pk"):
        LISTING.perform(listing, "hand_up", by=step.by)


def one_more_round(step: Step) -> None:
    step.record.continuations += 1
    step.record.report = ""
    step.record.reported_at = step.record.reported_by = None
    step.facts["checked_on"] = timezone.localdate(step.at)


LISTING = Workflow(
    (
        Transition(
            "list_publicly",
            "挂牌督办",
            (S.PROPOSED,),
            S.LISTED,
            "supervision.decide_listing",
            facts=("content", "demands", "deadline", "release_procedure"),
            optional=("other",),
            guards=(is_of_the_level, hazard_is_open),
            effects=(
                deadline_ahead,
                keep_name_of_project,
                stamp("listed"),
                belongs_to_who_lists,
                mark_listed,
                release_lower_levels,
            ),
            notify=("firm", "site", "supervising_engineer", "recorder", "head"),
        ),
        Transition(
            "cancel_listing",
            "不予挂牌",
            (S.PROPOSED,),
            S.CANCELLED,
            "supervision.decide_listing",
            facts=("reason",),
            guards=(is_of_the_level,),
            notify=("recorder", "head"),
            danger=True,
        ),
        Transition(
            "report_removal",
            "提请解除督办",
            (S.LISTED,),
            S.REPORTED,
            "supervision.report_listing",
            facts=("report",),
            guards=(is_of_the_firm,),
            effects=(stamp("reported"),),
            notify=("lister", "recorder", "head"),
        ),
        Transition(
            "release",
            "核查通过，解除督办",
            (S.REPORTED,),
            S.RELEASED,
            "supervision.decide_listing",
            facts=("opinion", "checked_on"),
            guards=(is_of_the_level, hazard_is_verified),
            effects=(not_in_future("checked_on"), stamp("released"), mark_listed),
            notify=("firm", "site", "supervising_engineer", "recorder", "head"),
        ),
        Transition(
            "go_on",
            "核查未通过，继续督办",
            (S.REPORTED,),
            S.LISTED,
            "supervision.decide_listing",
            facts=("opinion", "deadline"),
            guards=(is_of_the_level,),
            effects=(deadline_ahead, one_more_round),
            notify=("firm", "site", "supervising_engineer", "recorder", "head"),
        ),
        # Made by the listing of a higher level alone.
        Transition(
            "hand_up",
            "转由上级督办",
            S.IN_FORCE,
            S.RAISED,
            "supervision.decide_listing",
            notify=("recorder", "head"),
            by_itself=True,
        ),
    )
)
