"""The pages of persons, as a browser gets them."""

import pytest
from django.test import Client

from tests.factories import CertificateFactory, EnterpriseFactory, PersonFactory, UserFactory
from tests.personas import CHANGAN, PASSWORD, QIAOXI, inspector, station_head

pytestmark = pytest.mark.django_db

GOOD = "11010519491231002X"


def test_lists_and_details_show_masked_numbers(client: Client) -> None:
    person = PersonFactory(number=GOOD, phone="13912345678", employer=EnterpriseFactory(at=CHANGAN))
    CertificateFactory(person=person)
    client.force_login(inspector(CHANGAN))
    for url in ("/people/", f"/people/{person.pk}/", f"/people/{person.pk}/history/"):
        page = client.get(url).content.decode()
        assert person.name in page
        assert GOOD not in page and "13912345678" not in page


def test_a_reveal_is_a_post_with_a_reason(client: Client) -> None:
    person = PersonFactory(number=GOOD, employer=EnterpriseFactory(at=CHANGAN))
    client.force_login(station_head(CHANGAN))
    url = f"/people/{person.pk}/reveal/"
    assert GOOD not in client.get(url).content.decode()
    assert client.post(url, {"reason": "看看", "password": PASSWORD}).status_code == 422
    answer = client.post(url, {"reason": "核对事故伤员身份", "password": PASSWORD})
    assert GOOD in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    client.force_login(station_head(QIAOXI))
    assert client.post(url, {"reason": "核对事故伤员身份", "password": PASSWORD}).status_code == 404


@pytest.mark.parametrize(("password", "told"), [("", "请填写您的登录密码"), ("不是这个", "密码不正确")])
def test_a_reveal_asks_the_password_again_and_keeps_the_reason(client: Client, password: str, told: str) -> None:
    """A screen that somebody left open gives no number away; what was typed stays but for the password."""
    person = PersonFactory(number=GOOD, employer=EnterpriseFactory(at=CHANGAN))
    client.force_login(station_head(CHANGAN))
    answer = client.post(f"/people/{person.pk}/reveal/", {"reason": "核对事故伤员身份", "password": password})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page and "核对事故伤员身份" in page
    assert GOOD not in page and not person.reveals.exists()


def test_finding_by_number_leaves_it_out_of_the_address(client: Client) -> None:
    person = PersonFactory(number=GOOD, employer=EnterpriseFactory(at=CHANGAN))
    client.force_login(inspector(CHANGAN))
    assert client.post("/people/find/", {"id_number": GOOD}).headers["Location"] == f"/people/{person.pk}/"
    client.force_login(inspector(QIAOXI))
    assert client.post("/people/find/", {"id_number": GOOD}).status_code == 422


def test_a_firm_registers_a_person_and_a_certificate(client: Client) -> None:
    director = UserFactory(role="safety_director", enterprise=EnterpriseFactory())
    client.force_login(director)
    assert client.get("/people/new/").status_code == 200
    answer = client.post("/people/new/", {"name": "韩志强", "id_number": GOOD, "post": "专职安全员"})
    url = answer.headers["Location"]
    assert client.get(f"{url}certificates/new/").status_code == 200
    data = {"kind": "C3", "number": "冀建安C3（2026）0000009", "issued_on": "2026-11-01", "valid_until": "2029-10-31"}
    assert client.post(f"{url}certificates/new/", data).headers["Location"] == url
    assert "冀建安C3（2026）0000009" in client.get(url).content.decode()


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "%00"])
def test_a_key_that_cannot_be_is_not_found(client: Client, key: str) -> None:
    client.force_login(inspector(CHANGAN))
    for tail in ("", "edit/", "history/", "reveal/"):
        assert client.get(f"/people/{key}/{tail}").status_code in (403, 404)


def test_the_list_costs_the_same_queries_with_one_row_and_with_three(
    client: Client, django_assert_max_num_queries: object
) -> None:
    firm = EnterpriseFactory(at=CHANGAN)
    client.force_login(inspector(CHANGAN))
    counts: list[int] = []
    for _ in range(2):
        PersonFactory.create_batch(1 + len(counts), employer=firm)
        client.get("/people/")
        with django_assert_max_num_queries(30) as queries:  # type: ignore[operator]
            client.get("/people/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
