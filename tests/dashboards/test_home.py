"""The workbench: every role has its own work, its own figures, and no door that does not open."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import ROLES
from apps.dashboards import selectors, todos
from apps.dashboards.menu import DOCK, FIRM_MENU, MENU, dock_for, menu_for
from apps.hazards.models import Grade, Hazard, State
from apps.hazards.workflow import HAZARD
from apps.notifications.services import notify
from apps.projects.models import ProjectMember
from tests.hazards import stories
from tests.personas import CHANGAN, QIAOXI, city_officer, everyone, persona, province_officer, station_head

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
INSIDE = re.compile(r'href="(/[^"#]*)"')


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def home(client: Client, user: User, tab: str = "") -> str:
    client.force_login(user)
    answer = client.get("/", {"tab": tab} if tab else {})
    assert answer.status_code == 200, user
    return answer.content.decode()


def tabs_of(page: str) -> dict[str, int]:
    nav = page.partition('aria-label="待办类别"')[2].partition("</nav>")[0]
    return {label: int(n) for label, n in re.findall(r">([^<>]+)<span class=\"view-count[^>]*>(\d+)<", nav)}


def every_state(site: stories.Site) -> dict[str, Hazard]:
    states = ("draft", "ordered", "received", "rectifying", "answered", "confirmed", "verified", "closed")
    return {state: stories.taken_to(state, site) for state in states}


def backdated(hazard: Hazard, days: int) -> Hazard:
    """A hazard whose deadline passed so many days ago."""
    deadline = timezone.localdate() - timedelta(days=days)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=deadline, found_on=deadline)
    return hazard


# Roles ----------------------------------------------------------------------------------------------------------------


def members(site: stories.Site) -> Iterator[User]:
    """All roles, those of firms engaged on the site."""
    for role, user in everyone().items():
        if ROLES[role].side in ("enterprise", "expert") and role != "safety_director":
            post = "owner_representative" if role == "owner" else role
            ProjectMember.objects.create(project=site.project, user=user, post=post)
        yield user


def test_no_link_of_any_workbench_is_dead(client: Client, site: stories.Site) -> None:
    every_state(site)
    backdated(stories.taken_to("received", site, grade=Grade.MAJOR), 8)
    for user in members(site):
        page = home(client, user)
        for address in sorted(set(INSIDE.findall(page))):
            if not address.startswith("/static/"):
                answer = client.get(address.replace("&amp;", "&"))
                assert answer.status_code in (200, 302), (user.role, address)


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_holds_what_may_be_opened_and_nothing_else(role: str) -> None:
    user = persona(role)
    shown = [line["label"] for group in menu_for(user, "/", {}) for line in group["items"]]
    menu = FIRM_MENU if ROLES[role].side in ("enterprise", "expert") else MENU
    allowed = [i.label for _, items in menu for i in items if not i.permission or user.has_perm(i.permission)]
    assert shown == allowed
    assert len(dock_for(user, "/")) <= len(DOCK)


def test_firms_have_one_short_list_without_a_heading_and_the_rest_by_the_work_it_belongs_to(
    client: Client, site: stories.Site
) -> None:
    groups = menu_for(site.director, "/hazards/", {"todo": 2})
    labels = ["", "现场履职", "人员与工资", "教育培训", "监督与信用", "企业管理"]
    assert [group["label"] for group in groups] == labels
    assert len(groups[0]["items"]) <= 9
    assert [line["label"] for line in groups[0]["items"]][:4] == ["待办", "隐患台账", "我的项目", "危大工程"]
    assert [line.get("current", False) for line in groups[0]["items"]][:2] == [False, True]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("inspector", {"待复查": 1, "待销号": 1, "待下达": 1}),
        ("second", {"待复查": 1, "待销号": 1}),
        ("head", {"待复查": 1, "待销号": 1}),
        ("director", {"待签收": 1, "待整改": 2}),
        ("manager", {"待签收": 1, "待整改": 2}),
        ("engineer", {"待确认": 1}),
    ],
)
def test_everybody_sees_what_waits_for_them(
    client: Client, site: stories.Site, who: str, expected: dict[str, int]
) -> None:
    every_state(site)
    page = home(client, getattr(site, who))
    assert tabs_of(page) == {"全部待办": sum(expected.values()), **expected}


def test_every_to_do_can_be_done(site: stories.Site) -> None:
    hazards = every_state(site).values()
    stories.taken_to("verified", site, grade=Grade.MAJOR)
    asked = stories.taken_to("ordered", site)
    HAZARD.perform(asked, "request_void", by=site.inspector, void_reason="项目编号选错，须重新登记")
    stories.asked_for_extension(stories.taken_to("received", site), site)
    for user in (site.inspector, site.second, site.head, site.director, site.manager, site.engineer):
        for hazard in todos.todo_rows(user, ""):
            kind: Any = next(k for k in todos.KINDS if k.name == hazard.kind)  # type: ignore[attr-defined]
            assert HAZARD.refusal(hazard, kind.move, user) is None, (user.role, kind.name)
    assert len(list(hazards)) == 8


def test_what_another_office_found_is_no_to_do(client: Client, site: stories.Site) -> None:
    every_state(site)
    for user in (city_officer(), province_officer(), persona("county_officer")):
        page = home(client, user)
        assert (tabs_of(page), "今日无待办" in page) == ({}, True)


@pytest.mark.parametrize(("role", "days"), todos.LATE_FOR.items())
def test_long_overdue_hazards_reach_the_offices_above(client: Client, site: stories.Site, role: str, days: int) -> None:
    user = {"station_head": station_head, "city_officer": city_officer}.get(role, lambda: persona(role))()
    hazard = backdated(stories.taken_to("received", site), days - 1)
    assert "超期督办" not in tabs_of(home(client, user))
    backdated(hazard, days)
    page = home(client, user, "escalated")
    assert tabs_of(page)["超期督办"] == 1
    assert f"超期 {days} 天" in page


def test_a_request_to_void_goes_to_another_approver(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    HAZARD.perform(hazard, "request_void", by=site.head, void_reason="重复登记，另有一条记录")
    assert "作废审批" not in tabs_of(home(client, site.head))
    other = station_head()
    assert tabs_of(home(client, other)) == {"全部待办": 1, "作废审批": 1, "待复查": 1}


def test_an_unknown_tab_shows_all(client: Client, site: stories.Site) -> None:
    every_state(site)
    assert home(client, site.inspector, "x' OR 1=1").count('<span class="todo-kind">') == 3


# Figures and panels ---------------------------------------------------------------------------------------------------


def test_figures_count_what_their_links_show(client: Client, site: stories.Site) -> None:
    every_state(site)
    backdated(stories.taken_to("received", site), 2)
    stories.taken_to("ordered", stories.site(QIAOXI))
    client.force_login(site.inspector)
    user, today = site.inspector, timezone.localdate()
    figures = {f["label"]: f for f in selectors.figures(user, today, selectors.workbench_counts(user, today))}
    assert figures["未销号隐患"]["value"] == "7"
    for label in ("未销号隐患", "超期未改", "7 日内到期"):
        page = client.get(figures[label]["url"]).content.decode()
        assert page.count("data-row") == int(figures[label]["value"]), label


def test_the_agenda_goes_day_by_day(site: stories.Site) -> None:
    monday = date(2026, 11, 23)
    assert [selectors.day_words(monday + timedelta(days=n), monday) for n in (0, 1, 2, 6)] == [
        "今天",
        "明天",
        "周三 11-25",
        "周日 11-29",
    ]
    for days in (0, 3, 3, 9):
        stories.order(stories.draft(site), site, days=days)
    found = selectors.agenda(site.inspector, timezone.localdate())
    assert [(entry["is_today"], len(entry["hazards"])) for entry in found] == [(True, 1), (False, 2)]


def test_overdue_hazards_are_counted_by_the_areas_below(client: Client, site: stories.Site) -> None:
    for place in (site, stories.site(), stories.site(QIAOXI)):
        backdated(stories.taken_to("received", place), 2)
    today = timezone.localdate()
    of_city = selectors.overdue_by_area(city_officer(), today)
    assert [(area.name, area.count) for area in of_city] == [("长安区", 2), ("桥西区", 1)]
    assert [(a.name, a.count) for a in selectors.overdue_by_area(province_officer(), today)] == [("石家庄市", 3)]
    assert selectors.overdue_by_area(site.inspector, today) == []
    client.force_login(city_officer())
    assert client.get(of_city[0].url).content.decode().count("data-row") == 2


def test_unread_messages_stand_in_the_rail_only_when_there_are_some(client: Client, site: stories.Site) -> None:
    assert "未读消息" not in home(client, site.second)
    notify([site.second], kind="note", title="冬季施工专项检查", url="/hazards/", dedupe_key="n1", level="info")
    assert "冬季施工专项检查" in home(client, site.second)


def test_keepers_of_accounts_and_logs_have_a_home_of_their_own(client: Client) -> None:
    persona("")
    admin, security, auditor = (home(client, persona(r)) for r in ("system_admin", "security_admin", "auditor"))
    assert all("个账号未授予角色" in page for page in (admin, security))
    assert ("/system/grants/" in security, "/system/events/" in auditor, "/system/events/" in admin) == (
        True,
        True,
        False,
    )
    assert all("待办类别" not in page for page in (admin, security, auditor))


def test_an_office_without_hazards_keeps_its_ledgers(client: Client, site: stories.Site) -> None:
    page = home(client, persona("permit_officer", at=CHANGAN))
    assert ("工程项目" in page, "未销号隐患" in page) == (True, False)


def test_an_expert_without_a_project_is_told_why_nothing_is_there(client: Client) -> None:
    assert "还没有授权给您的项目" in home(client, persona("expert"))


def test_a_closed_hazard_waits_for_nobody(site: stories.Site) -> None:
    stories.taken_to("closed", site)
    for user in (site.inspector, site.head, site.director, site.engineer):
        assert not todos.todo_rows(user, "").exists()
        assert todos.waiting(user) == {"open": 0, "todo": 0}
    assert Hazard.objects.get().state == State.CLOSED
