"""Freezing a list: the rows that an office sees at this moment, hashed and kept as they are."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict

from apps.accounts.models import Organisation, User
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.jobs import Progress, job_kind, run_at_once
from apps.core.models import Job
from apps.core.records import inserted
from apps.core.registers import Column, Register, as_text
from apps.core.scoping import lineage
from apps.lists.definitions import FixedListing, Office, problems_of, register_of, side_of
from apps.lists.models import STEPS, ListSnapshot, ListType, Side, SnapshotState
from apps.lists.models.snapshots import hash_of, period_label
from apps.lists.periods import Span
from apps.lists.workflow import awaited_step, signer_id
from apps.notifications.models import Level
from apps.notifications.services import notify

KIND = "lists.freeze"
MOST_ROWS = 20_000
"""A paper that people sign; who has more narrows the list, or exports the ledger."""
STEP = 500


def freeze(list_type: ListType, organisation: Organisation, span: Span, *, by: User | None = None) -> ListSnapshot:
    """Keep the list of this office for this period as it is now, and tell those who sign it.

    Raises ValidationError when there is no such ledger yet, the definition does not fit it, there are too many rows, or
    this office's list of the period is frozen already.
    """
    register, office = register_of(list_type), Office(organisation)
    if register is None:
        raise ValidationError(f"“{list_type}”的底层台账尚未启用，没有数据来源，不能冻结")
    if side_of(organisation) != list_type.owner_kind:
        raise ValidationError(f"“{list_type}”由{list_type.list_set.get_side_display()}编制")
    if problems := problems_of(list_type, office, span):
        raise ValidationError(f"“{list_type}”的条件有误，请管理员更正：{'；'.join(problems)}")
    listing = FixedListing(list_type, register, office, QueryDict(), span)
    refuse_too_many(list_type, listing)
    return keep(drawn_up(listing, organisation, by), by)


def refuse_too_many(list_type: ListType, listing: FixedListing) -> None:
    count = listing.found.order_by()[: MOST_ROWS + 1].count()
    if count > MOST_ROWS:
        raise ValidationError(f"“{list_type}”超过 {MOST_ROWS} 条，不能冻结为一份清单。请由管理员缩小清单的条件")


def drawn_up(listing: FixedListing, organisation: Organisation, by: User | None) -> ListSnapshot:
    """The snapshot, not yet written."""
    list_type, register, (start, end) = listing.list_type, listing.register, listing.span
    rows = list(rows_of(listing))
    side = side_of(organisation)
    snapshot = ListSnapshot(
        list_type=list_type,
        side=side,
        organisation=organisation,
        organisation_name=organisation.name,
        region_path=organisation.region_path,
        reach=reach_of(row["region"] for row in rows) if side == Side.ENTERPRISE else [],
        title=list_type.name,
        edition=f"{list_type.list_set.name}（{list_type.list_set.edition}）",
        register=register.name,
        start=start,
        end=end,
        columns=[frozen_column(register, column) for column in listing.columns],
        rows=rows,
        row_count=len(rows),
        statement="" if rows else zero_statement(list_type, organisation, (start, end)),
        sign_off=list_type.sign_off_roles,
        frozen_at=db_now(),
        frozen_by=by,
    )
    snapshot.sha256 = hash_of(snapshot)
    return snapshot


@transaction.atomic
def keep(snapshot: ListSnapshot, by: User | None) -> ListSnapshot:
    inserted(snapshot)
    facts = {"start": snapshot.start, "end": snapshot.end, "rows": snapshot.row_count, "sha256": snapshot.sha256}
    record_event(snapshot, "frozen", by=by, after=snapshot.state, facts=facts)
    tell_signers(snapshot)
    return snapshot


def tell_signers(snapshot: ListSnapshot) -> int:
    step = awaited_step(snapshot)
    return notify(
        signers([snapshot])[snapshot.pk],
        kind="list_to_sign",
        title=f"{snapshot}待签批",
        url=snapshot.get_absolute_url(),
        level=Level.REMINDER,
        dedupe_key=f"list:{snapshot.pk}:{step}",
    )


def signers(snapshots: Sequence[ListSnapshot]) -> dict[int, list[int]]:
    """By snapshot, those of the office who may make the signature that it awaits, nobody where none is."""
    offices = {snapshot.organisation_id for snapshot in snapshots}
    people = User.objects.active().filter(organisation__in=offices).order_by("pk")
    known = list(people.values_list("pk", "organisation", "role"))
    return {snapshot.pk: [pk for pk, *post in known if is_asked(snapshot, pk, *post)] for snapshot in snapshots}


def is_asked(snapshot: ListSnapshot, person: int, office: int, role: str) -> bool:
    has_signed = person in {signer_id(snapshot, step) for step in STEPS}
    roles = snapshot.sign_off.get(awaited_step(snapshot), ())
    return office == snapshot.organisation_id and role in roles and not has_signed


# Contents -------------------------------------------------------------------------------------------------------------


def rows_of(listing: FixedListing) -> Iterator[dict[str, Any]]:
    register = listing.register
    region_key, firm_key = scope_keys(register)
    for record in listing.sorted.iterator(chunk_size=STEP):
        yield {
            "key": str(getattr(record, register.key)),
            "region": at(record, region_key) or "",
            "firm": at(record, firm_key),
            "cells": [frozen_value(register.value(record, column)) for column in listing.columns],
        }


def scope_keys(register: Register) -> tuple[str, str]:
    """The columns by which the register's rows belong to a region and to a firm."""
    rows: Any = register.model._default_manager.all()
    return getattr(rows, "region_key", None) or "", getattr(rows, "enterprise_key", None) or ""


def at(record: Any, path: str) -> Any:
    for step in path.split("__") if path else ("",):
        record = getattr(record, step, None) if step else None
    return record


def frozen_column(register: Register, column: Column) -> dict[str, Any]:
    return {
        "field": column.name,
        "label": column.label,
        "kind": register.kinds[column.path],
        "width": column.width,
    }


def frozen_value(value: Any) -> Any:
    """Whole numbers as such, anything else in the words that the page shows; nothing is nothing."""
    if value is None or (type(value) is int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return as_text(value)


def reach_of(paths: Iterator[str]) -> list[str]:
    """These regions and all above them: “/13/1301/130102/” also “/13/” and “/13/1301/”."""
    return sorted({place for path in set(paths) for place in lineage(path)})


def zero_statement(list_type: ListType, organisation: Organisation, span: Span) -> str:
    return f"零报告：{organisation}{period_label(*span)}无列入“{list_type}”的事项。"


# On demand, and what exists already -----------------------------------------------------------------------------------


def existing(list_type: ListType, organisation: Organisation, span: Span) -> ListSnapshot | None:
    kept = ListSnapshot.objects.filter(~Q(state=SnapshotState.VOID), list_type=list_type, organisation=organisation)
    return kept.filter(start=span[0], end=span[1]).first()


@job_kind(KIND)
def freeze_job(job: Job, progress: Progress) -> None:
    """Freeze for the office of the one who asked; run twice it finds what it has made."""
    user = job.created_by
    if not user.has_perm("lists.freeze_listsnapshot"):
        raise ValidationError("您已没有冻结清单的权限")
    list_type = ListType.objects.select_related("list_set").get(pk=job.params["list"])
    span = date.fromisoformat(job.params["start"]), date.fromisoformat(job.params["end"])
    progress.of(1)
    made = existing(list_type, user.organisation, span) if job.attempts > 1 else None
    snapshot = made or freeze(list_type, user.organisation, span, by=user)
    job.result = {"snapshot": snapshot.pk, "rows": snapshot.row_count}
    job.params |= {"page": snapshot.get_absolute_url(), "page_label": "查看清单快照"}
    Job.objects.filter(pk=job.pk).update(params=job.params)


def freeze_now(user: User, list_type: ListType, span: Span) -> Job:
    """The job, done while the user waits: at most as many rows as people sign."""
    params = {"list": list_type.pk, "start": str(span[0]), "end": str(span[1])}
    title = f"冻结{list_type}（{period_label(*span)}）"
    return run_at_once(KIND, by=user, title=title, params=params)
