"""Permits on pages and over the API, and how their numbers are registered."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from apps.credit.api.permits import PERMIT_EXAMPLES
from apps.credit.models import PermitCase, PermitRule
from apps.documents.models import Paper
from apps.enterprises.forms import EnterpriseForm
from apps.enterprises.models import Enterprise
from tests.api_client import Api
from tests.core.imports.flow import Flow, workbook
from tests.credit import permit_stories as permits
from tests.credit.permit_stories import Stage
from tests.credit.stories import today
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, LUBEI, PASSWORD, QIAOXI, SHIJIAZHUANG, persona, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def text(response: Any) -> str:
    return str(response.content.decode())


# The case file --------------------------------------------------------------------------------------------------------


def test_the_case_file_shows_how_the_days_were_derived(stage: Stage) -> None:
    case = permits.proposed(stage)
    page = text(signed_in(stage.province).get(case.get_absolute_url()))
    for words in ("推算过程", "12个月内第1次", "建议暂扣 30 至 60 日", stage.firm.safety_licence, "核实证据"):
        assert words in page
    assert case.source_label.split()[-1] in page


def test_the_form_of_the_decision_says_which_days_are_allowed(stage: Stage) -> None:
    case = permits.heard(stage)
    client, address = signed_in(stage.second), f"{case.get_absolute_url()}suspend/"
    shown = text(client.get(address))
    assert "可填 30 至 60 日" in shown
    assert "12个月内第1次" in shown
    told = {"decision_number": "冀建安扣〔2026〕3号", "days": "61", "version": str(case.version)}
    wrong = client.post(address, told)
    assert wrong.status_code == 422
    assert "按处置标准暂扣 30 至 60 日" in text(wrong)
    assert "冀建安扣〔2026〕3号" in text(wrong)
    done = text(client.post(address, told | {"days": "60"}, follow=True))
    assert "暂扣中" in done
    assert f"{today()} 至 {today() + timedelta(days=59)}" in done


def test_a_revocation_asks_for_the_password_and_keeps_it_to_itself(stage: Stage) -> None:
    case = permits.heard(stage, "extraordinary")
    client, address = signed_in(stage.second), f"{case.get_absolute_url()}revoke/"
    told = {"decision_number": "冀建安吊〔2026〕1号", "password": "falsch", "version": str(case.version)}
    wrong = client.post(address, told)
    assert (wrong.status_code, "密码不正确" in text(wrong)) == (422, True)
    shown = text(client.post(address, told | {"password": PASSWORD}, follow=True))
    assert "已吊销" in shown
    assert PASSWORD not in shown


def test_what_the_offices_say_among_themselves_is_not_told_to_the_firm(stage: Stage) -> None:
    case = permits.notified(stage)
    assert "事故认定属实" in text(signed_in(stage.province).get(case.get_absolute_url()))
    page = text(signed_in(stage.director).get(case.get_absolute_url()))
    assert "事故认定属实" not in page
    assert "提出异议" in page


def test_the_firm_asks_for_the_recheck_and_the_province_gives_back(stage: Stage) -> None:
    case = permits.suspended(stage)
    firm, province = signed_in(stage.director), signed_in(stage.second)
    assert "整改后申请复核" in text(firm.get("/"))
    told = {"report": "已补充专职安全员，隐患已整改", "version": str(case.version)}
    assert firm.post(f"{case.get_absolute_url()}ask_recheck/", told).status_code == 302
    case = permits.days_over(PermitCase.objects.get())
    wrong = province.post(
        f"{case.get_absolute_url()}release/",
        {"recheck": "条件具备", "rechecked_on": str(today() + timedelta(days=1)), "version": str(case.version)},
    )
    assert "复核日期不能晚于今天" in text(wrong)
    told = {"recheck": "各项条件均已具备", "rechecked_on": str(today()), "version": str(case.version)}
    assert "已发还" in text(province.post(f"{case.get_absolute_url()}release/", told, follow=True))


def test_an_office_or_firm_elsewhere_finds_no_case(stage: Stage) -> None:
    case = permits.suspended(stage)
    for stranger in (persona("county_officer", at=LUBEI), Stage().director):
        client = signed_in(stranger)
        assert client.get(case.get_absolute_url()).status_code == 404
        assert client.post(f"{case.get_absolute_url()}ask_recheck/", {"report": "替人申请复核"}).status_code == 404
        assert client.get(f"/api/permit_cases/{case}/").status_code in (401, 404)
        assert str(case) not in text(client.get("/credit/permit-cases/?view=all"))


def test_the_decision_is_drafted_as_a_paper(stage: Stage) -> None:
    case = permits.heard(stage)
    client = signed_in(stage.second)
    address = f"{case.get_absolute_url()}papers/permit_decision/"
    assert "决定暂扣或者吊销之后" in text(client.get(address, follow=True))
    case = permits.move("suspend", case, stage.second, decision_number="冀建安扣〔2026〕3号", days=45)
    assert "出具安全生产许可证处置决定书" in text(client.get(case.get_absolute_url()))
    shown = text(client.get(address))
    for words in ("暂扣安全生产许可证 45 日", "行政复议", "不得承揽新的工程", stage.firm.uscc):
        assert words in shown
    assert client.post(address).status_code == 302
    paper = Paper.objects.get()
    assert (paper.kind, paper.contents["permit_number"]) == ("permit_decision", case.permit_number)
    assert "处置决定书" in text(client.get(case.get_absolute_url()))


def test_the_notice_can_be_drafted_too(stage: Stage) -> None:
    case = permits.checked(stage)
    client = signed_in(stage.province)
    assert client.get(f"{case.get_absolute_url()}papers/credit_notice/").status_code == 200
    assert client.post(f"{case.get_absolute_url()}papers/credit_notice/").status_code == 302
    assert client.get(f"{case.get_absolute_url()}papers/nonsense/").status_code == 404


# Proposing by hand ----------------------------------------------------------------------------------------------------


def sheet(firm: Enterprise, **values: str) -> dict[str, str]:
    usual = {
        "enterprise": firm.uscc,
        "measure": "suspend",
        "happened_on": str(today() - timedelta(days=2)),
        "facts": "专职安全生产管理人员配备不足",
        "evidence": "核查记录",
        "legal_basis": "《安全生产许可证条例》第十四条",
    }
    return usual | values


def test_a_case_is_proposed_by_hand_for_the_permit_of_the_firm() -> None:
    firm, officer = EnterpriseFactory(), persona("county_officer")
    client = signed_in(officer)
    assert "提出处置" in text(client.get("/credit/permit-cases/?view=all"))
    assert client.post("/credit/permit-cases/new/", sheet(firm)).status_code == 302
    case = PermitCase.objects.get()
    assert (case.permit_number, case.made_by, case.organisation) == (
        firm.safety_licence,
        officer,
        officer.organisation,
    )
    assert (case.least_days, case.most_days) == (1, 120)
    again = client.post("/credit/permit-cases/new/", sheet(firm))
    assert "已有未办结的安许证处置" in text(again)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"happened_on": str(today() + timedelta(days=2))}, "不能晚于今天"),
        ({"enterprise": "没有这家公司"}, "平台上没有名称为"),
        ({"measure": "burn"}, "选择"),
        ({"facts": ""}, "facts"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_told_at_its_field(values: dict[str, str], words: str) -> None:
    answer = signed_in(persona("county_officer")).post(
        "/credit/permit-cases/new/", sheet(EnterpriseFactory(), **values)
    )
    assert answer.status_code == 422
    assert words in text(answer)
    assert not PermitCase.objects.exists()


def test_no_case_without_a_permit_nor_about_a_foreign_firm(stage: Stage) -> None:
    client = signed_in(persona("county_officer"))
    bare = EnterpriseFactory(safety_licence="", safety_licence_until=None)
    assert "没有登记安全生产许可证编号" in text(client.post("/credit/permit-cases/new/", sheet(bare)))
    permits.revoked(stage)
    assert "已经吊销" in text(client.post("/credit/permit-cases/new/", sheet(stage.firm)))
    foreign = EnterpriseFactory(at=LUBEI)
    assert "不在您的管辖范围内" in text(client.post("/credit/permit-cases/new/", sheet(foreign)))


def test_a_proposal_is_corrected_until_it_is_checked(stage: Stage) -> None:
    officer, other = persona("county_officer"), EnterpriseFactory(at=QIAOXI)
    city = persona("city_officer", at=SHIJIAZHUANG)
    client = signed_in(city)
    signed_in(officer).post("/credit/permit-cases/new/", sheet(stage.firm))
    case = PermitCase.objects.get()
    address = f"{case.get_absolute_url()}edit/"
    told = sheet(other, measure="revoke", version="1")
    assert client.post(address, told).status_code == 302
    case.refresh_from_db()
    assert (case.permit_number, case.region_path) == (other.safety_licence, other.region_path)
    assert (case.measure, case.most_days, case.derivation) == ("revoke", 0, [])
    permits.move("check", case, stage.province, opinion="属实")
    assert "不能再修改" in text(client.get(address, follow=True))
    assert "不能修改" in text(client.get(f"{permits.proposed(stage).get_absolute_url()}edit/", follow=True))


# The register and the standard ----------------------------------------------------------------------------------------


def test_the_register_of_permits_is_read_and_exported(stage: Stage) -> None:
    case = permits.suspended(stage)
    soon = EnterpriseFactory(safety_licence_until=today() + timedelta(days=20))
    client = signed_in(persona("permit_officer"))
    page = text(client.get("/credit/permits/"))
    assert soon.name in page
    assert stage.firm.name not in page
    assert f"暂扣至 {case.until}" in text(client.get("/credit/permits/?view=suspended"))
    assert stage.firm.name in text(client.get("/credit/permits/?permit_words=suspended"))
    book = client.post("/credit/permits/export/?view=all")
    rows = load_workbook(BytesIO(b"".join(book.streaming_content))).worksheets[0].iter_rows(values_only=True)  # type: ignore[attr-defined]
    told = next(row for row in rows if stage.firm.uscc in row)
    assert f"暂扣至 {case.until}" in told
    detail = text(client.get(f"/credit/permits/{stage.firm.uscc}/"))
    assert str(case) in detail
    assert client.get("/credit/permits/nonsense/").status_code == 404


def test_who_does_not_read_enterprises_reads_no_permits() -> None:
    assert signed_in(persona("system_admin")).get("/credit/permits/").status_code == 403
    assert signed_in(persona("expert")).get("/credit/permits/").status_code == 403


def test_only_the_province_sets_the_standard() -> None:
    rule = PermitRule.objects.get(grade="general", nth=1)
    address = "/system/permit-rules/new/"
    told = {"grade": "general", "nth": "1", "effective_from": str(today()), "source": "省厅文件", "certainty": ""}
    told |= {"least_days": "40", "most_days": "50"}
    assert signed_in(persona("city_officer")).post(address, told).status_code == 403
    client = signed_in(persona("province_officer"))
    assert "最少天数不能多于最多天数" in text(client.post(address, told | {"least_days": "60"}))
    assert "超过的应当吊销" in text(client.post(address, told | {"most_days": "121"}))
    assert "请填 0" in text(client.post(address, told | {"revokes": "on"}))
    assert "勾选“吊销”" in text(client.post(address, told | {"least_days": "0", "most_days": "0"}))
    assert "没有“一般事故第4次”这一行" in text(client.post(address, told | {"nth": "4"}))
    shown = text(client.post(address, told, follow=True))
    assert "省厅文件" in shown
    book = client.post("/system/permit-rules/export/")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    refused = client.get(f"/system/permit-rules/{rule.pk}/edit/", follow=True)
    assert "本版已经施行，不能修改；请新增一版，并注明施行日期" in text(refused)


# The API --------------------------------------------------------------------------------------------------------------


def test_a_program_proposes_and_moves_a_case(stage: Stage) -> None:
    county, province, second = Api(persona("county_officer")), Api(stage.province), Api(stage.second)
    body = sheet(EnterpriseFactory())
    made = county.post("/api/permit_cases/", body)
    assert (made.status_code, made.json()["state"]["code"]) == (201, "proposed")
    address = made["Location"]
    assert province.post(f"{address}check/", PERMIT_EXAMPLES["check"]).json()["state"]["code"] == "checked"
    told = PERMIT_EXAMPLES["notify"] | {"served_on": str(today())}
    assert province.post(f"{address}notify/", told).status_code == 200
    early = second.post(f"{address}suspend/", PERMIT_EXAMPLES["suspend"])
    assert (early.status_code, "期满后才能认定" in early.json()["message"]) == (409, True)
    permits.after_objections(PermitCase.objects.get())
    wrong = second.post(f"{address}suspend/", PERMIT_EXAMPLES["suspend"] | {"days": 121})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["days"])
    done = second.post(f"{address}suspend/", PERMIT_EXAMPLES["suspend"])
    assert (done.status_code, done.json()["days"]) == (200, 45)


def test_a_program_reads_how_permits_stand(stage: Stage) -> None:
    permits.suspended(stage)
    api = Api(persona("permit_officer"))
    (row,) = api.get("/api/permits/", {"view": "suspended"}).json()["results"]
    assert (row["uscc"], row["permit_words"][:3]) == (stage.firm.uscc, "暂扣至")
    assert api.get(f"/api/permits/{stage.firm.uscc}/").status_code == 200
    assert api.post("/api/permits/", {}).status_code == 405


# The number -----------------------------------------------------------------------------------------------------------


def form(**values: str) -> EnterpriseForm:
    firm = EnterpriseFactory()
    told = {
        "name": firm.name,
        "uscc": firm.uscc,
        "region": firm.organisation.region.code,
        "kind": "contractor",
        "status": "active",
        "safety_licence": firm.safety_licence,
        "safety_licence_until": str(firm.safety_licence_until),
    }
    return EnterpriseForm(told | values, instance=firm, user=persona("province_officer"))


@pytest.mark.parametrize(
    "typed",
    [
        "（冀）JZ安许证字〔2020〕000001",
        "(冀)jz安许证字[2020]000001",
        "(冀) JZ 安许证字【2020】000001号",
        "（冀)ＪＺ安许证字［２０２０］０００００１",
    ],
)
def test_a_number_is_kept_with_the_brackets_of_the_paper(typed: str) -> None:
    bound = form(safety_licence=typed)
    assert bound.is_valid(), bound.errors
    assert bound.cleaned_data["safety_licence"] == "（冀）JZ安许证字〔2020〕000001"


@pytest.mark.parametrize("typed", ["（京）JZ安许证字〔2023〕123456", "（新）JZ安许证字〔2023〕123456"])
def test_any_province_may_have_issued_it(typed: str) -> None:
    assert form(safety_licence=typed).is_valid()


@pytest.mark.parametrize(
    "typed",
    [
        "冀JZ安许证字2020000001",
        "（火）JZ安许证字〔2020〕000001",
        "（冀）JZ安许证字〔1920〕000001",
        "（冀）JZ安许证字〔2020〕00001",
        "（冀）AQ安许证字〔2020〕000001",
        "无",
    ],
)
def test_another_form_is_refused_and_the_right_one_told(typed: str) -> None:
    bound = form(safety_licence=typed)
    assert not bound.is_valid()
    assert "应为“（冀）JZ安许证字〔2020〕000001”的形式" in bound.errors["safety_licence"][0]


def test_a_number_of_long_ago_keeps_nobody_from_correcting_something_else() -> None:
    bound = form()
    bound.instance.safety_licence = "冀安许证2006第12号"
    data = {**bound.data} | {"safety_licence": "冀安许证2006第12号", "qualification": "贰级"}
    again = EnterpriseForm(data, instance=bound.instance, user=bound.user)
    assert again.is_valid(), again.errors


@pytest.mark.parametrize(("days", "valid"), [(1095, True), (1100, False)])
def test_no_permit_is_valid_for_more_than_three_years(days: int, valid: bool) -> None:
    bound = form(safety_licence_until=str(today() + timedelta(days=days)))
    assert bound.is_valid() == valid
    assert valid or "有效期为 3 年（《安全生产许可证条例》第九条）" in bound.errors["safety_licence_until"][0]


def test_numbers_and_terms_come_in_by_the_workbook_of_enterprises(stage: Stage) -> None:
    """In by the link of this list, and out again in this list."""
    until = today() + timedelta(days=700)
    office = persona("permit_officer", at=CHANGAN)
    link = "/imports/enterprises/new/"
    assert f'href="{link}"' in text(signed_in(office).get("/credit/permits/"))
    assert f'href="{link}"' not in text(signed_in(persona("auditor")).get("/credit/permits/"))
    number = permits.number()
    row = (stage.firm.name, stage.firm.uscc, "施工", "长安区", number, f"{until:%Y-%m-%d}")
    Flow(office, "enterprises").whole(
        workbook(("名称", "统一社会信用代码", "企业类型", "注册地", "安许证编号", "安许证有效期至"), row)
    )
    assert number in text(signed_in(stage.province).get("/credit/permits/?view=all"))
