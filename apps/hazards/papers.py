"""The papers that a hazard asks for, and the clock that the service of its notice starts."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.models import Event
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import Transition, transitioned
from apps.documents.beginning import Outline, PaperAsked, begin_page, earlier_number, papers_shown
from apps.documents.models import Paper
from apps.hazards.further import Further, add
from apps.hazards.models import Hazard, State
from apps.hazards.presenting import case_rows
from apps.hazards.workflow import HAZARD
from apps.projects.models import PartyRole

NOTICE, REVIEW = "rectification_notice", "review_opinion"


def addressees_of(hazard: Hazard) -> list[Any]:
    """The firm that puts it right, the general contractor, the supervision firm and the owner, each once."""
    parties = hazard.project.parties.filter(ended_on=None).select_related("enterprise__organisation")
    wanted = (PartyRole.GENERAL_CONTRACTOR, PartyRole.SUPERVISION_FIRM, PartyRole.OWNER)
    found = [party.enterprise.organisation for role in wanted for party in parties if party.role == role]
    return list(dict.fromkeys([hazard.enterprise.organisation, *found]))


def item_of(hazard: Hazard) -> dict[str, str]:
    return {"text": hazard.description, "clause": hazard.clause, "demand": hazard.demands}


def notice(hazard: Hazard, user: Any) -> Outline:
    contents = {
        "project": hazard.project.name,
        "items": [item_of(hazard)],
        "deadline": hazard.deadline,
        "demands": hazard.demands,
        "inspectors": hazard.inspectors or user.name,
    }
    return Outline(contents, addressees_of(hazard), hazard.project_id)


def name_notice(hazards: Iterable[Hazard], paper: Paper) -> None:
    """These hazards are ordered by this notice, which is about more than one of them."""
    Hazard.objects.filter(pk__in=[hazard.pk for hazard in hazards]).update(order_notice=paper)


def notice_number(hazard: Hazard) -> str:
    """Of its own notice, or of that of the visit that found it."""
    common = hazard.order_notice
    return earlier_number(hazard, NOTICE) or (common.number or "" if common else "")


def papers_about(hazard: Hazard, user: Any) -> list[dict[str, Any]]:
    """Its own papers, and the notice that it shares with others."""
    return papers_shown(hazard, user, also=Paper.objects.filter(pk=hazard.order_notice_id or 0))


def looked_at(hazard: Hazard) -> dict[str, str]:
    """One line; what was done stands with what was found, since the other parts of an item are printed as demands."""
    done = f"整改情况：{hazard.measures}" if hazard.measures else ""
    lines = f"{hazard.description}\n{done}".splitlines()
    return {"text": "；".join(filter(None, (line.strip(" 　。；") for line in lines)))}


def review(hazard: Hazard, user: Any) -> Outline:
    passed = hazard.state in (State.VERIFIED, State.CLOSED)
    contents = {
        "project": hazard.project.name,
        "earlier_number": notice_number(hazard),
        "items": [looked_at(hazard)],
        "conclusion": hazard.opinion or ("复查合格" if passed else "复查不合格，继续整改"),
        "inspectors": hazard.verified_by.name if hazard.verified_by else user.name,
    }
    return Outline(contents, addressees_of(hazard), hazard.project_id)


def cannot_notify(hazard: Hazard) -> str | None:
    if not hazard.by_authority:
        return "企业自查的隐患不出具监督文书"
    return None if hazard.state in State.OPEN else f"隐患现为“{hazard.get_state_display()}”，不能出具整改通知书"


def cannot_review(hazard: Hazard) -> str | None:
    if not hazard.by_authority:
        return "企业自查的隐患不出具监督文书"
    looked = hazard.state in (State.VERIFIED, State.CLOSED) or hazard.rounds
    return None if looked else "复查之后才能出具复查意见书"


ASKED: dict[str, PaperAsked] = {
    NOTICE: PaperAsked(NOTICE, notice, cannot_notify),
    REVIEW: PaperAsked(REVIEW, review, cannot_review),
}


@require_http_methods(["GET", "POST"])
def paper_page(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Draft a paper about a hazard."""
    hazard = get_visible_or_404(case_rows(), request.user, number=key)
    if kind not in ASKED:
        raise Http404
    way = [
        {"label": "隐患台账", "url": reverse("hazards:list")},
        {"label": hazard.number, "url": hazard.get_absolute_url()},
    ]
    return begin_page(request, hazard, ASKED[kind], way)


def actions(hazard: Hazard, user: Any) -> list[dict[str, Any]]:
    if not user.has_perm("documents.add_paper"):
        return []
    return [
        {"label": asked.label, "url": reverse("hazards:paper", args=[hazard.number, kind])}
        for kind, asked in ASKED.items()
        if not asked.refusal(hazard)
    ]


add(Further("执法文书", papers_about, actions))


@receiver(transitioned, sender=Paper)
def start_the_clock(record: Paper, move: Transition, event: Event, facts: dict[str, Any], **kwargs: Any) -> None:
    """The deadline counts from the day on which the notice was first served; later services change nothing."""
    if move.name != "serve" or record.kind != NOTICE or record.services.count() > 1:
        return
    for hazard in ordered_by(record):
        if hazard.state in State.WITH_FIRM:
            told = {"served_on": facts["served_on"], "notice": record.number}
            HAZARD.perform(hazard, "count_from_service", by=event.actor, **told)


def ordered_by(notice: Paper) -> Iterable[Hazard]:
    """The hazards that a notice is about: the one it was drafted on, or those of a visit."""
    if notice.record_type == Hazard._meta.label_lower:
        return Hazard.objects.filter(pk=notice.record_id)
    return Hazard.objects.filter(order_notice=notice).order_by("pk")
