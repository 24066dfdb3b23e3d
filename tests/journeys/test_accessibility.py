"""Pages that everybody can use: axe finds nothing, nothing is to be scrolled sideways, no other host is asked.

Each page is looked at on a desk and on a phone; at 320 px only that it still fits.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from apps.core.models import Job, JobState
from apps.hazards.models import Hazard
from apps.hazards.workflow import HAZARD
from apps.risks.models import RiskRule
from tests.contracts.planting import contractor_of
from tests.factories import CertificateFactory, DangerousWorkFactory, MemberFactory, PersonFactory
from tests.hazards import stories
from tests.hazards.importing.ledgers import MESSY, ledger, line
from tests.inspections.plans import stories as plans
from tests.journeys.visitors import DESK, PHONE, SMALLEST, Visit
from tests.personas import persona
from tests.risks import stories as risks

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
# axe counts what lies half under a bar at the foot of a phone as too small to hit, wherever the page stands scrolled.
UNSTICK = """() => {
  for (const bar of document.querySelectorAll(".dock, .actionbar, .topbar")) bar.style.position = "static";
}"""
WIDER_THAN_SCREEN = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
Problems = dict[str, list[str]]
axe = Axe()


def looked_at(visitor: Visit) -> Problems:
    """What is wrong with the page as it stands, by width; empty lists left out."""
    found: Problems = {}
    for size in (DESK, PHONE, SMALLEST):
        visitor.page.set_viewport_size({"width": size[0], "height": size[1]})
        told = [] if size == SMALLEST else violations(visitor)
        if (over := visitor.page.evaluate(WIDER_THAN_SCREEN)) > 0:
            told.append(f"{over} px wider than the screen")
        if told:
            found[f"{visitor.path} at {size[0]}"] = told
    visitor.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return found


def violations(visitor: Visit) -> list[str]:
    visitor.page.evaluate(UNSTICK)
    answer: dict[str, Any] = axe.run(visitor.page, options=RULES).response
    return [f"{rule['id']}: {node['html'][:160]}" for rule in answer["violations"] for node in rule["nodes"][:3]]


def walked(visitor: Visit, paths: Iterable[str]) -> Problems:
    found: Problems = {}
    for path in paths:
        found |= looked_at(visitor.open(path))
    return found


def project_pages(site: stories.Site) -> Iterator[str]:
    project = f"/projects/{site.project.number}/"
    yield from (project, *(f"{project}{tab}/" for tab in ("parties", "people", "dangerous", "hazards", "history")))
    yield from (f"{project}risks/", f"{project}risks/notice/", f"{project}duty/")
    yield from (f"{project}edit/", f"{project}dangerous/new/?category=pit")


@pytest.fixture
def site(reference: None) -> stories.Site:
    """A site on which all has happened: hazards in many states, people with certificates, dangerous works."""
    place = stories.site()
    person = PersonFactory(employer=place.project.enterprise)
    CertificateFactory(person=person)
    MemberFactory(project=place.project, person=person, post="project_safety_officer")
    DangerousWorkFactory(project=place.project)
    for state in ("draft", "ordered", "rectifying", "answered", "confirmed", "closed"):
        stories.taken_to(state, place)
    late = stories.taken_to("ordered", place, grade="major", found_on=stories.today() - timedelta(days=9))
    Hazard.objects.filter(pk=late.pk).update(deadline=stories.today() - timedelta(days=2))
    HAZARD.perform(late, "request_void", by=place.inspector, void_reason="与另一条重复登记")
    for colour in risks.VALUES:
        risks.in_force(place, colour)
    risks.late(risks.in_force(place))
    risks.checked(risks.in_force(place, "red"), place, failing=1)
    risks.proposed(place, measures={})
    return place


def numbered(site: stories.Site, state: str) -> str:
    return site.project.hazards.filter(state=state).order_by("pk")[0].get_absolute_url()


# Pages ----------------------------------------------------------------------------------------------------------------


def test_pages_open_to_all(visit: Callable[..., Visit]) -> None:
    stranger = visit(size=DESK)
    assert (
        walked(stranger, ["/login/", "/help/", "/help/shortcuts/", "/accessibility/", "/browser/", "/nowhere/"]) == {}
    )
    assert stranger.faults == []


def test_pages_with_nothing_on_them(visit: Callable[..., Visit]) -> None:
    head = visit(persona("station_head"), size=DESK)
    empty = ["/", "/hazards/", "/projects/", "/enterprises/", "/people/", "/dangerous-works/", "/messages/", "/jobs/"]
    assert walked(head, [*empty, "/exports/", "/imports/", "/search/?q=没有", "/hazards/?q=没有&view=all"]) == {}
    assert head.faults == []


def test_pages_of_inspections_with_and_without_rows(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK)
    pages = [
        f"/inspections/{page}/"
        for page in ("objects", "follow-ups", "calendar", "load", "route", "reports", "campaigns", "plans", "planning")
    ]
    assert walked(head, pages) == {}
    one, other = plans.inspector(user=site.head), plans.inspector(user=site.second)
    campaign = plans.campaign(site.head)
    waiting = plans.visit(site.project, [one, other], by=site.head, campaign=campaign)
    done = plans.visit(site.project, [one, other], by=site.head, campaign=campaign)
    plans.found(done, site.project.hazards.filter(state="ordered")[0])
    plans.submitted(done, score=82)
    plans.published(plans.visit(site.project, [one], by=site.head))
    plan = plans.plan(site.head, state="published")
    more = [f"{campaign.get_absolute_url()}{page}" for page in ("", "progress/", "quotas/", "zero-report/")]
    more += [f"/inspections/planning/?project={site.project.number}", f"/inspections/{waiting.number}/reassign/"]
    more += [
        "/inspections/calendar/?span=week",
        f"{one.get_absolute_url()}absences/new/",
        "/inspections/campaigns/new/",
    ]
    more += [
        one.get_absolute_url(),
        plan.get_absolute_url(),
        "/inspections/findings/",
        f"{done.get_absolute_url()}publish/",
    ]
    public = [f"/public/inspections/{page}/" for page in ("results", "plans", f"plans/{plan.pk}")]
    assert walked(head, [*pages, *more, *public]) == {}
    assert head.faults == []


def test_pages_of_an_office(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK)
    Job.objects.create(kind="core.export", created_by=site.head, title="导出隐患台账", state=JobState.DONE, total=3)
    ledgers = [
        "/",
        "/hazards/?view=all",
        "/hazards/columns/",
        "/hazards/new/",
        "/projects/",
        "/enterprises/",
        "/people/",
    ]
    cases = [numbered(site, state) for state in ("ordered", "confirmed", "closed")]
    more = [f"{cases[1]}verify/", "/messages/", "/jobs/", "/menu/", "/account/", "/search/?q=安置房"]
    assert walked(head, [*ledgers, *cases, *more]) == {}
    assert head.faults == []


def test_pages_of_a_project(visit: Callable[..., Visit], site: stories.Site) -> None:
    inspector = visit(site.inspector, size=DESK)
    person, firm = site.project.members.exclude(person=None)[0].person_id, contractor_of(site).uscc
    others = [f"/people/{person}/", f"/enterprises/{firm}/", f"/enterprises/{firm}/people/", "/projects/new/"]
    assert walked(inspector, [*project_pages(site), *others]) == {}
    assert inspector.faults == []


def test_pages_of_a_firm(visit: Callable[..., Visit], site: stories.Site) -> None:
    director, engineer = visit(site.director, size=DESK), visit(site.engineer, size=DESK)
    answering = [numbered(site, "ordered"), numbered(site, "rectifying"), f"{numbered(site, 'rectifying')}answer/"]
    assert walked(director, ["/", "/hazards/", *answering, "/people/new/"]) == {}
    assert walked(engineer, ["/", numbered(site, "answered"), f"{numbered(site, 'answered')}reject/"]) == {}
    assert (director.faults, engineer.faults) == ([], [])


def test_pages_of_risks(visit: Callable[..., Visit], site: stories.Site) -> None:
    manager, head = visit(site.manager, size=DESK), visit(site.head, size=DESK)
    failing = site.project.risks.get(is_failing=True).get_absolute_url()
    proposed = site.project.risks.get(state="proposed").get_absolute_url()
    pages = ["/risks/?view=all", "/risks/new/", failing, f"{failing}check/", f"{failing}lift/", f"{proposed}edit/"]
    assert walked(manager, pages) == {}
    assert looked_at(manager.open("/risks/new/?method=ls").press("评价并核对")) == {}
    assert looked_at(manager.open(f"{proposed}edit/").press("评价并核对")) == {}
    assert manager.reads("保存风险点", "返回修改")
    assert (
        walked(
            head,
            ["/risks/", "/risks/overview/", failing, "/risk-rules/", f"/risk-rules/{RiskRule.objects.all()[0].pk}/"],
        )
        == {}
    )
    assert (manager.faults, head.faults) == ([], [])


def test_system_pages(visit: Callable[..., Visit], site: stories.Site) -> None:
    keeper, guard = visit(persona("system_admin"), size=DESK), visit(persona("security_admin"), size=DESK)
    auditor = visit(persona("auditor"), size=DESK)
    user = f"/system/users/{site.director.username}/"
    ledgers = ["/system/users/", "/system/organisations/", "/system/dictionaries/", "/system/regions/"]
    assert walked(keeper, [*ledgers, user, f"{user}disable/", "/system/users/new/"]) == {}
    assert walked(guard, ["/system/roles/", "/system/grants/", "/system/grants/new/"]) == {}
    assert walked(auditor, ["/system/events/"]) == {}
    assert (keeper.faults, guard.faults, auditor.faults) == ([], [], [])


def test_an_import_that_only_needs_decisions(visit: Callable[..., Visit], site: stories.Site, tmp_path: Path) -> None:
    file = tmp_path / "问题库.xlsx"
    file.write_bytes(ledger(MESSY).read())
    inspector = visit(site.inspector, size=DESK).open("/imports/hazards/new/")
    inspector.page.locator("input[type=file]").set_input_files(file)
    found = looked_at(inspector.press("上传并识别").press("检查全部行"))
    assert inspector.reads("确认导入 8 行", "返回核对列", "放弃导入")
    assert found | walked(inspector, ["/imports/"]) == {}
    assert inspector.faults == []


# Refused forms --------------------------------------------------------------------------------------------------------


def test_refused_forms(visit: Callable[..., Visit], site: stories.Site, tmp_path: Path) -> None:
    stranger = visit(size=DESK).sign_in("nobody-here", "wrong-password-1")
    inspector, director = visit(site.inspector, size=DESK), visit(site.director, size=DESK)
    found = looked_at(stranger)
    found |= looked_at(inspector.open("/hazards/new/").press("保存并下达"))
    found |= looked_at(inspector.open("/projects/new/").press("保存"))
    found |= looked_at(inspector.open(f"{numbered(site, 'confirmed')}verify/").press("提交复查结论"))
    found |= looked_at(director.open(f"{numbered(site, 'rectifying')}answer/").press("提交给监理确认"))
    file = tmp_path / "问题库.xlsx"
    file.write_bytes(ledger([*MESSY, line(9, found_on="没有这一天")]).read())
    inspector.open("/imports/hazards/new/").press("上传并识别")
    found |= looked_at(inspector)
    inspector.page.locator("input[type=file]").set_input_files(file)
    found |= looked_at(inspector.press("上传并识别"))
    found |= looked_at(inspector.press("检查全部行"))
    assert found == {}
    assert (stranger.faults, inspector.faults, director.faults) == ([], [], [])
