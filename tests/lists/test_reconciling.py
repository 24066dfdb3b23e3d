"""What the authority's frozen list and the firm's do not say alike is found by number and settled by a person."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from openpyxl import load_workbook

from apps.core.registers import registry
from apps.hazards.models import Grade, Hazard
from apps.lists.models import Difference, ListSnapshot, Side
from apps.lists.services.reconciling import reconcile, settle
from apps.lists.workflow import SNAPSHOT
from apps.notifications.models import Message
from tests.hazards import stories
from tests.lists.shelf import browser, frozen
from tests.personas import QIAOXI, city_officer, persona

pytestmark = pytest.mark.django_db


def two_lists(site: stories.Site) -> tuple[ListSnapshot, ListSnapshot, dict[str, Hazard]]:
    """Open hazards of both sides: one alike, one changed between the two freezings, one only here, one only there."""
    told = {name: stories.taken_to("ordered", site) for name in ("alike", "changed", "closed")}
    authority = frozen("duties", site.inspector)
    Hazard.objects.filter(pk=told["changed"].pk).update(responsible_person="换了的人")
    stories.advanced(told["closed"], "closed", site)
    told["later"] = stories.taken_to("ordered", site)
    return authority, frozen("cures", site.director, side=Side.ENTERPRISE), told


def test_each_kind_of_difference_is_found() -> None:
    site = stories.site()
    authority, firm, told = two_lists(site)
    made = reconcile(authority, firm, by=site.inspector)
    found = {d.record_key: d.finding for d in made.differences.all()}
    assert found == {
        told["changed"].number: "differs",
        told["closed"].number: "only_authority",
        told["later"].number: "only_firm",
    }
    assert (made.compared, made.agreeing) == (4, 1)
    changed = made.differences.get(record_key=told["changed"].number)
    assert changed.details == [{"label": "整改责任人", "authority": "", "firm": "换了的人"}]


def test_rows_of_other_firms_and_other_counties_do_not_count() -> None:
    site, other = stories.site(), stories.site()
    stories.taken_to("ordered", other)
    elsewhere = stories.site(QIAOXI)
    stories.taken_to("ordered", elsewhere, enterprise=site.project.enterprise)
    mine = stories.taken_to("ordered", site)
    authority, firm = frozen("duties", site.inspector), frozen("cures", site.director, side=Side.ENTERPRISE)
    assert (authority.row_count, firm.row_count) == (2, 2)
    made = reconcile(authority, firm, by=site.inspector)
    assert (made.compared, made.agreeing) == (1, 1), mine


def test_city_finds_no_difference_in_what_it_is_not_shown() -> None:
    """Of what firms find themselves a city sees the major hazards alone; that is no difference of the lists."""
    site = stories.site()
    own: dict[str, Any] = {"by": site.director, "source": "self_check"}
    stories.order(stories.draft(site, **own), site, by=site.director)
    stories.order(stories.draft(site, grade=Grade.MAJOR, **own), site, by=site.director)
    officer = city_officer()
    authority, firm = frozen("duties", officer), frozen("cures", site.director, side=Side.ENTERPRISE)
    made = reconcile(authority, firm, by=officer)
    assert (firm.row_count, made.compared, made.agreeing) == (2, 1, 1)


def test_unlike_lists_are_refused_with_the_reason() -> None:
    site = stories.site()
    authority, firm, _ = two_lists(site)
    projects = frozen("ledger", site.inspector)
    with pytest.raises(ValidationError, match="一份主管部门清单与一份企业清单"):
        reconcile(authority, authority, by=site.inspector)
    with pytest.raises(ValidationError, match="底层台账不同"):
        reconcile(projects, firm, by=site.inspector)
    reconcile(authority, firm, by=site.inspector)
    with pytest.raises(ValidationError, match="这两份清单已经核对过"):
        reconcile(authority, firm, by=site.inspector)


def test_difference_is_settled_once_with_a_reason_by_a_named_person() -> None:
    site = stories.site()
    authority, firm, _ = two_lists(site)
    difference = reconcile(authority, firm, by=site.inspector).differences.order_by("pk")[0]
    client, url = browser(site.director), difference.get_absolute_url()
    assert client.post(url, {"outcome": "firm_right", "reason": " "}).status_code == 422
    assert client.post(url, {"outcome": "", "reason": "x"}).status_code == 422
    assert client.post(url, {"outcome": "firm_right", "reason": "核对时已整改"}).status_code == 302
    difference.refresh_from_db()
    assert (difference.outcome, difference.reason, difference.settled_by) == (
        "firm_right",
        "核对时已整改",
        site.director,
    )
    with pytest.raises(ValidationError, match="不能再改"):
        settle(difference, outcome="authority_right", reason="x", by=site.inspector)
    for sql in ("UPDATE lists_difference SET reason = '改'", "DELETE FROM lists_difference"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{sql} WHERE id = %s", [difference.pk])


def test_database_refuses_to_settle_without_a_reason() -> None:
    site = stories.site()
    authority, firm, _ = two_lists(site)
    made = reconcile(authority, firm, by=site.inspector)
    with pytest.raises(DatabaseError), transaction.atomic():
        Difference.objects.filter(reconciliation=made).update(outcome="explained")


def test_office_compares_on_its_page_and_the_firm_is_told() -> None:
    site = stories.site()
    authority, firm, _ = two_lists(site)
    client, url = browser(site.inspector), f"{authority.get_absolute_url()}compare/"
    assert [one.pk for one in client.get(url).context["offered"]] == [firm.pk]
    assert client.post(url).status_code == 422
    answer = client.post(url, {"firm_snapshot": firm.pk})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert len(page.context["differences"]) == 3
    told = Message.objects.get(recipient=site.director, kind="list_differences")
    assert told.url == answer["Location"]
    assert browser(site.director).get(told.url).status_code == 200


def test_foreign_and_void_lists_are_not_offered_and_not_taken() -> None:
    site = stories.site()
    authority, firm, _ = two_lists(site)
    stranger = stories.site("130203")
    foreign = frozen("cures", stranger.director, side=Side.ENTERPRISE)
    client, url = browser(site.inspector), f"{authority.get_absolute_url()}compare/"
    assert client.post(url, {"firm_snapshot": foreign.pk}).status_code == 404
    SNAPSHOT.perform(firm, "void_list", by=site.director, void_reason="重做")
    assert client.get(url).context["offered"] == []
    assert "已作废的清单不能核对" in client.post(url, {"firm_snapshot": firm.pk}).content.decode()


def test_comparison_is_seen_by_both_sides_and_nobody_else() -> None:
    site, rival = stories.site(), stories.site()
    authority, firm, _ = two_lists(site)
    made = reconcile(authority, firm, by=site.inspector)
    urls = (made.get_absolute_url(), made.differences.order_by("pk")[0].get_absolute_url())
    for url in urls:
        readers = {
            site.inspector: 200,
            site.director: 200,
            city_officer(): 200,
            rival.director: 404,
            persona("inspector", at=QIAOXI): 404,
        }
        assert {user: browser(user).get(url).status_code for user in readers} == readers


def test_differences_are_exported() -> None:
    site = stories.site()
    authority, firm, told = two_lists(site)
    made = reconcile(authority, firm, by=site.inspector)
    answer = browser(site.inspector).post(f"/lists/differences/export/?view=all&of={made.pk}")
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    lines = list(sheet.iter_rows(values_only=True))
    numbers = {told[name].number for name in ("changed", "closed", "later")}
    assert {row[0] for row in lines} & set(numbers) == numbers
    assert any("整改责任人：主管部门“（无）”，企业“换了的人”" in str(row) for row in lines)


def test_the_database_says_differences_in_the_same_words() -> None:
    site = stories.site()
    firm = frozen("cures", site.director, side=Side.ENTERPRISE)
    for description in ("五层预留洞口未封闭", "临边“防护”缺失；两处"):
        stories.order(stories.draft(site, description=description), site)
    reconcile(frozen("duties", site.inspector), firm, by=site.inspector)
    columns = {c.path: c.expression for c in registry["list_differences"].columns if c.expression is not None}
    told = list(Difference.objects.annotate(words=columns["details_in_words"], label=columns["state_label"]))
    assert len(told) == 2
    assert [(d.words, d.label) for d in told] == [(d.details_in_words, d.state_label) for d in told]
