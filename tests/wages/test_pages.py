"""Wages on the pages: accounts and months are entered by those who pay, read by those who watch."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.projects.models import Project
from apps.wages.models import WageAccount, WageMonth, WageRule
from tests.core.imports.flow import Flow, workbook
from tests.hazards import stories
from tests.personas import PROVINCE, persona
from tests.wages import stories as wages

pytestmark = pytest.mark.django_db
HEADS = (
    "工程项目",
    "月份",
    "应拨人工费（元）",
    "到账人工费（元）",
    "到账日期",
    "应发工资（元）",
    "代发工资（元）",
    "代发日期",
    "代发人数",
)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def building() -> stories.Site:
    """A site that has been building since spring."""
    site = stories.site()
    Project.objects.filter(pk=site.project.pk).update(started_on=date(2026, 3, 1))
    return site


def month_of(site: stories.Site, **values: Any) -> dict[str, Any]:
    return {
        "project": site.project.number,
        "month": "2026-10",
        "labour_due": "90000",
        "paid_in": "90000.50",
        "paid_in_on": "2026-10-30",
        "wages_due": "60000",
        "paid_out": "",
        "people_paid": "",
        "paid_elsewhere": "",
        **values,
    }


def test_an_account_is_entered_and_its_number_shown_by_its_ends() -> None:
    site = stories.site()
    told = {"project": site.project.number, "bank": "示例银行", "opened_on": "2026-03-05", "agreed_monthly": "90000"}
    client = signed_in(site.manager)
    number = {"account_number": "6228 4804 0256 4890 018"}
    answer = client.post("/wage-accounts/new/", told | number, follow=True)
    account = WageAccount.objects.get()
    assert (account.account_number, account.number_masked) == (wages.NUMBER, "6228***********0018")
    assert account.region_path == site.project.region_path
    for page in (answer, client.get("/wage-accounts/"), client.get(f"/projects/{site.project.number}/wages/")):
        assert wages.NUMBER not in page.content.decode()
        assert "6228***********0018" in page.content.decode()


def test_an_account_is_corrected_without_telling_its_number_again() -> None:
    site = stories.site()
    account = wages.account(site.project)
    told = {"bank": "另一银行", "opened_on": "2026-03-05", "agreed_share": "20", "account_number": "", "version": 1}
    signed_in(site.manager).post(f"/wage-accounts/{account.pk}/edit/", told)
    account.refresh_from_db()
    assert (account.bank, account.account_number) == ("另一银行", wages.NUMBER)


def test_a_second_open_account_is_refused_with_what_to_do() -> None:
    site = stories.site()
    wages.account(site.project)
    told = {"project": site.project.number, "bank": "乙银行", "opened_on": "2026-03-05", "agreed_share": "20"}
    answer = signed_in(site.manager).post("/wage-accounts/new/", told | {"account_number": wages.NUMBER})
    assert answer.status_code == 422
    assert "请先填写原账户的销户日期" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"paid_in_on": ""}, "到账日期须同时填写"),
        ({"paid_out": "100"}, "代发人数须同时填写"),
        ({"month": "2027-10"}, "不能填将来的月份"),
        ({"month": "十月"}, "请填写月份"),
        ({"wages_due": "-1"}, "大于"),
    ],
)
def test_a_wrong_month_is_refused_with_the_reason(wrong: dict[str, str], why: str) -> None:
    site = stories.site()
    answer = signed_in(site.manager).post("/wages/new/", month_of(site, **wrong))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not WageMonth.objects.exists()


def test_a_month_is_entered_with_nothing_paid_where_nothing_is_said() -> None:
    site = stories.site()
    answer = signed_in(site.manager).post("/wages/new/", month_of(site), follow=True)
    month = WageMonth.objects.get()
    assert answer.redirect_chain[-1][0] == f"/wages/{month.pk}/"
    assert (month.month, month.paid_in, month.paid_out) == (date(2026, 10, 1), Decimal("90000.50"), 0)
    client = signed_in(site.manager)
    assert client.get(f"/wages/{month.pk}/edit/").context["form"]["month"].value() == "2026-10"
    client.post(f"/wages/{month.pk}/edit/", month_of(site, month="2026-01", note="改正", version=1))
    month.refresh_from_db()
    assert (month.month, month.note) == (date(2026, 10, 1), "改正")


def test_offices_read_and_do_not_write_what_firms_pay() -> None:
    site = stories.site()
    month = wages.month(site.project)
    client = signed_in(site.inspector)
    assert client.get(f"/wages/{month.pk}/").status_code == 200
    assert client.get("/wages/new/").status_code == 403
    assert "登记月报" not in client.get(f"/projects/{site.project.number}/wages/").content.decode()


def test_each_view_finds_its_rows() -> None:
    site = stories.site()
    wages.account(site.project)
    short = wages.month(site.project, paid_out=Decimal(1))
    owed = wages.month(site.project, first=wages.OCTOBER, paid_in=0, paid_in_on=None)
    client = signed_in(site.head)
    found = {view: keys(client, view) for view in ("warned", "not_paid_in", "short", "fewer")}
    assert found == {"warned": {short.pk, owed.pk}, "not_paid_in": {owed.pk}, "short": {short.pk}, "fewer": set()}


def keys(client: Client, view: str) -> set[int]:
    return {row["key"] for row in client.get(f"/wages/?view={view}").context["rows"]}


def test_sites_without_an_account_are_a_tab_of_the_projects() -> None:
    site = building()
    client = signed_in(site.head)
    assert site.project.name in client.get("/projects/?view=no_wage_account").content.decode()
    assert "未开立工资专用账户" in client.get(f"/projects/{site.project.number}/wages/").content.decode()
    wages.account(site.project)
    assert site.project.name not in client.get("/projects/?view=no_wage_account").content.decode()


def test_months_come_in_by_excel_and_the_same_file_corrects_them() -> None:
    site = stories.site()
    line = (site.project.name, "2026-10-01", "90000", "90000", "2026-10-30", "60000")
    Flow(site.manager, "wages").whole(workbook(HEADS, (*line, "", "", "")))
    assert WageMonth.objects.get().paid_out == 0
    Flow(site.manager, "wages").whole(workbook(HEADS, (*line, "60000", "2026-11-05", "12")))
    assert (WageMonth.objects.get().paid_out, WageMonth.objects.get().people_paid) == (60_000, 12)


def test_the_report_adds_up_and_each_figure_opens_its_rows() -> None:
    site, other = building(), building()
    wages.account(site.project)
    wages.month(site.project, first=wages.OCTOBER, paid_in=Decimal(45_000), paid_out=Decimal(30_000))
    wages.month(other.project, first=wages.OCTOBER)
    client = signed_in(site.head)
    line = client.get("/stats/wages/?month=2026-10").context["told"].whole
    assert (line.account_rate, line.paid_in_rate, line.paid_out_rate) == (50.0, 75.0, 75.0)
    assert line.figures["lacking"] == 1
    for name, count in {"underway": 2, "with_account": 1, "lacking": 1, "months": 2, "warned": 1}.items():
        assert client.get(line.rows[name]).context["page"]["total"] == count, name


def test_a_city_reads_its_counties_and_a_month_without_any_has_no_rate() -> None:
    stories.site()
    client = signed_in(persona("city_officer"))
    told = client.get("/stats/wages/").context["told"]
    (county,) = [line for line in told.below if line.figures["underway"]]
    assert (county.account_rate, county.paid_in_rate) == (0.0, None)
    assert client.get(county.url).status_code == 200


def test_the_province_sets_a_new_edition_of_a_rule_from_today_on() -> None:
    client = signed_in(persona("province_officer", at=PROVINCE))
    told = {"kind": "short", "days": "15", "level": "red", "source": "某文件"}
    answer = client.post("/system/wage-rules/new/", told | {"effective_from": "2026-01-01"})
    assert "新的版本须从今天或者以后施行" in answer.content.decode()
    client.post("/system/wage-rules/new/", told | {"effective_from": str(timezone.localdate())})
    assert WageRule.objects.in_force(timezone.localdate()).get(kind="short").days == 15


def test_a_rule_that_has_not_begun_is_corrected_and_one_that_has_stays() -> None:
    client, later = signed_in(persona("province_officer", at=PROVINCE)), timezone.localdate() + timedelta(days=30)
    told = {"kind": "short", "days": "15", "level": "red", "source": "某文件", "effective_from": str(later)}
    client.post("/system/wage-rules/new/", told)
    coming = WageRule.objects.get(kind="short", days=15)
    assert coming.is_sample is False
    client.post(f"/system/wage-rules/{coming.pk}/edit/", told | {"days": "20", "version": coming.version})
    coming.refresh_from_db()
    assert coming.days == 20
    shipped = WageRule.objects.get(kind="short", is_sample=True)
    page = client.get(f"/system/wage-rules/{shipped.pk}/").content.decode()
    assert f"{coming.effective_from} 起" in page
    assert f"edition={shipped.pk}" in page
    assert f"/system/wage-rules/{shipped.pk}/edit/" not in page


def test_a_paper_of_proof_is_kept_and_shown_to_whoever_sees_the_month() -> None:
    site = stories.site()
    month = wages.month(site.project)
    client = signed_in(site.manager)
    wrong = client.post(f"/wages/{month.pk}/prove/", {"proof": SimpleUploadedFile("表.txt", b"plain")})
    assert (wrong.status_code, "只接受 PDF" in wrong.content.decode()) == (422, True)
    for paper in (b"%PDF-1.4 one", b"%PDF-1.4 other"):
        client.post(f"/wages/{month.pk}/prove/", {"proof": SimpleUploadedFile("回单.pdf", paper)})
    reader = signed_in(site.inspector)
    shown: Any = reader.get(f"/wages/{month.pk}/proof/")
    assert b"".join(shown.streaming_content) == b"%PDF-1.4 other"
    assert reader.get(f"/wages/{month.pk}/").content.decode().count("回单.pdf") == 3
    assert reader.get(f"/wages/{month.pk}/prove/").status_code == 403
    stranger = signed_in(stories.site().manager)
    assert {stranger.get(f"/wages/{month.pk}/{page}/").status_code for page in ("proof", "prove")} == {404}
