"""Credit records in and out by Excel: proposals come in, wrong rows say what is wrong, and all goes out again."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.core.registers import registry
from apps.credit.models import Blacklisting, CreditEntry, CreditItem, ListType, PermitCase
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, content, workbook
from tests.credit import permit_stories as permits
from tests.credit import stories
from tests.credit.stories import Cast
from tests.factories import credit_code
from tests.personas import persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CATALOGUE = ("适用对象", "类别", "性质", "失信程度", "扣分", "计分方式", "证明材料", "依据")
HEADINGS = ("统一社会信用代码", "行为代码", "发生日期", "事实", "证据", "处罚决定书文号")


def test_a_workbook_of_penalties_comes_in_whole_as_proposals_or_says_what_is_wrong_with_which_row() -> None:
    cast = Cast()
    day = f"{stories.today() - timedelta(days=5):%Y-%m-%d}"
    good = (cast.firm.uscc, "X-B01", day, "未按方案施工", "处罚决定书", "示例罚〔2026〕1号")
    wrong = (
        (cast.firm.uscc, "X-B01", day, "未按方案施工", "", "示例罚〔2026〕2号"),
        (cast.firm.uscc, "Z-999", day, "没有这个代码", "处罚决定书", ""),
        ("91130100MA0000000X", "X-B01", day, "代码有误", "处罚决定书", ""),
    )
    page = Flow(cast.inspector, "credit_entries").through(workbook(HEADINGS, good, *wrong)).content.decode()
    for words in ("证据", "评价目录中没有“Z-999”", "校验码"):
        assert words in page
    assert not CreditEntry.objects.exists()
    Flow(cast.inspector, "credit_entries").whole(workbook(HEADINGS, good))
    (entry,) = CreditEntry.objects.all()
    assert (entry.state, entry.item.code, entry.decision_number) == ("proposed", "X-B01", "示例罚〔2026〕1号")
    assert entry.made_by == cast.inspector


def test_proposals_for_a_list_come_in_by_excel_and_wait_for_two_officers() -> None:
    cast = Cast()
    kind = ListType.objects.get(code="market")
    headings = ("统一社会信用代码", "名单种类", "列入情形", "发生日期", "事实", "证据")
    day = f"{stories.today() - timedelta(days=5):%Y-%m-%d}"
    condition = kind.conditions[0]["text"]
    wrong = (
        (cast.firm.uscc, "没有的名单", condition, day, "伪造业绩", "鉴定意见"),
        (cast.firm.uscc, kind.name, "心情不好", day, "伪造业绩", "鉴定意见"),
    )
    page = Flow(cast.province, "blacklistings").through(workbook(headings, *wrong)).content.decode()
    for words in ("没有这种名单", "没有“心情不好”这个选项"):
        assert words in page
    assert not Blacklisting.objects.exists()
    Flow(cast.province, "blacklistings").whole(
        workbook(headings, (cast.firm.uscc, kind.name, condition, day, "伪造业绩", "鉴定意见"))
    )
    listing = Blacklisting.objects.get()
    assert (listing.state, listing.list_type, listing.made_by) == ("proposed", kind, cast.province)
    assert listing.legal_basis == kind.legal_basis


def test_cases_about_permits_come_in_by_excel() -> None:
    stage = permits.Stage()
    headings = ("统一社会信用代码", "处置", "发生日期", "事实", "证据", "依据")
    row = (
        stage.firm.uscc,
        "暂扣",
        f"{stories.today():%Y-%m-%d}",
        "安全生产条件降低",
        "复核记录",
        "《安全生产许可证条例》",
    )
    Flow(stage.province, "permit_cases").whole(workbook(headings, row))
    case = PermitCase.objects.get()
    assert (case.state, case.measure, case.enterprise, case.made_by) == (
        "proposed",
        "suspend",
        stage.firm,
        stage.province,
    )


def test_what_a_row_claims_of_state_points_and_days_makes_it_no_more_than_a_proposal() -> None:
    cast = Cast()
    day = f"{stories.today() - timedelta(days=5):%Y-%m-%d}"
    claimed = ("状态", "分值", "计分开始", "认定单位")
    row = (
        cast.firm.uscc,
        "X-B01",
        day,
        "未按方案施工",
        "处罚决定书",
        "示例罚〔2026〕1号",
        "已生效",
        "-99",
        day,
        "省厅",
    )
    Flow(cast.inspector, "credit_entries").through(workbook((*HEADINGS, *claimed), row))
    Flow(cast.inspector, "credit_entries").whole(workbook(HEADINGS, row[:6]))
    for entry in CreditEntry.objects.all():
        assert (entry.state, entry.starts_on, entry.decided_by) == ("proposed", None, None)
        assert (entry.points, entry.organisation) == (entry.item.points, cast.inspector.organisation)


def test_a_row_without_the_number_of_a_paper_is_told_that_nothing_proves_it() -> None:
    cast = Cast()
    row = (cast.firm.uscc, "X-B01", f"{stories.today():%Y-%m-%d}", "未按方案施工", "处罚决定书", "")
    page = Flow(cast.inspector, "credit_entries").through(workbook(HEADINGS, row)).content.decode()
    assert "没有证据" in page
    assert not CreditEntry.objects.exists()


def test_qualification_and_permit_come_in_with_the_firm_and_go_out_with_the_permits() -> None:
    officer = persona("permit_officer")
    code, permit = credit_code(4711), permits.number()
    headings = (
        "企业名称",
        "统一社会信用代码",
        "企业类型",
        "注册地",
        "资质等级",
        "安全生产许可证编号",
        "安许证有效期至",
    )
    row = ("石家庄市某建设公司", code, "施工", "长安区", "建筑工程施工总承包二级", permit, "2029-06-30")
    Flow(officer, "enterprises").whole(workbook(headings, row))
    firm = Enterprise.objects.get(uscc=code)
    assert (firm.qualification, firm.safety_licence) == ("建筑工程施工总承包二级", permit)
    assert {permit, code, "有效"} <= exported(officer, "/credit/permits/export/?view=all")


OUT_AND_IN = {"enterprises", "credit_entries", "blacklistings", "permit_cases", "credit_items", "appeals"}
OUT_ALONE = {"permits", "credit_repairs", "joint_measures", "credit_certificates", "credit"}


def test_acts_of_somebody_and_what_follows_from_others_go_out_and_do_not_come_in() -> None:
    cast = Cast()
    entry = stories.objected(stories.proposed(cast), cast.county, cast.director)
    client = Client()
    client.force_login(cast.province)
    assert client.get("/imports/appeals/new/").status_code == 403
    assert {entry.number, cast.firm.name, "待答复"} <= exported(cast.province, "/credit/appeals/export/?view=all")
    for name in OUT_AND_IN | OUT_ALONE:
        register = registry[name]
        assert bool(register.importer or register.form_class) == (name in OUT_AND_IN), name


APPEALS = ("编号", "异议和理由")


def test_a_firm_objects_by_excel_to_what_it_was_told_of_and_nobody_else_does() -> None:
    cast, other = Cast(), Cast()
    first, second = stories.notified(cast), stories.notified(cast, stories.FORGED)
    foreign, untold = stories.notified(other), stories.proposed(cast, stories.LARGER)
    said = "停工系因台风预警主动停工，附气象预警截图"
    wrong = (
        (foreign.number, said),
        ("XY-1999-000001", said),
        (untold.number, said),
        (second.number, "不服"),
        (first.number, said),
    )
    page = Flow(cast.director, "appeals").through(workbook(APPEALS, (first.number, said), *wrong)).content.decode()
    for words in ("没有这个编号", "至少 5 个字", "与第 2 行重复"):
        assert words in page
    # A foreign number, and one of which the firm has not been told yet, is told no other than one that never was.
    assert page.count("没有这个编号") >= 3
    Flow(cast.director, "appeals").whole(workbook(APPEALS, (first.number, said), (second.number, said)))
    for entry in (first, second):
        entry.refresh_from_db()
        assert (entry.state, entry.objection, entry.objected_by) == ("objected", said, cast.director)
    page = Flow(cast.director, "appeals").through(workbook(APPEALS, (second.number, said))).content.decode()
    assert "不能提出异议" in page
    foreign.refresh_from_db()
    assert foreign.state == "notified"


def exported(user: Any, url: str) -> set[str]:
    """The words of a workbook that goes out, all columns of it."""
    client = Client()
    client.force_login(user)
    answer = client.post(url)
    assert answer.status_code == 200, answer.status_code
    sheet = load_workbook(BytesIO(content(answer))).worksheets[0]
    return {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_the_list_goes_out_with_points_and_states_as_they_stand() -> None:
    cast = Cast()
    stories.effective(cast)
    client = Client()
    client.force_login(cast.county)
    answer = client.post("/credit/entries/export/?view=all")
    answer = client.get(answer["Location"], follow=True) if answer.status_code == 302 else answer
    sheet = load_workbook(BytesIO(content(answer))).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {"已生效", "不良", "-10.0"} <= set(cells)


def test_the_catalogue_that_an_administrator_replaces_comes_in_as_editions_of_a_later_day() -> None:
    cast = Cast()
    same = ("企业", "企业信用信息", "不良", "一般", "-12", "有效期内全额计分", "认定文书", "省厅文件")
    headings = ("行为代码", "行为描述", *CATALOGUE, "有效期", "生效日期")
    too_long = workbook(headings, ("E-B01", "期限超出规定", *same, 48, "2099-02-01"))
    assert "6 个月至 3 年" in Flow(cast.province, "credit_items").through(too_long).content.decode()
    later = workbook(headings, ("E-B01", "对一般事故负有责任", *same, 24, "2099-01-01"))
    Flow(cast.province, "credit_items").whole(later)
    editions = CreditItem.objects.filter(code="E-B01").order_by("effective_from")
    assert [(str(i.points), i.is_sample) for i in editions] == [("-10.00", True), ("-12.00", False)]
    assert CreditItem.objects.in_force(stories.today()).filter(code="E-B01").count() == 1
