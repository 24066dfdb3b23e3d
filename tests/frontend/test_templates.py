"""Rules that hold for every template: policy of content, language, and what they refer to."""

import re

import pytest
from django.template.loader import get_template, render_to_string

from tests.frontend.files import CARDS, INSPECT, ROOT, SCRIPTS, STATIC, STYLES, TEMPLATES, found, read

CHINESE = r"[\u4e00-\u9fff]"
ERRORS = sorted((ROOT / "templates" / "core" / "errors").glob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_can_be_read(path: object) -> None:
    get_template(str(path).split("/templates/", 1)[1])


def test_no_other_host_is_asked_for_anything() -> None:
    own = [*TEMPLATES, *SCRIPTS, *INSPECT, *CARDS, STYLES, *(STATIC / "img").glob("*.svg")]
    assert found(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}[^\s\"']*", own) == []


def test_nothing_stands_in_the_way_of_the_content_policy() -> None:
    assert found(r"\sstyle=|\son[a-z]+=\"|javascript:|hx-on|<style|<script(?![^>]*\ssrc=)", TEMPLATES) == []


def test_chinese_text_has_chinese_punctuation() -> None:
    assert found(rf"{CHINESE}[,;!?]{CHINESE}|{CHINESE}[,;](?=[\s<]|$)", TEMPLATES) == []
    assert found(rf"[\"'>][^\"'<>]*{CHINESE}[,;]{CHINESE}", [*SCRIPTS, *INSPECT, *CARDS]) == []


def test_buttons_say_what_happens() -> None:
    assert found(r">\s*(?:确定|确认|OK|提交)\s*</button>", TEMPLATES) == []


def test_every_icon_is_in_the_sprite() -> None:
    names = re.findall(r'id="i-([a-z0-9-]+)"', read(STATIC / "img" / "icons.svg"))
    used = {match for path in TEMPLATES for match in re.findall(r'{% icon "([a-z0-9-]+)"', read(path))}
    assert used - set(names) == set()


def test_every_class_has_a_style() -> None:
    """A class that the style sheet does not know is a slip of the pen; `chip-{{ tone }}` ends in a hyphen here."""
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", read(STYLES)))
    unknown = []
    for path in TEMPLATES:
        text = re.sub(r"{%.*?%}|{{.*?}}", " ", read(path))
        names = " ".join(re.findall(r'class="([^"{}]*)"', text)).split()
        unknown += [f"{path.relative_to(ROOT)}: {n}" for n in names if n not in known and not n.endswith("-")]
    assert unknown == []


@pytest.mark.parametrize("path", ERRORS, ids=lambda path: path.stem)
def test_error_page_needs_nothing_but_itself(path: object) -> None:
    """No request, no database, no context: what failed may be any of them."""
    page = render_to_string(str(path).split("/templates/", 1)[1], {"request_number": "8f3a1c9e77"})
    assert "8f3a1c9e77" in page
    assert page.count("<h1>") == 1
