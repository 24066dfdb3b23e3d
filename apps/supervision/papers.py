"""The papers that measures ask for (domain: 挂牌督办通知书 and 解除通知, 停工 and 复工通知书, 案件移送书)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.cases import Case, Sections
from apps.core.pages import crumbs
from apps.documents.beginning import Outline, PaperAsked, begin_page, earlier_number, papers_shown
from apps.hazards.papers import addressees_of, item_of
from apps.supervision.models import Listing, ListingState, Measure, StopState, StopWork, Transfer, TransferState


def outline(measure: Measure, contents: dict[str, Any], *others: str) -> Outline:
    told = {"project": measure.project.name} | contents
    return Outline(told, others or addressees_of(measure.hazard), measure.project_id)


def only_in(*states: str, words: str) -> Any:
    return lambda measure: None if measure.state in states else words


def listing_notice(listing: Listing, user: Any) -> Outline:
    contents = {
        "items": [{"text": listing.content, "clause": listing.hazard.clause, "demand": ""}],
        "demands": listing.demands,
        "deadline": listing.deadline,
        "release_procedure": listing.release_procedure,
        "other": listing.other or "无",
        "level": listing.get_level_display(),
    }
    return outline(listing, contents)


def listing_release(listing: Listing, user: Any) -> Outline:
    earlier = earlier_number(listing, "listing_notice")
    return outline(listing, {"earlier_number": earlier, "findings": listing.opinion})


def stop_notice(stop: StopWork, user: Any) -> Outline:
    scope = stop.get_extent_display() + (f"：{stop.part}" if stop.part else "")
    contents = {
        "scope": scope,
        "items": [item_of(stop.hazard) | {"demand": stop.reason}],
        "deadline": stop.hazard.deadline,
        "demands": stop.demands,
        "inspectors": user.name,
    }
    return outline(stop, contents)


def resumption_notice(stop: StopWork, user: Any) -> Outline:
    contents = {
        "earlier_number": earlier_number(stop, "stop_work_notice"),
        "scope": stop.get_extent_display() + (f"：{stop.part}" if stop.part else ""),
        "resumes_on": stop.resumed_on,
        "inspectors": user.name,
    }
    return outline(stop, contents)


def case_transfer(case: Transfer, user: Any) -> Outline:
    evidence = [{"text": line.strip()} for line in case.evidence.splitlines() if line.strip()]
    contents = {"facts": f"{case.hazard.description}\n{case.reason}", "items": evidence, "deadline": case.due_on}
    return outline(case, contents, case.addressee)


ASKED: dict[type[Measure], tuple[PaperAsked, ...]] = {
    Listing: (
        PaperAsked("listing_notice", listing_notice, only_in(*ListingState.IN_FORCE, words="挂牌之后才能出具通知书")),
        PaperAsked(
            "listing_release", listing_release, only_in(ListingState.RELEASED, words="解除督办之后才能出具解除通知书")
        ),
    ),
    StopWork: (
        PaperAsked("stop_work_notice", stop_notice, only_in(*StopState.IN_FORCE, words="停工期间才能出具停工通知书")),
        PaperAsked("resumption_notice", resumption_notice, only_in(StopState.RESUMED, words="同意复工之后才能出具")),
    ),
    Transfer: (PaperAsked("case_transfer", case_transfer, only_in(*TransferState.OPEN, words="案件已办结或撤回")),),
}


def asked_of(measure: Any) -> tuple[PaperAsked, ...]:
    return ASKED[type(measure)]


@require_http_methods(["GET", "POST"])
def paper_page(request: HttpRequest, key: str, kind: str, *, case: Case) -> HttpResponse:
    """Draft a paper about a measure."""
    measure = case.found(request, key)
    asked = next((asked for asked in asked_of(measure) if asked.kind == kind), None)
    if asked is None:
        raise Http404
    return begin_page(request, measure, asked, crumbs(case.register, "", measure)[:-1])


def papers_block(measure: Any, user: Any) -> Sections:
    """What templates/core/_further.html draws of a measure's papers."""
    space = {Listing: "listings", StopWork: "stop_works", Transfer: "transfers"}[type(measure)]
    actions = [
        {"label": asked.label, "url": reverse(f"{space}:paper", args=[measure.number, asked.kind])}
        for asked in asked_of(measure)
        if user.has_perm("documents.add_paper") and not asked.refusal(measure)
    ]
    records = papers_shown(measure, user)
    return [{"title": "执法文书", "records": records, "actions": actions}] if records or actions else []
