"""Organisations: bureaus, stations, enforcement bodies and permit offices."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.accounts.models import Organisation, User
from apps.core.events import record_event
from apps.core.records import save_form


def save_organisation(form: Any, *, by: User, version: int | None = None) -> Organisation:
    """Create or correct an authority from its form, inside the own house; its scope key follows its region."""
    organisation: Organisation = form.instance
    if organisation._state.adding:
        _refuse_outside(organisation, by)
    elif not _manages(by, organisation):
        raise PermissionDenied
    _refuse_circle(organisation)
    organisation.region_path = organisation.region.path
    return save_form(form, by=by, version=version)


def _refuse_outside(organisation: Organisation, by: User) -> None:
    if by.role_definition.keeps_accounts:
        return
    if organisation.parent is None or not _manages(by, organisation.parent):
        raise PermissionDenied


def _manages(by: User, organisation: Organisation) -> bool:
    return Organisation.objects.managed_by(by).filter(pk=organisation.pk).exists()


def _refuse_circle(organisation: Organisation) -> None:
    above: Organisation | None = organisation.parent
    while above is not None:
        if above.pk == organisation.pk:
            raise ValidationError({"parent": "上级机构不能是本机构或其下级机构。"})
        above = above.parent


@transaction.atomic
def create_organisation(*, kind: str, name: str, region: Any, by: User | None, **fields: Any) -> Organisation:
    """For enterprises, imports and seeds; pages use `save_organisation`."""
    organisation = Organisation(kind=kind, name=name, region=region, region_path=region.path, **fields)
    organisation.full_clean()
    organisation.save()
    record_event(organisation, "registered", by=by, facts={"kind": kind, "name": name, "region": region.code})
    return organisation
