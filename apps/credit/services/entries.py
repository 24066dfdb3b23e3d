"""Recording what was done, by the item of its day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from apps.accounts.models import Organisation
from apps.core.forms import clean_text
from apps.core.models import StoredFile
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import CreditEntry, CreditItem, Subject
from apps.credit.services.evidence import attach, in_words
from apps.credit.services.proposing import happened_problem, proposed
from apps.credit.workflow.entry import NO_EVIDENCE, is_proved
from apps.enterprises.models import Enterprise

COPIED = ("part", "nature", "severity", "points", "caps_at", "decay")


@transaction.atomic
def record_entry(
    item: CreditItem,
    *,
    enterprise: Enterprise,
    office: Organisation,
    by: Any,
    happened_on: date,
    facts: str,
    evidence: str,
    person: Any = None,
    files: Sequence[StoredFile] = (),
    **further: Any,
) -> CreditEntry:
    """A proposal to record this behaviour; nothing counts before it is checked, notified and decided.

    Raises TransitionRefused where the item is not that day's, does not fit its subject, or would have expired already,
    and where nothing proves it: neither a file nor the number of a paper nor a record of the platform.
    """
    if reason := entry_problem(item, happened_on, person):
        raise TransitionRefused(reason)
    if not is_proved(further.get("decision_number", ""), further.get("source_event"), bool(files)):
        raise TransitionRefused(NO_EVIDENCE)
    entry = CreditEntry(item=item, person=person, happened_on=happened_on, facts=facts, evidence=evidence, **further)
    entry.legal_basis = entry.legal_basis or item.legal_basis
    take_from_item(entry)
    also = {"item": item.pk, "person": person and person.pk, "points": item.points, "proof": in_words(files)}
    proposed(entry, enterprise=enterprise, office=office, by=by, also=also)
    attach(entry, files, by=by)
    return entry


def take_from_item(entry: CreditEntry) -> None:
    """What the score needs stands on the entry itself, as the catalogue was on that day."""
    for name in COPIED:
        setattr(entry, name, getattr(entry.item, name))


def entry_problem(item: CreditItem, happened_on: date, person: Any) -> str | None:
    """Why this behaviour can't be recorded by this item, as a sentence."""
    if reason := happened_problem(happened_on):
        return reason
    if not CreditItem.objects.in_force(happened_on).filter(pk=item.pk).exists():
        return f"行为发生日 {happened_on} 不在“{item}”这一版的有效期内，请选当日有效的版本"
    if months_after(happened_on, item.valid_months) <= timezone.localdate():
        return f"行为发生于 {happened_on}，按{item.valid_months}个月有效期已经过期，不再记录"
    if (item.subject == Subject.PERSON) != (person is not None):
        return f"“{item}”只适用于{item.get_subject_display()}"
    return None


def edition_of(code: str, day: str) -> CreditItem | None:
    """Of an item the edition by which conduct of this day is judged; where the day is none yet, that of today."""
    try:
        on = parse_date(day)
    except ValueError:
        on = None
    rows = CreditItem.objects.filter(code=clean_text(code).partition(" ")[0].upper())
    in_force = CreditItem.objects.in_force(on or timezone.localdate())
    return rows.filter(pk__in=in_force.values("pk")).first() or rows.order_by("-effective_from").first()


@transaction.atomic
def save_entry(form: forms.ModelForm, *, by: Any, version: int | None = None) -> CreditEntry:
    """From the form: a new proposal, or a correction of one that nobody has checked yet."""
    entry: CreditEntry = form.instance
    if not entry._state.adding:
        take_from_item(entry)
        entry.region_path = entry.enterprise.region_path
        return save_form(form, by=by, version=version)
    told = dict(form.cleaned_data)
    item, enterprise, files = told.pop("item"), told.pop("enterprise"), told.pop("scans", ())
    return record_entry(item, enterprise=enterprise, files=files, office=by.organisation, by=by, **told)
