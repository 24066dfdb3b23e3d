"""A ledger as offices keep it, with everything that is awkward about them, and all of it made up."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from tests.core.imports.flow import as_upload

TITLE = "建设系统安全隐患问题库"
HEAD = (
    "序号",
    "检查时间",
    "检查单位",
    "检查人",
    "检查项目",
    "检查工点",
    "隐患问题描述",
    "隐患类型",
    "隐患等级",
    "整改要求（措施）",
    "整改期限",
    "整改责任单位",
    None,
    None,
    None,
    "整改责任人",
    "整改完成日期",
    "销号情况",
)
FIRMS = ("建设", "设计", "施工", "监理")
FIRST_FIRM = 11
NOTES = (
    "填写要求：1.此表填写一般安全隐患问题。\n  2.隐患等级按1，2，3级划分，1级为重大隐患，2级为突出隐患，3级为一般隐患。"
)
NAMES = (
    "serial",
    "found_on",
    "body",
    "inspectors",
    "project",
    "place",
    "description",
    "category",
    "grade",
    "demands",
    "deadline",
    "owner",
    "design",
    "contractor",
    "supervision",
    "person",
    "rectified_on",
    "closure",
)


def line(serial: int = 1, **cells: Any) -> list[Any]:
    """One row; say only what matters."""
    usual = {
        "serial": serial,
        "found_on": date(2024, 7, 3),
        "body": "长安区监督站",
        "inspectors": "张某、李某",
        "project": "滹沱河畔小区一期",
        "place": f"{serial}号楼",
        "description": f"第{serial}处连墙件缺失",
        "category": "脚手架",
        "grade": "3级",
        "demands": "补设连墙件",
        "deadline": date(2024, 7, 10),
        "owner": "滹沱置业",
        "design": None,
        "contractor": "滹沱建工",
        "supervision": "滹沱监理",
        "person": "王某",
        "rectified_on": date(2024, 7, 9),
        "closure": "已整改",
    }
    assert not set(cells) - set(usual)
    return list((usual | cells).values())


MESSY = [
    line(1),
    line(2, grade=3, category="隧道开\n挖支护", place=None),
    line(
        3,
        found_on=datetime.fromisoformat("2024-07-23T15:20"),
        deadline=datetime.fromisoformat("2024-07-23T15:20"),
        rectified_on=date(2024, 7, 23),
    ),
    line(4, project="-", person=None, closure="现场处置"),
    line(5, contractor=None, design="滹沱设计院", closure="整改完成"),
    line(
        6,
        description="检查发现：\n1.承台积水。\n2.路口无警示标识。",
        demands="1.增设排水沟。\n2.增设警示牌。",
        closure="√",
    ),
    line(7, grade="2级", closure="整改中", rectified_on=None, inspectors="魏 某"),
    line(8, project="二号标段", grade="1级", closure="已销号", supervision=None),
]


def ledger(rows: Sequence[Sequence[Any]], *, name: str = "问题库.xlsx") -> SimpleUploadedFile:
    """Title, a head of four merged rows with sub-columns, the rows, and notes below."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "建设系统 (总表)"
    sheet.cell(1, 1).value = TITLE
    sheet.merge_cells("A1:R1")
    for at, label in enumerate(HEAD, 1):
        sheet.cell(2, at).value = label
        if not FIRST_FIRM < at <= FIRST_FIRM + len(FIRMS):
            sheet.merge_cells(start_row=2, end_row=5, start_column=at, end_column=at)
    sheet.merge_cells("L2:O3")
    for at, label in enumerate(FIRMS, FIRST_FIRM + 1):
        sheet.cell(4, at).value = label
        sheet.merge_cells(start_row=4, end_row=5, start_column=at, end_column=at)
    for row in rows:
        for at, value in enumerate(row, 1):
            sheet.cell(sheet.max_row + (at == 1), at).value = value
    end = sheet.max_row + 1
    sheet.cell(end, 1).value = NOTES
    sheet.merge_cells(start_row=end, end_row=end + 2, start_column=1, end_column=18)
    return as_upload(book, name)


def read_back(content: bytes) -> list[list[Any]]:
    """The rows of an exported ledger, from the first numbered one to the last."""
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return [row for row in rows if isinstance(row[0], float)]


def comparable(row: Sequence[Any]) -> list[str]:
    """Cells as text: days at midnight without their time, whole numbers without a point, blanks as such."""
    return [as_text(value) for value in row]


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    return f"{value:g}" if isinstance(value, int | float) else str(value).strip()
