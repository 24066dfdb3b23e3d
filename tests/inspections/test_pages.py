"""A visit written at a desk: the same checks as on the phone, and nothing typed is lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.hazards.models import Hazard
from apps.inspections.checklists import table_of
from apps.inspections.models import Checklist, Visit
from tests.core.pictures import jpeg
from tests.hazards.stories import site, taken_to
from tests.inspections.stories import CRANE, answered, lead, planned, problem, signed, stroke, submitted
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db


def page(visit: Visit, part: str = "") -> str:
    return f"/inspections/{visit.number}/{part}"


def table_data(checklist: Checklist, **changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {f"verdict_{item.seq}": "pass" for item in table_of(checklist).items}
    return told | changed


def test_a_whole_visit_is_written_at_a_desk_and_handed_in() -> None:
    visit = planned()
    client, checklist = signed_in(lead(visit)), visit.checklists.get()
    data = table_data(checklist, verdict_1="deduct", reasons_1=["1.2"], own_text_1="铅封脱落", own_points_1=1)
    assert client.post(page(visit, f"tables/{checklist.pk}/"), data).status_code == 302
    assert visit.answers.get(item=1).points_off == 9

    begun = client.get(page(visit, f"problems/new/?checklist={checklist.pk}&item=1"))
    form = begun.context["form"]
    assert form["description"].value() == "起重量限制器不灵敏；铅封脱落"
    assert form["clause"].value() == "JGJ 59-2011 表B.17 第1项"
    assert form["demands"].value() == "停止使用，调试合格后使用"
    assert form["grade"].value() == "major"
    told = {name: form[name].value() for name in ("key", "checklist", "item", "description", "clause", "demands")}
    told |= {"grade": "major", "category": form["category"].value(), "term": "calendar:3", "disposal": "rectify"}
    photo = SimpleUploadedFile("site.jpg", jpeg(3).getvalue(), "image/jpeg")
    assert client.post(page(visit, "problems/new/"), told | {"photos": photo}).status_code == 302
    assert visit.findings.get().photos.count() == 1

    assert client.post(page(visit, "notes/"), {"conclusion": "立即整改"}).status_code == 302
    for who in [*(str(member.inspector_id) for member in visit.team.all()), "inspected"]:
        scan = SimpleUploadedFile("s.png", stroke(), "image/png")
        assert client.post(page(visit, "signature/"), {"who": who, "name": "赵伟", "image": scan}).status_code == 302
    assert client.post(page(visit, "submit/"), {}).status_code == 302
    visit.refresh_from_db()
    assert (visit.state, visit.conclusion) == ("submitted", "立即整改")
    assert Hazard.objects.get(finding__visit=visit).grade == "major"


def test_a_mistake_in_one_item_keeps_what_was_typed_in_all_and_writes_none() -> None:
    visit = planned()
    client, checklist = signed_in(lead(visit)), visit.checklists.get()
    data = table_data(checklist, verdict_2="deduct", remark_3="回转限位待复测")
    answer = client.post(page(visit, f"tables/{checklist.pk}/"), data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "“行程限位装置”记为扣分，请选择或填写扣分事由" in text
    assert "回转限位待复测" in text
    assert not visit.answers.exists()


def test_an_item_changed_meanwhile_is_a_conflict_and_not_overwritten() -> None:
    visit = planned()
    client, checklist = signed_in(lead(visit)), visit.checklists.get()
    client.post(page(visit, f"tables/{checklist.pk}/"), {"verdict_1": "pass"})
    answer = client.post(page(visit, f"tables/{checklist.pk}/"), {"verdict_1": "absent", "base_1": "7"})
    assert answer.status_code == 422
    assert "已被他人修改" in answer.content.decode()
    assert visit.answers.get().verdict == "pass"


def test_what_is_missing_is_told_on_the_page_of_submission() -> None:
    visit = planned()
    answer = signed_in(lead(visit)).post(page(visit, "submit/"), {})
    assert answer.status_code == 422
    assert "还有 10 项没有结论" in answer.content.decode()


def test_a_firm_sees_a_visit_once_it_is_handed_in_and_not_before() -> None:
    place = site()
    visit = planned(place)
    director = signed_in(place.director)
    assert director.get(page(visit)).status_code == 404
    answered(visit)
    signed(visit)
    submitted_page = signed_in(lead(visit))
    submitted_page.post(page(visit, "submit/"), {})
    answer = director.get(page(visit))
    assert answer.status_code == 200
    assert "补充记录" not in answer.content.decode()


def test_another_county_finds_nothing() -> None:
    visit = planned()
    neighbour = signed_in(persona("inspector", at="130104"))
    finding = problem(visit)
    for part in ("", "sheet/", "notes/", f"problems/{finding.pk}/", "supplement/"):
        assert neighbour.get(page(visit, part)).status_code == 404
    photo = finding.photos.get()
    assert neighbour.get(f"/inspections/photos/{photo.pk}/shown/").status_code == 404


def test_who_is_not_of_the_team_sees_and_does_not_write() -> None:
    visit = planned()
    colleague = signed_in(persona("inspector"))
    assert colleague.get(page(visit)).status_code == 200
    assert colleague.get(page(visit, f"tables/{visit.checklists.get().pk}/")).status_code == 403
    assert colleague.post(page(visit, "notes/"), {"conclusion": "x"}).status_code == 403


def test_a_note_that_a_colleague_has_written_meanwhile_is_shown_and_not_overwritten() -> None:
    visit = planned()
    client = signed_in(lead(visit))
    asked = client.get(page(visit, "notes/")).content.decode()
    assert 'name="was_conclusion"' in asked
    Visit.objects.filter(pk=visit.pk).update(conclusion="限期三日整改\n并复查")
    typed = {"site_note": "主体施工", "conclusion": "立即整改", "was_conclusion": ""}
    refused = client.post(page(visit, "notes/"), typed)
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "已被他人改为：“限期三日整改" in shown and "立即整改</textarea>" in shown
    visit.refresh_from_db()
    assert (visit.site_note, visit.conclusion) == ("", "限期三日整改\n并复查")
    seen = typed | {"was_conclusion": "限期三日整改\r\n并复查"}
    assert client.post(page(visit, "notes/"), seen).status_code == 302
    visit.refresh_from_db()
    assert (visit.site_note, visit.conclusion) == ("主体施工", "立即整改")


def test_a_supplement_adds_and_changes_nothing() -> None:
    visit = submitted()
    before = visit.record_sha256
    client = signed_in(lead(visit))
    assert client.post(page(visit, "supplement/"), {"text": "补充：塔机检测报告已于当日核对"}).status_code == 302
    visit.refresh_from_db()
    assert visit.record_sha256 == before
    assert visit.supplements.get().text.startswith("补充")
    assert "塔机检测报告" in client.get(page(visit)).content.decode()


def test_a_supplement_of_an_open_visit_is_refused() -> None:
    visit = planned()
    answer = signed_in(lead(visit)).post(page(visit, "supplement/"), {"text": "补充"}, follow=True)
    assert "可以直接修改记录" in answer.content.decode()
    assert not visit.supplements.exists()


def test_a_problem_can_be_taken_back_and_then_becomes_no_hazard() -> None:
    visit = planned()
    finding = problem(visit)
    client = signed_in(lead(visit))
    assert client.post(page(visit, f"problems/{finding.pk}/drop/")).status_code == 302
    answered(visit)
    signed(visit)
    client.post(page(visit, "submit/"), {})
    visit.refresh_from_db()
    assert visit.state == "submitted"
    assert not Hazard.objects.exists()


def test_the_site_sheet_says_who_is_there_and_what_is_open() -> None:
    place = site()
    visit = planned(place)
    still = taken_to("ordered", place, description="塔机基础积水未排除")
    done = taken_to("closed", place, description="脚手架连墙件缺失已补")
    elsewhere = taken_to("ordered", site(), description="另一工地洞口未防护")
    shown = signed_in(place.head).get(page(visit, "sheet/"))
    text = shown.content.decode()
    assert place.project.name in text
    assert place.manager.name in text
    assert "载荷限制装置" in text
    assert list(shown.context["hazards"]) == [still]
    assert still.number in text and "塔机基础积水未排除" in text
    assert done.number not in text and elsewhere.number not in text


# Checklists -----------------------------------------------------------------------------------------------------------


LINES = """
1. 使用登记｜40｜
  - 未办理使用登记｜40｜停用
2. 垂直度｜60｜
  限值 偏差｜‰｜｜4
  - 超限｜60｜调整｜重大
"""


def edition(**changed: Any) -> dict[str, Any]:
    told = {
        "family": "campaign",
        "code": "ZX-LIFTING",
        "name": "建筑起重机械专项检查表（修订）",
        "effective_from": str(timezone.localdate() + timedelta(days=10)),
        "group": "塔式起重机与起重吊装",
        "lines": LINES,
        "is_sample": "on",
    }
    return told | changed


def test_a_new_edition_takes_over_on_its_day_and_the_old_one_judges_until_then() -> None:
    visit = planned(codes=("ZX-LIFTING",))
    client = signed_in(persona("province_officer"))
    assert client.post("/inspections/checklists/new/", edition()).status_code == 302
    today = timezone.localdate()
    now = Checklist.objects.in_force(today).get(code="ZX-LIFTING")
    then = Checklist.objects.in_force(today + timedelta(days=10)).get(code="ZX-LIFTING")
    assert (visit.checklists.get(), now) == (now, now)
    assert then != now
    assert [item.points for item in table_of(then).items] == [40, 60]
    limit = table_of(then).items[1].limit
    assert limit is not None
    assert limit.most == 4


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"lines": "随便写写"}, "第 1 行“随便写写”看不懂"),
        ({"lines": "1. 甲｜10｜\n- 缺｜11｜"}, "扣分应为 1 至 10"),
        ({"lines": "1. 甲｜10｜\n1. 乙｜10｜"}, "重复"),
        ({"lines": "1. 甲｜0｜"}, "满分应为 1 至 100"),
        ({"lines": "1. 甲｜10｜\n条件 5｜符合"}, "条件须引用排在前面的项"),
    ],
)
def test_an_edition_that_cannot_be_read_is_refused_with_the_line(changed: dict[str, str], reason: str) -> None:
    answer = signed_in(persona("province_officer")).post("/inspections/checklists/new/", edition(**changed))
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_an_edition_based_on_another_begins_with_its_lines() -> None:
    base = planned().checklists.get(code=CRANE)
    text = signed_in(persona("province_officer")).get(f"/inspections/checklists/new/?base={base.pk}").content.decode()
    assert "1. 载荷限制装置｜10｜保证项目" in text
    assert "  - 未安装力矩限制器｜10｜" in text


def test_a_withdrawn_checklist_is_no_longer_planned_with() -> None:
    planned(codes=("ZX-PIT",))
    old = Checklist.objects.filter(code="ZX-PIT").latest("effective_from")
    client = signed_in(persona("province_officer"))
    day = timezone.localdate() + timedelta(days=1)
    assert client.post(f"/inspections/checklists/{old.pk}/withdraw/", {"withdrawn_from": str(day)}).status_code == 302
    assert not Checklist.objects.in_force(day).filter(code="ZX-PIT").exists()


def test_only_who_keeps_checklists_writes_them() -> None:
    planned()
    pk = Checklist.objects.filter(code="ZX-PIT").latest("effective_from").pk
    client = signed_in(persona("inspector"))
    assert client.get("/inspections/checklists/").status_code == 200
    assert client.get("/inspections/checklists/new/").status_code == 403
    assert client.get(f"/inspections/checklists/{pk}/withdraw/").status_code == 403


def test_a_photograph_that_is_none_is_refused_and_the_words_stay() -> None:
    visit = planned()
    told = {
        "key": str(uuid4()),
        "grade": "ordinary",
        "description": "临边缺少防护栏杆",
        "category": "高处作业",
        "demands": "设置防护",
        "term": "calendar:3",
        "disposal": "rectify",
        "photos": SimpleUploadedFile("a.jpg", b"no picture", "image/jpeg"),
    }
    answer = signed_in(lead(visit)).post(page(visit, "problems/new/"), told)
    assert answer.status_code == 422
    assert "临边缺少防护栏杆" in answer.content.decode()
    assert not visit.findings.exists()
