"""The tables of the report as they are drawn and exported: headings, values, and where each figure leads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.excel.layout import ColumnKind, ExportColumn, Layout
from apps.core.exports import keep_book
from apps.core.jobs import Progress, job_kind, run_at_once
from apps.core.models import Job
from apps.hazards.models import Grade
from apps.inspections.models import LookEffect, LookOutcome, VisitState
from apps.inspections.reports import figures, follow_ups
from apps.inspections.reports.asked import Asked, asked_for

KIND = "inspections.report"
EXPORTS = "inspections.export_visit"
MAJOR = {"grade": Grade.MAJOR.value}
ITEMS_SHOWN = 20
INSPECTORS_SHOWN = 100
SCORED = f"{figures.BANDS[0]}-{figures.BANDS[-1]}"
"""Visits with a score, whatever it is."""


@dataclass(frozen=True)
class Cell:
    """A value, and the address of the rows that make it; decimals are shown with one place.

    `rows` is how many rows stand there, where that is not the value itself: of a share those that are counted in it, of
    a mean those over which it is taken.
    """

    value: Any
    url: str = ""
    rows: int | None = None

    @property
    def shown(self) -> str:
        if self.value is None:
            return "—"
        return f"{self.value:.1f}" if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True)
class Sheet:
    """One table; `kinds` are those of the columns in a workbook, which holds all lines; the page the first `most`."""

    name: str
    title: str
    heads: Sequence[str]
    kinds: Sequence[ColumnKind]
    lines: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    note: str = ""
    most: int | None = None

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        return self.lines[: self.most]

    @property
    def cut(self) -> str:
        """What the page says where it does not show all."""
        cut = self.most is not None and len(self.lines) > self.most
        return f"共 {len(self.lines)} 行，本页列前 {self.most} 行，导出的 Excel 为全部" if cut else ""

    @property
    def numbers(self) -> str:
        """The classes that put columns of numbers to the right."""
        return " ".join(f"num-{n}" for n, kind in enumerate(self.kinds, start=1) if kind != "text")


class Links:
    """Addresses of rows; a region of "" is the one that is asked for."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def visits(self, region: str = "", **query: Any) -> str:
        place = {"view": "done", "project__region__name": region or self.asked.region.code}
        days = {"submitted_at_after": self.asked.first, "submitted_at_before": self.asked.last}
        return f"{address_of('visits:list')}?{urlencode({**place, **days, **query})}"

    def findings(self, region: str = "", **query: Any) -> str:
        place = {"view": "all", "visit__project__region__name": region or self.asked.region.code}
        days = {"visit__submitted_at_after": self.asked.first, "visit__submitted_at_before": self.asked.last}
        return f"{address_of('visit_findings:list')}?{urlencode({**place, **days, **query})}"

    def second_looks(self, region: str = "", **query: Any) -> str:
        place = {"view": "all", "visit__project__region__name": region or self.asked.region.code}
        days = {"visit__submitted_at_after": self.asked.first, "visit__submitted_at_before": self.asked.last}
        return f"{address_of('visit_second_looks:list')}?{urlencode({**place, **days, **query})}"

    def objects(self, region: str, rounds: str = "") -> str:
        query = {"view": "all", "region__name": region} | ({"rounds_done": rounds} if rounds else {})
        return f"{address_of('inspection_objects:list')}?{urlencode(query)}"

    def report(self, region: str) -> str:
        return f"{address_of('inspection_reports')}?{urlencode({'region': region, 'period': self.asked.period})}"


# The tables -----------------------------------------------------------------------------------------------------------


def coverage_sheet(asked: Asked) -> Sheet:
    today, links = timezone.localdate(), Links(asked)
    lines, total = figures.coverage(asked, today)

    def cells(line: figures.Coverage, first: Cell) -> list[Cell]:
        return [
            first,
            Cell(line.projects, links.objects(line.code)),
            Cell(line.none, links.objects(line.code, "0")),
            Cell(line.once, links.objects(line.code, "1")),
            Cell(line.more, links.objects(line.code, "2")),
            Cell(line.share, links.objects(line.code, "2"), line.more),
        ]

    return Sheet(
        "coverage",
        "本年检查覆盖",
        ("单位", "在建项目", "未检查", "1 次", "2 次及以上", "两轮覆盖率（%）"),
        ("text", "integer", "integer", "integer", "integer", "decimal"),
        [cells(line, Cell(line.label, links.report(line.code))) for line in lines],
        cells(total, Cell("合计" if lines else total.label)),
        f"{today.year} 年内至 {today} 已提交的检查，不含回访；目标为每个在建项目两轮",
    )


def item_cells(item: figures.Item, links: Links) -> list[Cell]:
    here = f"{item.code}:{item.number}"
    deducted = links.visits(deducted=here)
    return [
        Cell(item.table),
        Cell(f"{item.number}. {item.name}" if item.name else f"第 {item.number} 项"),
        Cell(item.deducted, deducted),
        Cell(item.judged, links.visits(judged=here)),
        Cell(item.share, deducted, item.deducted),
        Cell(item.points, deducted, item.deducted),
        Cell(item.hazards, links.findings(checklist__code=item.code, of_item=item.number)),
    ]


def items_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    lines = [item_cells(item, links) for item in figures.items(asked)]
    return Sheet(
        "items",
        "扣分最多的检查项",
        ("检查表", "检查项", "扣分次数", "检查次数", "扣分率（%）", "扣分合计", "隐患"),
        ("text", "text", "integer", "integer", "decimal", "integer", "integer"),
        lines,
        note="缺项不计入检查次数",
        most=ITEMS_SHOWN,
    )


def tables_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    lines = [
        [
            Cell(table.name),
            Cell(table.visits, links.visits(used=table.code)),
            Cell(table.hazards, links.findings(checklist__code=table.code)),
            Cell(table.major, links.findings(checklist__code=table.code, **MAJOR)),
        ]
        for table in figures.tables(asked)
    ]
    return Sheet(
        "tables",
        "各检查表发现隐患",
        ("检查表", "使用次数", "隐患", "重大隐患"),
        ("text", "integer", "integer", "integer"),
        lines,
    )


def scores_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    bands, mean = figures.scores(asked)
    whole = sum(band.count for band in bands)
    lines = [
        [Cell(band.label), Cell(band.count, url), Cell(100 * band.count / whole if whole else None, url, band.count)]
        for band in bands
        for url in [links.visits(scored=f"{band.low}-{band.high}")]
    ]
    url = links.visits(scored=SCORED)
    return Sheet(
        "scores",
        "得分分布",
        ("得分", "检查", "占比（%）"),
        ("text", "integer", "decimal"),
        lines,
        [Cell("合计"), Cell(whole, url), Cell(100.0 if whole else None, url, whole)],
        f"平均 {mean:.1f} 分" if mean is not None else "没有评分的检查",
    )


WORK_HEADS = ("检查", "隐患", "重大隐患", "平均每次隐患", "平均得分", "提交至公示（天）")
WORK_KINDS: tuple[ColumnKind, ...] = ("integer", "integer", "integer", "decimal", "decimal", "decimal")


def work_cells(work: figures.Work, links: Links, region: str = "", **query: Any) -> list[Cell]:
    found = links.findings(region, **query)
    return [
        Cell(work.visits, links.visits(region, **query)),
        Cell(work.hazards, found),
        Cell(work.major, links.findings(region, **query, **MAJOR)),
        Cell(work.per_visit, found, work.hazards),
        Cell(work.score, links.visits(region, **query, scored=SCORED), work.scored),
        Cell(work.days_to_publication, links.visits(region, **query, state=VisitState.PUBLISHED.value), work.published),
    ]


def units_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    lines, total = figures.by_unit(asked)
    return Sheet(
        "units",
        "各单位检查情况",
        ("单位", *WORK_HEADS),
        ("text", *WORK_KINDS),
        [[Cell(line.label, links.report(line.key)), *work_cells(line, links, line.key)] for line in lines],
        [Cell("合计" if lines else total.label), *work_cells(total, links)],
        "平均得分只计有评分的检查",
    )


def inspectors_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    lines = [
        [Cell(line.label), Cell(line.office), *work_cells(line, links, inspector=line.key)]
        for line in figures.by_inspector(asked)
    ]
    return Sheet(
        "inspectors",
        "检查人员工作量",
        ("检查人员", "单位", *WORK_HEADS),
        ("text", "text", *WORK_KINDS),
        lines,
        note="检查组每名成员都计一次",
        most=INSPECTORS_SHOWN,
    )


def follow_ups_sheet(asked: Asked) -> Sheet:
    links = Links(asked)
    lines, total = follow_ups.by_unit(asked)

    def cells(line: follow_ups.FollowedUp) -> list[Cell]:
        def these(**query: str) -> str:
            return links.second_looks(line.code, **query)

        return [
            Cell(line.carried, these()),
            Cell(line.looked_at, these(seen="1")),
            Cell(line.good, these(outcome=LookOutcome.GOOD)),
            Cell(line.partly, these(outcome=LookOutcome.PARTLY)),
            Cell(line.bad, these(outcome=LookOutcome.BAD)),
            Cell(line.share, these(outcome=LookOutcome.GOOD), line.good),
            Cell(line.closed, these(effect=LookEffect.CLOSED)),
        ]

    return Sheet(
        "follow_ups",
        "以往隐患复查",
        ("单位", "带入隐患", "已复查", "复查合格", "部分整改", "未整改", "复查合格率（%）", "当次销号"),
        ("text", "integer", "integer", "integer", "integer", "integer", "decimal", "integer"),
        [[Cell(line.label, links.report(line.code)), *cells(line)] for line in lines],
        [Cell("合计" if lines else total.label), *cells(total)],
        "检查时带入的以往未销号隐患；同一隐患多次复查的，每次都计",
    )


SHEETS: Mapping[str, Callable[[Asked], Sheet]] = {
    "coverage": coverage_sheet,
    "units": units_sheet,
    "tables": tables_sheet,
    "items": items_sheet,
    "scores": scores_sheet,
    "inspectors": inspectors_sheet,
    "follow_ups": follow_ups_sheet,
}


# As a workbook --------------------------------------------------------------------------------------------------------


def workbook_job(asked: Asked, name: str) -> Job:
    params = {"region": asked.region.code, "period": asked.period, "table": name}
    return run_at_once(KIND, by=asked.user, title=f"导出{asked.region.name}检查统计", params=params)


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """With the rights and the reach that the user has at this moment."""
    user = job.created_by
    if not user.has_perm(EXPORTS):
        raise ValidationError("您已没有导出检查统计的权限")
    asked = asked_for(user, job.params["region"], job.params["period"])
    sheet = SHEETS[job.params["table"]](asked)
    rows = [[cell.value for cell in line] for line in (*sheet.lines, *([sheet.total] if sheet.total else []))]
    progress.of(len(rows))
    keep_book(job, layout_of(asked, sheet), [list(map(rounded, row)) for row in rows], **job.params)


def rounded(value: Any) -> Any:
    return round(value, 1) if isinstance(value, float) else value


def layout_of(asked: Asked, sheet: Sheet) -> Layout:
    widths = {"text": 26, "integer": 12, "decimal": 14}
    columns = [ExportColumn(h, k, width=widths[k]) for h, k in zip(sheet.heads, sheet.kinds, strict=True)]
    when = "" if sheet.name == "coverage" else f"（{asked.words}）"
    return Layout(
        title=f"{asked.region.name}{sheet.title}{when}",
        columns=columns,
        sheet_name=sheet.title,
        subtitle_lines=[
            f"导出时间 {timezone.localtime():%Y-%m-%d %H:%M}　导出人：{asked.user}（{asked.user.organisation}）"
        ],
        notes=[sheet.note] if sheet.note else [],
        font="微软雅黑",
        freeze_columns=1,
    )
