"""Every register that offers to be imported really takes a row, written as its own template asks for it."""

from collections.abc import Sequence

import pytest
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.core.registers import registry
from apps.enterprises.models import Enterprise
from apps.inspections.models import Inspector, Matter, RiskClass
from apps.projects.models import DangerousWork, Project
from apps.risks.models import RiskPoint
from tests.core.imports.flow import Flow, problems, run_jobs, workbook
from tests.credit import permit_stories as permits
from tests.factories import credit_code, identity_number
from tests.hazards import stories
from tests.personas import persona

pytestmark = pytest.mark.django_db

ACCOUNT, CODE = "jian-cha-yuan", credit_code(78)
NUMBER, FIRM, STATION = "130102-2026-0009", "石家庄市某建筑公司", "石家庄市长安区建设工程安全监督站"
# The importer's role, the head of the table and one row.
SHEETS: dict[str, tuple[str, Sequence[str], Sequence[object]]] = {
    "enterprises": (
        "permit_officer",
        ("企业名称", "统一社会信用代码", "企业类型", "注册地"),
        (FIRM, credit_code(77), "施工", "长安区"),
    ),
    "projects": (
        "permit_officer",
        ("项目名称", "项目编号", "所属区域", "工程类别", "建筑面积（㎡）", "开工日期"),
        ("某小区二期", "130102-2026-0010", "长安区", "住宅", "1,200.5", "2026年4月5日"),
    ),
    "people": (
        "safety_director",
        ("姓名", "身份证号码", "职务或工种"),
        ("李某", identity_number(77), "专职安全员"),
    ),
    "dangerous_works": (
        "inspector",
        ("名称", "项目编号", "危大工程类别", "开挖深度（m）"),
        ("三号坑", NUMBER, "基坑（槽）土方开挖、支护、降水", 6.5),
    ),
    "risks": (
        "project_manager",
        ("风险点名称", "项目编号", "危险因素", "可能事故类型", "评价方法", "L", "C", "责任人", "工程技术措施"),
        ("三号坑", NUMBER, "边坡失稳", "坍塌", "风险矩阵法（LS）", 5, 4, "李某", "分层开挖\n坑边不堆载"),
    ),
    "matters": (
        "system_admin",
        ("事项编码", "抽查事项", "抽查对象", "依据", "施行日期", "检查表"),
        ("AQ-77", "高处作业防护情况", "施工单位", "JGJ 59-2011", "2026-01-01", "高处作业检查评分表、JGJ59-B.17"),
    ),
    "questions": (
        "safety_director",
        ("题型", "知识点", "题目", "选项A", "选项B", "选项C", "答案", "依据"),
        ("单选题", "高处作业", "防护栏杆的上杆高度是多少？", "0.6m", "1.2m", "1.8m", "B", "JGJ 80-2016第4.3.1条"),
    ),
    "inspectors": (
        "station_head",
        ("平台账号", "行政执法证号", "执法证有效期至", "专业"),
        (ACCOUNT, "冀A00077", "2099-12-31", "起重机械、深基坑"),
    ),
    "risk_classes": (
        "station_head",
        ("统一社会信用代码", "信用风险类别", "评定日期"),
        (CODE, "D（较高）", "2026-11-01"),
    ),
    "credit_entries": (
        "inspector",
        ("统一社会信用代码", "行为代码", "发生日期", "事实", "证据", "文号"),
        (
            CODE,
            "E-B06",
            f"{timezone.localdate():%Y-%m-%d}",
            "安全生产许可证被暂扣",
            "暂扣决定书",
            "示例安扣〔2026〕3号",
        ),
    ),
    "blacklistings": (
        "inspector",
        ("统一社会信用代码", "名单种类", "列入情形", "发生日期", "事实", "证据"),
        (
            *(CODE, "建筑市场主体黑名单", "利用虚假材料、以欺骗手段取得企业资质"),
            *(f"{timezone.localdate():%Y-%m-%d}", "提供虚假业绩", "鉴定意见"),
        ),
    ),
    "permit_cases": (
        "inspector",
        ("统一社会信用代码", "处置", "发生日期", "事实", "证据", "依据"),
        (CODE, "暂扣", f"{timezone.localdate():%Y-%m-%d}", "安全生产条件降低", "复核记录", "《安全生产许可证条例》"),
    ),
    "users": ("system_admin", ("用户名", "姓名", "所属机构"), ("zhang-san", "张某", STATION)),
    "organisations": (
        "system_admin",
        ("名称", "类型", "行政区划", "上级机构"),
        ("石家庄市桥西区建设工程安全监督站", "安全监督机构", "石家庄市桥西区", STATION),
    ),
}


def test_no_register_is_forgotten() -> None:
    forms = {name for name, register in registry.items() if register.form_class and not register.importer}
    roles = [persona(role) for role in {role for role, *_ in SHEETS.values()}]
    assert {name for name in forms if any(registry[name].may(user, "import") for user in roles)} == set(SHEETS)


@pytest.fixture
def people() -> dict[str, User]:
    """Who imports, at a site whose project and station the rows name."""
    site = stories.site()
    Organisation.objects.filter(pk=site.inspector.organisation_id).update(name=STATION)
    Project.objects.filter(pk=site.project.pk).update(number=NUMBER)
    User.objects.filter(pk=site.second.pk).update(username=ACCOUNT)
    firm = Enterprise.objects.filter(projects=site.project)
    firm.update(uscc=CODE, safety_licence=permits.number(), safety_licence_until=timezone.localdate())
    others = {role: persona(role) for role in ("permit_officer", "system_admin")}
    others["station_head"] = site.head
    return {"inspector": site.inspector, "safety_director": site.director, "project_manager": site.manager, **others}


@pytest.mark.parametrize("name", SHEETS)
def test_row_of_a_workbook_becomes_a_record(name: str, people: dict[str, User]) -> None:
    role, head, row = SHEETS[name]
    user, register = people[role], registry[name]
    before = set(register.rows(user).values_list("pk", flat=True))
    importing = Flow(user, name)
    assert problems(importing.through(workbook(head, row))) == []
    importing.decide()
    run_jobs()
    assert register.rows(user).exclude(pk__in=before).count() == 1


def test_a_workbook_of_the_next_month_corrects_the_classes_of_the_last(people: dict[str, User]) -> None:
    _, head, row = SHEETS["risk_classes"]
    for grade, day in (("D（较高）", "2026-10-01"), ("B", "2026-11-01")):
        Flow(people["station_head"], "risk_classes").whole(workbook(head, (row[0], grade, day)))
    made = RiskClass.objects.get()
    assert (made.grade, str(made.assessed_on), made.version) == ("B", "2026-11-01", 2)
    late = Flow(people["station_head"], "risk_classes").through(workbook(head, (row[0], "A", "2026-09-01")))
    assert [reason for *_, reason in problems(late)] == ["该企业已有 2026-11-01 的评定，不能用更早的替换"]


def test_words_in_a_cell_become_fields_and_checklists(people: dict[str, User]) -> None:
    for name in ("inspectors", "matters"):
        role, head, row = SHEETS[name]
        Flow(people[role], name).whole(workbook(head, row))
    assert Inspector.objects.get().fields == ["lifting", "pit"]
    assert Matter.objects.get(code="AQ-77").checklists == ["JGJ59-B.13", "JGJ59-B.17"]


def test_depth_in_the_workbook_decides_the_class_of_the_work(people: dict[str, User]) -> None:
    _, head, row = SHEETS["dangerous_works"]
    Flow(people["inspector"], "dangerous_works").whole(workbook(head, row))
    work = DangerousWork.objects.get()
    assert (work.is_super, work.parameters) == (True, {"excavation_depth": 6.5})


def test_values_in_the_workbook_decide_the_colour_of_the_risk(people: dict[str, User]) -> None:
    _, head, row = SHEETS["risks"]
    Flow(people["project_manager"], "risks").whole(workbook(head, row))
    risk = RiskPoint.objects.get()
    assert (risk.level, risk.score, risk.measure_count, risk.state) == (4, 20, 2, "proposed")


def test_value_that_the_tables_do_not_know_is_named(people: dict[str, User]) -> None:
    _, head, row = SHEETS["risks"]
    page = Flow(people["project_manager"], "risks").through(workbook(head, [*row[:5], 6, *row[6:]]))
    assert [reason for *_, reason in problems(page)] == ["可能性 L 只能取 5、4、3、2、1"]


def test_unknown_office_is_named() -> None:
    importing = Flow(persona("system_admin"), "users")
    page = importing.through(workbook(("用户名", "姓名", "所属机构"), ("li-si", "李某", "没有的局")))
    assert [reason for *_, reason in problems(page)] == ["您可管理的机构中没有“没有的局”"]


def test_an_identity_number_in_two_rows_is_a_problem_that_names_both(people: dict[str, User]) -> None:
    lines = [("韩志强", 4711, "专职安全员"), ("韩志刚", 4712, "电工"), ("韩强", 4711, "电工")]
    rows = [(name, identity_number(number), post) for name, number, post in lines]
    page = Flow(people["safety_director"], "people").through(workbook(("姓名", "身份证号码", "职务或工种"), *rows))
    told = [(row, column, reason) for row, column, _, reason in problems(page)]
    assert told == [(4, "B 身份证号码", "与第 2 行重复")]
