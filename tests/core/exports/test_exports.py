"""A list as a workbook: the rows, columns and order on screen, and nothing that the screen would not show."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from apps.core import exports, results
from apps.core.listing import choose_columns
from apps.core.models import Event, Job, JobState, StoredFile
from apps.core.registers import registry
from tests.core.imports.flow import content, run_jobs
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, QIAOXI, inspector, persona

pytestmark = pytest.mark.django_db
HEAD_ROW = 4


@pytest.fixture
def client(client: Client) -> Client:
    client.force_login(inspector())
    return client


def sheet_of(answer: Any) -> Worksheet:
    return load_workbook(BytesIO(content(answer))).worksheets[0]


def exported(client: Client, query: str = "view=all", **data: Any) -> Worksheet:
    return sheet_of(client.post(f"/enterprises/export/?{query}", data))


def table(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True))


def heads(sheet: Worksheet) -> list[Any]:
    return [cell.value for cell in sheet[HEAD_ROW]]


def test_columns_and_order_are_those_of_the_screen(client: Client) -> None:
    user = inspector()
    client.force_login(user)
    first = EnterpriseFactory(safety_licence_until=date(2026, 1, 1))
    last = EnterpriseFactory(safety_licence_until=date(2027, 1, 1))
    choose_columns(registry["enterprises"], user, ["uscc", "safety_licence_until", "organisation__name"])
    sheet = exported(client, "view=all&sort=-safety_licence_until")
    assert heads(sheet) == ["统一社会信用代码", "安许证有效期至", "企业名称", "版本"]
    assert [row[0] for row in table(sheet)] == [last.uscc, first.uscc]
    assert table(sheet)[0][1].date() == date(2027, 1, 1)


def test_the_filter_is_applied_and_said_in_words(client: Client) -> None:
    EnterpriseFactory(kind="owner")
    firm = EnterpriseFactory(kind="supervision", safety_licence_until=date(2026, 11, 15))
    query = "kind=supervision&safety_licence_until_after=2026-11-01&safety_licence_until_before=2026-11-30"
    sheet = exported(client, query)
    assert [row[1] for row in table(sheet)] == [firm.uscc]
    assert sheet["A2"].value == "筛选：企业类型=监理；安许证有效期至=2026-11-01 至 2026-11-30"


def test_a_tab_is_a_filter_too(client: Client) -> None:
    EnterpriseFactory(kind="owner")
    EnterpriseFactory(kind="supervision")
    sheet = exported(client, "view=owners")
    assert (len(table(sheet)), sheet["A2"].value) == (1, "筛选：视图=建设")


def test_title_time_person_and_count_stand_above(client: Client) -> None:
    EnterpriseFactory()
    sheet = exported(client)
    assert sheet["A1"].value == "企业"
    assert sheet["A3"].value.startswith(f"导出时间：{timezone.localtime():%Y-%m-%d}")
    assert sheet["A3"].value.endswith("（长安区安全监督机构）　共 1 条")


def test_the_head_is_frozen_and_filters_are_on(client: Client) -> None:
    EnterpriseFactory()
    sheet = exported(client)
    last = get_column_letter(sheet.max_column)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B5", f"A4:{last}5")


def test_the_file_bears_the_name_of_the_register_and_the_time(client: Client) -> None:
    answer = client.post("/enterprises/export/?view=all")
    content(answer)
    assert f"{timezone.localtime():-%Y%m%d-%H}" in answer["Content-Disposition"]


def test_neighbouring_counties_are_not_in_it(client: Client) -> None:
    here = EnterpriseFactory(at=CHANGAN)
    EnterpriseFactory(at=QIAOXI)
    assert [row[1] for row in table(exported(client))] == [here.uscc]


def test_ticked_rows_alone_when_rows_are_ticked(client: Client) -> None:
    chosen, _ = EnterpriseFactory(), EnterpriseFactory()
    assert [row[1] for row in table(exported(client, keys=[chosen.uscc]))] == [chosen.uscc]


def test_all_means_the_filter_whatever_is_ticked(client: Client) -> None:
    chosen, _ = EnterpriseFactory(), EnterpriseFactory()
    assert len(table(exported(client, keys=[chosen.uscc], all="1"))) == 2


@pytest.mark.parametrize("key", ["x" * 500, "\x00", "911301020MA", "'; DROP"])
def test_forged_keys_find_nothing(client: Client, key: str) -> None:
    EnterpriseFactory()
    assert table(exported(client, keys=[key])) == []


def test_a_foreign_key_finds_nothing(client: Client) -> None:
    foreign = EnterpriseFactory(at=QIAOXI)
    assert table(exported(client, keys=[foreign.uscc])) == []


def test_text_stays_text(client: Client) -> None:
    EnterpriseFactory(qualification='=HYPERLINK("http://x")', at=CHANGAN)
    cell = exported(client)["E5"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://x")', "s")


def test_a_wrong_query_is_sent_back_and_not_exported(client: Client) -> None:
    answer = client.post("/enterprises/export/?safety_licence_until_after=gestern")
    assert answer.status_code == 302
    assert Job.objects.count() == 0


def test_who_may_not_export_is_refused(client: Client) -> None:
    client.force_login(persona("expert"))
    assert client.post("/enterprises/export/").status_code == 403


def test_an_unknown_layout_is_refused(client: Client) -> None:
    assert client.post("/enterprises/export/?layout=ledger").status_code == 403


def test_property_columns_are_exported_as_well(client: Client) -> None:
    register: Any = registry["people"]
    assert "next_expiry" in {c.path for c in register.columns}
    assert content(client.post("/people/export/?view=all"))


# Long exports ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)


def order(client: Client) -> Job:
    """Two rows where one is already too many to wait for."""
    EnterpriseFactory(), EnterpriseFactory()
    answer = client.post("/enterprises/export/?view=all")
    return Job.objects.get(pk=answer["Location"].split("/")[2])


@pytest.mark.usefixtures("long")
def test_a_long_export_is_a_job_that_is_found_again(client: Client) -> None:
    job = order(client)
    assert "正在排队" in client.get(f"/jobs/{job.pk}/").content.decode()
    run_jobs()
    assert [j.pk for j in client.get("/exports/").context["jobs"]] == [job.pk]
    assert len(table(sheet_of(client.get(f"/jobs/{job.pk}/file/")))) == 2


@pytest.mark.usefixtures("long")
def test_the_job_page_moves_until_it_is_done(client: Client) -> None:
    job = order(client)
    assert "hx-trigger" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert 'http-equiv="refresh"' in client.get(f"/jobs/{job.pk}/").content.decode()
    run_jobs()
    assert "hx-trigger" not in client.get(f"/jobs/{job.pk}/").content.decode()


@pytest.mark.usefixtures("long")
def test_making_and_taking_an_export_is_written_down(client: Client) -> None:
    job = order(client)
    run_jobs()
    content(client.get(f"/jobs/{job.pk}/file/"))
    made, taken = Event.objects.of(job)
    assert (made.name, made.facts["rows"], taken.name) == ("exported", 2, "downloaded")
    assert made.facts["sha256"] == taken.facts["sha256"]


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("path", ["", "file/", "toast/"])
def test_an_export_belongs_to_the_person_who_asked_for_it(client: Client, path: str) -> None:
    job = order(client)
    run_jobs()
    client.force_login(inspector())
    assert client.get(f"/jobs/{job.pk}/{path}").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404


@pytest.mark.usefixtures("long")
def test_a_job_exports_what_its_user_reaches_when_it_runs(client: Client) -> None:
    job = order(client)
    user = job.created_by
    user.organisation = inspector(QIAOXI).organisation
    user.save()
    run_jobs()
    job.refresh_from_db()
    assert job.result["rows"] == 0


@pytest.mark.usefixtures("long")
def test_a_right_that_was_taken_away_ends_the_job(client: Client) -> None:
    job = order(client)
    job.created_by.role = "expert"
    job.created_by.save()
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.error, job.result_file) == (JobState.FAILED, "您已没有导出企业的权限", None)


@pytest.mark.usefixtures("long")
def test_a_cancelled_export_leaves_no_file(client: Client) -> None:
    job = order(client)
    client.post(f"/jobs/{job.pk}/cancel/")
    run_jobs()
    job.refresh_from_db()
    assert (job.state, StoredFile.objects.count()) == (JobState.CANCELLED, 0)
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404


def test_results_are_kept_for_seven_days(client: Client) -> None:
    content(client.post("/enterprises/export/?view=all"))
    job = Job.objects.get()
    assert results.expire_results() == 0
    Job.objects.update(finished_at=timezone.now() - results.KEPT)
    assert results.expire_results() == 1
    assert StoredFile.objects.count() == 0
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
