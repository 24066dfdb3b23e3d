"""The pages and the API of merges, as a browser and a program get them."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core.registers import registry
from apps.enterprises.likely import likely_pairs
from apps.enterprises.models import EnterpriseMerge, FormerName
from tests.api_client import Api
from tests.enterprises.merging_stories import WHY, Twice, furnished, merged, proposed, twice, undone
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, LUBEI, city_officer, inspector, persona, province_officer

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User, url: str, status: int = 200) -> str:
    answer = browser(user).get(url)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def merge_url(firms: Twice) -> str:
    return f"/enterprises/{firms.duplicate.uscc}/merge/"


# Proposing ------------------------------------------------------------------------------------------------------------


def test_a_merge_goes_from_the_enterprises_page_to_the_decision() -> None:
    firms = furnished()
    office = browser(firms.proposer)
    assert merge_url(firms) in office.get(f"/enterprises/{firms.duplicate.uscc}/").content.decode()
    assert "并入哪家企业" in office.get(merge_url(firms)).content.decode()
    page = office.get(merge_url(firms), {"survivor": firms.survivor.name}).content.decode()
    assert firms.survivor.uscc in page and firms.duplicate.uscc in page
    assert "隐患（整改企业）" in page and "保留企业已有相同的记录，不能重复" in page
    answer = office.post(merge_url(firms), WHY | {"survivor": firms.survivor.uscc})
    merge = EnterpriseMerge.objects.get()
    assert answer.headers["Location"] == merge.get_absolute_url()
    assert "待确认" in office.get(merge.get_absolute_url()).content.decode()
    head = browser(firms.decider)
    decision = f"{merge.get_absolute_url()}merge/"
    page = head.get(decision).content.decode()
    assert "移到保留企业" in page and firms.survivor.name in page
    answer = head.post(decision, {"opinion": "经核对，系同一企业", "version": merge.version})
    assert answer.headers["Location"] == merge.get_absolute_url()
    page = head.get(merge.get_absolute_url()).content.decode()
    assert "留在重复企业名下的记录" in page and "清单快照及其核对已经冻结" in page


def test_the_duplicates_page_leads_to_the_survivor_and_offers_nothing_more() -> None:
    firms = twice()
    merged(firms)
    page = page_of(firms.proposer, f"/enterprises/{firms.duplicate.uscc}/")
    assert "本企业已合并到" in page and f"/enterprises/{firms.survivor.uscc}/" in page
    assert "/edit/" not in page and merge_url(firms) not in page
    assert firms.duplicate.name in page_of(firms.proposer, f"/enterprises/{firms.survivor.uscc}/")
    answer = browser(firms.proposer).get(f"/enterprises/{firms.duplicate.uscc}/edit/", follow=True)
    assert "不能再修改，请修改" in answer.content.decode()
    assert firms.duplicate.name not in page_of(firms.proposer, "/enterprises/?view=active")
    assert firms.duplicate.name in page_of(firms.proposer, "/enterprises/?view=merged")


def test_what_was_typed_wrong_is_kept_and_named() -> None:
    firms = twice()
    foreign = EnterpriseFactory(at=LUBEI)
    office = browser(firms.proposer)
    for text, sentence in (
        (firms.duplicate.uscc, "企业不能与自己合并"),
        ("没有这家公司", "平台上没有名称为“没有这家公司”的企业"),
        (foreign.uscc, "该企业不在您的辖区，请由上级机构提请合并"),
    ):
        answer = office.post(merge_url(firms), WHY | {"survivor": text})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    answer = office.post(merge_url(firms), {"survivor": firms.survivor.uscc, "reason": "同一家", "basis": ""})
    page = answer.content.decode()
    assert answer.status_code == 422 and "至少 5 个字" in page and "同一家" in page
    assert not EnterpriseMerge.objects.exists()


def test_outsiders_get_404_and_who_may_not_403() -> None:
    firms = twice()
    merge = proposed(firms)
    stranger = city_officer("130200")
    for url in (merge_url(firms), merge.get_absolute_url(), f"{merge.get_absolute_url()}merge/"):
        page_of(stranger, url, 404)
    page_of(inspector(CHANGAN), merge_url(firms), 403)
    page_of(inspector(CHANGAN), "/enterprises/likely/", 403)
    page_of(inspector(CHANGAN), "/enterprise-merges/", 403)
    page_of(persona("county_officer"), f"{merge.get_absolute_url()}merge/", 403)


def test_a_decision_on_what_has_moved_on_is_told() -> None:
    firms = twice()
    merge = proposed(firms)
    answer = browser(firms.proposer).get(f"{merge.get_absolute_url()}withdraw_merge/")
    assert answer.status_code == 200
    merged(firms, merge)
    answer = browser(firms.other).post(f"{merge.get_absolute_url()}merge/", {"version": merge.version})
    assert answer.status_code in (409, 422)
    assert EnterpriseMerge.objects.get().decided_by == firms.decider


def test_undoing_tells_how_many_went_back() -> None:
    firms = furnished()
    merge = merged(firms)
    answer = browser(firms.other).post(
        f"{merge.get_absolute_url()}undo_merge/",
        {"undo_reason": "经核实为两家企业", "version": merge.version},
        follow=True,
    )
    page = answer.content.decode()
    assert "退回记录数" in page and str(merge.moved_count) in page and "已撤销" in page
    assert "撤销合并，恢复为单独的企业" in page_of(firms.proposer, f"/enterprises/{firms.duplicate.uscc}/history/")


# The register ---------------------------------------------------------------------------------------------------------


def test_the_register_shows_what_waits_for_whom() -> None:
    firms = twice()
    merge = proposed(firms)
    register = registry["enterprise_merges"]
    waiting = register.views[3].condition
    assert register.rows(firms.decider).filter(waiting(firms.decider)).get() == merge
    assert not register.rows(firms.proposer).filter(waiting(firms.proposer)).exists()
    assert firms.duplicate.name in page_of(firms.decider, "/enterprise-merges/?view=to_decide")
    assert "企业合并待确认" in page_of(firms.decider, "/")
    merge = merged(firms, merge)
    assert firms.duplicate.name in page_of(firms.decider, "/enterprise-merges/?view=merged")
    undone(firms, merge)
    assert firms.duplicate.name in page_of(persona("auditor"), "/enterprise-merges/?view=undone")


def test_the_list_does_not_read_the_keys_of_what_was_moved(django_assert_num_queries: Any) -> None:
    firms = twice()
    merge = merged(firms)
    with django_assert_num_queries(1):
        (row,) = registry["enterprise_merges"].rows(firms.decider)
        assert row.duplicate.name and row.decided_by.name and "moved" in row.get_deferred_fields()
    assert row == merge


# The API --------------------------------------------------------------------------------------------------------------


def test_a_program_proposes_and_another_decides() -> None:
    firms = twice()
    body = WHY | {"survivor": firms.survivor.uscc}
    answer = Api(firms.proposer).post(f"/api/enterprises/{firms.duplicate.uscc}/merge/", body)
    assert answer.status_code == 201
    key = answer.json()["key"]
    assert answer.headers["Location"] == f"/api/enterprise_merges/{key}/"
    assert [move["name"] for move in answer.json()["moves"]] == ["withdraw_merge"]
    again = Api(firms.decider).post(f"/api/enterprises/{firms.duplicate.uscc}/merge/", body)
    assert again.status_code == 422 and "不能再次提请" in again.json()["fields"]["survivor"][0]
    answer = Api(firms.decider).post(f"/api/enterprise_merges/{key}/merge/", {})
    assert (answer.status_code, answer.json()["state"]["code"]) == (200, "merged")
    patch = Api(firms.proposer).patch(f"/api/enterprises/{firms.duplicate.uscc}/", {"address": "新地址"}, version=2)
    assert (patch.status_code, patch.json()["code"]) == (409, "locked")


# Likely pairs ---------------------------------------------------------------------------------------------------------


def named(name: str, **values: Any) -> Any:
    return EnterpriseFactory(organisation__name=name, **values)


def test_firms_with_a_name_or_a_licence_in_common_are_likely_one() -> None:
    one = named("河北燕山（集团）有限责任公司", safety_licence="（冀）JZ安许证字〔2024〕900001")
    by_name = named("河北燕山 (集团) 有限公司")
    by_former = named("河北燕山控股有限公司")
    FormerName.objects.create(enterprise=by_former, name="河北燕山（集团）有限公司")
    by_licence = named("滹沱安固有限公司", safety_licence="(冀)JZ安许证字[2024]900001")
    named("白洋淀恒建有限公司")
    found = {(pair.older, pair.newer): pair.grounds for pair in likely_pairs(province_officer())}
    assert found == {
        (one.pk, by_name.pk): ("name",),
        (one.pk, by_former.pk): ("former",),
        (by_name.pk, by_former.pk): ("former",),
        (one.pk, by_licence.pk): ("licence",),
    }


def test_what_many_have_in_common_tells_nothing() -> None:
    for n in range(22):
        named(f"企业{n}有限公司", safety_licence="无")
    assert likely_pairs(province_officer()) == []


def test_pairs_are_of_firms_in_sight_and_not_yet_decided() -> None:
    here, there = named("燕山远图有限公司"), named("燕山远图有限公司", at=LUBEI)
    twin = named("燕山远图有限公司")
    assert [pair[:2] for pair in likely_pairs(persona("county_officer"))] == [(here.pk, twin.pk)]
    assert len(likely_pairs(province_officer())) == 3
    firms = Twice(None, twin, here, persona("county_officer"), city_officer(), city_officer())  # type: ignore[arg-type]
    merge = proposed(firms)
    assert likely_pairs(firms.proposer) == []
    undone(firms, merged(firms, merge))
    assert likely_pairs(firms.proposer) == []
    assert len(likely_pairs(province_officer())) == 2
    assert there


def test_the_page_of_likely_pairs_leads_to_the_comparison() -> None:
    one, two = named("燕山远图有限公司"), named("燕山远图有限责任公司")
    user = persona("county_officer")
    assert "/enterprises/likely/" in page_of(user, "/enterprises/")
    page = page_of(user, "/enterprises/likely/")
    assert f"/enterprises/{two.uscc}/merge/?survivor={one.uscc}" in page and "名称相同" in page
    assert "没有发现疑似重复的企业" in page_of(persona("county_officer", at=LUBEI), "/enterprises/likely/")
