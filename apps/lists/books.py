"""A frozen list as a workbook in its own layout: title, period, rows, signatures, and the hash of what was frozen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from apps.core.excel.layout import ColumnKind, ExportColumn, Layout
from apps.core.exports import keep_book
from apps.core.jobs import Progress, job_kind, run_at_once
from apps.core.models import Job
from apps.core.registers import as_text
from apps.core.scoping import get_visible_or_404
from apps.lists.definitions import FixedListing, problems_of, register_of
from apps.lists.models import STEPS, ListSnapshot, ListType, SnapshotState
from apps.lists.periods import Span
from apps.lists.services.freezing import drawn_up, refuse_too_many
from apps.lists.services.reading import rows_seen_by
from apps.lists.workflow import SIGNATURES, asked_steps

KIND, LIVE_KIND = "lists.book", "lists.live_book"
KINDS: dict[str, ColumnKind] = {"date": "date", "datetime": "datetime", "integer": "integer", "decimal": "decimal"}
MOMENT = "%Y-%m-%d %H:%M"


def workbook_job(user: Any, snapshot: ListSnapshot) -> Job:
    """The workbook, made while the user waits: at most as many rows as people sign."""
    return run_at_once(KIND, by=user, title=f"导出{snapshot}"[:200], params={"snapshot": snapshot.pk})


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """Write it with the rights and the reach that the user has at this moment."""
    user = job.created_by
    if not user.has_perm("lists.export_listsnapshot"):
        raise ValidationError("您已没有导出清单快照的权限")
    snapshot = get_visible_or_404(ListSnapshot, user, pk=job.params["snapshot"])
    rows = rows_seen_by(snapshot, user)
    progress.of(len(rows))
    keep_book(job, layout_of(snapshot, len(rows)), values(snapshot, rows))


def live_job(user: Any, list_type: ListType, span: Span) -> Job:
    """A list as the reader sees it now, in its own layout, not frozen and not signed."""
    params = {"list": list_type.pk, "start": str(span[0]), "end": str(span[1])}
    return run_at_once(LIVE_KIND, by=user, title=f"导出{list_type}", params=params)


@job_kind(LIVE_KIND)
def live_export(job: Job, progress: Progress) -> None:
    user = job.created_by
    list_type = ListType.objects.select_related("list_set").get(pk=job.params["list"])
    register = register_of(list_type)
    if register is None or not register.may(user, "export"):
        raise ValidationError("您没有导出这份清单的权限")
    span = date.fromisoformat(job.params["start"]), date.fromisoformat(job.params["end"])
    if problems := problems_of(list_type, user, span):
        raise ValidationError(problems)
    listing = FixedListing(list_type, register, user, QueryDict(), span)
    refuse_too_many(list_type, listing)
    told = drawn_up(listing, user.organisation, user)
    progress.of(told.row_count)
    keep_book(job, live_layout(told), values(told, told.rows))


def live_layout(told: ListSnapshot) -> Layout:
    """Nobody shall take it for a frozen list: it says so, and bears no signatures."""
    moment = f"{timezone.localtime(told.frozen_at):%Y-%m-%d %H:%M}"
    lines = [
        f"查询单位：{told.organisation_name}　数据截至：{moment}　共 {told.row_count} 条（实时数据，未冻结、未签批）"
    ]
    return replace(layout_of(told, told.row_count), subtitle_lines=lines, notes=[f"体系：{told.edition}"])


def layout_of(snapshot: ListSnapshot, shown: int) -> Layout:
    columns = [ExportColumn("序号", kind="integer", width=6, centred=True)]
    columns += [
        ExportColumn(told["label"], kind=KINDS.get(told["kind"], "text"), width=told["width"], wrap=True)
        for told in snapshot.columns
    ]
    return Layout(
        title=snapshot.title,
        columns=columns,
        sheet_name=snapshot.title[:31],
        subtitle_lines=heading_lines(snapshot, shown),
        notes=foot_lines(snapshot),
        freeze_columns=1,
    )


def heading_lines(snapshot: ListSnapshot, shown: int) -> list[str]:
    frozen = f"{timezone.localtime(snapshot.frozen_at):%Y-%m-%d %H:%M}"
    count = f"共 {snapshot.row_count} 条"
    if shown != snapshot.row_count:
        count += f"，本表只列您有权查看的 {shown} 条"
    lines = [f"编制单位：{snapshot.organisation_name}　期间：{snapshot.period_label}　冻结时间：{frozen}　{count}"]
    return [*lines, snapshot.statement] if snapshot.statement else lines


def foot_lines(snapshot: ListSnapshot) -> list[str]:
    signed = "　　".join(
        f"{told['label']}人：{told['name'] or '（未签）'}{told['when']}" for told in signatures(snapshot)
    )
    void = [f"本清单已作废：{snapshot.void_reason}"] if snapshot.state == SnapshotState.VOID else []
    return [*void, signed, f"冻结内容校验值（SHA-256）：{snapshot.sha256}", f"体系：{snapshot.edition}"]


def signatures(snapshot: ListSnapshot) -> list[dict[str, str]]:
    """Each signature asked for, with the name and the day of who gave it."""
    told = []
    for step in asked_steps(snapshot):
        who = getattr(snapshot, f"{SIGNATURES[step]}_by")
        when = getattr(snapshot, f"{SIGNATURES[step]}_at")
        day = f" {timezone.localtime(when):%Y-%m-%d}" if when else ""
        told.append({"step": step, "label": STEPS[step], "name": str(who) if who else "", "when": day})
    return told


def values(snapshot: ListSnapshot, rows: Sequence[dict[str, Any]]) -> Iterator[list[Any]]:
    kinds = [told["kind"] for told in snapshot.columns]
    for number, row in enumerate(rows, 1):
        yield [number, *(thawed(cell, kind) for cell, kind in zip(row["cells"], kinds, strict=True))]


def thawed(cell: Any, kind: str) -> Any:
    """The frozen words as the value that Excel knows how to sort; words that are none stay words."""
    if not isinstance(cell, str) or not cell:
        return cell
    try:
        match kind:
            case "date":
                return date.fromisoformat(cell)
            case "datetime":
                return timezone.make_aware(datetime.strptime(cell, MOMENT))  # noqa: DTZ007  (made aware)
            case "decimal":
                return Decimal(cell)
    except (ValueError, InvalidOperation):
        return as_text(cell)
    return cell
