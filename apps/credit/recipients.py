"""Who stands around a finding."""

from collections.abc import Callable
from typing import Any

from apps.accounts.holders import holders_by
from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.core.scoping import lineage


def firm_of(record: Any) -> list[int]:
    """Those of the firm who may answer; nobody while it is the office's own business."""
    if getattr(record, "is_inside", False):
        return []
    rows = User.objects.holding(*roles_holding("credit.object_creditentry"))
    return list(rows.filter(organisation=record.enterprise_id).values_list("pk", flat=True))


def of_office(record: Any, permission: str) -> list[int]:
    return holders_by(permission, "organisation", [record.organisation_id])[record.organisation_id]


def checkers_of(record: Any) -> list[int]:
    return of_office(record, f"credit.check_{record._meta.model_name}")


def deciders_of(record: Any) -> list[int]:
    """Who may decide, of the nearest office at or above the one that proceeds."""
    above = lineage(record.office_path)
    verb = "decide" if record._meta.model_name != "creditrepair" else "accept"
    found = holders_by(f"credit.{verb}_{record._meta.model_name}", "organisation__region_path", above)
    return next((found[place] for place in reversed(above) if found.get(place)), [])


def maker_of(record: Any) -> list[int]:
    return [record.made_by_id] if record.made_by_id else []


def acceptor_of(record: Any) -> list[int]:
    return [record.accepted_by_id] if record.accepted_by_id else []


def sender_of(record: Any) -> list[int]:
    return [record.sent_by_id] if record.sent_by_id else []


def asked_of(record: Any) -> list[int]:
    """Those of the office that a joint measure was asked of."""
    key = record.addressee_id
    return holders_by("credit.answer_jointmeasure", "organisation", [key])[key] if key else []


ROLES: dict[str, Callable[[Any], list[int]]] = {
    "firm": firm_of,
    "applicant": firm_of,
    "checkers": checkers_of,
    "deciders": deciders_of,
    "maker": maker_of,
    "acceptor": acceptor_of,
    "sender": sender_of,
    "asked": asked_of,
}
