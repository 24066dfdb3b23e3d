"""The pages, as a browser without scripts uses them: reporting, the case file, its moves, the register."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from apps.accidents.models import Accident
from apps.accidents.workflow import ACCIDENT
from tests.accidents import stories
from tests.hazards.stories import Site, enterprise, site, today
from tests.personas import CHANGAN, QIAOXI, inspector, persona, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Site:
    return site()


def text(response: Any) -> str:
    return str(response.content.decode())


def sheet(where: Site, **values: str) -> dict[str, str]:
    """The form of a report as a browser sends it."""
    usual = {
        "project": where.project.number,
        "occurred_at": f"{timezone.localtime() - timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "place": "3号楼东侧",
        "category": "collapse",
        "deaths": "3",
        "serious_injuries": "0",
        "direct_loss": "",
        "summary": "基坑北侧坍塌，已停止作业",
    }
    return usual | values


def decision(**values: str) -> dict[str, str]:
    usual = {
        "determination_number": "示例调〔2026〕1号",
        "determined_on": str(today()),
        "is_liability": "true",
        "concealment": "late",
        "main": "",
        "secondary": "",
        "determination": "未按方案支护，坑边堆载",
    }
    return usual | values


# Reporting ------------------------------------------------------------------------------------------------------------


def test_an_accident_is_reported_on_a_page_and_its_grade_is_told(place: Site) -> None:
    client = signed_in(place.director)
    assert "上报事故" in text(client.get("/accidents/"))
    assert place.project.name in text(client.get(f"/accidents/new/?project={place.project.pk}"))
    shown = text(client.post("/accidents/new/", sheet(place), follow=True))
    accident = Accident.objects.get()
    assert f"{accident}：已上报，按所报伤亡和损失为较大事故" in shown
    assert (accident.grade, accident.direct_loss, accident.reported_by) == ("larger", None, place.director)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"deaths": "0"}, "不能都为零或者不详"),
        ({"occurred_at": "2199-01-01T08:00"}, "发生时间不能晚于现在"),
        ({"occurred_at": "昨天"}, "请填写日期和时间"),
        ({"deaths": "-1"}, "大于或等于0"),
        ({"category": "nonsense"}, "选择"),
        ({"summary": "短"}, "至少 5 个字"),
    ],
)
def test_a_report_that_is_wrong_says_so_and_keeps_what_was_typed(
    place: Site, values: dict[str, str], told: str
) -> None:
    answer = signed_in(place.inspector).post("/accidents/new/", sheet(place, **values))
    assert (answer.status_code, Accident.objects.count()) == (422, 0)
    assert told in text(answer)
    assert "3号楼东侧" in text(answer)


def test_nobody_reports_on_a_foreign_project_nor_sees_its_name(place: Site) -> None:
    answer = signed_in(inspector(QIAOXI)).post("/accidents/new/", sheet(place))
    assert (answer.status_code, Accident.objects.count()) == (422, 0)
    assert "您可查看的项目中没有" in text(answer)
    assert place.project.name not in text(answer)


def test_who_only_reads_is_offered_no_report(place: Site) -> None:
    client = signed_in(persona("auditor"))
    assert "上报事故" not in text(client.get("/accidents/"))
    assert client.get("/accidents/new/").status_code == 403


# The case file and its moves ------------------------------------------------------------------------------------------


def test_the_case_file_offers_each_reader_their_moves(place: Site) -> None:
    accident = stories.reported(place)
    for user, open_moves in (
        (place.head, ["补报", "认定", "撤销"]),
        (place.director, ["补报"]),
        (place.second, ["补报"]),
    ):
        page = signed_in(user).get(accident.get_absolute_url())
        assert [action["label"] for action in page.context["actions"]] == open_moves
    assert "起重伤害" in text(page)


def test_figures_are_supplemented_from_what_stands_there(place: Site) -> None:
    accident = stories.reported(place)
    client, address = signed_in(place.inspector), f"{accident.get_absolute_url()}supplement/"
    shown = client.get(address).context["form"]
    assert [shown[name].value() for name in ("deaths", "serious_injuries")] == [1, 2]
    told = {"deaths": "10", "serious_injuries": "0", "direct_loss": "", "remark": "又发现九名遇难者", "version": "1"}
    assert client.post(address, told).status_code == 302
    accident.refresh_from_db()
    assert (accident.grade, accident.direct_loss) == ("major", stories.FIGURES["direct_loss"])
    assert client.post(address, told | {"remark": ""}).status_code == 422
    assert client.post(address, told).status_code == 409


def test_an_accident_is_determined_on_a_page_with_firms_by_name_and_by_code(place: Site) -> None:
    accident = stories.reported(place)
    contractor, second, third = place.project.enterprise, enterprise(), enterprise()
    assert contractor
    client, address = signed_in(place.head), f"{accident.get_absolute_url()}determine/"
    assert "每行一家" in text(client.get(address))
    told = decision(main=contractor.name, secondary=f"\n{second.uscc}\n {third.name} ")
    shown = text(client.post(address, told | {"version": "1"}, follow=True))
    accident.refresh_from_db()
    assert (accident.state, accident.concealment) == ("determined", "late")
    assert set(accident.liabilities.values_list("enterprise", "responsibility")) == {
        (contractor.pk, "main"),
        (second.pk, "secondary"),
        (third.pk, "secondary"),
    }
    named = f"{contractor.name}（主要责任）；{second.name}（次要责任）；{third.name}（次要责任）"
    assert shown.count(named) == 2  # in the section and in the history
    assert "迟报" in shown


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("某某不存在的公司", "第 1 行：平台上没有名称为“某某不存在的公司”的企业"),
        ("{name}\n\n没有的公司", "第 3 行：平台上没有名称为“没有的公司”的企业"),
        ("{name}\n{uscc}", "第 2 行：与第 1 行是同一家企业"),
        ("", "至少填一家责任单位"),
    ],
)
def test_a_line_that_names_no_firm_is_pointed_out(place: Site, main: str, told: str) -> None:
    accident, firm = stories.reported(place), place.project.enterprise
    assert firm
    typed = main.format(name=firm.name, uscc=firm.uscc)
    answer = signed_in(place.head).post(f"{accident.get_absolute_url()}determine/", decision(main=typed))
    assert answer.status_code == 422
    assert told in "".join(answer.context["form"].errors["main"])
    assert Accident.objects.get().state == "reported"


@pytest.mark.parametrize(
    ("values", "field", "told"),
    [
        ({"is_liability": ""}, "is_liability", "请选择是否属于生产安全责任事故"),
        ({"is_liability": "false", "main": "{name}"}, "main", "不填责任单位"),
        ({"main": "{name}", "secondary": "{name}"}, "secondary", "已列为主要责任单位"),
        ({"main": "{name}", "determined_on": "2199-01-01"}, "determined_on", "认定日期不能晚于今天"),
        ({"main": "{name}", "determined_on": "2020-01-01"}, "determined_on", "认定日期不能早于事故发生日期"),
    ],
)
def test_a_decision_that_contradicts_itself_says_at_which_field(
    place: Site, values: dict[str, str], field: str, told: str
) -> None:
    accident, firm = stories.reported(place), place.project.enterprise
    assert firm
    typed = {name: value.format(name=firm.name) for name, value in values.items()}
    answer = signed_in(place.head).post(f"{accident.get_absolute_url()}determine/", decision(**typed))
    assert answer.status_code == 422
    assert told in "".join(answer.context["form"].errors[field])


def test_who_reported_is_led_back_with_the_reason(place: Site) -> None:
    accident = stories.reported(place, by=place.head)
    answer = signed_in(place.head).get(f"{accident.get_absolute_url()}determine/", follow=True)
    assert "由上报人以外的人办理" in text(answer)
    assert signed_in(place.director).get(f"{accident.get_absolute_url()}determine/").status_code == 403


def test_a_report_is_withdrawn_on_a_page_and_stands_on_no_step(place: Site) -> None:
    accident = stories.reported(place)
    client = signed_in(place.head)
    told = {"reason": "经核实系突发疾病，不构成事故"}
    shown = client.post(f"{accident.get_absolute_url()}withdraw/", told, follow=True)
    assert "经核实系突发疾病" in text(shown)
    assert [step["state"] for step in shown.context["steps"]] == ["", ""]


# The register ---------------------------------------------------------------------------------------------------------


def test_tabs_part_what_waits_from_what_is_determined_and_grave(place: Site) -> None:
    county = persona("county_officer", at=CHANGAN)
    waiting = stories.reported(place, by=county)
    done = stories.determined(place, deaths=3)
    stories.withdrawn(place)
    asked = {"reported": [waiting], "determined": [done], "grave": [done], "to_determine": [waiting]}
    client = signed_in(place.head)
    for tab, found in asked.items():
        assert [a for a in (waiting, done) if a.number in text(client.get(f"/accidents/?view={tab}"))] == found
    own = text(signed_in(county).get("/accidents/?view=to_determine"))
    assert waiting.number not in own


def test_the_register_is_searched_filtered_and_exported(place: Site) -> None:
    fall, lift = stories.reported(place, category="fall", place="外架"), stories.reported(place)
    client = signed_in(place.head)
    for query, found in (("q=外架", [fall]), (f"q={lift.number}", [lift]), ("category=fall", [fall])):
        page = text(client.get(f"/accidents/?view=all&{query}"))
        assert [a for a in (fall, lift) if a.get_absolute_url() in page] == found
    book: Any = client.post("/accidents/export/?view=all&q=外架")
    told = load_workbook(BytesIO(b"".join(book.streaming_content))).worksheets[0]
    numbers = {str(cell.value) for row in told.iter_rows() for cell in row}
    assert (fall.number in numbers, lift.number in numbers) == (True, False)


def test_a_determined_accident_is_one_step_further(place: Site) -> None:
    page = signed_in(place.head).get(stories.determined(place).get_absolute_url())
    assert [step["state"] for step in page.context["steps"]] == ["done", "done"]
    assert not ACCIDENT.open_to(Accident.objects.get(), place.head)
