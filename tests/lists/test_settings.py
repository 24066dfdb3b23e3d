"""An administrator renames lists, adds a fifth, changes columns and filters, and sees first what comes of it."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from apps.core.models import Event, SavedView
from apps.lists.forms import ColumnsInput
from apps.lists.models import ListSet, ListType, Side
from tests.hazards import stories
from tests.lists.shelf import browser, frozen, shipped
from tests.personas import persona, province_officer

pytestmark = pytest.mark.django_db


def typed(told: ListType | None = None, **changes: Any) -> dict[str, Any]:
    """What the form of this list sends as it stands, with some of it changed."""
    columns = told.columns if told else [{"field": "number", "label": "编号", "width": 16}]
    sent: dict[str, Any] = {
        "name": told.name if told else "应急处置清单",
        "short_name": told.short_name if told else "应急处置",
        "order": told.order if told else 5,
        "register": told.register if told else "hazards",
        "query": told.query if told else "view=open",
        "period": told.period if told else "month",
        "legal_basis": "样例",
        "prepare": ["inspector"],
        "review": [],
        "approve": ["station_head"],
        "col_field": [column["field"] for column in columns],
        "col_label": [column["label"] for column in columns],
        "col_width": [column["width"] for column in columns],
    }
    if told:
        sent["version"] = told.version
    return sent | changes


def save(client: Client, url: str, sent: dict[str, Any]) -> Any:
    """Preview, then save what was previewed."""
    shown = client.post(url, sent)
    assert shown.status_code == 200, shown.context["form"].errors
    return client.post(url, sent | {"previewed": shown.context["previewed"], "save": "1"})


def edit_url(told: ListType) -> str:
    return f"/system/lists/lists/{told.pk}/"


def new_url(side: str = Side.AUTHORITY) -> str:
    return f"/system/lists/{shipped('ledger', side).list_set_id}/new/"


@pytest.mark.parametrize("role", ["province_officer", "system_admin"])
def test_list_is_renamed_and_shown_under_its_new_name(role: str) -> None:
    told = shipped("duties")
    assert save(browser(persona(role)), edit_url(told), typed(told, name="责任清单")).status_code == 302
    told.refresh_from_db()
    assert told.name == "责任清单"
    assert "责任清单" in browser(persona("inspector")).get("/lists/show/duties/").content.decode()
    assert Event.objects.of(told).get().facts["name"] == ["监管责任清单", "责任清单"]


def test_fifth_list_is_added_and_filled_at_once() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    assert save(browser(province_officer()), new_url(), typed()).status_code == 302
    added = ListType.objects.get(name="应急处置清单")
    page = browser(site.inspector).get(f"/lists/show/{added.code}/")
    assert len(page.context["tabs"]) == 6
    assert [row["key"] for row in page.context["rows"]] == [hazard.number]
    assert frozen(added.code, site.inspector).row_count == 1


def test_column_is_added_renamed_moved_and_dropped_by_buttons() -> None:
    told = shipped("duties")
    client, url = browser(province_officer()), edit_url(told)
    first = [column["field"] for column in told.columns]

    def fields(**pressed: str) -> list[str]:
        answer = client.post(url, typed(told) | pressed)
        assert answer.status_code == 200
        return [column["field"] for column in answer.context["form"].columns_shown]

    assert fields(add_column="1", new_field="clause") == [*first, "clause"]
    assert fields(drop_column="0") == first[1:]
    assert fields(raise_column="1") == [first[1], first[0], *first[2:]]
    assert fields(lower_column="0") == [first[1], first[0], *first[2:]]
    assert fields(raise_column="0") == first
    assert fields(add_column="1", new_field="") == first
    told.refresh_from_db()
    assert [column["field"] for column in told.columns] == first


def test_columns_drawn_plainly_come_back_as_they_were() -> None:
    columns = [
        {"field": "number", "label": '编号"甲"', "width": 12},
        {"field": "state", "label": "状态<乙>", "width": 9},
    ]
    drawn = ColumnsInput().render("columns", columns)
    sent = QueryDict(mutable=True)
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', drawn):
        sent.appendlist(name, unescape(value))
    assert ColumnsInput().value_from_datadict(sent, {}, "columns") == columns


def test_what_is_saved_is_what_was_previewed() -> None:
    told = shipped("duties")
    client, url = browser(province_officer()), edit_url(told)
    shown = client.post(url, typed(told, name="甲"))
    assert "预览：甲" in shown.content.decode()
    other = client.post(url, typed(told, name="乙") | {"previewed": shown.context["previewed"], "save": "1"})
    assert (other.status_code, "预览：乙" in other.content.decode()) == (200, True)
    direct = client.post(url, typed(told, name="丙") | {"save": "1"})
    assert direct.status_code == 200
    told.refresh_from_db()
    assert told.name == "监管责任清单"


def test_preview_shows_head_and_first_rows() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    told = shipped("duties")
    sent = typed(told, col_label=["编号", *[c["label"] for c in told.columns[1:]]])
    preview = browser(province_officer()).post(edit_url(told), sent).context["preview"]
    assert preview["heads"][0] == "编号"
    assert hazard.number in str(preview["rows"][0][0])
    blind = browser(persona("system_admin")).post(edit_url(told), sent).context["preview"]
    assert (blind["rows"], "只预览表头" in blind["note"]) == ([], True)


@pytest.mark.parametrize(
    "pasted",
    [
        "/hazards/?view=overdue&page=3&size=50",
        "https://platform.example/hazards/?view=overdue",
        "view=overdue",
        "?view=overdue&grade=",
    ],
)
def test_filter_is_taken_from_a_pasted_address(pasted: str) -> None:
    told = shipped("duties")
    assert save(browser(province_officer()), edit_url(told), typed(told, query=pasted)).status_code == 302
    told.refresh_from_db()
    assert told.query == "view=overdue"


def test_saved_view_is_copied_not_referred_to() -> None:
    told, officer = shipped("duties"), province_officer()
    view = SavedView.objects.create(
        register="hazards", name="重大", owner=officer, organisation_id=officer.organisation_id, query="grade=major"
    )
    assert save(browser(officer), edit_url(told), typed(told, query=f"/hazards/?saved={view.pk}")).status_code == 302
    view.delete()
    told.refresh_from_db()
    assert told.query == "grade=major"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"query": "/projects/?view=underway"}, "query", "地址是“工程项目”的，与所选底层台账不同"),
        ({"query": "level=red"}, "query", "“隐患台账”没有筛选条件“level”"),
        ({"query": "view=nonsense"}, "query", "“隐患台账”没有视图“nonsense”"),
        ({"query": "view=mine"}, "query", "所选视图因人而异（例如“我登记的”），不能作为清单的条件"),
        ({"query": "found_on_after=2026-02-30"}, "query", "检查日期：输入一个有效的日期。"),
        ({"col_field": [], "col_label": [], "col_width": []}, "columns", "至少要有一列"),
        (
            {"col_field": ["number", "number"], "col_label": ["a", "b"], "col_width": ["9", "9"]},
            "columns",
            "同一列只能出现一次",
        ),
        ({"col_field": ["nonsense"], "col_label": ["a"], "col_width": ["9"]}, "columns", "第 1 列：底层台账没有这一列"),
        ({"col_field": ["number"], "col_label": [" "], "col_width": ["9"]}, "columns", "第 1 列：请填写表头"),
        (
            {"col_field": ["number"], "col_label": ["a"], "col_width": ["900"]},
            "columns",
            "第 1 列：列宽须在 4 到 80 之间",
        ),
        ({"approve": []}, "approve", "该字段是必填项。"),
        ({"approve": ["safety_director"]}, "approve", "选择一个有效的选项。 safety_director 不在可用的选项中。"),
        ({"effective_from": "2026-05-01", "effective_to": "2026-04-01"}, "__all__", "停用日期不能早于启用日期"),
    ],
)
def test_definition_that_cannot_be_is_refused_and_kept_as_typed(
    changes: dict[str, Any], field: str, words: str
) -> None:
    told = shipped("duties")
    answer = browser(province_officer()).post(edit_url(told), typed(told, name="新名", **changes))
    assert answer.status_code == 422
    assert words in [str(error) for error in answer.context["form"].errors.get(field, [])]
    assert 'value="新名"' in answer.content.decode()
    told.refresh_from_db()
    assert told.name == "监管责任清单"


def test_second_editor_is_told_and_nothing_is_overwritten() -> None:
    told = shipped("duties")
    client, url = browser(province_officer()), edit_url(told)
    mine = typed(told, name="我的")
    save(browser(province_officer()), url, typed(told, name="别人的"))
    shown = client.post(url, mine)
    answer = client.post(url, mine | {"previewed": shown.context["previewed"], "save": "1"})
    assert answer.status_code == 422
    assert "别人已保存过这份清单" in answer.content.decode()
    told.refresh_from_db()
    assert told.name == "别人的"


def test_other_reading_is_activated_for_both_sides_after_a_confirmation() -> None:
    other = shipped("ledger", reading="R2").list_set
    client, url = browser(persona("system_admin")), f"/system/lists/{other.pk}/activate/"
    page = client.get(url).content.decode()
    assert "整改销号清单" in page
    assert "一期起" in page
    assert client.post(url).status_code == 302
    active = {(s.code, s.side) for s in ListSet.objects.filter(is_active=True)}
    assert active == {("R2", Side.AUTHORITY), ("R2", Side.ENTERPRISE)}
    assert ListSet.objects.get(pk=other.pk).active_since == timezone.localdate()
    tabs = browser(persona("inspector")).get("/lists/").context["tabs"]
    assert [tab["label"] for tab in tabs] == ["隐患台账", "问题", "任务", "责任", "整改销号"]
    assert "已经启用" in client.post(url, follow=True).content.decode()


def test_names_are_confirmed_with_the_paper_that_says_so() -> None:
    told = shipped("ledger").list_set
    client, url = browser(province_officer()), f"/system/lists/{told.pk}/names/"
    assert client.post(url, {"basis": ""}).status_code == 422
    assert client.post(url, {"basis": "冀建安函〔2026〕1号（样例）"}).status_code == 302
    told.refresh_from_db()
    assert (told.name_confirmed, told.legal_basis) == (True, "冀建安函〔2026〕1号（样例）")


@pytest.mark.parametrize("role", ["city_officer", "inspector", "safety_director", "security_admin", "auditor"])
def test_others_do_not_administer_lists(role: str) -> None:
    told, client = shipped("duties"), browser(persona(role))
    urls = ("/system/lists/", edit_url(told), new_url(), f"/system/lists/{told.list_set_id}/activate/")
    assert {client.get(url).status_code for url in urls} == {403}
    assert {client.post(url).status_code for url in urls[1:]} == {403}


def test_form_without_a_mistake_in_it_says_nothing_of_mistakes() -> None:
    told = shipped("duties")
    client = browser(province_officer())
    for page in (client.get(edit_url(told)), client.get(new_url()), client.get("/system/lists/")):
        assert page.status_code == 200
        assert "错误" not in page.content.decode()
