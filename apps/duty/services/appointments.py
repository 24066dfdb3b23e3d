"""Appointing safety directors and safety inspectors, and ending an appointment."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from apps.core import files
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused, lock, violated_rule
from apps.duty.models import DirectorAppointment, InspectorAppointment
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import Project

NOT_YOUR_FIRM = "安全总监由本企业任命"


@transaction.atomic
def appoint_director(
    enterprise: Enterprise, *, by: Any, person: Person, paper: Any = None, **told: Any
) -> DirectorAppointment:
    """`paper` is the uploaded document of the appointment, where there is one."""
    if by.organisation_id != enterprise.pk or person.employer_id != enterprise.pk:
        raise TransitionRefused(NOT_YOUR_FIRM)
    stored = files.store(paper, name=paper.name, by=by) if paper else None
    appointment = inserted(DirectorAppointment(enterprise=enterprise, person=person, paper=stored, **told))
    record_event(appointment, "registered", by=by, facts={"person": person.pk, **told})
    return appointment


@transaction.atomic
def send_inspector(project: Project, *, by: Any, person: Person, **told: Any) -> InspectorAppointment:
    """The firm is the one that employs the inspector today; the database refuses one that builds the project."""
    appointment = inserted(InspectorAppointment(project=project, person=person, firm=person.employer, **told))
    record_event(appointment, "registered", by=by, facts={"project": project.pk, "person": person.pk, **told})
    return appointment


@transaction.atomic
def end_appointment(appointment: Any, *, by: Any, ended_on: date) -> Any:
    """Set the last day, of a director or an inspector."""
    fresh = lock(appointment, by)
    before, fresh.ended_on = fresh.ended_on, ended_on
    fresh.version += 1
    try:
        with transaction.atomic():
            fresh.save(update_fields=["ended_on", "version"])
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(fresh, error)) from error
    record_event(fresh, "changed", by=by, facts={"ended_on": [before, ended_on]})
    return fresh
