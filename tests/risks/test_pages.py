"""The pages of risk points, as a browser without JavaScript gets them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client

from apps.core.registers import registry
from apps.hazards.models import Hazard
from apps.risks.models import ControlCheck, RiskPoint, RiskRule
from apps.risks.workflow import RISK
from tests.factories import DangerousWorkFactory
from tests.hazards import stories as sites
from tests.personas import QIAOXI, persona, signed_in
from tests.risks import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> sites.Site:
    return sites.site()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def text(response: Any) -> str:
    return response.content.decode()


def sheet(site: sites.Site, **values: Any) -> dict[str, Any]:
    """The form as somebody fills it."""
    usual = {
        "project": site.project.number,
        "name": "塔吊吊装",
        "kind": "equipment",
        "nature": "dynamic",
        "factors": "超载、碰撞",
        "accident_type": "起重伤害",
        "method": "lec",
        "of_method": "lec",
        "likelihood": "3",
        "exposure": "6",
        "consequence": "15",
        "measures_engineering": "限位装置齐全\n\n  力矩限制器有效  \n限位装置齐全",
        "measures_management": "专人指挥",
        "responsible_person": "王某",
        "check_every_days": "1",
        "starts_on": "2026-11-01",
    }
    return usual | values


# Entering -------------------------------------------------------------------------------------------------------------


def test_verdict_is_shown_before_anything_is_kept(site: sites.Site) -> None:
    answer = signed_in(site.manager).post("/risks/new/", sheet(site))
    assert answer.status_code == 200
    assert "可能性 L 3 × 暴露频次 E 6 × 后果 C 15 = 270，较大（橙）" in text(answer)
    assert "样例，界限待主管部门确认" in text(answer)
    assert not RiskPoint.objects.exists()


def test_checked_sheet_is_kept_with_its_measures(site: sites.Site) -> None:
    client = signed_in(site.manager)
    answer = client.post("/risks/new/", sheet(site, keep="1"), follow=True)
    risk = RiskPoint.objects.get()
    assert (risk.level, risk.measure_count, risk.enterprise, risk.state) == (3, 3, site.project.enterprise, "proposed")
    assert [m.text for m in risk.measures.current()] == ["限位装置齐全", "力矩限制器有效", "专人指挥"]
    assert "已保存，等级为较大风险，批准后开始管控" in text(answer)


def test_page_of_the_verdict_sends_back_what_was_typed(site: sites.Site) -> None:
    client = signed_in(site.manager)
    told = client.post("/risks/new/", sheet(site)).context["form"]
    again = {bound.html_name: bound.value() for bound in told if bound.value() is not None}
    assert again["measures_engineering"] == sheet(site)["measures_engineering"]
    back = client.post("/risks/new/", again | {"back": "1"})
    assert back.status_code == 200
    assert 'value="塔吊吊装"' in text(back)
    assert client.post("/risks/new/", again | {"keep": "1"}).status_code == 302


def test_another_method_asks_for_its_own_values_and_keeps_the_rest(site: sites.Site) -> None:
    client = signed_in(site.manager)
    answer = client.post("/risks/new/", sheet(site, method="ls"))
    assert answer.status_code == 422
    assert "已改用风险矩阵法（LS），请按该方法选择取值" in text(answer)
    assert "极有可能发生" in text(answer)
    assert "塔吊吊装" in text(answer)
    kept = client.post(
        "/risks/new/", sheet(site, method="ls", of_method="ls", likelihood="5", exposure="", consequence="4", keep="1")
    )
    assert kept.status_code == 302
    risk = RiskPoint.objects.get()
    assert (risk.method, risk.exposure, risk.score, risk.level) == ("ls", None, 20, 4)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"likelihood": ""}, "请选择可能性 L"),
        ({"likelihood": "4"}, "可能性 L 只能取 10、6、3、1、0.5、0.2、0.1"),
        ({"exposure": ""}, "请选择暴露频次 E"),
        ({"raised_to": "2", "raised_reason": "想低"}, "按规则为较大风险，只能提高，不能降低"),
        ({"raised_to": "4"}, "提高等级须写明理由"),
        ({"control_level": "1"}, "较大风险至少由项目部管控"),
        ({"check_every_days": "0"}, "1"),
        ({"ends_on": "2026-10-01"}, "预计解除日期不能早于开始日期"),
        ({"starts_on": "9999-12-31"}, "2200 年以前的日期"),
        ({"accident_type": "外星人"}, "外星人"),
        ({"dangerous_work": "没有这个"}, "没有名为“没有这个”的危大工程"),
        ({"project": "130102999999"}, "没有编号或名称为"),
        ({"measures_training": "字" * 301}, "每条措施最多 300 个字"),
        ({"measures_training": "\n".join(map(str, range(21)))}, "每类最多 20 条措施"),
        ({"enterprise": "没有这家企业"}, "没有这家企业"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(site: sites.Site, wrong: dict[str, str], words: str) -> None:
    answer = signed_in(site.manager).post("/risks/new/", sheet(site, keep="1") | wrong)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "超载、碰撞" in text(answer)
    assert not RiskPoint.objects.exists()


def test_risk_of_a_super_work_is_red_on_the_page_too(site: sites.Site) -> None:
    work = DangerousWorkFactory(project=site.project)
    answer = signed_in(site.manager).post("/risks/new/", sheet(site, dangerous_work=work.pk, likelihood="0.5"))
    assert "超过一定规模的危大工程不低于重大（红）" in text(answer)


def test_dangerous_work_of_another_project_is_none_of_ours(site: sites.Site) -> None:
    foreign = DangerousWorkFactory(project=sites.site().project)
    answer = signed_in(site.manager).post("/risks/new/", sheet(site, dangerous_work=foreign.pk, keep="1"))
    assert answer.status_code == 422
    assert not RiskPoint.objects.exists()


def test_manager_enters_nothing_on_a_project_without_a_post_there(site: sites.Site) -> None:
    """People of a firm read all its projects; they enter risks where they work."""
    other = sites.site()
    other.project.enterprise = site.project.enterprise
    other.project.save()
    other.project.parties.filter(role="general_contractor").update(ended_on=stories.today() - timedelta(days=1))
    assert site.project.enterprise
    other.project.parties.create(role="general_contractor", enterprise=site.project.enterprise)
    answer = signed_in(site.manager).post("/risks/new/", sheet(other, keep="1"))
    assert answer.status_code == 422
    assert "任职，不能登记其风险点" in text(answer)
    assert signed_in(site.director).post("/risks/new/", sheet(other, keep="1")).status_code == 302


@pytest.mark.parametrize("who", ["inspector", "head", "engineer"])
def test_those_who_read_do_not_enter(site: sites.Site, who: str) -> None:
    assert signed_in(getattr(site, who)).get("/risks/new/").status_code == 403


def test_correction_judges_anew_and_stops_once_approved(site: sites.Site) -> None:
    risk, client = stories.proposed(site, "yellow"), signed_in(site.manager)
    url = f"/risks/{risk.number}/edit/"
    told = {b.html_name: b.field.prepare_value(b.value()) for b in client.get(url).context["form"]}
    told = {name: value for name, value in told.items() if value is not None}
    answer = client.post(url, told | {"consequence": "15", "version": risk.version, "keep": "1"})
    assert answer.status_code == 302, answer.context["form"].errors
    risk.refresh_from_db()
    assert (risk.level, risk.measure_count, risk.version) == (3, 4, 2)
    stale = client.post(url, told | {"place": "五层", "version": 1, "keep": "1"})
    assert stale.status_code == 409
    RISK.perform(risk, "put_in_force", by=site.manager)
    assert "修改前请先“重新评价”" in text(client.get(url, follow=True))


# Checks, and what comes of them ---------------------------------------------------------------------------------------


def tapped(risk: RiskPoint, failing: int = 0) -> dict[str, Any]:
    results = stories.results(risk, failing).items()
    return {f"measure_{pk}": "effective" if works else "failed" for pk, works in results} | {
        "checked_on": stories.today().isoformat(),
        "version": risk.version,
    }


def test_check_on_the_phone_is_one_tap_a_measure(site: sites.Site) -> None:
    risk, client = stories.in_force(site), signed_in(site.manager)
    url = f"/risks/{risk.number}/check/"
    assert text(client.get(url)).count('value="failed"') == 4
    answer = client.post(url, tapped(risk), follow=True)
    assert "措施全部有效" in text(answer)
    assert ControlCheck.objects.get().failed == 0


def test_measure_that_was_not_looked_at_is_asked_for(site: sites.Site) -> None:
    risk = stories.in_force(site)
    told = tapped(risk)
    told.pop(next(name for name in told if name.startswith("measure_")))
    answer = signed_in(site.manager).post(f"/risks/{risk.number}/check/", told)
    assert answer.status_code == 422
    assert "请选择“临边设两道防护栏杆”有效还是失效" in text(answer)


def test_failed_control_becomes_a_hazard_that_remembers_it(site: sites.Site) -> None:
    risk, client = stories.in_force(site), signed_in(site.manager)
    page = client.post(f"/risks/{risk.number}/check/", tapped(risk, failing=1), follow=True)
    assert f'href="/hazards/new/?risk={risk.number}">登记为隐患</a>' in text(page)
    form = client.get(f"/hazards/new/?risk={risk.number}").context["form"]
    told = {b.html_name: b.value() for b in form if isinstance(b.value(), (str, int)) and b.value() != ""}
    assert told["description"] == "风险点“四层临边作业”管控措施失效：临边设两道防护栏杆"
    assert (told["project"], told["place"], told["category"]) == (site.project.pk, "3号楼四层", "高处作业")
    answer = client.post("/hazards/new/", told | {"found_on": stories.today().isoformat(), "draft": "1"}, follow=True)
    hazard = Hazard.objects.get()
    assert (hazard.risk_point, hazard.risk_level) == (risk, 3)
    assert f"{risk.number}　四层临边作业" in text(answer)
    listed = client.get(f"/hazards/?view=all&risk_point={risk.number}")
    assert hazard.number in text(listed)
    assert hazard.number not in text(client.get("/hazards/?view=all&risk_point=FX-1999-000001"))


def test_hazard_of_another_site_came_of_no_risk_point_there(site: sites.Site) -> None:
    risk, other = stories.in_force(site), sites.site()
    client = signed_in(site.inspector)
    told = {
        "project": other.project.pk,
        "risk_point": risk.number,
        "description": "临边无防护",
        "category": "高处作业",
        "grade": "ordinary",
        "source": "daily",
        "disposal": "rectify",
        "found_on": stories.today().isoformat(),
    }
    assert client.post("/hazards/new/", told).status_code == 302
    assert Hazard.objects.get().risk_point is None


def test_foreign_risk_point_fills_no_form(site: sites.Site) -> None:
    risk = stories.in_force(sites.site(QIAOXI))
    page = signed_in(site.manager).get(f"/hazards/new/?risk={risk.number}")
    assert page.context["form"]["description"].value() is None
    assert risk.number not in text(page)


def test_move_that_is_no_longer_open_says_why(site: sites.Site) -> None:
    risk = stories.in_force(site, "red")
    page = signed_in(site.manager).get(f"/risks/{risk.number}/lift/")
    assert "重大（红色）风险由企业安全总监办理" in text(page)
    assert signed_in(site.manager).get(f"/risks/{risk.number}/nothing/").status_code == 404
    assert signed_in(site.inspector).get(f"/risks/{risk.number}/check/").status_code == 403


def test_two_who_move_at_once_do_not_overwrite_each_other(site: sites.Site) -> None:
    risk = stories.in_force(site)
    told = tapped(risk)
    stories.checked(risk, site)
    answer = signed_in(site.director).post(f"/risks/{risk.number}/check/", told)
    assert answer.status_code == 409
    assert ControlCheck.objects.count() == 1


# Lists and colours ----------------------------------------------------------------------------------------------------


def shown(client: Client, query: str) -> list[str]:
    page = client.get("/api/risks/", dict(pair.split("=") for pair in query.split("&")))
    return [row["key"] for row in page.json()["results"]]


def test_each_view_finds_what_its_name_says(site: sites.Site) -> None:
    red = stories.in_force(site, "red")
    orange = stories.late(stories.in_force(site))
    failing = stories.checked(stories.in_force(site, "yellow"), site, failing=1)
    bare = stories.proposed(site, "blue", measures={})
    outlived = stories.in_force(site, "blue", ends_on=stories.today() - timedelta(days=1))
    client = signed_in(site.manager)
    found = {
        view: set(shown(client, f"view={view}"))
        for view in ("major", "considerable", "overdue", "failing", "unmeasured", "proposed", "outlived")
    }
    assert found == {
        "major": {red.number},
        "considerable": {orange.number},
        "overdue": {orange.number},
        "failing": {failing.number},
        "unmeasured": {bare.number},
        "proposed": {bare.number},
        "outlived": {outlived.number},
    }
    page = text(client.get("/risks/?view=overdue"))
    assert orange.number in page
    assert "超期 3 天" in page


def test_project_page_shows_colours_and_places(site: sites.Site) -> None:
    stories.in_force(site, "red", place="基坑")
    stories.in_force(site, "blue", place="")
    page = text(signed_in(site.inspector).get(f"/projects/{site.project.number}/risks/"))
    assert "<td>基坑</td>" in page
    assert "<td>未填部位</td>" in page
    assert 'chip-major">重大风险</span>' in page
    assert "登记风险点" not in page


def test_notice_lists_what_is_in_force_with_measures_and_hands(site: sites.Site) -> None:
    stories.in_force(site, "red")
    stories.proposed(site, name="还没有批准的风险")
    page = text(signed_in(site.director).get(f"/projects/{site.project.number}/risks/notice/"))
    assert "安全风险公告" in page
    assert "临边设两道防护栏杆；分层开挖；每日巡视；现场备急救箱" in page
    assert "还没有批准的风险" not in page


def test_overview_adds_up_what_lies_below_and_leads_to_it(site: sites.Site) -> None:
    stories.in_force(site, "red")
    stories.late(stories.in_force(site))
    stories.in_force(sites.site(QIAOXI), "red")
    city = signed_in(persona("city_officer"))
    page = city.get("/risks/overview/")
    by_name = {line["label"]: [cell["count"] for cell in line["cells"]] for line in page.context["lines"]}
    assert (by_name["长安区"], by_name["桥西区"]) == ([1, 1, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0])
    assert page.context["total"] == [2, 1, 0, 0, 1, 0]
    link = next(c["url"] for line in page.context["lines"] for c in line["cells"] if line["label"] == "长安区")
    assert city.get(link).status_code == 200
    county = signed_in(site.inspector).get("/risks/overview/")
    assert [line["label"] for line in county.context["lines"]] == [site.project.name]


def test_overview_of_a_foreign_region_is_none(site: sites.Site) -> None:
    client = signed_in(site.inspector)
    assert client.get("/risks/overview/?region=130104").status_code == 404
    assert signed_in(site.manager).get("/risks/overview/").status_code == 404


# Excel ----------------------------------------------------------------------------------------------------------------


def test_export_holds_the_measures_and_comes_back_unchanged(site: sites.Site) -> None:
    stories.proposed(site, "yellow")
    client = signed_in(site.manager)
    columns = [c.name for c in registry["risks"].columns]
    client.post("/risks/columns/", {"column": columns, "save": "1"})
    book = openpyxl.load_workbook(BytesIO(body(client.post("/risks/export/?view=all"))))
    told = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value]
    assert "临边设两道防护栏杆\n分层开挖" in told, str(told)
    assert {"四层临边作业", "一般风险", "高处坠落", "每日巡视"} <= set(told)


def test_list_asks_as_often_for_three_rows_as_for_one(site: sites.Site, django_assert_max_num_queries: Any) -> None:
    stories.in_force(site)
    client = signed_in(site.inspector)
    client.get("/risks/")
    for _ in range(2):
        stories.in_force(site)
    with django_assert_max_num_queries(14):
        client.get("/risks/")


# Rules ----------------------------------------------------------------------------------------------------------------

RULE = {
    "method": "ls",
    "name": "河北省矩阵法",
    "effective_from": "2027-01-01",
    "likelihood": "5 很可能\n1 不可能",
    "consequence": "5 重大\n1 轻微",
    "from_major": "20",
    "from_considerable": "12",
    "from_general": "6",
    "floor_super": "4",
    "floor_dangerous": "3",
}


def test_new_edition_is_data_and_an_old_one_is_never_changed() -> None:
    client = signed_in(persona("system_admin"))
    assert client.post("/risk-rules/new/", RULE).status_code == 302
    rule = RiskRule.objects.get(name="河北省矩阵法")
    assert rule.bands_in_words == "≥20 重大（红），≥12 较大（橙），≥6 一般（黄），其余 低（蓝）"
    page = text(client.get(f"/risk-rules/{rule.pk}/"))
    assert "很可能" in page
    assert client.get(f"/risk-rules/{rule.pk}/edit/").status_code == 403


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"likelihood": "五 很可能"}, "应写作“数值 含义”"),
        ({"likelihood": "5"}, "应写作“数值 含义”"),
        ({"likelihood": "NaN 无"}, "应写作“数值 含义”"),
        ({"likelihood": "5 很可能\n5.0 再来"}, "不重复"),
        ({"likelihood": "50 很可能"}, "最大为 10"),
        ({"from_general": "12"}, "分级界限须依次降低"),
        ({"method": "lec"}, "LEC 法须有暴露频次的取值"),
        ({"effective_from": "2018-07-01"}, "该方法已有同一天施行的规则"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_edition_that_could_not_judge_is_refused(wrong: dict[str, str], words: str) -> None:
    answer = signed_in(persona("system_admin")).post("/risk-rules/new/", RULE | wrong)
    assert answer.status_code == 422
    assert words in text(answer)


def test_firms_do_not_write_rules(site: sites.Site) -> None:
    assert signed_in(site.director).get("/risk-rules/new/").status_code == 403


# The workbench --------------------------------------------------------------------------------------------------------


def waiting(user: Any) -> list[str]:
    return [risk.number for risk in signed_in(user).get("/").context["risks"]]


def test_workbench_shows_what_fails_what_is_late_and_what_one_may_approve(site: sites.Site) -> None:
    stories.in_force(site)
    late = stories.late(stories.in_force(site, "yellow"))
    failing = stories.checked(stories.in_force(site, "blue"), site, failing=1)
    red, orange = stories.proposed(site, "red"), stories.proposed(site)
    assert waiting(site.director) == [red.number, orange.number, late.number, failing.number]
    assert waiting(site.manager) == [orange.number, late.number, failing.number]
    assert waiting(site.inspector) == [late.number, failing.number]
    assert waiting(sites.site(QIAOXI).inspector) == []
