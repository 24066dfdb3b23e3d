"""The same paper as DOCX, for offices that keep or finish it in Word or WPS; fonts are named there, not embedded."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from apps.documents.composing import Block, Document
from apps.documents.rendering.pdf import qr_png

SONG, FANG = "宋体", "仿宋"
GREY, RED = RGBColor(0x6E, 0x6E, 0x6E), RGBColor(0xC0, 0x00, 0x00)
SEAL = Mm(88)
"""Issuer, seal and day stand in the middle of so much at the right, as on the PDF."""


def as_docx(document: Document, *, at: datetime | None = None) -> bytes:
    """`at` is the time that the file says it was made."""
    word = WordDocument()
    set_language(word)
    set_page(word, document)
    word.core_properties.created = word.core_properties.modified = at or timezone.now()
    line(word, document.issuer, size=18, font=SONG, align="center")
    underline(line(word, document.title, size=24, font=SONG, bold=True, align="center"))
    line(word, document.number, size=13, align="right")
    if document.addressees:
        line(word, "、".join(document.addressees) + "：")
    for block in document.blocks:
        add_block(word, block)
    add_seal(word, document)
    add_receipt(word, document)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def set_language(word: Any) -> None:
    """The library's own sheet takes Chinese for Japanese: what names no font would stand in that of another script."""
    normal = word.styles["Normal"]
    normal.font.name = FANG
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
    for told in (*word.styles.element.iter(qn("w:lang")), *word.settings.element.iter(qn("w:themeFontLang"))):
        told.set(qn("w:eastAsia"), "zh-CN")


def set_page(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    word.core_properties.title = f"{document.title} {document.number}"
    word.core_properties.author = document.issuer
    word.core_properties.comments = ""
    if document.is_draft:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = head.add_run("草稿　未编号，不得送达")
        run.font.color.rgb, run.font.bold, run.font.size = RED, True, Pt(16)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        if part.isupper():
            add_field(foot, part)
        else:
            foot.add_run(part)


def add_field(paragraph: Any, name: str) -> None:
    """A number that the word processor fills in, such as PAGE; 1 stands there until it has."""
    for kind in ("begin", "instruction", "separate", "value", "end"):
        run = paragraph.add_run("1" if kind == "value" else "")
        if kind == "instruction":
            told = OxmlElement("w:instrText")
            told.text = name
            run._r.append(told)
        elif kind != "value":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def underline(paragraph: Any) -> None:
    """A rule below the whole paragraph."""
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "4"), ("color", "auto")):
        rule.set(qn(f"w:{name}"), value)
    borders.append(rule)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *AFTER_BORDERS)


# What the order of the format puts behind the borders of a paragraph, as far as it is used here.
AFTER_BORDERS = ("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def line(
    word: Any,
    text: str,
    *,
    size: int = 15,
    font: str = FANG,
    bold: bool = False,
    align: str = "",
    indent: bool = False,
    grey: bool = False,
    with_next: bool = False,
) -> Any:
    paragraph = word.add_paragraph()
    if with_next:
        paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(4)
    if (before := paragraph._p.getprevious()) is not None and before.tag == qn("w:tbl"):
        paragraph.paragraph_format.space_before = Pt(6)
    if align:
        paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
    # Word keeps a font of its own for Chinese characters.
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if grey:
        run.font.color.rgb = GREY
    return paragraph


def add_block(word: Any, block: Block) -> None:
    if block.kind == "items":
        add_items(word, block)
    elif block.kind == "fine":
        line(word, block.text, size=9, grey=True)
    else:
        line(word, block.text, bold=block.kind == "heading", indent=block.kind == "text")


def add_items(word: Any, block: Block) -> None:
    table = word.add_table(rows=1, cols=2, style="Table Grid")
    head = table.rows[0]
    for cell, words in zip(head.cells, ("序号", "内容"), strict=True):
        fill(cell, words, bold=True)
    for index, item in enumerate(block.items, start=1):
        cells = table.add_row().cells
        fill(cells[0], str(index))
        fill(cells[1], item["text"])
        for label, words in (("依据", item["clause"]), ("要求", item["demand"])):
            if words:
                line(cells[1], f"{label}：{words}", size=11, grey=True)
    lay_out(table, (14, 142))
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def lay_out(table: Any, widths: Sequence[int]) -> None:
    """Columns of so many millimetres, and rows that no page parts."""
    table.autofit = False
    # Word goes by the cells, others by the columns.
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def fill(cell: Any, text: str, **looks: Any) -> None:
    """The first paragraph of a cell is there already and would stay empty."""
    line(cell, text, size=13, **looks)
    empty = cell.paragraphs[0]._p
    empty.getparent().remove(empty)


def add_seal(word: Any, document: Document) -> None:
    """Issuer, seal place and day stay together, with what stands before them."""
    if document.contact:
        line(word, f"联系方式：{document.contact}", indent=True, with_next=True)
    line(word, "", with_next=True)
    section = word.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    issuer = line(word, document.issuer, align="center", with_next=True)
    seal = line(word, "" if document.is_electronic else "（印章）", size=10, align="center", grey=True, with_next=True)
    for paragraph in (issuer, seal, line(word, document.day, align="center")):
        paragraph.paragraph_format.left_indent = width - SEAL
    line(word, "")


def add_receipt(word: Any, document: Document) -> None:
    """Where who receives it signs, and what is said of the copies; none of it is parted by a page."""
    if not document.is_electronic:
        add_places_to_sign(word)
    line(word, document.copies, size=11, with_next=bool(document.copy_to or document.verify_url))
    if document.copy_to:
        line(word, f"抄送：{document.copy_to}", size=11, with_next=bool(document.verify_url))
    if document.verify_url:
        line(word, "扫描二维码，可核验文书的真伪和效力。", size=11, grey=True, with_next=True)
        word.add_picture(qr_png(document.verify_url), width=Mm(24))


def add_places_to_sign(word: Any) -> None:
    table = word.add_table(rows=2, cols=4, style="Table Grid")
    told = (("受送达人签收", "", "签收日期", "　　年　月　日"), ("送达人", "", "备注", ""))
    for row, words in zip(table.rows, told, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            fill(cell, text, with_next=True)
    lay_out(table, (34, 56, 26, 40))
