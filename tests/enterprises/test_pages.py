"""The pages of enterprises, as a browser gets them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.enterprises.models import Enterprise
from tests.factories import EnterpriseFactory, PersonFactory, ProjectFactory, UserFactory
from tests.personas import CHANGAN, QIAOXI, inspector

pytestmark = pytest.mark.django_db

GOOD = "91350100M000100Y43"


@pytest.fixture
def signed_in(client: Client) -> Any:
    def sign_in(user: Any) -> Client:
        client.force_login(user)
        return client

    return sign_in


def test_the_list_shows_masked_telephones_and_only_what_is_in_scope(signed_in: Any) -> None:
    here = EnterpriseFactory(at=CHANGAN, phone="13912345678")
    there = EnterpriseFactory(at=QIAOXI)
    page = signed_in(inspector(CHANGAN)).get("/enterprises/").content.decode()
    assert here.name in page and there.name not in page
    assert "139****5678" in page and "13912345678" not in page


@pytest.mark.parametrize("tab", ["", "people/", "projects/", "history/"])
def test_each_tab_renders_for_insiders_and_is_404_for_outsiders(signed_in: Any, tab: str) -> None:
    firm = EnterpriseFactory(at=CHANGAN)
    PersonFactory(employer=firm)
    ProjectFactory(at=CHANGAN, contractor=firm)
    url = f"/enterprises/{firm.uscc}/{tab}"
    assert firm.name in signed_in(inspector(CHANGAN)).get(url).content.decode()
    assert signed_in(inspector(QIAOXI)).get(url).status_code == 404
    assert signed_in(UserFactory(role="safety_director", enterprise=EnterpriseFactory())).get(url).status_code == 404


def test_an_outsider_is_answered_as_if_the_firm_did_not_exist(signed_in: Any) -> None:
    firm = EnterpriseFactory(at=QIAOXI)
    browser = signed_in(inspector(CHANGAN))
    answers = [browser.get(f"/enterprises/{code}/") for code in (firm.uscc, GOOD)]
    foreign, missing = (a.content.replace(a.headers["X-Request-Id"].encode(), b"") for a in answers)
    assert foreign == missing


@pytest.mark.parametrize("url", ["/enterprises/", "/enterprises/?view=all", "/enterprises/?q=有限"])
def test_the_list_costs_the_same_queries_with_one_row_and_with_three(
    signed_in: Any, django_assert_num_queries: Any, url: str
) -> None:
    browser = signed_in(inspector(CHANGAN))
    EnterpriseFactory(at=CHANGAN)
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    EnterpriseFactory.create_batch(2, at=CHANGAN)
    with django_assert_num_queries(len(one)):
        browser.get(url)


def test_a_new_firm_is_registered_through_the_form(signed_in: Any) -> None:
    browser = signed_in(inspector(CHANGAN))
    assert browser.get("/enterprises/new/").status_code == 200
    data = {"name": "燕山远图建工有限公司", "uscc": GOOD, "kind": "contractor", "region": CHANGAN, "status": "active"}
    answer = browser.post("/enterprises/new/", data)
    assert answer.headers["Location"] == f"/enterprises/{GOOD}/"


def test_what_was_typed_wrong_is_kept_and_named(signed_in: Any) -> None:
    data = {"name": "燕山远图建工有限公司", "uscc": GOOD[:-1] + "4", "kind": "contractor", "region": CHANGAN}
    answer = signed_in(inspector(CHANGAN)).post("/enterprises/new/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "校验码应为“3”，现为“4”" in page and "燕山远图建工有限公司" in page
    assert not Enterprise.objects.exists()


def test_a_stale_edit_shows_both_versions(signed_in: Any) -> None:
    firm = EnterpriseFactory(at=CHANGAN, address="示例路1号")
    browser = signed_in(inspector(CHANGAN))
    Enterprise.objects.filter(pk=firm.pk).update(address="别人改的地址", version=2)
    data = {
        "name": firm.name,
        "uscc": firm.uscc,
        "kind": firm.kind,
        "region": CHANGAN,
        "status": "active",
        "address": "我改的地址",
        "version": "1",
    }
    answer = browser.post(f"/enterprises/{firm.uscc}/edit/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人改的地址" in page and "我改的地址" in page
    firm.refresh_from_db()
    assert firm.address == "别人改的地址"


def test_a_role_without_the_right_gets_403(signed_in: Any) -> None:
    browser = signed_in(UserFactory(role="enforcement_officer", at=CHANGAN))
    assert browser.get("/enterprises/new/").status_code == 403
