"""What stands on a paper: wordings filled, nothing read as markup, PDF and DOCX with the same words."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm
from pypdf import PdfReader

from apps.documents.composing import compose, problems_of
from apps.documents.kinds import KINDS
from apps.documents.models import Paper, PaperTemplate
from apps.documents.reference import DATA
from apps.documents.rendering.pdf import as_pdf, merged
from apps.documents.rendering.word import as_docx
from tests.documents import stories
from tests.personas import inspector

pytestmark = pytest.mark.django_db
MM = 72 / 25.4


def words_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def words_in(docx: bytes) -> str:
    word = WordDocument(io.BytesIO(docx))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "".join("".join([*(p.text for p in word.paragraphs), *cells]).split())


@pytest.mark.parametrize("kind", KINDS)
def test_wording_we_ship_says_all_that_its_kind_must(kind: str) -> None:
    assert problems_of((DATA / f"{kind}.txt").read_text(encoding="utf-8"), kind) == []


@pytest.mark.parametrize("kind", KINDS)
def test_pdf_and_docx_say_the_same_and_all_of_it(kind: str) -> None:
    document = compose(stories.issued(inspector(), kind))
    pdf, docx = words_of(as_pdf(document)), words_in(as_docx(document))
    told = [document.title, document.number, document.issuer, document.day, *document.addressees]
    told += [block.text for block in document.blocks if block.text]
    told += [text for block in document.blocks for item in block.items for text in item.values() if text]
    squeezed = ["".join(words.split()) for words in told]
    assert [words for words in squeezed if words not in docx] == []
    assert [words for words in squeezed if words not in pdf] == []


def test_what_users_type_is_never_markup() -> None:
    nasty = '#panic("x") *粗* _斜_ $x$ <label> @ref \\ // 注释 #read("/etc/passwd") ] } "'
    told = stories.contents_of("rectification_notice", project=nasty, demands=nasty)
    told["items"] = [{"text": nasty, "clause": nasty, "demand": nasty}]
    document = compose(stories.draft(inspector(), contents=told, addressees=[nasty]))
    assert words_of(as_pdf(document)).count("".join(nasty.split())) == 6
    assert words_in(as_docx(document)).count("".join(nasty.split())) == 6


def test_placeholder_in_what_users_type_stays_text() -> None:
    told = stories.contents_of("rectification_notice", project="{整改期限}大厦")
    document = compose(stories.draft(inspector(), contents=told))
    assert "{整改期限}大厦" in document.blocks[0].text


def test_paragraph_about_what_was_left_empty_is_left_out() -> None:
    told = stories.contents_of("rectification_notice", inspectors="", demands="")
    words = "".join(block.text for block in compose(stories.draft(inspector(), contents=told)).blocks)
    assert "监督人员" not in words and "{" not in words


def test_draft_is_marked_and_bears_neither_number_nor_code() -> None:
    paper = stories.draft(inspector())
    document = compose(paper)
    assert "草稿" in words_of(as_pdf(document))
    assert document.verify_url == ""
    assert paper.token not in words_in(as_docx(document))


def test_issued_paper_bears_no_mark_of_a_draft() -> None:
    assert "草稿" not in words_of(as_pdf(compose(stories.issued(inspector()))))


def test_sheet_is_a4_with_its_own_fonts_embedded() -> None:
    reader = PdfReader(io.BytesIO(as_pdf(compose(stories.issued(inspector())))))
    page: Any = reader.pages[0]
    assert (round(page.mediabox.width / MM), round(page.mediabox.height / MM)) == (210, 297)
    fonts = page["/Resources"]["/Font"].values()
    embedded = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert embedded and all("/FontFile2" in font.get_object() for font in embedded)
    assert len(reader.pages) <= 2
    assert f"第1页，共{len(reader.pages)}页" in words_of(as_pdf(compose(stories.issued(inspector()))))


def test_long_list_goes_on_and_repeats_its_head() -> None:
    items = [{"text": f"第{number}个问题"} for number in range(60)]
    told = stories.contents_of("rectification_notice", items=items)
    pdf = PdfReader(io.BytesIO(as_pdf(compose(stories.draft(inspector(), contents=told)))))
    heads = ["序号" in page.extract_text() for page in pdf.pages]
    assert len(pdf.pages) > 2 and heads[0] and heads[1]


def test_name_with_rare_characters_is_set() -> None:
    told = stories.contents_of("rectification_notice", project="堃喆镕昇槑巏大厦")
    assert "堃喆镕昇" in words_of(as_pdf(compose(stories.draft(inspector(), contents=told))))


def test_merged_papers_keep_their_pages() -> None:
    document = compose(stories.issued(inspector()))
    one = as_pdf(document)
    other = as_pdf(replace(document, number="另一份"))
    both = merged([io.BytesIO(one), io.BytesIO(other)])
    pages = [len(PdfReader(io.BytesIO(pdf)).pages) for pdf in (one, other, both)]
    assert pages[0] + pages[1] == pages[2]
    assert "另一份" in words_of(both) and "".join(document.number.split()) in words_of(both)


def opened(paper: Paper) -> Any:
    return WordDocument(io.BytesIO(as_docx(compose(paper), at=paper.issued_at)))


def test_docx_is_chinese_where_nothing_names_a_font() -> None:
    """Header and page numbers name none; the sheet that the library brings would set them in a Japanese one."""
    word = opened(stories.draft(inspector()))
    spoken = [told.get(qn("w:eastAsia")) for told in word.styles.element.iter(qn("w:lang"))]
    themes = [told.get(qn("w:eastAsia")) for told in word.settings.element.iter(qn("w:themeFontLang"))]
    assert {*spoken, *themes} == {"zh-CN"}
    assert word.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert "草稿" in word.sections[0].header.paragraphs[0].text


def test_docx_keeps_issuer_seal_and_day_together_and_parts_no_row() -> None:
    word = opened(stories.issued(inspector()))
    texts = [paragraph.text for paragraph in word.paragraphs]
    seal = texts.index("（印章）")
    assert [p.paragraph_format.keep_with_next for p in word.paragraphs[seal - 1 : seal + 2]] == [True, True, None]
    section = word.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    for table in word.tables:
        assert abs(sum(column.width for column in table.columns) - width) < Mm(1)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_docx_says_when_it_was_made_and_counts_its_pages() -> None:
    paper = stories.issued(inspector())
    word = opened(paper)
    assert paper.issued_at
    assert word.core_properties.created == paper.issued_at.replace(microsecond=0)
    fields = [told.text for told in word.sections[0].footer._element.iter(qn("w:instrText"))]
    marks = [told.get(qn("w:fldCharType")) for told in word.sections[0].footer._element.iter(qn("w:fldChar"))]
    assert (fields, marks) == (["PAGE", "NUMPAGES"], ["begin", "separate", "end"] * 2)


def test_docx_is_a_sound_package() -> None:
    with zipfile.ZipFile(io.BytesIO(as_docx(compose(stories.issued(inspector()))))) as package:
        assert package.testzip() is None
        assert "word/document.xml" in package.namelist()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{工程名称}\n\n{问题清单}", "缺少必备内容“整改期限”"),
        ("{工程名称}{整改期限}{罚款金额}\n\n{问题清单}", "没有“罚款金额”这项内容"),
        ("{工程名称}{整改期限}：{问题清单}", "须单独成段"),
        ("{工程名称}{整改期限} } \n\n{问题清单}", "花括号须成对"),
    ],
)
def test_wording_that_papers_cannot_be_written_by_is_told(body: str, said: str) -> None:
    assert any(said in line for line in problems_of(body, "rectification_notice"))


def test_wordings_stand_in_the_database_as_samples() -> None:
    rows = PaperTemplate.objects.filter(edition=1)
    assert {row.kind for row in rows} == set(KINDS)
    assert all("样例" in row.note for row in rows)
