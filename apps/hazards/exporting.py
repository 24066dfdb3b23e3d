"""The hazard ledger in the form that offices hand in (隐患问题库): eighteen columns under a head of two rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from apps.core.excel import ExportColumn, Layout
from apps.core.registers import SheetLayout
from apps.enterprises.models import EnterpriseKind
from apps.hazards.models import Grade, RiskLevel, State

TITLE = "建设系统安全隐患问题库"
FIRMS = "整改责任单位"
DAY_AND_TIME = 17
"""Wide enough for the time of day that some ledgers write beside the day; a day alone is shown alone."""
COLUMNS = (
    ExportColumn("序号", kind="integer", width=6, centred=True),
    ExportColumn("检查时间", kind="datetime", width=DAY_AND_TIME),
    ExportColumn("检查单位", width=16, wrap=True, centred=True),
    ExportColumn("检查人", width=14, wrap=True, centred=True),
    ExportColumn("检查项目", width=16, wrap=True, centred=True),
    ExportColumn("检查工点", width=18, wrap=True, centred=True),
    ExportColumn("隐患问题描述", width=50, wrap=True),
    ExportColumn("隐患类型", width=12, wrap=True, centred=True),
    ExportColumn("隐患等级", kind="integer", width=8, centred=True),
    ExportColumn("整改要求（措施）", width=50, wrap=True),
    ExportColumn("整改期限", kind="datetime", width=DAY_AND_TIME),
    ExportColumn("建设", width=14, wrap=True, centred=True, group=(FIRMS,)),
    ExportColumn("设计", width=14, wrap=True, centred=True, group=(FIRMS,)),
    ExportColumn("施工", width=18, wrap=True, centred=True, group=(FIRMS,)),
    ExportColumn("监理", width=14, wrap=True, centred=True, group=(FIRMS,)),
    ExportColumn("整改责任人", width=12, wrap=True, centred=True),
    ExportColumn("整改完成日期", kind="datetime", width=DAY_AND_TIME),
    ExportColumn("销号情况", width=10, centred=True),
)
NOTES = (
    "填写要求：1.隐患等级按 1、2、3 级划分，1 级为重大隐患，2 级为突出隐患，3 级为一般隐患。",
    "说明：整改责任单位只填负责整改的单位。导入的历史记录按原台账的写法列出。",
)
LEVELS = {RiskLevel.MAJOR: "1级", RiskLevel.CONSIDERABLE: "2级", RiskLevel.GENERAL: "3级", RiskLevel.LOW: "3级"}
FIRM_COLUMNS = ("owner_firm", "design_firm", "contractor", "supervision_firm")
COLUMN_OF_KIND = {
    EnterpriseKind.OWNER: "owner_firm",
    EnterpriseKind.DESIGN: "design_firm",
    EnterpriseKind.SUPERVISION: "supervision_firm",
}
READ = (
    "version",
    "state",
    "source_columns",
    "found_on",
    "inspecting_body",
    "inspectors",
    "project__name",
    "building",
    "floor",
    "axis",
    "place",
    "description",
    "category",
    "grade",
    "risk_level",
    "demands",
    "deadline",
    "enterprise__organisation__name",
    "enterprise__kind",
    "responsible_person",
    "rectified_on",
)
Record = Mapping[str, Any]


def ledger_sheet(lines: Sequence[str]) -> Layout:
    return Layout(
        title=TITLE, columns=COLUMNS, sheet_name="建设系统", subtitle_lines=lines, notes=NOTES, autofilter=False
    )


def ledger_rows(rows: QuerySet) -> Iterator[list[Any]]:
    """The chosen hazards as they were recorded, one after the other, numbered from 1 as the form asks."""
    for number, record in enumerate(rows.order_by("pk").values(*READ).iterator(chunk_size=2000), 1):
        yield [number, *ledger_row(record, original_of(record))]


def original_of(record: Record) -> Record:
    """The imported wording, while nothing has happened to the hazard since; afterwards only the firms of the row."""
    original = record["source_columns"]
    if record["version"] == 1:
        return original
    return {name: original[name] for name in FIRM_COLUMNS if name in original}


def ledger_row(record: Record, original: Record) -> list[Any]:
    firms = firms_of(record, original)
    return [
        moment_of(record, original, "found_on"),
        record["inspecting_body"],
        record["inspectors"],
        original.get("project") or record["project__name"],
        " ".join(record[name] for name in ("building", "floor", "axis", "place") if record[name]),
        record["description"],
        original.get("category") or record["category"],
        original.get("grade") or level_of(record),
        record["demands"],
        moment_of(record, original, "deadline"),
        *(firms.get(name, "") for name in FIRM_COLUMNS),
        record["responsible_person"],
        moment_of(record, original, "rectified_on"),
        original.get("closure") or closure_of(record),
    ]


def moment_of(record: Record, original: Record, name: str) -> date | None:
    """The day of the record, with the time of day that the imported cell had."""
    return datetime.fromisoformat(original[name]) if name in original else record[name]


def firms_of(record: Record, original: Record) -> Record:
    """The firms as the file named them; else the responsible one under the heading of its kind."""
    named = {name: original[name] for name in FIRM_COLUMNS if original.get(name)}
    if named:
        return named
    return {COLUMN_OF_KIND.get(record["enterprise__kind"], "contractor"): record["enterprise__organisation__name"]}


def level_of(record: Record) -> str:
    return "1级" if record["grade"] == Grade.MAJOR else LEVELS[record["risk_level"]]


def closure_of(record: Record) -> str:
    return State(record["state"]).label


LEDGER = SheetLayout("法定台账格式", ledger_sheet, ledger_rows)
