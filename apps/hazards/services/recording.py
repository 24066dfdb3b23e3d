"""Entering a hazard and correcting it while it is a draft."""

from typing import Any

from django import forms
from django.db import transaction

from apps.core.events import record_event
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.hazards.models import Hazard, PhotoStage, State
from apps.hazards.services.numbers import next_numbers
from apps.hazards.workflow import HAZARD, attach_photos


def complete(hazard: Hazard, by: Any) -> None:
    """Fill what a recorder need not type: number, scope keys, who found it."""
    hazard.number = hazard.number or next_numbers()[0]
    hazard.region_path = hazard.project.region_path
    if hazard._state.adding:
        hazard.recorded_by, hazard.organisation = by, by.organisation
        hazard.by_authority = by.role_definition.side == "regulator"
        hazard.inspecting_body = hazard.inspecting_body or by.organisation.name
        hazard.inspectors = hazard.inspectors or by.name


@transaction.atomic
def save_draft(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Hazard:
    """Write a valid hazard form with its photographs, new or as a correction of a draft."""
    hazard: Hazard = form.instance
    if hazard.state != State.DRAFT:
        raise TransitionRefused("隐患已下达，不能再修改；内容有误时请退回或申请作废")
    complete(hazard, by)
    hazard = save_form(form, by=by, version=version)
    if photos := form.cleaned_data.get("photos"):
        attach_photos(hazard, photos, PhotoStage.BEFORE, by)
    return hazard


@transaction.atomic
def save_and_order(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Hazard:
    """Write the form and issue its order in one transaction: both stand, or neither does."""
    hazard = save_draft(form, by=by, version=version)
    told: dict[str, Any] = {"demands": hazard.demands, "disposal": hazard.disposal}
    if hazard.deadline:
        told |= {"deadline": hazard.deadline, "deadline_basis": hazard.deadline_basis}
    return HAZARD.perform(hazard, "order", by=by, **told)


@transaction.atomic
def record_hazard(*, by: Any, photos: list[Any] = (), **values: Any) -> Hazard:  # type: ignore[assignment]
    """Enter a draft from plain values: for other modules and demonstrations, where no form is filled."""
    hazard = Hazard(**values)
    complete(hazard, by)
    hazard.full_clean(exclude=["number"])
    hazard.save(force_insert=True)
    told = attach_photos(hazard, list(photos), PhotoStage.BEFORE, by)
    record_event(hazard, "registered", by=by, after=hazard.state, facts={**values, "photos": told})
    return hazard
