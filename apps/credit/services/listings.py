"""Proposing by hand that somebody be put on a list, and keeping the lists themselves."""

from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from apps.accounts.models import Organisation
from apps.core.workflow import TransitionRefused
from apps.credit.models import Blacklisting, ListType, Subject
from apps.credit.services.proposing import happened_problem, proposed
from apps.enterprises.models import Enterprise
from apps.people.models import Person


@transaction.atomic
def propose_listing(
    kind: ListType,
    *,
    enterprise: Enterprise,
    office: Organisation,
    by: Any,
    condition: str,
    happened_on: date,
    person: Person | None = None,
    **further: Any,
) -> Blacklisting:
    """A proposal to list; nobody stands on a list before it is checked, notified and decided by another.

    Raises TransitionRefused where the list does not fit the day, the condition or the subject, and where the subject
    stands on it or is proposed for it already.
    """
    if problem := listing_problem(kind, condition, happened_on, enterprise, person):
        raise TransitionRefused(problem[1])
    listing = Blacklisting(list_type=kind, condition=condition, person=person, happened_on=happened_on, **further)
    listing.legal_basis = listing.legal_basis or kind.legal_basis
    also = {"list_type": kind.pk, "condition": condition, "person": person and person.pk}
    return proposed(listing, enterprise=enterprise, office=office, by=by, also=also)


def listing_problem(
    kind: ListType, condition: str, happened_on: date, enterprise: Enterprise, person: Person | None
) -> tuple[str, str] | None:
    """Why this can't be proposed: the field that it is about, and the sentence."""
    if reason := happened_problem(happened_on):
        return "happened_on", reason
    if not ListType.objects.in_force(happened_on).filter(pk=kind.pk).exists():
        return "happened_on", f"行为发生日 {happened_on} “{kind}”未施行或者已失效，请选当日有效的名单"
    if condition not in [one["text"] for one in kind.conditions]:
        return "condition", f"“{kind}”没有这一情形，请从该名单的情形中选择"
    if kind.subject == Subject.PERSON and person is None:
        return "person", f"“{kind}”适用于个人，请填写人员姓名"
    if kind.subject == Subject.ENTERPRISE and person is not None:
        return "person", f"“{kind}”适用于企业，人员请留空"
    if person is not None and person.employer_id != enterprise.pk:
        return "person", f"{person.name} 不是 {enterprise} 的在册人员"
    return None


@transaction.atomic
def save_listing(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Blacklisting:
    """From the form, a new proposal; what was proposed is not rewritten, but given up and proposed anew."""
    if not form.instance._state.adding:
        raise TransitionRefused(UNCHANGED)
    told = dict(form.cleaned_data)
    kind, enterprise = told.pop("list_type"), told.pop("enterprise")
    return propose_listing(kind, enterprise=enterprise, office=by.organisation, by=by, **told)


UNCHANGED = "名单案件提出后不再修改；有误的不予列入，再重新提出"
