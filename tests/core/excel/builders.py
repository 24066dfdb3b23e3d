"""Ledgers as offices keep them, and files nobody should send; both are built here, so no binary fixture is committed.

Firms, projects and persons are invented.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.excel import Field

GRADES = {
    "重大隐患": "major",
    "一般隐患": "ordinary",
    "重大": "major",
    "一般": "ordinary",
    "1级": "major",
    "3级": "ordinary",
}
STATES = {
    "已销号": "closed",
    "已整改": "closed",
    "整改完成": "closed",
    "现场处置": "closed",
    "整改中": "open",
    "未整改": "open",
}

FIELDS = (
    Field("serial", "序号", ("编号", "项次"), "integer"),
    Field("found_on", "检查时间", ("检查日期", "排查时间"), "datetime", required=True),
    Field("unit", "检查单位", ("督办单位",)),
    Field("people", "检查人", ("检查人员", "排查人员")),
    Field("project", "工程名称", ("检查项目", "项目名称"), "reference", required=True),
    Field("place", "检查部位", ("检查工点", "检查地点", "部位")),
    Field("description", "隐患描述", ("隐患问题描述", "存在问题", "问题描述"), required=True),
    Field("grade", "隐患等级", (), "choice", required=True, choices=GRADES),
    Field("demands", "整改要求", ("整改措施",)),
    Field("deadline", "整改期限", ("整改时限",), "date"),
    Field("owner", "整改责任单位/建设", ("建设单位",), "reference"),
    Field("designer", "整改责任单位/设计", ("设计单位",), "reference"),
    Field("contractor", "整改责任单位/施工", ("施工单位", "整改单位"), "reference"),
    Field("supervisor", "整改责任单位/监理", ("监理单位",), "reference"),
    Field("money", "整改资金", ("落实资金",), "decimal", unit="万元"),
    Field("closed_on", "整改完成日期", ("销号日期",), "date"),
    Field("state", "销号情况", ("整改情况", "完成情况"), "choice", choices=STATES),
)


def moment(written: str) -> datetime:
    """A moment without a zone, as Excel knows it."""
    return datetime.fromisoformat(written)


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]], Sequence[str]]) -> io.BytesIO:
    """A workbook of (name, rows, merged ranges) sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows, merges in sheets:
        fill(book.create_sheet(name), rows, merges)
    return saved(book)


def fill(sheet: Worksheet, rows: Sequence[Sequence[Any]], merges: Iterable[str] = ()) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)
    for area in merges:
        sheet.merge_cells(area)


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


HEADINGS = (
    "序号", "检查时间", "检查单位", "检查人", "检查项目", "检查工点", "隐患问题描述", "隐患类型", "隐患等级",
    "整改要求（措施）", "整改期限",
)  # fmt: skip
COMMAND_MERGES = (
    "A1:R1",
    "L2:O3",
    *(f"{letter}2:{letter}5" for letter in "ABCDEFGHIJKPQR"),
    *(f"{letter}4:{letter}5" for letter in "LMNO"),
)


def command_ledger(extra: Sequence[Sequence[Any]] = ()) -> io.BytesIO:
    """Title, a head of four merged rows with the responsible firms side by side, a note merged under the table."""
    first = "一、主墩承台。\n1.11#桥墩承台积水。\n2.路口无警示标识。\n二、2号特大桥。\n1.隔离门敞开。\n2.栈桥无护栏。"
    rows: list[Sequence[Any]] = [
        ["建设系统安全隐患问题库"],
        [*HEADINGS, "整改责任单位", None, None, None, "整改责任人", "整改完成日期", "销号情况"],
        [],
        [None] * 11 + ["建设", "设计", "施工", "监理"],
        [],
        _line(1, moment("2024-06-22 14:40"), first, 3, date(2024, 6, 25), "冀某建工", "已整改"),
        _line(2, date(2024, 6, 25), "配电箱未上锁。", "3级", date(2024, 6, 30), None, "整改完成"),
        _line(3, date(2024, 7, 2), "临边防护缺失。", "一般", date(2024, 7, 5), "冀某二建", "现场\n处置"),
        *extra,
    ]
    note = "填写要求：1.重大隐患另行填报。\n2.隐患等级暂按1，2，3级划分。"
    end = len(rows) + 1
    return workbook(("总表", [*rows, [note]], [*COMMAND_MERGES, f"A{end}:R{end + 2}"]))


def _line(number: int, found: date, text: str, grade: Any, due: date, firm: str | None, state: str) -> list[Any]:
    where = ["沿海指挥部", "吴某、周某某", "滨海一标", "2号特大桥", text, "一般", grade, "限期整改", due]
    return [number, found, *where, "沿海指挥部", None, firm, "冀某监理", "杨某", due, state]


def county_ledger() -> io.BytesIO:
    """Starts at B4 under form lines; two head rows without any merge; signatures below."""
    rows: list[list[Any]] = [
        [None, "某某县在建工程隐患排查治理台账（2025年）"],
        [None, "填报单位：某某县住建局", None, None, None, None, None, "填报日期：2025年3月31日"],
        [],
        [
            None,
            "序号",
            "检查日期",
            "项目名称",
            "存在问题",
            "隐患等级",
            "参建单位",
            None,
            None,
            "整改时限",
            "整改\n资金（万元）",
            "完成情况",
        ],
        [None, None, None, None, None, None, "建设单位", "施工单位", "监理单位"],
        [
            None,
            1,
            "3月5日",
            "和平苑1#楼",
            "脚手架连墙件缺失",
            "重大",
            "甲公司",
            "乙公司",
            "丙监理",
            "2025.3.12",
            "1.5",
            "整改中",
        ],
        [
            None,
            2,
            "3月6日",
            "学府城",
            "配电箱一闸多机",
            "一般",
            "甲公司",
            "丁公司",
            "丙监理",
            "2025/3/10",
            0.2,
            "已整改",
        ],
        [None, "填表人：王某", None, None, "审核人：李某", None, None, None, "负责人："],
    ]
    return workbook(("台账", rows, ()))


def paged_ledger() -> io.BytesIO:
    """Prepared for print: the head again on each page, cells merged downwards, a total, section rows between."""
    head = ["序号", "排查时间", "工程名称", "问题描述", "隐患等级", "整改单位"]
    rows: list[list[Any]] = [
        ["隐患清单"],
        head,
        ["一、房屋建筑工程"],
        [1, date(2024, 5, 6), "学府城", "洞口无盖板", "一般", "甲公司"],
        [None, None, None, "楼梯无扶手", "一般", "甲公司"],
        [2, date(2024, 5, 7), "安居园", "吊篮无独立安全绳", "重大", "乙公司"],
        ["隐患清单"],
        head,
        ["二、市政工程"],
        [3, date(2024, 5, 8), "某某路改造", "沟槽未支护", "重大", "丙公司"],
        ["合计", None, None, "4项"],
    ]
    return workbook(("清单", rows, ["A1:F1", "A3:F3", "A4:A5", "B4:B5", "C4:C5", "A7:F7", "A9:F9"]))


def many_sheets() -> io.BytesIO:
    """A cover, a hidden old ledger, two months; the head has an index row below it, as statistics forms do."""
    head = ["项次", "检查时间", "项目名称", "隐患描述", "隐患等级"]
    month: list[Sequence[Any]] = [head, [1, 2, 3, 4, 5], [1, date(2024, 1, 2), "学府城", "临边无防护", "一般"]]
    book = openpyxl.load_workbook(
        workbook(
            ("封面", [["某某市安全隐患台账"], ["二〇二四年"]], ["A1:H1"]),
            ("旧台账", month, ()),
            ("1月", [row[:4] for row in month], ()),
            ("2月", [*month, [2, date(2024, 2, 3), "安居园", "塔机限位失灵", "重大"]], ()),
        )
    )
    book["旧台账"].sheet_state = "hidden"
    return saved(book)


def three_level_ledger() -> io.BytesIO:
    """Every column stands under a group, one group under another; stars and line breaks in the headings."""
    rows: list[list[Any]] = [
        ["检查情况", None, None, None, None, "整改情况", None, None, None, None],
        ["基本信息", None, None, "*隐患\n描述", "隐患等级", "责任单位", None, "整改措施", "整改期限", "销号情况"],
        ["编 号", "检查 时间", "工程名称：", None, None, "施工单位", "监理单位", None, None, None],
        [1, 45465, "学府城", "外电防护不足", "一般隐患", "甲公司", "丙监理", "加装防护", 20240701, "已销号"],
        [2, 45466.5, "学府城", "基坑边堆载", "重大隐患", "甲公司", "丙监理", "清运", "2024年7月3日前", "整改中"],
    ]
    merges = ["A1:E1", "F1:J1", "A2:C2", "D2:D3", "E2:E3", "F2:G2", "H2:H3", "I2:I3", "J2:J3"]
    return workbook(("Sheet1", rows, merges))


def csv_ledger(encoding: str) -> io.BytesIO:
    lines = [
        "隐患台账,,,,",
        "检查日期,项目名称,隐患描述,隐患等级,备注",
        '2024-5-6,学府城,"洞口,无盖板",一般,',
        "2024年5月7日,安居园,吊篮,重大,急",
    ]
    return io.BytesIO("\r\n".join(lines).encode(encoding))


# --- files nobody should send ---------------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package(changes: Mapping[str, bytes | None] | None = None, **options: Any) -> io.BytesIO:
    """A small sound workbook with parts replaced, added, or (None) left out."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(workbook(("Sheet1", [["序号", "隐患描述"], [1, "临边"]], ()))) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    for name, content in (changes or {}).items():
        parts.pop(name, None)
        if content is not None:
            parts[name] = content
    return zipped(parts, **options)


def zipped(parts: dict[str, bytes], **options: Any) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    stream.seek(0)
    return stream


def sheet_xml(rows: str, before: str = "") -> bytes:
    return f'{before}<worksheet xmlns="{_NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def edit_part(name: str, edit: Callable[[bytes], bytes]) -> io.BytesIO:
    with zipfile.ZipFile(package()) as sound:
        return package({name: edit(sound.read(name))})


def lying_size() -> io.BytesIO:
    """A part that claims 1,000 bytes in the directory and unpacks to 30 MB: readers that trust the claim stop early."""
    content = sheet_xml(" " * 30_000_000)
    stream = package({SHEET: content})
    raw = bytearray(stream.getvalue())
    real, claimed = len(content).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    return io.BytesIO(bytes(raw).replace(real, claimed))
