"""Verbs that write enterprises."""

from typing import Any

from django.db import transaction
from django.http import Http404

from apps.accounts.models import Organisation, OrganisationKind
from apps.accounts.services.organisations import create_organisation
from apps.core.events import record_event
from apps.core.records import inserted, save_form, storable
from apps.core.workflow import TransitionRefused
from apps.enterprises.hanging import Moves, of_rule
from apps.enterprises.merging import is_late, lock_both, turn_late
from apps.enterprises.models import Enterprise, EnterpriseMerge, EnterprisePresence, FormerName, MergeState
from apps.enterprises.selectors import why_not_merge

SHARED = ("name", "short_name", "region")


@transaction.atomic
def save_enterprise(form: Any, *, by: Any, version: int | None = None) -> Enterprise:
    """Write an enterprise and its organisation together; a new name leaves the old one as a former name.

    Raises what `core.records.save_form` raises.
    """
    enterprise: Enterprise = form.instance
    facts = {name: form.cleaned_data[name] for name in SHARED}
    adding = enterprise._state.adding
    if adding:
        enterprise.organisation = create_organisation(kind=OrganisationKind.ENTERPRISE, by=by, **facts)
    else:
        enterprise.organisation = corrected_organisation(enterprise, facts, by)
    enterprise.region_path = facts["region"].path
    save_form(form, by=by, version=version)
    if adding:
        stay_known_to(enterprise, by)
    return enterprise


def corrected_organisation(enterprise: Enterprise, facts: dict[str, Any], by: Any) -> Organisation:
    """The organisation brought in line; untouched when none of the shared facts changed."""
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    if reason := why_locked(organisation):
        raise TransitionRefused(reason)
    changed = {name: [old, facts[name]] for name in SHARED if (old := getattr(organisation, name)) != facts[name]}
    if not changed:
        return organisation
    if "name" in changed:
        FormerName.objects.create(enterprise=enterprise, name=organisation.name)
    for name in changed:
        setattr(organisation, name, facts[name])
    organisation.region_path = facts["region"].path
    organisation.version += 1
    organisation.save()
    record_event(organisation, "changed", by=by, facts=storable(changed))
    return organisation


def why_locked(organisation: Organisation) -> str | None:
    """Why the facts of an enterprise may not be changed, or None."""
    other = organisation.merged_into
    return f"“{organisation}”已合并到“{other}”，不能再修改，请修改“{other}”" if other else None


def stay_known_to(enterprise: Enterprise, by: Any) -> None:
    """An office that registers a firm seated elsewhere, as a first step to putting it on a site, keeps seeing it."""
    if path := by.scope.region_path:
        EnterprisePresence.objects.get_or_create(enterprise=enterprise, project_id=None, region_path=path)


# Merging what was registered twice -----------------------------------------------------------------------------------


@transaction.atomic
def propose_merge(duplicate: Enterprise, *, survivor: Enterprise, by: Any, reason: str, basis: str) -> EnterpriseMerge:
    """Propose that the two are one firm; another person decides.

    Raises Http404 when `by` does not see both, TransitionRefused with what stands against it.
    """
    seen = Enterprise.objects.visible_to(by).filter(pk__in=(duplicate.pk, survivor.pk))
    if seen.count() < len({duplicate.pk, survivor.pk}):
        raise Http404
    survivor, duplicate = lock_both(survivor.pk, duplicate.pk)
    if refusal := why_not_merge(duplicate, survivor):
        raise TransitionRefused(refusal)
    merge = EnterpriseMerge(survivor=survivor, duplicate=duplicate, reason=reason, basis=basis, proposed_by=by)
    inserted(merge)
    facts = {"duplicate": duplicate, "survivor": survivor, "reason": reason, "basis": basis}
    record_event(merge, "registered", by=by, after=merge.state, facts=facts)
    return merge


def turn_late_rows() -> int:
    """See to merged firms for which rows were written by what had begun before the merge; answers how many merges."""
    merged = dict(EnterpriseMerge.objects.filter(state=MergeState.MERGED).values_list("duplicate", "pk"))
    named = [key.naming(merged) for key in of_rule(Moves)] if merged else []
    return sum(turned_late(merged[firm]) for firm in sorted(set().union(*named)))


@transaction.atomic
def turned_late(pk: int) -> bool:
    merge = EnterpriseMerge.objects.select_for_update().get(pk=pk)
    if merge.state != MergeState.MERGED or not is_late(merge):
        return False
    turn_late(merge)
    return True
