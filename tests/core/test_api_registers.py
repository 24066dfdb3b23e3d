"""A register as an API: the page's filters made strict, the page's form, and no blind overwriting."""

from typing import Any

import pytest

from apps.core import listing as core_listing
from apps.core.api import listing
from apps.core.api.serializers import readers
from apps.core.models import Event
from apps.core.registers import Column, Register, registry
from apps.enterprises.models import Enterprise
from tests.api_client import Api
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, LUBEI, inspector, persona

pytestmark = pytest.mark.django_db

LIST = "/api/enterprises/"
NEW = {"name": "河北某某建工有限公司", "uscc": "91130102MA0ABCDE1W", "kind": "contractor", "region": CHANGAN}


@pytest.fixture
def api() -> Api:
    return Api(inspector())


def address(enterprise: Enterprise) -> str:
    return f"{LIST}{enterprise.uscc}/"


# Lists


def test_list_gives_codes_with_labels_and_days_as_iso(api: Api) -> None:
    firm = EnterpriseFactory(safety_licence_until="2027-06-30")
    answer = api.get(LIST).json()
    row = answer["results"][0]
    assert (answer["count"], answer["count_is_exact"], row["key"], row["version"]) == (1, True, firm.uscc, 1)
    assert row["kind"] == {"code": "contractor", "label": "施工"}
    assert row["safety_licence_until"] == "2027-06-30"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("colour=red", "colour"),
        ("organisation__name=x", "organisation__name"),
        ("phone=0311", "phone"),
        ("organisation__users__password=x", "organisation__users__password"),
        ("kind=spaceship", "kind"),
        ("safety_licence_until_after=yesterday", "safety_licence_until"),
        ("sort=phone", "sort"),
        ("sort=-organisation__users__password", "sort"),
        ("view=none", "view"),
        ("size=201", "size"),
        ("size=0", "size"),
        ("size=-1", "size"),
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999", "page"),
        ("count=please", "count"),
        ("kind=owner&kind=contractor", "kind"),
        ("partial=1", "partial"),
    ],
)
def test_wrong_parameter_is_named_not_ignored(api: Api, query: str, named: str) -> None:
    answer = api.get(f"{LIST}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
    assert list(answer.json()["fields"]) == [named]


@pytest.mark.parametrize("name", sorted(registry))
def test_every_described_parameter_is_accepted(name: str) -> None:
    register, user = registry[name], persona("auditor")
    values = {"range": "2026-01-01", "icontains": "一"}
    for parameter, column in listing.filters_of(register, register.columns_for(user)).items():
        value = values.get(column.filter, "") if column else "一"
        if column and column.filter == "exact":
            value = str(next(iter(register.labels_of_choices.get(column.path, {"true": ""}))))
        answer = Api(user).get(f"/api/{name}/", {parameter: value})
        assert answer.status_code in (200, 403), (parameter, answer.content.decode())


def test_filters_find_what_the_page_finds(api: Api) -> None:
    EnterpriseFactory()
    owner = EnterpriseFactory(kind="owner")
    found = api.get(LIST, {"kind": "owner", "q": owner.organisation.name, "safety_licence_until_after": "2020-01-01"})
    assert [row["key"] for row in found.json()["results"]] == [owner.uscc]


def test_following_the_links_reads_every_row_once(api: Api) -> None:
    firms = EnterpriseFactory.create_batch(7)
    seen, link = [], f"{LIST}?size=3&sort=-safety_licence_until"
    while link:
        answer = api.get(link).json()
        seen += [row["key"] for row in answer["results"]]
        link = answer["next"]
    assert sorted(seen) == sorted(firm.uscc for firm in firms)


def test_count_stops_at_the_cap_and_the_links_go_on_past_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_listing, "COUNT_CAP", 4)
    EnterpriseFactory.create_batch(7)
    capped = api.get(LIST, {"size": 2}).json()
    assert (capped["count"], capped["count_is_exact"]) == (4, False)
    assert api.get(LIST, {"size": 2, "page": 3}).status_code == 400
    last = api.get(api.get(LIST, {"size": 2, "page": 2}).json()["next"]).json()
    assert (last["count"], last["count_is_exact"], len(last["results"])) == (4, False, 2)
    exact = api.get(LIST, {"size": 2, "page": 3, "count": "exact"}).json()
    assert (exact["count"], exact["count_is_exact"], exact["results"]) == (7, True, last["results"])


def test_following_the_links_back_reads_every_row_once(api: Api) -> None:
    firms = EnterpriseFactory.create_batch(7)
    link = f"{LIST}?size=3&page=3"
    seen = []
    while link:
        answer = api.get(link).json()
        seen += [row["key"] for row in answer["results"]]
        link = answer["previous"]
    assert sorted(seen) == sorted(firm.uscc for firm in firms)


@pytest.mark.parametrize("query", ["after=0", "after=x", "before=999999999", "after="])
def test_a_page_lies_only_by_a_row_that_there_is(api: Api, query: str) -> None:
    answer = api.get(f"{LIST}?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [query.split("=")[0]])


def test_column_with_a_permission_is_absent_for_others() -> None:
    class Guarded(Register):
        name, label, model = "guarded", "试验", Enterprise
        columns = (Column("uscc", "代码"), Column("phone", "电话", sortable=True, permission="people.reveal_person"))

    assert [column.name for column, _, _ in readers(Guarded(), inspector())] == ["uscc"]
    assert [column.name for column, _, _ in readers(Guarded(), persona("station_head"))] == ["uscc", "phone"]
    assert "phone" not in listing.sort_names(Guarded().columns_for(inspector()))


# One record


def test_record_carries_its_version_as_etag(api: Api) -> None:
    firm = EnterpriseFactory()
    answer = api.get(address(firm))
    assert (answer.status_code, answer["ETag"], answer.json()["uscc"]) == (200, '"1"', firm.uscc)


@pytest.mark.parametrize("key", ["nothing", "%00", "%ED%A0%80", "a" * 3000, "..%2f..", "91130102MA0ABCDE1W'--"])
def test_foreign_and_missing_record_are_the_same_404(api: Api, key: str) -> None:
    foreign = EnterpriseFactory(at=LUBEI)
    number = {"X-Request-Id": "0123456789abcdef"}
    there, nowhere = api.get(address(foreign), {}, **number), api.get(f"{LIST}{key}/", {}, **number)
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert there.content == nowhere.content


# New


def test_new_record_goes_through_the_pages_form_and_is_an_event(api: Api) -> None:
    answer = api.post(LIST, NEW)
    assert (answer.status_code, answer["ETag"], answer["Location"]) == (201, '"1"', f"{LIST}{NEW['uscc']}/")
    firm = Enterprise.objects.get(uscc=NEW["uscc"])
    assert (firm.organisation.name, firm.status) == (NEW["name"], "active")
    assert list(Event.objects.of(firm).values_list("name", flat=True)) == ["registered"]


@pytest.mark.parametrize(
    ("change", "status", "field", "sentence"),
    [
        ({"uscc": "91130102MA0ABCDE1X"}, 422, "uscc", "第18位校验码应为“W”，现为“X”，请核对前面各位"),
        ({"kind": "spaceship"}, 422, "kind", "选择一个有效的选项。 spaceship 不在可用的选项中。"),
        ({"region": "999999"}, 422, "region", "选择一个有效的选项： 该选择不在可用的选项中。"),
        ({"name": ""}, 400, "name", "该字段不能为空。"),
        ({"name": "长" * 300}, 400, "name", "请确保这个字段不能超过 100 个字符。"),
        ({"name": {"a": 1}}, 400, "name", "不是有效的字符串。"),
        ({"kind": ["owner"]}, 400, "kind", "须是文字或整数代码"),
        ({"region": True}, 400, "region", "须是文字或整数代码"),
        (
            {"safety_licence_until": "soon"},
            400,
            "safety_licence_until",
            "日期格式错误。请从这些格式中选择：YYYY-MM-DD。",
        ),
        ({"colour": "red"}, 400, "colour", "没有这个字段，或者它不能在这里填写"),
        ({"version": 7}, 400, "version", "没有这个字段，或者它不能在这里填写"),
        ({"region_path": "/13/"}, 400, "region_path", "没有这个字段，或者它不能在这里填写"),
    ],
)
def test_wrong_input_names_field_and_reason(
    api: Api, change: dict[str, Any], status: int, field: str, sentence: str
) -> None:
    answer = api.post(LIST, NEW | change)
    assert (answer.status_code, answer.json()["fields"]) == (status, {field: [sentence]})
    assert not Enterprise.objects.exists()


def test_reader_may_look_but_not_write() -> None:
    firm, reader = EnterpriseFactory(), Api(persona("auditor"))
    assert reader.get(address(firm)).status_code == 200
    assert reader.post(LIST, NEW).json()["code"] == "forbidden"
    assert reader.patch(address(firm), {"address": "别处"}, version=1).status_code == 403


# Changes


def test_change_touches_the_sent_fields_alone(api: Api) -> None:
    firm = EnterpriseFactory(address="旧址", legal_representative="赵某")
    before: dict[str, Any] = {**Enterprise.objects.values().get(pk=firm.pk)}
    answer = api.patch(address(firm), {"address": "新址"}, version=1)
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    after: dict[str, Any] = {**Enterprise.objects.values().get(pk=firm.pk)}
    assert {name for name in before if before[name] != after[name]} == {"address", "version"}
    assert Event.objects.of(firm).latest("id").facts == {"address": ["旧址", "新址"]}


def test_change_without_a_version_is_428(api: Api) -> None:
    assert api.patch(address(EnterpriseFactory()), {"address": "新址"}).json()["code"] == "if_match_required"


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", "1"'])
def test_tag_of_the_current_version_matches(api: Api, tag: str) -> None:
    answer = api.send("PATCH", address(EnterpriseFactory()), {"address": "新址"}, {"If-Match": tag})
    assert answer.status_code == 200


@pytest.mark.parametrize("tag", ['"2"', "1", "*", '"x"', '"-1"', '"1', '"' + "9" * 500 + '"'])
def test_stale_change_is_412_with_the_newer_record(api: Api, tag: str) -> None:
    firm = EnterpriseFactory(address="现址")
    answer = api.send("PATCH", address(firm), {"address": "新址"}, {"If-Match": tag})
    assert (answer.status_code, answer["ETag"], answer.json()["code"]) == (412, '"1"', "stale")
    assert answer.json()["current"]["address"] == "现址"
    firm.refresh_from_db()
    assert firm.address == "现址"


def test_own_enterprise_cannot_change_what_authorities_keep() -> None:
    firm = EnterpriseFactory()
    director = Api(persona("safety_director", organisation=firm.organisation))
    assert director.patch(address(firm), {"qualification": "特级"}, version=1).status_code == 400
    assert director.patch(address(firm), {"address": "新址"}, version=1).status_code == 200


@pytest.mark.parametrize("method", ["DELETE", "PUT", "OPTIONS", "TRACE"])
def test_nothing_is_deleted_or_replaced(api: Api, method: str) -> None:
    firm = EnterpriseFactory()
    answer = api.send(method, address(firm), {}, {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert Enterprise.objects.filter(pk=firm.pk).exists()
