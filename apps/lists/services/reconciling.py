"""Comparing an authority's frozen list with a firm's of the same period, and settling what differs."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import StaleRecord, lock
from apps.lists.definitions import Office
from apps.lists.models import Difference, Finding, ListSnapshot, Reconciliation, Side, SnapshotState
from apps.lists.services.reading import rows_seen_by
from apps.notifications.models import Level
from apps.notifications.services import notify

Rows = dict[str, dict[str, Any]]


@transaction.atomic
def reconcile(authority: ListSnapshot, firm: ListSnapshot, *, by: User) -> Reconciliation:
    """Compare two frozen lists and write each difference; ValidationError when they cannot be compared."""
    refuse_unlike(authority, firm)
    held, told = rows_of_firm(authority, firm), rows_of_office(firm, authority)
    found = list(differences(authority, firm, held, told))
    keys = {*held, *told}
    made = Reconciliation(
        authority_snapshot=authority,
        firm_snapshot=firm,
        firm=firm.organisation,
        region_path=authority.region_path,
        compared=len(keys),
        agreeing=len(keys) - len(found),
        made_by=by,
    )
    inserted(made)
    for difference in found:
        difference.reconciliation = made
    Difference.objects.bulk_create(found)
    record_event(made, "reconciled", by=by, facts={"compared": made.compared, "differing": len(found)})
    tell_firm(made, len(found))
    return made


def refuse_unlike(authority: ListSnapshot, firm: ListSnapshot) -> None:
    if (authority.side, firm.side) != (Side.AUTHORITY, Side.ENTERPRISE):
        raise ValidationError("核对须是一份主管部门清单与一份企业清单")
    if SnapshotState.VOID in (authority.state, firm.state):
        raise ValidationError("已作废的清单不能核对")
    if authority.register != firm.register:
        raise ValidationError("两份清单的底层台账不同，不能逐条核对")
    if (authority.start, authority.end) != (firm.start, firm.end):
        raise ValidationError(f"两份清单不是同一期：{authority.period_label}与{firm.period_label}")


def rows_of_firm(authority: ListSnapshot, firm: ListSnapshot) -> Rows:
    return {row["key"]: row for row in authority.rows if row["firm"] == firm.organisation_id}


def rows_of_office(firm: ListSnapshot, authority: ListSnapshot) -> Rows:
    """Of the firm's list what the authority's ledger shows: the firm's sites elsewhere are none of its business."""
    return {row["key"]: row for row in rows_seen_by(firm, Office(authority.organisation))}


def differences(authority: ListSnapshot, firm: ListSnapshot, held: Rows, told: Rows) -> Iterator[Difference]:
    shared = shared_columns(authority, firm)
    for key in sorted({*held, *told}):
        ours, theirs = held.get(key), told.get(key)
        details = list(details_of(shared, ours, theirs))
        if ours and theirs and not details:
            continue
        finding = Finding.DIFFERS if ours and theirs else Finding.ONLY_AUTHORITY if ours else Finding.ONLY_FIRM
        yield Difference(
            firm=firm.organisation,
            region_path=authority.region_path,
            record_key=key,
            finding=finding,
            details=details,
        )


def shared_columns(authority: ListSnapshot, firm: ListSnapshot) -> list[tuple[str, int, int]]:
    """Heading, place in the authority's list, place in the firm's, of each column that both lists have."""
    theirs = {column["field"]: at for at, column in enumerate(firm.columns)}
    return [
        (column["label"], at, theirs[column["field"]])
        for at, column in enumerate(authority.columns)
        if column["field"] in theirs
    ]


def details_of(
    shared: list[tuple[str, int, int]], ours: dict[str, Any] | None, theirs: dict[str, Any] | None
) -> Iterator[dict[str, Any]]:
    """The cells in which the two differ; of a record that one side lacks, what the other says."""
    for label, here, there in shared:
        mine = ours["cells"][here] if ours else None
        other = theirs["cells"][there] if theirs else None
        if mine != other:
            yield {"label": label, "authority": mine, "firm": other}


def tell_firm(made: Reconciliation, differing: int) -> int:
    """The firm's safety director has a say in every difference."""
    if not differing:
        return 0
    people = User.objects.filter(organisation=made.firm_id, is_active=True, role="safety_director")
    return notify(
        people,
        kind="list_differences",
        title=f"{made.authority_snapshot}与本企业清单有 {differing} 处不一致，待核实",
        url=made.get_absolute_url(),
        level=Level.REMINDER,
        dedupe_key=f"reconciliation:{made.pk}",
    )


@transaction.atomic
def settle(difference: Difference, *, outcome: str, reason: str, by: User, version: int | None = None) -> Difference:
    """Write down what a difference was settled as, by whom and why; once and for all.

    Raises StaleRecord when somebody has been here since, ValidationError when it is settled.
    """
    fresh: Any = lock(difference, by)
    if version is not None and version != fresh.version:
        raise StaleRecord(fresh)
    if fresh.settled_at:
        raise ValidationError(f"{fresh}已由{fresh.settled_by}处理，不能再改")
    fresh.outcome, fresh.reason, fresh.settled_by, fresh.settled_at = outcome, reason, by, db_now()
    fresh.version += 1
    fresh.save(update_fields=["outcome", "reason", "settled_by", "settled_at", "version"])
    record_event(fresh, "settled", by=by, facts={"outcome": outcome, "reason": reason})
    return fresh
