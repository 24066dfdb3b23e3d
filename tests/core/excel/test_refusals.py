"""Files nobody should send get a Chinese refusal, quickly, and nothing but a refusal."""

import io
import random
import time
import zipfile
from dataclasses import replace

import pytest

from apps.core.excel import BULK, INTERACTIVE, WorkbookRefused, find_tables, prescan, read_sheets
from apps.core.excel.limits import MEGABYTE
from tests.core.excel import builders
from tests.core.excel.builders import SHEET, edit_part, package, sheet_xml

CELL = '<c r="{0}{1}" t="inlineStr"><is><t>字</t></is></c>'
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "b">]>'
EXTERNAL = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://192.0.2.1/x" TargetMode="External"/></Relationships>'
)


EBCDIC = '<?xml version="1.0" encoding="cp037"?>'
ATTRIBUTES = " ".join(f'a{at}="1"' for at in range(5_000))


def macro_enabled(content_types: bytes) -> bytes:
    return content_types.replace(b"sheet.main", b"sheet.macroEnabled.main")


def sheet_repeated(workbook: bytes) -> bytes:
    entry = workbook[workbook.index(b"<sheet ") : workbook.index(b"</sheets>")]
    return workbook.replace(entry, entry + entry.replace(b'"Sheet1"', b'"Sheet2"'))


def with_merges(area: str, count: int, element: str = "mergeCell") -> bytes:
    return sheet_xml("").replace(b"</w", f'<{element} ref="{area}"/>'.encode() * count + b"</w")


def strings(count: int) -> bytes:
    return (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + b"<si><t>a</t></si>" * count
        + b"</sst>"
    )


def wide_row(columns: int) -> str:
    return '<row r="1">' + "<c/>" * columns + "</row>"


def encrypted() -> io.BytesIO:
    return io.BytesIO(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    )


BAD = {
    "empty": (io.BytesIO(), "empty"),
    "xls": (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "xls"),
    "encrypted": (encrypted(), "encrypted"),
    "half_a_file": (io.BytesIO(package().getvalue()[:2500]), "broken_zip"),
    "picture": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "not_text"),
    "not_a_workbook": (builders.zipped({"word/document.xml": b"<a/>"}), "member_name"),
    "empty_zip": (builders.zipped({}), "not_workbook"),
    "plain_zip": (builders.zipped({"[Content_Types].xml": b"<Types/>"}), "not_workbook"),
    "macro": (package({"xl/vbaProject.bin": b"x"}), "macro"),
    "macro_renamed": (edit_part("[Content_Types].xml", macro_enabled), "macro"),
    "external_link": (package({"xl/externalLinks/externalLink1.xml": b"<a/>"}), "external_link"),
    "external_relation": (package({"xl/worksheets/_rels/sheet1.xml.rels": EXTERNAL}), "external_link"),
    "embedded": (package({"xl/embeddings/oleObject1.bin": b"x"}), "embedded"),
    "slip": (package({"xl/../../etc/cron.d/x.xml": b"<a/>"}), "member_path"),
    "odd_name": (package({"run.exe": b"x"}), "member_name"),
    "same_name_twice": (package({"XL/worksheets/SHEET1.xml": b"<a/>"}), "duplicate_member"),
    "doctype": (package({SHEET: sheet_xml("", before=DOCTYPE)}), "doctype"),
    "doctype_in_workbook": (edit_part("xl/workbook.xml", lambda x: b"<!DOCTYPE x>" + x), "doctype"),
    "other_encoding": (package({SHEET: sheet_xml("", before=EBCDIC)}), "xml_encoding"),
    "unclosed": (package({SHEET: b"<worksheet><sheetData>"}), "broken_xml"),
    "depth": (package({SHEET: sheet_xml("<a>" * 200_000 + "</a>" * 200_000)}), "xml_depth"),
    "attributes": (package({SHEET: sheet_xml(f"<row {ATTRIBUTES}/>")}), "xml_attributes"),
    "one_long_tag": (package({SHEET: sheet_xml(f'<row a="{"x" * 15_000_000}"/>')}), "xml_token"),
    "million_columns": (package({SHEET: sheet_xml(wide_row(1_000_000))}), "row_cells"),
    "far_column": (package({SHEET: sheet_xml(f'<row r="1">{CELL.format("XFD", 1)}</row>')}), "columns"),
    "far_row": (package({SHEET: sheet_xml(f'<row r="1">{CELL.format("A", 1048576)}</row>')}), "rows"),
    "far_row_by_row": (package({SHEET: sheet_xml('<row r="1048576"><c><v>1</v></c></row>')}), "rows"),
    "bad_reference": (package({SHEET: sheet_xml('<row r="1"><c r="1A"><v>1</v></c></row>')}), "cell_reference"),
    "rows": (package({SHEET: sheet_xml("<row><c><v>1</v></c></row>" * 20_001)}), "rows"),
    "shared_strings": (package({"xl/sharedStrings.xml": strings(300_000)}), "shared_strings"),
    "merges": (package({SHEET: with_merges("A1:A2", 20_001)}), "merged_ranges"),
    "merged_columns": (package({SHEET: with_merges("$a$1:$b$1048576", 1)}), "area"),
    "link_over_everything": (package({SHEET: with_merges("A1:XFD99999", 1, "hyperlink")}), "area"),
    "bomb": (package({SHEET: sheet_xml(" " * 25_000_000)}), "bomb"),
    "bomb_in_pieces": (package({f"xl/x{at}.xml": b"<a>%9000000d</a>" % 1 for at in range(6)}), "bomb"),
    "picture_bomb": (package({"xl/media/image1.png": b" " * 25_000_000}), "bomb"),
    "lying_size": (builders.lying_size(), "unpacked_size"),
    "members": (package({f"xl/x{at}.xml": b"<a/>" for at in range(201)}), "members"),
    "million_members": (package({f"xl/x{at}.xml": b"" for at in range(20_000)}), "members"),
    "sheet_is_no_xml": (package({SHEET: b"\x00\xff\x00"}), "broken_xml"),
    "shared_string_missing": (package({SHEET: sheet_xml('<row><c t="s"><v>7</v></c></row>')}), "unreadable"),
    "one_sheet_many_times": (edit_part("xl/workbook.xml", sheet_repeated), "duplicate_sheet"),
    "no_workbook_part": (package({"xl/workbook.xml": None}), "not_workbook"),
    "text_with_nul": (io.BytesIO(b"a,b\n\x00,c\n"), "not_text"),
    "csv_wide": (io.BytesIO(b"a," * 100), "columns"),
    "csv_long_field": (io.BytesIO(b"a," + b"x" * 10_001), "field"),
    "csv_rows": (io.BytesIO(b"a,b\n" * 20_001), "rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_in_chinese(name: str) -> None:
    stream, code = BAD[name]
    started = time.process_time()
    with pytest.raises(WorkbookRefused) as refused:
        read_sheets(stream)
    assert refused.value.code == code
    assert any("\u4e00" <= character <= "\u9fff" for character in refused.value.reason)
    assert time.process_time() - started < 5


def test_too_large_a_file_is_refused_before_it_is_opened() -> None:
    with pytest.raises(WorkbookRefused, match="10 MB"):
        prescan(io.BytesIO(b"PK" + bytes(10 * MEGABYTE)))


def test_bomb_is_refused_while_the_sender_waits_also_where_a_job_may_read_much() -> None:
    with pytest.raises(WorkbookRefused, match="膨胀数百倍"):
        prescan(package({SHEET: sheet_xml(" " * 100_000_000)}), BULK)


def test_bulk_job_may_read_what_a_page_may_not() -> None:
    many = package({SHEET: sheet_xml("<row><c><v>1</v></c></row>" * 20_001)})
    assert sum(1 for _ in read_sheets(many, BULK)[0].rows()) == 20_001


def test_plain_and_odd_cells_are_counted_alike() -> None:
    plain = "".join(CELL.format(letter, 1) for letter in "ABCDEFGH")
    odd = '<c  r="A1"><v>1</v></c>' * 8
    for cells in (plain, odd, plain + odd):
        stream = package({SHEET: sheet_xml(f'<row r="1">{cells}</row>')})
        with pytest.raises(WorkbookRefused) as refused:
            prescan(stream, replace(INTERACTIVE, row_cells=7))
        assert refused.value.code == "row_cells"


def test_blank_cells_with_a_format_do_not_count_as_content() -> None:
    blank = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    sheet = read_sheets(package({SHEET: sheet_xml(blank)}))[0]
    assert [row.values for row in sheet.rows()] == [(1,)]


def test_pictures_and_printer_settings_do_no_harm() -> None:
    extras = {
        "xl/media/image1.png": b"x",
        "xl/printerSettings/printerSettings1.bin": b"x",
        "xl/drawings/vmlDrawing1.vml": b"<",
    }
    assert len(read_sheets(package(extras))) == 1


def test_hyperlinks_are_no_external_links() -> None:
    links = EXTERNAL.replace(b"attachedTemplate", b"hyperlink")
    assert len(read_sheets(package({"xl/worksheets/_rels/sheet1.xml.rels": links}))) == 1


def test_prefixed_element_names_are_understood() -> None:
    rows = '<row r="1"><c r="A1"><f>1+1</f><v></v></c></row>'
    prefixed = sheet_xml(rows).replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"xmlns=", b"xmlns:x=")
    assert list(prescan(package({SHEET: prefixed})).unreadable["Sheet1"]) == [(0, 0)]
    with pytest.raises(WorkbookRefused, match="XFD1"):
        prescan(package({SHEET: prefixed.replace(b'"A1"', b'"XFD1"')}))


@pytest.mark.slow
def test_damaged_files_never_raise_anything_else() -> None:
    """A thousand sound ledgers, each with some bytes changed or a part mangled before packing."""
    chance = random.Random(20240622)
    sound = builders.command_ledger().getvalue()
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for turn in range(1000):
        if turn % 2:
            stream = io.BytesIO(damaged(sound, chance))
        else:
            name = chance.choice(sorted(parts))
            stream = builders.zipped({**parts, name: damaged(parts[name], chance)})
        try:
            table, _ = find_tables(read_sheets(stream), builders.FIELDS)
            list(table.rows() if table else ())
        except WorkbookRefused as refused:
            assert refused.reason


def damaged(content: bytes, chance: random.Random) -> bytes:
    mangled = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(mangled))
        mangled[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(mangled)
