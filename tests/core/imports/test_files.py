"""Files in and out of an import: refused ones, templates, and the workbook handed back with its problems."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from apps.core.imports import pages
from apps.core.models import ImportBatch, JobState, StoredFile
from apps.core.registers import registry
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, as_upload, content, run_jobs, workbook
from tests.factories import credit_code
from tests.personas import inspector, persona

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "信用代码", "类型", "注册地")
ROW = ("滹沱第一建工有限公司", credit_code(1), "施工", "长安区")


def flow() -> Flow:
    return Flow(inspector(), "enterprises")


def zipped(**members: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", "文件是空的"),
        (b"\x00\x01\x02", "无法识别的文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "旧版 .xls"),
        (zipped(**{"word/document.xml": b"<w/>"}), "文件内部含有不允许的部件"),
        (zipped(**{"xl/vbaProject.bin": b"x"}), "含有宏"),
        (workbook(HEAD, ROW).read()[:3000], "已损坏或没有上传完整"),
        (workbook(HEAD).read(), "下面没有数据"),
        (workbook(("说明",), ("只有一列",)).read(), "没有找到表头"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_a_sentence(sent: bytes, told: str) -> None:
    page = flow().upload(SimpleUploadedFile("台账.xlsx", sent))
    assert page.status_code == 422
    assert any(told in error for error in page.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()


def test_a_refused_file_is_not_stored() -> None:
    flow().upload(SimpleUploadedFile("台账.xlsx", b"\x00\x01\x02"))
    assert StoredFile.objects.count() == 0


def test_the_file_as_it_was_sent_can_be_fetched_again() -> None:
    importing = flow()
    sent = workbook(HEAD, ROW)
    importing.upload(sent)
    sent.seek(0)
    assert content(importing.client.get(f"{importing.url}file/")) == sent.read()


def test_no_file_is_asked_for() -> None:
    importing = flow()
    page = importing.client.post("/imports/enterprises/new/", {})
    assert page.status_code == 422
    assert "请选择文件" in page.content.decode()


def test_a_comma_separated_file_goes_the_same_way() -> None:
    text = "\n".join(",".join(map(str, row)) for row in (HEAD, ROW))
    flow().whole(SimpleUploadedFile("企业.csv", text.encode("gb18030")))
    assert Enterprise.objects.get().uscc == credit_code(1)


@pytest.mark.parametrize("name", ["enterprises", "people", "projects", "dangerous_works", "hazards"])
def test_every_register_has_a_template_with_its_fields(name: str) -> None:
    user = next(u for u in map(persona, ("inspector", "permit_officer")) if registry[name].may(u, "import"))
    importing = Flow(user, name)
    answer: Any = importing.client.get(f"/imports/{name}/template.xlsx")
    book = load_workbook(BytesIO(content(answer)))
    assert book.worksheets[0].title == "填报表"
    assert all(cell.value for cell in book.worksheets[0][2])


def test_a_filled_template_is_imported_without_its_example() -> None:
    importing = flow()
    answer: Any = importing.client.get("/imports/enterprises/template.xlsx")
    book = load_workbook(BytesIO(content(answer)))
    sheet = book.worksheets[0]
    cells = dict(zip(("企业名称", "统一社会信用代码", "企业类型", "注册地"), ROW, strict=True))
    for at, head in enumerate(sheet[2], 1):
        sheet.cell(4, at).value = cells.get(str(head.value))
    page = importing.through(as_upload(book))
    assert page.context["counts"]["rows"] == 1
    assert [kind for _, kind, _ in page.context["skipped"]] == ["示例"]
    importing.decide()
    run_jobs()
    assert Enterprise.objects.get().name == ROW[0]


def test_the_same_workbook_comes_back_with_its_problems_as_comments() -> None:
    importing = flow()
    importing.through(workbook(HEAD, ROW, (*ROW[:2], "包工队", ROW[3])))
    answer: Any = importing.client.get(f"{importing.url}problems.xlsx")
    book = load_workbook(BytesIO(content(answer)))
    assert book.worksheets[0]["A2"].value == ROW[0]
    comment = book.worksheets[0]["C3"].comment
    assert comment is not None
    assert "没有“包工队”这个选项" in comment.text


def test_comments_on_a_long_workbook_are_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COMMENT_AT_ONCE", 0)
    importing = flow()
    importing.through(workbook(HEAD, (*ROW[:2], "包工队", ROW[3])))
    job_page = importing.client.get(f"{importing.url}problems.xlsx")["Location"]
    (job,) = run_jobs()
    assert job.state == JobState.DONE
    answer: Any = importing.client.get(f"{job_page}file/")
    assert load_workbook(BytesIO(content(answer))).sheetnames[-1] == "问题清单"
