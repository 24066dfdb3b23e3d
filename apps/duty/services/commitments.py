"""Signing a commitment letter, and recording that it was broken."""

from datetime import date
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core import files
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused
from apps.duty.models import Commitment, CommitmentBreach, Wording
from apps.duty.services.days import IN_FUTURE, of_site
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import Project

NOT_YOURS_TO_SAY = "违诺由主管部门或者作出承诺的企业登记"
NOT_OF_THE_FIRM = "承诺人须是本企业登记的人员"


@transaction.atomic
def sign_commitment(
    *,
    by: Any,
    level: str,
    project: Project | None,
    person: Person,
    post: str,
    signed_on: date,
    valid_until: date,
    signature: bytes,
) -> Commitment:
    """Record a signed letter by the wording in force on its day; `signature` is the picture of it."""
    firm = of_site(project, by) if project else Enterprise.objects.filter(pk=by.organisation_id).first()
    if firm is None or person.employer_id != firm.pk:
        raise TransitionRefused(NOT_OF_THE_FIRM)
    if signed_on > timezone.localdate():
        raise TransitionRefused(IN_FUTURE)
    commitment = inserted(
        Commitment(
            enterprise=firm,
            project=project,
            level=level,
            wording=Wording.objects.for_day(signed_on, level=level),
            person=person,
            post=post,
            signed_on=signed_on,
            valid_until=valid_until,
            paper=files.store(BytesIO(signature), name="signature.png", by=by),
            recorded_by=by,
        )
    )
    told = {"level": level, "project": project and project.pk, "person": person.pk, "valid_until": valid_until}
    record_event(commitment, "registered", by=by, facts=told)
    return commitment


def may_record_breach(user: Any, commitment: Commitment) -> bool:
    """Offices, and the firm that promised; others on the site only read the letter."""
    return user.role_definition.side == "regulator" or user.organisation_id == commitment.enterprise_id


@transaction.atomic
def record_breach(commitment: Commitment, *, by: Any, day: date, what: str, handled: str = "") -> CommitmentBreach:
    """Add to the log of breaches; neither before the promise nor of a day to come."""
    if not may_record_breach(by, commitment):
        raise TransitionRefused(NOT_YOURS_TO_SAY)
    if not commitment.signed_on <= day <= timezone.localdate():
        raise TransitionRefused(f"违诺日期应在签署日期（{commitment.signed_on}）和今天之间")
    breach = CommitmentBreach.objects.create(commitment=commitment, day=day, what=what, handled=handled, recorded_by=by)
    record_event(commitment, "breach_recorded", by=by, facts={"day": day, "what": what, "handled": handled})
    return breach
