"""What the platform's own records say about a firm becomes proposals for its credit, in the transaction that says it.

A table: by model and move, the trigger that a catalogue item may name, and what the proposal says.  Nothing here
decides; a proposal goes the way of all findings.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation, OrganisationKind
from apps.core.models import Event
from apps.core.scoping import lineage
from apps.credit.models import CreditItem, CreditProfile, Subject, Trigger
from apps.credit.services.entries import entry_problem, record_entry
from apps.credit.services.proposing import source_of
from apps.enterprises.models import Enterprise
from apps.inspections.scoring import FAILED, GOOD

Facts = dict[str, Any]


@dataclass(frozen=True)
class News:
    """What a record says about firms: on which day, in which words, with which proof."""

    trigger: str
    firms: Iterable[int | None]
    day: date
    facts: str
    evidence: str
    office: Organisation | None = None
    further: Facts = field(default_factory=dict)


Teller = Callable[[Any, Facts], Iterable[News]]
TELLERS: dict[tuple[str, str], Teller] = {}


def tells(model: str, *moves: str) -> Callable[[Teller], Teller]:
    """Registers what a move of this model says."""

    def register(teller: Teller) -> Teller:
        for move in moves:
            TELLERS[model, move] = teller
        return teller

    return register


# What records say -----------------------------------------------------------------------------------------------------


@tells("hazards.hazard", "order")
def major_hazard(hazard: Any, facts: Facts) -> Iterable[News]:
    """A major hazard found by an authority; of those that firms find, `services.self_found` proposes what is left."""
    if hazard.grade != "major" or (not hazard.by_authority and spares_self_found()):
        return
    proof = f"隐患台账 {hazard.number}，整改期限 {hazard.deadline}"
    office = hazard.organisation if hazard.by_authority else office_at(hazard.region_path)
    yield News(
        Trigger.MAJOR_HAZARD,
        [hazard.enterprise_id],
        hazard.found_on,
        hazard.description,
        proof,
        office,
        on_site(hazard),
    )


@tells("supervision.listing", "list_publicly")
def listed_supervision(listing: Any, facts: Facts) -> Iterable[News]:
    proof = f"挂牌督办通知，编号 {listing.number}，{listing.get_level_display()}督办，治理期限 {listing.deadline}"
    yield of_measure(Trigger.LISTED_SUPERVISION, listing, listing.content, proof)


@tells("supervision.stopwork", "stop")
def work_stopped(stop: Any, facts: Facts) -> Iterable[News]:
    yield of_measure(Trigger.WORK_STOPPED, stop, stop.reason, f"停工决定，编号 {stop.number}")


@tells("supervision.transfer", "decide")
def penalty_decided(case: Any, facts: Facts) -> Iterable[News]:
    """What enforcement decides is a penalty; what the police or another body decides is one where it fines."""
    if case.kind != "enforcement" and not case.penalty:
        return
    proof = f"行政处罚决定书 {case.decision_number}（{case.addressee}，{case.decided_on}）"
    further = {"decision_number": case.decision_number}
    yield of_measure(Trigger.PENALTY_DECIDED, case, f"{case.reason}\n处理决定：{case.decision}", proof, further)


@tells("inspections.visit", "submit")
def inspection_scored(visit: Any, facts: Facts) -> Iterable[News]:
    trigger = {FAILED: Trigger.INSPECTION_FAILED, GOOD: Trigger.INSPECTION_EXCELLENT}.get(visit.grade)
    if trigger is None or visit.score is None:
        return
    said = f"{visit.get_kind_display()}按 JGJ 59-2011 评分 {visit.score} 分，评定{visit.grade}"
    proof = f"监督检查记录 {visit.number}，校验值 {visit.record_sha256[:16]}…"
    day = date.fromisoformat(visit.record["visited_on"])
    yield News(trigger, [visit.enterprise_id], day, said, proof, visit.organisation, on_site(visit))


@tells("documents.paper", "issue")
def enforcement_proposed(paper: Any, facts: Facts) -> Iterable[News]:
    if paper.kind != "enforcement_proposal":
        return
    firms = [line["organisation"] for line in paper.addressees if line["organisation"]]
    problems = "；".join(item.get("text", "") for item in paper.contents.get("items", ()))
    proof = f"行政执法建议书 {paper.number}"
    further = {"project_id": paper.project_id, "decision_number": paper.number}
    yield News(
        Trigger.ENFORCEMENT_PROPOSED, firms, paper.issued_on, problems or proof, proof, paper.organisation, further
    )


ACCIDENTS = {
    "general": Trigger.ACCIDENT_GENERAL,
    "larger": Trigger.ACCIDENT_LARGER,
    "major": Trigger.ACCIDENT_MAJOR,
    "extraordinary": Trigger.ACCIDENT_MAJOR,
}


@tells("accidents.accident", "determine")
def accident_determined(accident: Any, facts: Facts) -> Iterable[News]:
    """Each firm that was found liable; concealment is held against the general contractor, whose duty reporting is."""
    firms = [one["enterprise"] for one in facts["liable"]]
    day = timezone.localdate(accident.occurred_at)
    said = f"{accident.project.name}发生{accident.get_grade_display()}事故（{accident.get_category_display()}），"
    said += f"死亡 {accident.deaths} 人、重伤 {accident.serious_injuries} 人。{accident.determination}"
    proof = f"事故认定 {accident.determination_number}（{accident.determined_on}），事故编号 {accident.number}"
    further = {"project_id": accident.project_id, "decision_number": accident.determination_number}
    office = accident.determined_by.organisation
    yield News(ACCIDENTS[accident.grade], firms, day, said, proof, office, further)
    if accident.concealment != "none":
        told = f"{accident.get_concealment_display()}事故：{said}"
        yield News(Trigger.ACCIDENT_CONCEALED, [accident.enterprise_id], day, told, proof, office, further)


@tells("credit.permitcase", "suspend", "revoke")
def permit_held(case: Any, facts: Facts) -> Iterable[News]:
    trigger = Trigger.PERMIT_SUSPENDED if case.state == "suspended" else Trigger.PERMIT_REVOKED
    said = f"安全生产许可证 {case.permit_number} 被{case.get_measure_display()}：{case.facts}"
    proof = f"{case.get_measure_display()}决定书 {case.decision_number}"
    further = {"decision_number": case.decision_number}
    yield News(trigger, [case.enterprise_id], case.starts_on, said, proof, case.organisation, further)


# From news to proposals -----------------------------------------------------------------------------------------------


def propose(record: Any, move: str, event: Event, facts: Facts) -> int:
    """Record what a move says of firms; answers how many proposals are new.  Of what no item asks for there is none."""
    teller = TELLERS.get((record._meta.label_lower, move))
    return sum(propose_one(news, record, event) for news in teller(record, facts)) if teller else 0


def propose_one(news: News, record: Any, event: Event) -> int:
    item = CreditItem.objects.of_trigger(news.trigger, news.day)
    if item is None or news.office is None or entry_problem(item, news.day, None):
        return 0
    firms = Enterprise.objects.filter(pk__in=[key for key in news.firms if key]).order_by("pk")
    told: Facts = {"facts": news.facts[:4000], "evidence": news.evidence[:4000], "happened_on": news.day}
    for firm in firms:
        record_entry(
            item, enterprise=firm, office=news.office, by=None, **told, **news.further, **source_of(record, event)
        )
    return len(firms)


def spares_self_found() -> bool:
    """The setting of the profile in force: self-found and corrected hazards are not held against the firm."""
    profile = CreditProfile.objects.in_force(Subject.ENTERPRISE, timezone.localdate())
    return profile is None or profile.spares_self_found


def on_site(record: Any) -> Facts:
    return {"project_id": record.project_id}


def of_measure(trigger: str, measure: Any, facts: str, proof: str, further: Facts | None = None) -> News:
    """The conduct is what the measure was taken for: the hazard, on the day on which it was found."""
    day, also = measure.hazard.found_on, on_site(measure) | (further or {})
    return News(trigger, [measure.enterprise_id], day, facts, proof, measure.organisation, also)


def office_at(path: str) -> Organisation | None:
    """The office that supervises a place: a station or bureau there, else the nearest above."""
    kinds = (OrganisationKind.STATION, OrganisationKind.BUREAU)
    offices = Organisation.objects.filter(kind__in=kinds, is_active=True, region_path__in=lineage(path))
    return max(offices, key=lambda office: (len(office.region_path), office.kind, -office.pk), default=None)
