"""The XML side of the pre-scan: walks each part once with expat, counts, and refuses what no honest ledger holds.

Nothing is built in memory, so the checks cost the same for a good file and for a bomb.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from apps.core.excel.limits import Limits
from apps.core.excel.refusal import WorkbookRefused
from apps.core.excel.runs import CELL_RUN, STRING_RUN, condense
from apps.core.excel.text import column_index, column_letter

MAX_UNREADABLE = 10_000
NO_VALUE = "公式没有计算结果，请在 Excel 中打开、重新计算并保存"
ERROR_VALUE = "单元格是错误值（如 #REF!、#N/A）"

Attributes = dict[str, str]
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_EXTERNAL = "External"


@dataclass
class PartFacts:
    """What the scan saw in one part. `unreadable` says of zero-based (row, column) why the cell has no value."""

    root: str = ""
    unreadable: dict[tuple[int, int], str] = field(default_factory=dict)
    sheets: list[Attributes] = field(default_factory=list)
    relations: dict[str, str] = field(default_factory=dict)
    content_types: set[str] = field(default_factory=set)


class PartScanner:
    """Feeds one part to expat. Which counters run depends on the root element: the part's name may lie."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.facts = PartFacts()
        self.depth = 0
        self.strings = self.merges = self.area = 0
        self.row = self.cells = 0
        self.letters = {column_letter(index) for index in range(limits.columns)}
        self.patterns: set[bytes] = set()
        self.reference = self.row_text = self.cell_type = ""
        self.formula = self.has_value = False
        self.handlers: dict[str, Callable[[Attributes], None] | None] = {}
        self.on_start = self._known(self.facts.root)
        self.parser = self._parser()

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.XmlDeclHandler = _check_encoding
        return parser

    def scan(self, chunks: Iterable[bytes]) -> PartFacts:
        fed = 0
        try:
            for chunk in chunks:
                chunk = condense(chunk, self._check_positions)
                fed += len(chunk)
                self.parser.Parse(chunk, False)
                if fed - self.parser.CurrentByteIndex > self.limits.token_bytes:
                    raise WorkbookRefused("xml_token", "文件内部结构异常（超长标记），已拒绝")
            self.parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: an encoding that does not exist
            raise WorkbookRefused("broken_xml", "文件内部数据已损坏，无法读取；请用 Excel 打开后另存再上传") from error
        return self.facts

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth > self.limits.depth:
            raise WorkbookRefused("xml_depth", "文件内部结构嵌套过深，已拒绝")
        if len(attributes) > self.limits.attributes:
            raise WorkbookRefused("xml_attributes", "文件内部结构异常（属性过多），已拒绝")
        if self.depth == 1:
            self.facts.root = _local(name)
            self.on_start = self._known(self.facts.root)
        try:
            handler = self.handlers[name]
        except KeyError:
            handler = self._learn(name)
        if handler is not None:
            handler(attributes)

    def _learn(self, name: str) -> Callable[[Attributes], None] | None:
        handler = self.on_start.get(_local(name))
        if len(self.handlers) < 1000:
            self.handlers[name] = handler
        return handler

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.formula:
            self._end_in_formula_cell(_local(name))

    def _known(self, root: str) -> dict[str, Callable[[Attributes], None]]:
        """The elements that count, by root element."""
        known: dict[str, dict[str, Callable[[Attributes], None]]] = {
            "worksheet": {
                "row": self._on_row,
                "c": self._on_cell,
                CELL_RUN: self._on_cell_run,
                "v": self._on_value,
                "is": self._on_value,
                "f": self._on_formula,
                "mergeCell": self._on_merge,
                "hyperlink": self._on_area,
            },
            "sst": {"si": self._on_string, STRING_RUN: self._on_string_run},
            "workbook": {"sheet": self._on_sheet},
            "Relationships": {"Relationship": self._on_relation},
            "Types": {"Default": self._on_content_type, "Override": self._on_content_type},
        }
        return known.get(root, {})

    def _on_row(self, attributes: Attributes) -> None:
        self.cells = 0
        given = attributes.get("r", "")
        self.row = int(given) if given.isdecimal() and len(given) < 8 else self.row + 1
        self.row_text = str(self.row)

    def _on_cell_run(self, attributes: Attributes) -> None:
        self._count_cells(_counted(attributes))

    def _count_cells(self, count: int) -> None:
        self.cells += count
        if self.cells > self.limits.row_cells:
            raise WorkbookRefused("row_cells", f"第 {self.row} 行的单元格超过 {self.limits.row_cells} 个")

    def _on_cell(self, attributes: Attributes) -> None:
        self._count_cells(1)
        self.reference = attributes.get("r", "")
        self.cell_type = attributes.get("t", "")
        self.formula = False

    def _on_value(self, attributes: Attributes) -> None:
        """Only cells with content count towards rows and columns: formatted blanks are common and harmless."""
        reference = self.reference
        if not (reference.endswith(self.row_text) and reference[: -len(self.row_text)] in self.letters):
            self._check_position()
        elif self.row > self.limits.rows:
            self._refuse_rows()
        if self.formula:
            self.parser.CharacterDataHandler = self._on_value_text
        if self.cell_type == "e":
            self._unreadable(ERROR_VALUE)

    def _on_formula(self, attributes: Attributes) -> None:
        self.formula, self.has_value = True, False

    def _on_value_text(self, _text: str) -> None:
        """Called for the values of formulas only; to be told all texts would double the time of the scan."""
        self.has_value = True

    def _end_in_formula_cell(self, name: str) -> None:
        if name in ("v", "is"):
            self.parser.CharacterDataHandler = None
        elif name == "c":
            self.formula = False
            if not self.has_value and self.cell_type != "str":
                self._check_position()
                self._unreadable(NO_VALUE)

    def _check_positions(self, letters: bytes, row: int) -> None:
        """The same for a run of plain cells. Most rows of a table fill the same columns, so patterns are remembered."""
        if row > self.limits.rows:
            self._refuse_rows()
        if letters in self.patterns:
            return
        beyond = set(letters.decode().split()) - self.letters
        if beyond:
            self._refuse_column(f"{min(beyond)}{row}")
        if len(self.patterns) < 1000:
            self.patterns.add(letters)

    def _check_position(self) -> None:
        """Where a reader will put the cell. A reference far outside would make it allocate the whole rectangle."""
        if not self.reference:
            if self.row > self.limits.rows:
                self._refuse_rows()
            return
        match = _REFERENCE.fullmatch(self.reference)
        if match is None:
            raise WorkbookRefused("cell_reference", f"第 {self.row} 行有无法识别的单元格位置，文件已损坏")
        if int(match[2]) > self.limits.rows:
            self._refuse_rows()
        if column_index(match[1]) >= self.limits.columns:
            self._refuse_column(self.reference)

    def _refuse_column(self, reference: str) -> None:
        raise WorkbookRefused("columns", f"单元格 {reference} 有内容，最多只读取 {self.limits.columns} 列")

    def _refuse_rows(self) -> None:
        raise WorkbookRefused("rows", f"工作表超过 {self.limits.rows} 行，请拆分后再上传")

    def _unreadable(self, reason: str) -> None:
        match = _REFERENCE.fullmatch(self.reference)
        if match and len(self.facts.unreadable) < MAX_UNREADABLE:
            self.facts.unreadable[int(match[2]) - 1, column_index(match[1])] = reason

    def _on_merge(self, attributes: Attributes) -> None:
        self.merges += 1
        if self.merges > self.limits.merged_ranges:
            raise WorkbookRefused("merged_ranges", f"合并单元格超过 {self.limits.merged_ranges} 处")
        self._on_area(attributes)

    def _on_area(self, attributes: Attributes) -> None:
        corners = _REFERENCE.findall(attributes.get("ref", "").replace("$", "").upper())
        if len(corners) == 2:
            (left, top), (right, bottom) = corners
            columns = abs(column_index(right) - column_index(left)) + 1
            self.area += columns * (abs(int(bottom) - int(top)) + 1)
        if self.area > self.limits.area_cells:
            raise WorkbookRefused("area", "合并单元格或超链接覆盖的范围过大，请清除多余的格式后再上传")

    def _on_string(self, attributes: Attributes) -> None:
        self._count_strings(1)

    def _on_string_run(self, attributes: Attributes) -> None:
        self._count_strings(_counted(attributes))

    def _count_strings(self, count: int) -> None:
        self.strings += count
        if self.strings > self.limits.shared_strings:
            raise WorkbookRefused("shared_strings", f"不同的文字超过 {self.limits.shared_strings} 条，请拆分后再上传")

    def _on_sheet(self, attributes: Attributes) -> None:
        self.facts.sheets.append(attributes)
        if len(self.facts.sheets) > self.limits.sheets:
            raise WorkbookRefused("sheets", f"工作表超过 {self.limits.sheets} 张")

    def _on_relation(self, attributes: Attributes) -> None:
        kind = attributes.get("Type", "")
        if attributes.get("TargetMode") == _EXTERNAL and not kind.endswith("/hyperlink"):
            raise WorkbookRefused("external_link", "文件引用了外部内容，请先断开外部链接再上传")
        if len(self.facts.relations) < 10_000:
            self.facts.relations[attributes.get("Id", "")] = attributes.get("Target", "")

    def _on_content_type(self, attributes: Attributes) -> None:
        self.facts.content_types.add(attributes.get("ContentType", "")[:200])


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _counted(attributes: Attributes) -> int:
    """The number in a run's stand-in; a file that brings such an element of its own can only add to its count."""
    number = attributes.get("n", "")
    return int(number) if number.isdecimal() and len(number) < 8 else 1


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Only encodings in which the bytes of a tag mean that tag (or can never look like one: UTF-16)."""
    if (encoding or "utf-8").casefold() not in ("utf-8", "utf8", "utf-16", "us-ascii"):
        raise WorkbookRefused("xml_encoding", "文件内部编码不受支持，请用 Excel 打开后另存再上传")


def _refuse_doctype(*_declaration: object) -> None:
    raise WorkbookRefused("doctype", "文件内部含有 DTD 声明，已拒绝")
