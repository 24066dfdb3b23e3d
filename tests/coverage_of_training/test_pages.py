"""Pages of coverage: from the province to a person, and what each may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.coverage.models import CoverageRule
from apps.coverage.services.sweeping import sweep
from apps.projects.models import Project
from tests.coverage_of_training.stories import DAY, certified, come, figure, inducted, stranger, worker
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.personas import CHANGAN, QIAOXI, persona
from tests.roster.stories import site

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def director_of(project: Project) -> Any:
    assert project.enterprise
    return persona("safety_director", organisation=project.enterprise.organisation)


def seen(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_province_city_county_and_project_tell_the_same_figures() -> None:
    here, there = site(), ProjectFactory(enterprise=EnterpriseFactory(), at=QIAOXI)
    come(worker(here), new := worker(here, trained=False), worker(there))
    sweep()
    client = signed_in(persona("province_officer"))
    asked = f"?period={DAY}"
    province = client.get(f"/coverage/{asked}").context["told"]
    assert (province.total.counted, province.total.covered, province.total.short) == (3, 2, 1)
    assert province.units[0]["label"] == "石家庄市"
    assert len(province.units) == 14
    city = client.get(province.units[0]["url"]).context["told"]
    assert [(line["label"], line["figure"].rate_shown) for line in city.units][:2] == [
        ("长安区", "50.0%"),
        ("桥西区", "100%"),
    ]
    assert [line["project__name"] for line in city.projects] == [here.name, there.name]
    page = seen(client, city.projects[0]["url"])
    assert new.person.name in page
    assert "未完成公司级三级教育" in page


def test_a_county_sees_its_own_and_nothing_of_its_neighbour() -> None:
    here, there = site(), ProjectFactory(enterprise=EnterpriseFactory(), at=QIAOXI)
    come(worker(here, trained=False), worker(there, trained=False))
    sweep()
    client = signed_in(persona("county_officer", at=CHANGAN))
    told = client.get(f"/coverage/?period={DAY}").context["told"]
    assert (told.total.counted, [line["project__name"] for line in told.projects]) == (1, [here.name])
    assert client.get(f"/coverage/regions/{QIAOXI}/").status_code == 404
    assert client.get(f"/projects/{there.number}/coverage/").status_code == 404


def test_a_firm_sees_its_projects_and_is_told_who_came_untrained_today() -> None:
    project, other = site(), site()
    today = timezone.localdate()
    come(worker(project, trained=False), worker(other, trained=False), day=today)
    sweep()
    client = signed_in(director_of(project))
    told = client.get("/coverage/").context["told"]
    assert [line["project__name"] for line in told.projects] == [project.name]
    home = seen(client, "/")
    assert "今天有人未受训上岗" in home
    rows = client.get("/coverage/days/?view=to_train").content.decode()
    assert project.name in rows
    assert other.name not in rows


def test_the_page_says_what_stands_in_the_way_and_by_which_rule() -> None:
    project = site()
    come(worker(project))
    stranger(project, "门外人")
    figure(project)
    page = seen(signed_in(persona("inspector")), f"/projects/{project.number}/coverage/?period={DAY}")
    assert "1 人次的考勤不能由名册说明" in page
    assert "门外人" in page
    assert "待主管部门确认" in page
    assert "三级教育15/15/20学时" in page
    assert "按其他口径" in page


def test_every_day_of_everybody_who_is_not_covered_is_told_however_long_the_period() -> None:
    project = site()
    people = [worker(project, trained=False) for _ in range(40)]
    days = [DAY + timedelta(days=n) for n in range(-6, 10)]
    for day in days:
        come(*people, day=day)
    stranger(project, "门外人")
    sweep()
    client = signed_in(persona("inspector"))
    lines = client.get(f"/projects/{project.number}/coverage/?period=2026-11").context["people"]
    told = {line["gap"].name: (line["gap"].days, line["gap"].day) for line in lines}
    assert told == {who.person.name: (len(days), days[-1]) for who in people} | {"门外人": (1, DAY)}


def test_the_person_is_told_what_is_missing_and_what_to_do() -> None:
    project = site()
    who = worker(project, trained=False, worker_class="safety_officer")
    certified(who.person, "B")
    come(who)
    figure(project)
    director = director_of(project)
    address = f"/projects/{project.number}/coverage/people/{who.person_id}/"
    page = seen(signed_in(director), address)
    assert "由本项目组织项目级三级教育" in page
    assert "C类证书" in page
    assert f"/training/new/?project={project.number}" in page
    assert "/training/new/" not in seen(signed_in(persona("inspector")), address)
    met = signed_in(director).get(address).context["needs"]
    assert [need.is_met for need in met] == [False] * 5
    inducted(who)
    assert [need.is_met for need in signed_in(director).get(address).context["needs"]] == [True] * 4 + [False]


def test_needs_on_the_page_agree_with_what_was_judged() -> None:
    """Two ways to the same: the page asks row by row what the sweep asked of all at once."""
    project = site()
    kinds = ("worker", "manager", "safety_officer", "leader", "returning")
    people = [worker(project, trained=n % 2 == 0, worker_class=kind) for n, kind in enumerate(kinds)]
    today = timezone.localdate()
    come(*people, day=today)
    figure(project, today)
    client = signed_in(persona("inspector"))
    for who in people:
        context = client.get(f"/projects/{project.number}/coverage/people/{who.person_id}/").context
        lacking = sum(not need.is_met for need in context["needs"])
        assert lacking == (len(context["gaps"][0].reasons) if context["gaps"] else 0)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("period=2026-11-10", "2026-11-10"),
        ("period=2026-11", "2026年11月"),
        ("period=2026Q4", "2026-10-01 至 2026-12-31"),
        ("from=2026-11-01&to=2026-11-20", "2026-11-01 至 2026-11-20"),
    ],
)
def test_periods_are_said_in_the_address(asked: str, words: str) -> None:
    come(worker())
    sweep()
    page = seen(signed_in(persona("inspector")), f"/coverage/?{asked}")
    assert words in page


@pytest.mark.parametrize(
    "asked",
    ["period=x", "period=2026-02-30", "period=%00", "from=2026-11-20&to=2026-11-01", "from=0001-01-01&to=9999-12-31"],
)
def test_a_period_that_is_none_is_today_and_says_so(asked: str) -> None:
    client = signed_in(persona("inspector"))
    today = timezone.localdate()
    answer = client.get(f"/coverage/?{asked}")
    period = answer.context["told"].period
    assert (period.first, period.last) == (today, today)
    assert "没有这样的期间" in answer.content.decode()
    assert "没有这样的期间" not in seen(client, "/coverage/?from=&to=")


def test_days_that_were_asked_for_the_wrong_way_round_stay_in_the_form() -> None:
    project = site()
    client = signed_in(director_of(project))
    page = seen(client, f"/projects/{project.number}/coverage/?from=2026-11-20&to=2026-11-01")
    assert 'value="2026-11-20"' in page
    assert 'value="2026-11-01"' in page
    assert "结束日期不能早于开始日期" in page


def test_the_province_adds_an_edition_and_the_past_keeps_its_own() -> None:
    client = signed_in(persona("province_officer"))
    old = CoverageRule.objects.get()
    assert "新增一版" in seen(client, old.get_absolute_url())
    told = {
        "denominator": "rostered",
        "window_days": "14",
        "absent_days": "30",
        "effective_from": str(timezone.localdate()),
        "source": "冀建安函〔2026〕示例号",
        "needs_yearly": "on",
    }
    assert client.post("/system/coverage-rules/new/", told).status_code == 302
    new = CoverageRule.objects.for_day(timezone.localdate())
    assert (new.window_days, new.is_sample, new.needs_induction) == (14, False, False)
    assert CoverageRule.objects.for_day(timezone.localdate() - timedelta(days=1)) == old
    early = client.post("/system/coverage-rules/new/", told | {"effective_from": "2026-05-01"})
    assert (early.status_code, "以前各日适用的版本不能改变" in early.content.decode()) == (422, True)
    nothing = client.post("/system/coverage-rules/new/", {k: v for k, v in told.items() if k != "needs_yearly"})
    assert nothing.status_code == 422


def test_only_the_province_sets_the_rule() -> None:
    for role in ("county_officer", "inspector"):
        assert signed_in(persona(role)).get("/system/coverage-rules/new/").status_code == 403
