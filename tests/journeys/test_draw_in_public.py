"""A county draws in public: two custodians commit and disclose on their own pages, a stranger takes the draw again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Draw
from apps.inspections.models import Visit as SiteVisit
from tests.inspections import draw_stories as stories
from tests.journeys.test_accessibility import looked_at
from tests.journeys.visitors import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEPT = "written-on-paper-by-the-second"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_draw_in_public_that_a_stranger_verifies(visit: Callable[..., Visit], tmp_path: Path, scripts: bool) -> None:
    place = stories.office()
    officer = visit(place.officer, size=DESK, scripts=scripts)
    draw = stories.prepared(place)
    first = visit(place.custodians[0], size=PHONE, scripts=scripts)
    first.open(draw.get_absolute_url()).press("交存承诺值")
    secret = suggested(first, scripts)
    first.press("交存承诺值")
    second = visit(place.custodians[1], size=PHONE, scripts=scripts)
    second.open(f"{draw.get_absolute_url()}commit_secret/").fill(承诺值=commitment_of(KEPT)).press("交存承诺值")
    assert second.reads("已交存承诺值")
    officer.open(draw.get_absolute_url()).press("公告抽取").press("公告抽取")
    draw.refresh_from_db()
    assert officer.reads(draw.number or "-", "已公告，待抽取")

    stranger = visit(size=PHONE, scripts=scripts)
    stranger.open("/public/inspections/draws/").press("2026年下半年双随机检查")
    assert stranger.reads(draw.pool_sha256, draw.commitment_a, "抽取尚未进行")
    told = downloaded(stranger, "下载数据包", tmp_path / "told.json")

    with stories.the_time_has_come(draw):
        for custodian, kept in ((first, secret), (second, KEPT)):
            custodian.open(draw.get_absolute_url()).press("公开密语").fill(密语=kept).press("公开密语")
            assert custodian.reads("已公开密语")
        officer.open(draw.get_absolute_url()).fill(公开随机值="3871.05").press("抽取", among="main button")
    draw.refresh_from_db()
    assert officer.reads("抽取结果", SiteVisit.objects.filter(draw=draw)[0].number)

    stranger.open(f"/public/inspections/draws/{draw.pk}/")
    assert stranger.reads(secret, KEPT, draw.seed)
    bundle = downloaded(stranger, "下载数据包", tmp_path / "bundle.json")
    script = downloaded(stranger, "Python 核验工具", tmp_path / "verify_draw.py")
    done = subprocess.run(
        [sys.executable, "-I", script, bundle, "--announced", told], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "全部相符" in done.stdout) == (0, True), done.stdout
    if scripts:
        verified_in_the_browser(stranger, downloaded(stranger, "网页核验工具", tmp_path / "verify.html"), bundle)
    assert (officer.faults, first.faults, second.faults) == ([], [], [])


def suggested(custodian: Visit, scripts: bool) -> str:
    """The secret made by the script, or that of the page, whose hash goes in by hand."""
    if scripts:
        custodian.press("生成密语")
        expect(custodian.page.locator("[data-secret-text]")).not_to_be_empty()
        return custodian.page.locator("[data-secret-text]").inner_text()
    custodian.page.get_by_text("由平台建议一个密语").click()
    secret, commitment = custodian.page.locator("details .mono").all_inner_texts()
    custodian.fill(承诺值=commitment)
    return secret


def downloaded(visitor: Visit, words: str, path: Path) -> Path:
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=words).click()
    download.value.save_as(path)
    return path


def verified_in_the_browser(stranger: Visit, tool: Path, bundle: Path) -> None:
    stranger.page.goto(tool.as_uri())
    stranger.page.set_input_files("#bundle", bundle)
    expect(stranger.page.locator("#verdict")).to_have_text("全部相符，抽取结果由公布的数据得出。")
    altered = json.loads(bundle.read_bytes())
    altered["public_value"] = "1"
    other = bundle.with_name("altered.json")
    other.write_text(json.dumps(altered, ensure_ascii=False))
    stranger.page.set_input_files("#bundle", other)
    expect(stranger.page.locator("#verdict")).to_contain_text("不能得到验证")


def test_pages_of_draws_are_for_everybody(visit: Callable[..., Visit]) -> None:
    place = stories.office()
    pages = [
        "/inspections/draws/",
        "/inspections/draws/schemes/",
        "/inspections/draws/new/",
        "/inspections/draws/fairness/?of=inspectors",
    ]
    officer, stranger = visit(place.officer, size=DESK), visit(size=DESK)
    found: dict[str, Any] = {}
    first, held = stories.prepared(place), stories.held(place, round=2)
    scheme = stories.scheme(first)
    custodian = visit(place.custodians[0], size=DESK)
    found |= looked_at(custodian.open(f"{first.get_absolute_url()}commit_secret/"))
    for page in (*pages, scheme.get_absolute_url(), first.get_absolute_url(), held.get_absolute_url()):
        found |= looked_at(officer.open(page))
    for page in (
        "/public/inspections/draws/",
        f"/public/inspections/draws/{held.pk}/",
        f"/public/inspections/draws/{held.pk}/sheet/",
    ):
        found |= looked_at(stranger.open(page))
    assert found == {}
    assert (officer.faults, stranger.faults, custodian.faults, Draw.objects.count()) == ([], [], [], 2)
