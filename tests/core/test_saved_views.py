"""A saved view brings back filter, columns and order, to those it is offered to and to nobody else."""

from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import load_workbook

from apps.core.models import SavedView, ViewReach
from apps.hazards.models import Grade, Hazard
from tests.hazards import stories
from tests.personas import CHANGAN, PROVINCE, QIAOXI, persona, signed_in

pytestmark = pytest.mark.django_db
LIST, NEW = "/hazards/", "/hazards/views/new/"


def numbers(page: Any) -> list[str]:
    return [row["key"] for row in page.context["rows"]]


@pytest.fixture
def site() -> stories.Site:
    return stories.site(CHANGAN)


@pytest.fixture
def hazards(site: stories.Site) -> tuple[Hazard, Hazard]:
    """An ordinary one of the works at height, a major one of the pit."""
    return stories.draft(site), stories.draft(site, grade=Grade.MAJOR, category="基坑工程")


def saved(client: Client, query: str, name: str = "深坑", reach: str = "mine") -> SavedView:
    answer = client.post(f"{NEW}?{query}", {"name": name, "reach": reach})
    assert answer.status_code == 302, answer.context["form"].errors
    return SavedView.objects.get(name=name)


def test_a_saved_view_brings_back_filter_columns_and_order(site: stories.Site, hazards: tuple[Hazard, Hazard]) -> None:
    client = signed_in(site.inspector)
    client.post("/hazards/columns/", {"column": ["number", "category"], "save": "1"})
    view = saved(client, "view=drafts&category=基坑工程&sort=-number&page=3&after=99&size=50")
    client.post("/hazards/columns/", {"reset": "1", "save": "1"})
    page = client.get(f"{LIST}?saved={view.pk}")
    assert numbers(page) == [hazards[1].number]
    assert [column["name"] for column in page.context["columns"]] == ["number", "category"]
    assert page.context["columns"][0]["sort_state"] == "desc"
    assert sorted(view.query.split("&")) == [
        "category=%E5%9F%BA%E5%9D%91%E5%B7%A5%E7%A8%8B",
        "sort=-number",
        "view=drafts",
    ]


def test_the_address_goes_before_the_saved_query(site: stories.Site, hazards: tuple[Hazard, Hazard]) -> None:
    client = signed_in(site.inspector)
    view = saved(client, "view=drafts&category=基坑工程")
    page = client.get(f"{LIST}?saved={view.pk}&category=高处作业")
    assert numbers(page) == [hazards[0].number]


def test_links_of_a_saved_view_stay_in_it(site: stories.Site, hazards: tuple[Hazard, Hazard]) -> None:
    client = signed_in(site.inspector)
    view = saved(client, "view=all&sort=-number")
    page = client.get(f"{LIST}?saved={view.pk}&size=20")
    assert all(f"saved={view.pk}" in size["url"] for size in page.context["page"]["sizes"])
    assert [tab["label"] for tab in page.context["saved_views"] if tab["current"]] == ["深坑"]
    assert not any(tab["current"] for tab in page.context["views"])


def test_columns_and_filters_that_are_no_longer_offered_are_left_out(
    site: stories.Site, hazards: tuple[Hazard, Hazard]
) -> None:
    view = SavedView.objects.create(
        register="hazards",
        name="旧视图",
        owner=site.inspector,
        organisation_id=site.inspector.organisation_id,
        query="view=drafts&category=已取消的类别&state=melted&deadline_after=gestern&colour=red&grade=major",
        columns=["number", "colour", "grade"],
    )
    page = signed_in(site.inspector).get(f"{LIST}?saved={view.pk}")
    assert page.context["filter_problems"] == {}
    assert numbers(page) == [hazards[1].number]
    assert [column["name"] for column in page.context["columns"]] == ["number", "grade"]


def test_a_wrong_filter_in_the_address_is_told_also_within_a_saved_view(site: stories.Site) -> None:
    client = signed_in(site.inspector)
    view = saved(client, "view=all")
    page = client.get(f"{LIST}?saved={view.pk}&state=melted")
    assert list(page.context["filter_problems"]) == ["state"]


def test_a_shared_view_is_offered_to_the_office_and_to_no_other(site: stories.Site) -> None:
    view = saved(signed_in(site.head), "view=all", reach="organisation")
    colleague, stranger = signed_in(site.inspector), signed_in(persona("inspector", at=QIAOXI))
    assert [tab["label"] for tab in colleague.get(LIST).context["saved_views"]] == ["深坑"]
    assert stranger.get(LIST).context["saved_views"] == []
    assert "深坑" not in stranger.get(f"{LIST}?saved={view.pk}").content.decode()
    assert stranger.get(f"/hazards/views/{view.pk}/").status_code == 404


def test_what_a_view_finds_is_cut_to_its_reader(site: stories.Site, hazards: tuple[Hazard, Hazard]) -> None:
    saved(signed_in(persona("province_officer", at=PROVINCE)), "view=drafts", reach="everyone")
    tab = signed_in(persona("inspector", at=QIAOXI)).get(LIST).context["saved_views"][0]
    assert (tab["label"], tab["count"]) == ("深坑", "0")
    own = signed_in(site.inspector).get(LIST).context["saved_views"][0]
    assert own["count"] == "2"


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("inspector", ["mine"]),
        ("station_head", ["mine", "organisation"]),
        ("safety_director", ["mine", "organisation"]),
        ("province_officer", ["mine", "organisation", "everyone"]),
    ],
)
def test_the_role_says_who_a_view_may_be_shown_to(role: str, offered: list[str]) -> None:
    user = persona(role)
    client = signed_in(user)
    form = client.get(NEW).context["form"]
    assert [code for code, _ in form.fields["reach"].choices] == offered
    wanted = next((code for code in ViewReach.values if code not in offered), None)
    if wanted:
        answer = client.post(NEW, {"name": "试试", "reach": wanted})
        assert (answer.status_code, SavedView.objects.count()) == (422, 0)


def test_only_the_owner_and_the_head_of_the_office_change_a_view(site: stories.Site) -> None:
    view = saved(signed_in(site.head), "view=all", reach="organisation")
    address = f"/hazards/views/{view.pk}/"
    assert signed_in(site.inspector).post(address, {"delete": "1"}).status_code == 403
    renamed = signed_in(persona("station_head", at=CHANGAN)).post(address, {"name": "全部", "reach": "organisation"})
    assert renamed.status_code == 302
    view.refresh_from_db()
    assert view.name == "全部"
    assert signed_in(site.head).post(address, {"delete": "1"}).status_code == 302
    assert not SavedView.objects.exists()


def test_the_same_name_twice_is_told(site: stories.Site) -> None:
    client = signed_in(site.inspector)
    saved(client, "view=all")
    answer = client.post(NEW, {"name": "深坑", "reach": "mine"})
    assert "您已有同名的视图，请换一个名称" in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(register="hazards", name="深坑", owner=site.inspector, organisation_id=1)


def test_an_export_of_a_saved_view_has_its_rows(site: stories.Site, hazards: tuple[Hazard, Hazard]) -> None:
    client = signed_in(site.inspector)
    view = saved(client, "view=drafts&category=基坑工程")
    rows = exported(client.post(f"/hazards/export/?saved={view.pk}"))
    assert [hazards[0].number in row for row in rows].count(True) == 0
    assert [hazards[1].number in row for row in rows].count(True) == 1


def exported(answer: Any) -> list[list[Any]]:
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_page_of_the_views_says_what_each_shows(site: stories.Site) -> None:
    client = signed_in(site.inspector)
    saved(client, "view=drafts&category=基坑工程")
    text = client.get("/hazards/views/").content.decode()
    assert "视图=草稿；隐患类别=基坑工程" in text
