"""Beginning a finding: by an officer, or because a record of the platform asks for it."""

from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.models import Event
from apps.core.numbers import next_numbers
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused
from apps.credit.models import Proceeding
from apps.enterprises.models import Enterprise

P = TypeVar("P", bound=Proceeding)

SEQUENCES = {"XY": "entry", "SX": "listing", "AX": "permit", "XF": "repair", "ZM": "certificate"}


def next_number(prefix: str) -> str:
    """Such as XY-2026-000123."""
    return next_numbers(prefix, f"credit_{SEQUENCES[prefix]}_seq")[0]


def proposed(finding: P, *, enterprise: Enterprise, office: Organisation, by: Any, also: dict[str, Any]) -> P:
    """Write a new finding with its number, its scope keys and its event.

    Raises TransitionRefused with what it lacks, or the sentence of the rule that the database holds against it.
    """
    if reason := grounds_problem(finding):
        raise TransitionRefused(reason)
    finding.number = next_number(finding.PREFIX)
    finding.enterprise, finding.region_path = enterprise, enterprise.region_path
    finding.organisation, finding.office_path = office, office.region_path
    finding.made_by = by
    inserted(finding)
    told = {"enterprise": enterprise.pk, "happened_on": finding.happened_on, "facts": finding.facts}
    told |= {"evidence": finding.evidence, "legal_basis": finding.legal_basis, "source": finding.source_label} | also
    facts = {name: value for name, value in told.items() if value not in ("", None)}
    record_event(finding, "proposed", by=by, after=finding.state, facts=facts)
    return finding


def grounds_problem(finding: Proceeding) -> str | None:
    """Which of the grounds is missing, by its label on the form."""
    missing = [name for name in ("facts", "evidence", "legal_basis") if not getattr(finding, name).strip()]
    if not missing:
        return None
    labels: dict[str, Any] = {field.name: field.verbose_name for field in finding._meta.concrete_fields}
    words = "".join(f"“{labels[name]}”" for name in missing)
    return f"{finding._meta.verbose_name}没有填写{words}，须写明事实、证据和依据，请补充后再提出"


def happened_problem(happened_on: date, today: date | None = None) -> str | None:
    """Why nothing can be found of that day."""
    day = today or timezone.localdate()
    return f"行为发生日期不能晚于今天（{day}），现填 {happened_on}，请核对" if happened_on > day else None


def source_of(record: Any, event: Event) -> dict[str, Any]:
    """How a finding names the record of the platform that it rests on."""
    return {
        "source_type": record._meta.label_lower,
        "source_id": str(record.pk),
        "source_label": f"{record._meta.verbose_name} {record}"[:200],
        "source_url": record.get_absolute_url(),
        "source_event": event.pk,
    }
