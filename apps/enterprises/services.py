"""Verbs that write enterprises."""

from typing import Any

from django.db import transaction

from apps.accounts.models import Organisation, OrganisationKind
from apps.accounts.services.organisations import create_organisation
from apps.core.events import record_event
from apps.core.records import save_form, storable
from apps.enterprises.models import Enterprise, EnterprisePresence, FormerName

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


def stay_known_to(enterprise: Enterprise, by: Any) -> None:
    """An office that registers a firm seated elsewhere, as a first step to putting it on a site, keeps seeing it."""
    if path := by.scope.region_path:
        EnterprisePresence.objects.get_or_create(enterprise=enterprise, project_id=None, region_path=path)
