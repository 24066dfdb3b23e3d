"""The gate before any reader: refuses dangerous or broken uploads in one bounded pass over the raw file."""

import posixpath
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from apps.core.excel.archive import TOO_LARGE, checked_members, kind_of, open_archive, unpack
from apps.core.excel.limits import INTERACTIVE, Limits
from apps.core.excel.refusal import WorkbookRefused
from apps.core.excel.xmlscan import PartFacts, PartScanner

Source = Path | str | BinaryIO


@dataclass(frozen=True)
class WorkbookFacts:
    """What the reader cannot tell afterwards. `unreadable`: sheet name → zero-based (row, column) → Chinese reason."""

    kind: str
    unreadable: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        cells = [[name, *at, why] for name, found in self.unreadable.items() for at, why in found.items()]
        return {"kind": self.kind, "unreadable": cells}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "WorkbookFacts":
        unreadable: dict[str, dict[tuple[int, int], str]] = {}
        for name, row, column, why in told["unreadable"]:
            unreadable.setdefault(name, {})[row, column] = why
        return cls(told["kind"], unreadable)


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The source as a seekable binary stream; a stream given by the caller stays open."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as stream:
            yield stream
    else:
        yield source


def prescan(source: Source, limits: Limits = INTERACTIVE) -> WorkbookFacts:
    """Raise `WorkbookRefused` unless the file is a plain workbook within bounds, or text (left to the CSV reader)."""
    with opened(source) as stream:
        if kind_of(stream, limits) == "text":
            return WorkbookFacts("csv")
        return WorkbookFacts("xlsx", _scan(stream, limits))


def _scan(stream: BinaryIO, limits: Limits) -> dict[str, dict[tuple[int, int], str]]:
    left = limits.total_bytes
    parts: dict[str, PartFacts] = {}
    with open_archive(stream, limits) as archive:
        for member, is_xml in checked_members(archive, limits):
            left -= member.file_size  # claimed, and unpack() holds the part to its claim
            if left < 0:
                raise WorkbookRefused("unpacked_size", TOO_LARGE)
            content = unpack(stream, member, limits)
            if is_xml:
                parts[member.filename.casefold()] = PartScanner(limits).scan(content)
            else:
                deque(content, maxlen=0)  # only to see that it is as small as it claims
    _check_content_types(parts["[content_types].xml"].content_types)
    if not any(facts.root == "workbook" for facts in parts.values()):
        raise WorkbookRefused("not_workbook", "这不是 Excel 工作簿（.xlsx）")
    sheets = list(_sheet_parts(parts))  # a part named by 64 sheets would be read 64 times
    if len({part for _, part in sheets}) < len(sheets) or len({name for name, _ in sheets}) < len(sheets):
        raise WorkbookRefused("duplicate_sheet", "文件内部的工作表重复，不是正常的工作簿")
    return {name: parts[part].unreadable for name, part in sheets if part in parts}


def _check_content_types(types: set[str]) -> None:
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        raise WorkbookRefused("macro", "文件含有宏，请另存为不含宏的 .xlsx 后再上传")
    if not any(kind.endswith(("sheet.main+xml", "template.main+xml")) for kind in types):
        raise WorkbookRefused("not_workbook", "这不是 Excel 工作簿（.xlsx）")


def _sheet_parts(parts: dict[str, PartFacts]) -> Iterator[tuple[str, str]]:
    """(sheet name, part) pairs, through the workbook's relations; targets are relative to xl/ or start at the root."""
    workbook = next((facts for facts in parts.values() if facts.root == "workbook"), PartFacts())
    relations = parts.get("xl/_rels/workbook.xml.rels", PartFacts()).relations
    for sheet in workbook.sheets:
        identifier = next((value for key, value in sheet.items() if key.endswith(":id")), "")
        target = posixpath.normpath(posixpath.join("/xl", relations.get(identifier, "")))
        yield sheet.get("name", ""), target.lstrip("/").casefold()
