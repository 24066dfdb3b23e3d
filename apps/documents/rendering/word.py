"""The same paper as DOCX, for offices that keep or finish it in Word or WPS; fonts are named there, not embedded."""

import io
from typing import Any

from docx import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from apps.documents.composing import Block, Document
from apps.documents.rendering.pdf import qr_png

SONG, FANG = "宋体", "仿宋"
GREY = RGBColor(0x6E, 0x6E, 0x6E)


def as_docx(document: Document) -> bytes:
    word = WordDocument()
    set_page(word, document)
    line(word, document.issuer, size=18, font=SONG, align="center")
    line(word, document.title, size=24, font=SONG, bold=True, align="center")
    line(word, document.number, size=13, align="right")
    if document.addressees:
        line(word, "、".join(document.addressees) + "：")
    for block in document.blocks:
        add_block(word, block)
    if document.contact:
        line(word, f"联系方式：{document.contact}", indent=True)
    add_end(word, document)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def set_page(word: Any, document: Document) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    word.core_properties.title = f"{document.title} {document.number}"
    word.core_properties.author = document.issuer
    word.core_properties.comments = ""
    if document.is_draft:
        run = section.header.paragraphs[0].add_run("草稿　未编号，不得送达")
        run.font.color.rgb = RGBColor(0xC0, 0x00, 0x00)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        run = foot.add_run()
        if part.isupper():
            add_field(run, part)
        else:
            run.text = part


def add_field(run: Any, name: str) -> None:
    """A number that the word processor fills in, such as PAGE."""
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = name
        run._r.append(mark)


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
) -> Any:
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
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
    else:
        line(word, block.text, bold=block.kind == "heading", indent=block.kind == "text")


def add_items(word: Any, block: Block) -> None:
    table = word.add_table(rows=1, cols=2, style="Table Grid")
    table.autofit = False
    head = table.rows[0]
    repeat = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeat)
    for cell, words in zip(head.cells, ("序号", "内容"), strict=True):
        fill(cell, words, bold=True)
    for index, item in enumerate(block.items, start=1):
        cells = table.add_row().cells
        fill(cells[0], str(index))
        fill(cells[1], item["text"])
        for label, words in (("依据", item["clause"]), ("要求", item["demand"])):
            if words:
                line(cells[1], f"{label}：{words}", size=11, grey=True)
    # Word goes by the cells, others by the columns.
    for index, width in enumerate((Mm(14), Mm(142))):
        table.columns[index].width = width
        for cell in table.columns[index].cells:
            cell.width = width


def fill(cell: Any, text: str, *, bold: bool = False) -> None:
    """The first paragraph of a cell is there already and would stay empty."""
    line(cell, text, size=13, bold=bold)
    empty = cell.paragraphs[0]._p
    empty.getparent().remove(empty)


def add_end(word: Any, document: Document) -> None:
    line(word, "")
    line(word, document.issuer, align="right")
    line(word, "（印章）", size=10, align="right", grey=True)
    line(word, document.day, align="right")
    table = word.add_table(rows=2, cols=4, style="Table Grid")
    told = (("受送达人签收", "", "签收日期", "　　年　月　日"), ("送达人", "", "备注", ""))
    for row, words in zip(table.rows, told, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            fill(cell, text)
    line(word, document.copies, size=11)
    if document.copy_to:
        line(word, f"抄送：{document.copy_to}", size=11)
    if document.verify_url:
        line(word, "扫描二维码，可核验文书的真伪和效力。", size=11, grey=True)
        word.add_picture(qr_png(document.verify_url), width=Mm(24))
