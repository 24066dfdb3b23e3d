"""The one search box: numbers jump, names and texts are found, nothing foreign shows."""

from urllib.parse import quote

import pytest

from apps.accounts.models import User
from apps.dashboards import finding
from apps.hazards.models import Hazard
from apps.projects.models import Project
from tests.factories import PersonFactory
from tests.hazards import stories
from tests.personas import LUBEI, signed_in

pytestmark = pytest.mark.django_db
NUMBER = "YH-2026-113047"


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


@pytest.fixture
def hazard(site: stories.Site) -> Hazard:
    return renamed(stories.draft(site), number=NUMBER, description="三层东侧临边防护缺失，<b>未设</b>警示标识")


def renamed(hazard: Hazard, **values: str) -> Hazard:
    Hazard.objects.filter(pk=hazard.pk).update(**values)
    return Hazard.objects.get(pk=hazard.pk)


def page(user: User, q: str) -> str:
    answer = signed_in(user).get("/search/", {"q": q})
    assert answer.status_code == 200, (q, answer.status_code)
    return answer.content.decode()


def body(shown: str) -> str:
    return shown.partition("<main")[2].partition("</main>")[0]


def jump(user: User, q: str) -> str:
    answer = signed_in(user).get("/search/", {"q": q})
    return answer["Location"] if answer.status_code == 302 else ""


# Numbers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "yh-2026-113047",
        " YH 2026 113047 ",
        "YH2026113047",
        "2026-113047",
        "2026113047",
        "113047",
        "ＹＨ－２０２６－１１３０４７",
        "１１３０４７",
    ],
)
def test_number_of_a_hazard_leads_to_it_however_it_is_typed(site: stories.Site, hazard: Hazard, typed: str) -> None:
    assert jump(site.inspector, typed) == f"/hazards/{NUMBER}/"


def test_credit_code_and_project_number_lead_to_their_records(site: stories.Site) -> None:
    firm, number = site.project.enterprise, site.project.number
    code = firm.uscc if firm else ""
    for typed in (code, code.lower(), f"{code[:8]} {code[8:]}"):
        assert jump(site.inspector, typed) == f"/enterprises/{code}/"
    assert jump(site.inspector, number) == f"/projects/{number}/"


def test_serial_that_two_hazards_end_with_shows_both(site: stories.Site, hazard: Hazard) -> None:
    renamed(stories.draft(site), number="YH-2025-113047")
    shown = page(site.inspector, "113047")
    assert f"/hazards/{NUMBER}/" in shown
    assert "/hazards/YH-2025-113047/" in shown


def test_number_of_another_county_says_no_more_than_one_that_never_was(site: stories.Site) -> None:
    foreign = renamed(stories.draft(stories.site(LUBEI)), number="YH-2026-999999")
    shown, never = (body(page(site.inspector, q)) for q in (foreign.number, "YH-2026-999998"))
    assert shown.replace("999999", "999998") == never
    assert jump(site.inspector, foreign.project.number) == ""
    assert jump(site.inspector, "999999") == ""


def test_key_of_a_person_is_no_number(site: stories.Site) -> None:
    person = PersonFactory(employer=site.project.enterprise)
    assert jump(site.inspector, str(person.pk)) == ""


# Names and texts ------------------------------------------------------------------------------------------------------


def test_found_words_are_marked_and_nothing_else_is_markup(site: stories.Site, hazard: Hazard) -> None:
    shown = page(site.inspector, "临边")
    assert "三层东侧<mark>临边</mark>防护缺失，&lt;b&gt;未设&lt;/b&gt;" in shown
    assert "1 条" in shown


def test_words_far_down_a_text_are_shown_with_what_stands_around_them(site: stories.Site, hazard: Hazard) -> None:
    renamed(hazard, description="临边防护缺失" * 40 + "，另有盾构机漏油")
    assert "…" in page(site.inspector, "盾构机")
    assert "<mark>盾构机</mark>漏油" in page(site.inspector, "盾构机")


def test_initials_find_and_mark_the_name(site: stories.Site) -> None:
    Project.objects.filter(pk=site.project.pk).update(name="新城长安宽谷3期")
    project = Project.objects.get(pk=site.project.pk)
    project.save()
    assert "新城<mark>长安宽谷</mark>3期" in page(site.inspector, "cakg")
    assert "新城<mark>长安宽谷3</mark>期" in page(site.inspector, "CAKG3")


def test_groups_tell_their_counts_and_lead_on(
    site: stories.Site, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "SHOWN", 2)
    monkeypatch.setattr(finding, "COUNTED", 3)
    for _ in range(4):
        stories.draft(site)
    shown = page(site.inspector, site.project.name)
    assert "3+ 条" in shown
    assert f"/hazards/?view=all&amp;q={quote(site.project.name)}" in shown
    assert shown.count('data-row><span class="brief-body"><a href="/hazards/') == 2


def test_one_character_is_answered_with_what_begins_with_it_and_says_so(site: stories.Site) -> None:
    shown = page(site.inspector, site.project.name[0])
    assert "只输入了一个字" in shown
    assert f"/projects/{site.project.number}/" in shown
    assert f"/projects/{site.project.number}/" not in page(site.inspector, site.project.name[1])


@pytest.mark.parametrize("q", ["%", "__", "\\", "%%%", "'", '"', "\x00", "\u202e\u202e", "😀😀", "a" * 5000, "-", "１"])
def test_no_input_breaks_the_page_or_finds_everything(site: stories.Site, hazard: Hazard, q: str) -> None:
    assert "/hazards/YH-" not in page(site.inspector, q)


def test_what_is_typed_is_cut_and_cleaned() -> None:
    assert finding.typed(" 长\u202e安\x00\n 宽谷 ") == "长安 宽谷"
    assert len(finding.typed("长" * 500)) == 100


def test_registers_that_a_role_may_not_see_are_not_searched(site: stories.Site, hazard: Hazard) -> None:
    for user in (site.inspector, site.director):
        allowed = {r.name for r in finding.searched(user)}
        assert {"hazards", "projects"} <= allowed
    assert "/hazards/" in page(site.director, site.project.name)
