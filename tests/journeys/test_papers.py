"""A paper from the draft to the stranger who scans its code, on a phone without scripts; and axe over all its pages."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from apps.documents.models import Paper, PaperTemplate
from apps.documents.reference import load
from tests.documents import stories as papers
from tests.hazards import stories
from tests.journeys.test_accessibility import looked_at, walked
from tests.journeys.visitors import DESK, Visit
from tests.personas import persona

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_paper_is_drafted_numbered_served_and_verified_without_scripts(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    site = stories.site()
    load(PaperTemplate)
    firm = site.director.organisation.name
    officer = visit(site.inspector, scripts=False).open("/documents/").press("起草文书").press("限期整改通知书")
    officer.fill(受送达人=firm, 工程名称="滨河雅居1期工程", 问题清单="临边未设防护｜JGJ 80-2016｜立即设置").press(
        "保存"
    )
    assert officer.reads("编号前还须填写：整改期限")
    officer.press("修改草稿").fill(整改期限="2026-12-30").press("保存")
    officer.press("核对编号")
    assert officer.reads("临边未设防护", "编号后内容不能再修改")
    officer.press("核对无误，编号")
    paper = Paper.objects.get()
    assert officer.reads(paper.number or "", "已核对编号")
    officer.press("登记送达").fill(收件人="李某").press("登记送达")
    assert officer.reads("李某", "直接送达")

    director = visit(site.director, scripts=False).open("/documents/")
    assert director.reads(paper.number or "")
    director.press(paper.number or "")
    with director.page.expect_download() as download:
        director.press("下载 PDF")
    file = tmp_path / "文书.pdf"
    download.value.save_as(file)

    stranger = visit(scripts=False).open(f"/verify/{paper.token}/")
    assert stranger.reads(paper.number or "", "现为有效") and not stranger.reads("滨河雅居")
    stranger.page.locator("input[type=file]").set_input_files(file)
    assert stranger.press("核对").reads("一致：您的文件与发文机关出具的文件相同")
    file.write_bytes(file.read_bytes() + b" ")
    stranger.page.locator("input[type=file]").set_input_files(file)
    assert stranger.press("核对").reads("不一致：")
    assert (officer.faults, director.faults, stranger.faults) == ([], [], [])


def test_pages_of_papers_for_everybody(visit: Callable[..., Visit]) -> None:
    site = stories.site()
    draft, paper = papers.draft(site.head), papers.served(site.head)
    head = visit(site.head, size=DESK)
    moves = [f"/documents/{paper.pk}/{move}/" for move in ("serve", "replace", "void")]
    own = [f"/documents/{draft.pk}/", f"/documents/{draft.pk}/edit/", f"/documents/{draft.pk}/issue/", *moves]
    lists = ["/documents/?view=all", "/documents/?view=ended", "/documents/new/", "/documents/prefix/"]
    found = walked(head, [*lists, "/documents/new/?kind=listing_notice", f"/documents/{paper.pk}/", *own])
    found |= looked_at(head.open(moves[0]).fill(收件人="").press("登记送达"))
    template = PaperTemplate.objects.get(kind="urging_letter").pk
    admin = visit(persona("system_admin"), size=DESK)
    of_templates = ["?view=all", "?view=drafts", "new/", f"{template}/", f"{template}/enforce/"]
    found |= walked(admin, [f"/system/paper-templates/{page}" for page in of_templates])
    stranger = visit(size=DESK)
    found |= walked(stranger, [f"/verify/{paper.token}/", "/verify/nothing-of-the-kind/"])
    found |= looked_at(stranger.open(f"/verify/{paper.token}/").press("核对"))
    assert found == {}
    assert [fault for fault in (*head.faults, *admin.faults, *stranger.faults) if not re.search("404", fault)] == []
