"""Everything a phone needs to carry out its owner's visits of today and tomorrow without a net."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch

from apps.core.today import today
from apps.hazards.dictionaries import CATEGORY, deadline_terms, labels, phrases
from apps.hazards.models import Criterion, Disposal, Hazard
from apps.inspections.carrying import carry_to_phones
from apps.inspections.models import (
    Answer,
    Checklist,
    ChecklistFamily,
    Finding,
    SecondLook,
    Signature,
    Visit,
    VisitInspector,
    VisitPhoto,
)
from apps.inspections.models.visits import VisitQuerySet
from apps.inspections.services.answering.notes import WORDS
from apps.inspections.submitting.record import in_order
from apps.inspections.sync.access import own_visits
from apps.projects.models import ProjectParty

MOST_VISITS = 20
MOST_HAZARDS = 100
HAZARD_WORDS = 120
LOOK_WORDS = 600
ANSWER_FIELDS = ("checklist_id", "item", "verdict", "deductions", "points_off", "remark", "revision")
FINDING_FIELDS = (
    *("checklist_id", "item", "deduction", "description", "category", "clause", "demands", "grade", "criterion_id"),
    *("place", "term", "disposal", "is_dropped", "revision"),
)
SIGNATURE_FIELDS = ("role", "inspector_id", "name", "post", "is_refused", "refusal_note", "witnesses")


def fetched(user: Any) -> dict[str, Any]:
    """The visits, and beside them once what several of them need."""
    carry_to_phones(open_visits(user)[:MOST_VISITS])
    visits = list(due_visits(user))
    checklists = {checklist.pk: checklist for visit in visits for checklist in visit.checklists.all()}
    return {
        "visits": [told(visit, user) for visit in visits],
        "checklists": [checklist_told(checklist) for checklist in checklists.values()],
        **reference(),
    }


def open_visits(user: Any) -> VisitQuerySet:
    """Up to tomorrow, those left over from earlier days among them."""
    return own_visits(user).open().filter(planned_on__lte=today() + timedelta(days=1)).order_by("planned_on", "pk")


def due_visits(user: Any) -> Iterable[Visit]:
    """The same with all that a phone needs of them."""
    return (
        open_visits(user)
        .select_related("project", "organisation")
        .prefetch_related(
            "checklists",
            Prefetch("team", VisitInspector.objects.select_related("inspector__user")),
            Prefetch("project__parties", ProjectParty.objects.select_related("enterprise__organisation")),
            Prefetch("answers", Answer.objects.order_by("checklist", "item")),
            Prefetch("findings", Finding.objects.order_by("received_at", "pk")),
            Prefetch("second_looks", SecondLook.objects.select_related("hazard").order_by("position", "pk")),
            Prefetch("photos", VisitPhoto.objects.order_by("uploaded_at", "pk")),
            Prefetch("signatures", Signature.objects.order_by("received_at", "pk")),
            Prefetch("project__hazards", open_hazards(user), to_attr="hazards_now"),
        )[:MOST_VISITS]
    )


def open_hazards(user: Any) -> Any:
    return Hazard.objects.visible_to(user).open().order_by("deadline", "pk")


def told(visit: Visit, user: Any) -> dict[str, Any]:
    project: Any = visit.project
    return {
        "number": visit.number,
        "kind": visit.get_kind_display(),
        "planned_on": visit.planned_on.isoformat(),
        "office": visit.organisation.name,
        "checklists": [checklist.pk for checklist in sorted(visit.checklists.all(), key=place_in_record)],
        "project": project_told(project),
        "team": [member_told(member, user) for member in visit.team.all()],
        "hazards": [hazard_told(hazard) for hazard in project.hazards_now[:MOST_HAZARDS]],
        "second_looks": [carried_told(look) for look in visit.second_looks.all()],
        "held": held(visit),
    }


def place_in_record(checklist: Checklist) -> tuple[bool, str, list[tuple[int, str]]]:
    """The order of the tables in the record that is frozen at submission."""
    return checklist.family != ChecklistFamily.JGJ59, checklist.family, in_order(checklist.code)


def project_told(project: Any) -> dict[str, Any]:
    parties = [
        {"role": p.get_role_display(), "firm": p.enterprise.name, "leader": p.leader, "phone": p.phone}
        for p in project.parties.all()
        if p.ended_on is None
    ]
    return {
        "name": project.name,
        "number": project.number,
        "address": project.address,
        "stage": project.get_stage_display(),
        "parties": parties,
    }


def member_told(member: VisitInspector, user: Any) -> dict[str, Any]:
    inspector = member.inspector
    return {
        "id": inspector.pk,
        "name": inspector.user.name,
        "certificate": inspector.certificate,
        "valid_until": inspector.valid_until.isoformat(),
        "is_me": inspector.user_id == user.pk,
    }


def hazard_told(hazard: Hazard) -> dict[str, Any]:
    return {
        "number": hazard.number,
        "words": hazard.description[:HAZARD_WORDS],
        "grade": hazard.grade,
        "state": hazard.get_state_display(),
        "deadline": hazard.deadline.isoformat() if hazard.deadline else None,
    }


def carried_told(look: SecondLook) -> dict[str, Any]:
    """A hazard to look at again as it was taken along; `now` where it has moved since, `over` where it has ended."""
    told = {name: look.facts[name] for name in ("number", "place", "grade", "deadline")}
    return told | {
        "id": str(look.pk),
        "words": look.facts["description"][:LOOK_WORDS],
        "state": look.state_then,
        "now": look.state_now,
        "over": look.is_over,
        "needed": look.is_needed,
    }


def checklist_told(checklist: Checklist) -> dict[str, Any]:
    return {"id": checklist.pk, "code": checklist.code, "name": checklist.name, "content": checklist.content}


def reference() -> dict[str, Any]:
    """Ready sentences, terms, categories and the clauses by which a hazard is major."""
    return {
        "phrases": [{"category": p.category, "name": p.name, "text": p.text, "demand": p.demand} for p in phrases()],
        "terms": [{"code": code, "label": label} for code, label in deadline_terms()],
        "categories": labels(CATEGORY),
        "criteria": [
            {"id": c.pk, "number": c.number, "topic": c.topic, "text": c.text}
            for c in Criterion.objects.in_force_on(today()).order_by("position")
        ],
        "disposals": [{"code": code, "label": label} for code, label in Disposal.choices],
    }


# What the server holds ------------------------------------------------------------------------------------------------


def held(visit: Visit) -> dict[str, Any]:
    """What has been answered, found, photographed and signed so far, each with its revision."""
    return {
        "version": visit.version,
        "notes": notes_told(visit),
        "answers": [answer_told(answer) for answer in visit.answers.all()],
        "findings": [finding_told(finding) for finding in visit.findings.all()],
        "second_looks": [look_told(look) for look in visit.second_looks.all() if look.outcome],
        "photos": [photo_told(photo) for photo in visit.photos.all()],
        "signatures": [signature_told(signature) for signature in visit.signatures.all()],
    }


def notes_told(visit: Visit) -> dict[str, str]:
    return {name: getattr(visit, name) for name in WORDS}


def answer_told(answer: Answer) -> dict[str, Any]:
    measured = None if answer.measured is None else f"{answer.measured.normalize():f}"
    return {**picked(answer, ANSWER_FIELDS), "measured": measured}


def finding_told(finding: Finding) -> dict[str, Any]:
    deadline = finding.deadline.isoformat() if finding.deadline else None
    return {"id": str(finding.pk), **picked(finding, FINDING_FIELDS), "deadline": deadline}


def look_told(look: SecondLook) -> dict[str, Any]:
    return {"id": str(look.pk), **picked(look, ("outcome", "remark", "revision"))}


def photo_told(photo: VisitPhoto) -> dict[str, Any]:
    told = {"id": str(photo.pk), **picked(photo, ("checklist_id", "item"))}
    shown = {"finding": photo.finding_id, "second_look": photo.second_look_id}
    return told | {name: str(key) if key else None for name, key in shown.items()}


def signature_told(signature: Signature) -> dict[str, Any]:
    return {"id": str(signature.pk), **picked(signature, SIGNATURE_FIELDS), "at": signature.received_at.isoformat()}


def picked(record: Any, names: Iterable[str]) -> dict[str, Any]:
    """These fields, under the names by which phones send them."""
    return {name.removesuffix("_id") if name != "inspector_id" else name: getattr(record, name) for name in names}
