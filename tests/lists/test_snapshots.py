"""A frozen list stays as it was, whatever becomes of the ledger, the list and its names."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from openpyxl import load_workbook

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.hazards.models import Grade, Source
from apps.lists.models import FROZEN, ListSnapshot, ListType, Side
from apps.lists.models.snapshots import hash_of
from apps.lists.services.freezing import freeze
from apps.lists.services.reading import rows_seen_by
from apps.lists.workflow import SNAPSHOT
from apps.notifications.models import Message
from tests.hazards import stories
from tests.lists.shelf import browser, frozen, keys, shipped
from tests.personas import CHANGAN, QIAOXI, city_officer, persona

pytestmark = pytest.mark.django_db
CHANGES: dict[str, str] = {
    "title": "'改名'",
    "rows": "'[]'",
    "columns": "'[]'",
    "row_count": "0",
    "statement": "'零报告'",
    "sha256": "''",
    "start": "start - 1",
    '"end"': '"end" + 1',
    "frozen_at": "now()",
    "organisation_name": "'另一单位'",
    "region_path": "'/13/'",
    "sign_off": "'{}'",
}


def test_snapshot_holds_rows_and_columns_as_they_were() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    snapshot = frozen("duties", site.inspector)
    stories.advanced(hazard, "closed", site)
    snapshot.refresh_from_db()
    heads = [column["label"] for column in snapshot.columns]
    assert keys(snapshot) == [hazard.number]
    assert dict(zip(heads, snapshot.rows[0]["cells"], strict=True))["整改状态"] == "待签收"
    assert snapshot.rows[0]["region"] == site.project.region_path
    assert snapshot.rows[0]["firm"] == site.project.enterprise_id
    assert snapshot.is_intact


def test_renaming_a_list_or_adding_a_column_leaves_old_snapshots_as_they_were() -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    old = frozen("duties", site.inspector)
    told = shipped("duties")
    told.name = "责任清单（新）"
    told.columns = [*told.columns, {"field": "clause", "label": "违反条款", "width": 20}]
    told.save()
    new = freeze(told, site.inspector.organisation, (date(2026, 1, 1), date(2026, 1, 31)))
    old.refresh_from_db()
    assert (old.title, len(old.columns)) == ("监管责任清单", 7)
    assert (new.title, len(new.columns)) == ("责任清单（新）", 8)
    assert old.is_intact
    assert new.is_intact


@pytest.mark.parametrize("column", CHANGES)
def test_database_refuses_to_change_what_is_frozen(column: str) -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    snapshot = frozen("duties", site.inspector)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE lists_listsnapshot SET {column} = {CHANGES[column]} WHERE id = %s", [snapshot.pk])
    snapshot.refresh_from_db()
    assert snapshot.is_intact


def test_every_frozen_column_is_in_the_trigger() -> None:
    """All but state and signatures: a column added later must say on which side it stands."""
    free = {"id", "version", "created_at", "state", "void_reason", "voided_by"}
    signatures = {f"{who}_{what}" for who in ("prepared", "reviewed", "approved") for what in ("by", "at")}
    assert {f.name for f in ListSnapshot._meta.concrete_fields} - free - signatures == set(FROZEN)


def test_database_refuses_to_delete_a_snapshot_or_to_take_back_a_signature() -> None:
    site = stories.site()
    snapshot = SNAPSHOT.perform(frozen("duties", site.inspector), "prepare", by=site.inspector)
    for sql in ("DELETE FROM lists_listsnapshot", "UPDATE lists_listsnapshot SET prepared_by_id = NULL"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{sql} WHERE id = %s", [snapshot.pk])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE lists_listsnapshot SET state = 'draft' WHERE id = %s", [snapshot.pk])


def test_hash_tells_a_change_of_a_single_cell() -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    snapshot = frozen("duties", site.inspector)
    snapshot.rows[0]["cells"][1] = "改过的内容"
    assert hash_of(snapshot) != snapshot.sha256


def test_list_without_rows_is_a_zero_report_that_says_so() -> None:
    user = persona("inspector")
    snapshot = frozen("major-hazards", user)
    assert (snapshot.row_count, snapshot.rows) == (0, [])
    assert snapshot.statement == f"零报告：{user.organisation}{timezone.localdate()}无列入“重大隐患清单”的事项。"
    page = browser(user).get(snapshot.get_absolute_url()).content.decode()
    assert snapshot.statement in page


def test_period_is_frozen_once_per_office_and_again_after_the_first_is_void() -> None:
    site = stories.site()
    first = frozen("duties", site.inspector)
    with pytest.raises(ValidationError, match="本单位这一期的清单已经冻结"):
        frozen("duties", site.second)
    SNAPSHOT.perform(first, "void_list", by=site.inspector, void_reason="条件设错")
    again = frozen("duties", site.second)
    assert again.pk != first.pk
    assert frozen("duties", persona("inspector", at=QIAOXI)).row_count == 0


def test_list_is_frozen_by_its_own_side_alone_and_not_without_a_register() -> None:
    user = persona("inspector")
    with pytest.raises(ValidationError, match="由施工企业编制"):
        frozen("cures", user, side=Side.ENTERPRISE)
    told = shipped("duties")
    told.register = "nowhere"
    with pytest.raises(ValidationError, match="没有数据来源"):
        freeze(told, user.organisation, (date(2026, 1, 1), date(2026, 1, 31)))


def test_too_long_a_list_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.lists.services.freezing.MOST_ROWS", 1)
    site = stories.site()
    stories.taken_to("ordered", site)
    stories.taken_to("ordered", site)
    with pytest.raises(ValidationError, match="超过 1 条"):
        frozen("duties", site.inspector)


# Signatures -----------------------------------------------------------------------------------------------------------


def test_list_is_signed_in_order_by_three_people() -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    for move, user in (("prepare", site.inspector), ("review", site.second), ("approve", site.head)):
        snapshot = SNAPSHOT.perform(snapshot, move, by=user)
    assert snapshot.state == "approved"
    assert [snapshot.prepared_by, snapshot.reviewed_by, snapshot.approved_by] == [
        site.inspector,
        site.second,
        site.head,
    ]
    names = list(Event.objects.of(snapshot).order_by("step").values_list("name", flat=True))
    assert names == ["frozen", "prepare", "review", "approve"]


@pytest.mark.parametrize(
    ("move", "who", "reason"),
    [
        ("approve", "head", "还没有编制，不能批准"),
        ("review", "second", "还没有编制，不能审核"),
        ("prepare", "stranger", "由编制单位的人员签批"),
        ("prepare", "manager", "您没有“编制签字”的权限"),
    ],
)
def test_signature_out_of_turn_is_refused(move: str, who: str, reason: str) -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    other = persona("city_officer")
    user = {"head": site.head, "second": site.second, "stranger": other, "manager": site.manager}[who]
    assert SNAPSHOT.refusal(snapshot, move, user) == reason


def test_nobody_signs_twice_and_an_inspector_does_not_approve() -> None:
    site = stories.site()
    snapshot = SNAPSHOT.perform(frozen("duties", site.inspector), "prepare", by=site.inspector)
    assert SNAPSHOT.refusal(snapshot, "review", site.inspector) == "您已在这份清单上签过字，须由另一人签批"
    snapshot = SNAPSHOT.perform(snapshot, "review", by=site.second)
    third = persona("inspector")
    assert SNAPSHOT.refusal(snapshot, "approve", third) == "您的角色不能批准这份清单"


def test_database_refuses_two_signatures_of_one_person() -> None:
    site = stories.site()
    snapshot = SNAPSHOT.perform(frozen("duties", site.inspector), "prepare", by=site.inspector)
    with pytest.raises(DatabaseError), transaction.atomic():
        ListSnapshot.objects.filter(pk=snapshot.pk).update(reviewed_by=site.inspector)


def test_firm_signs_its_list_by_its_safety_director_alone() -> None:
    site = stories.site()
    snapshot = SNAPSHOT.perform(frozen("cures", site.director, side=Side.ENTERPRISE), "approve", by=site.director)
    assert snapshot.state == "approved"


def test_approved_list_is_not_voided() -> None:
    site = stories.site()
    snapshot = SNAPSHOT.perform(frozen("cures", site.director, side=Side.ENTERPRISE), "approve", by=site.director)
    with pytest.raises(TransitionRefused):
        SNAPSHOT.perform(snapshot, "void_list", by=site.director, void_reason="x")


def test_next_signers_are_told_and_those_before_no_longer_asked() -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    first = set(Message.objects.filter(kind="list_to_sign").values_list("recipient", flat=True))
    assert first == {site.inspector.pk, site.second.pk, site.head.pk}
    snapshot = SNAPSHOT.perform(snapshot, "prepare", by=site.inspector)
    SNAPSHOT.perform(snapshot, "review", by=site.second)
    awaited = Message.objects.filter(kind="list_to_sign").pressing()
    assert set(awaited.values_list("recipient", flat=True)) == {site.head.pk}


# Pages ----------------------------------------------------------------------------------------------------------------


def test_office_freezes_on_its_page_and_signs_on_the_next() -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    shipped("duties")
    client = browser(site.inspector)
    form = client.get("/lists/show/duties/freeze/")
    assert [name for name, _ in form.context["form"].fields["span"].choices] == ["last", "now"]
    answer = client.post("/lists/show/duties/freeze/", {"span": "now"})
    snapshot = ListSnapshot.objects.get()
    assert answer["Location"] == snapshot.get_absolute_url()
    assert (snapshot.start, snapshot.end) == (timezone.localdate().replace(day=1), timezone.localdate())
    assert client.get(f"{snapshot.get_absolute_url()}sign/").status_code == 200
    client.post(f"{snapshot.get_absolute_url()}sign/", {"version": snapshot.version})
    snapshot.refresh_from_db()
    assert snapshot.prepared_by == site.inspector
    again = client.post("/lists/show/duties/freeze/", {"span": "now"})
    assert again.status_code == 422
    assert "本单位这一期的清单已经冻结" in again.content.decode()


def test_signature_on_an_outdated_page_is_refused() -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    SNAPSHOT.perform(snapshot, "prepare", by=site.inspector)
    browser(site.second).post(f"{snapshot.get_absolute_url()}sign/", {"version": 1})
    snapshot.refresh_from_db()
    assert snapshot.reviewed_by is None


def test_void_asks_for_a_reason() -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    client, url = browser(site.inspector), f"{snapshot.get_absolute_url()}void/"
    assert client.post(url, {"void_reason": " "}).status_code == 422
    client.post(url, {"void_reason": "条件设错"})
    snapshot.refresh_from_db()
    assert (snapshot.state, snapshot.voided_by) == ("void", site.inspector)


def test_workbook_has_title_period_signatures_and_hash() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    snapshot = SNAPSHOT.perform(frozen("duties", site.inspector), "prepare", by=site.inspector)
    answer = browser(site.inspector).post(f"{snapshot.get_absolute_url()}book/")
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    lines = list(sheet.iter_rows(values_only=True))
    text = "\n".join(str(cell) for row in lines for cell in row if cell)
    assert lines[0][0] == "监管责任清单"
    row = next(row for row in lines if row[1] == hazard.number)
    assert (row[0], row[6].date()) == (1, hazard.deadline)
    for told in (snapshot.period_label, snapshot.sha256, f"编制人：{site.inspector}", "审核人：（未签）"):
        assert told in text
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows


def test_print_page_is_lengthwise_with_all_rows() -> None:
    site = stories.site()
    numbers = [stories.taken_to("ordered", site).number for _ in range(3)]
    snapshot = frozen("duties", site.inspector)
    page = browser(site.inspector).get(f"{snapshot.get_absolute_url()}print/").content.decode()
    assert "css/landscape.css" in page
    assert all(number in page for number in numbers)


# Scope ----------------------------------------------------------------------------------------------------------------


def test_frozen_list_is_seen_by_its_office_and_those_above_alone() -> None:
    site = stories.site(CHANGAN)
    stories.taken_to("ordered", site)
    url = frozen("duties", site.inspector).get_absolute_url()
    readers = {
        site.inspector: 200,
        city_officer(): 200,
        persona("inspector", at=QIAOXI): 404,
        city_officer("130200"): 404,
        site.director: 404,
        site.manager: 403,
    }
    assert {user: browser(user).get(url).status_code for user in readers} == readers


def test_firms_list_is_seen_where_it_has_rows_and_there_only_those() -> None:
    site = stories.site(CHANGAN)
    here = stories.taken_to("ordered", site)
    elsewhere = stories.site(QIAOXI)
    elsewhere.project.enterprise = site.project.enterprise
    elsewhere.project.save()
    there = stories.taken_to("ordered", elsewhere, enterprise=site.project.enterprise)
    snapshot = frozen("cures", site.director, side=Side.ENTERPRISE)
    assert set(keys(snapshot)) == {here.number, there.number}

    def seen(user: Any) -> set[str]:
        visible = ListSnapshot.objects.visible_to(user).filter(pk=snapshot.pk).first()
        return {row["key"] for row in rows_seen_by(visible, user)} if visible else set()

    assert seen(site.director) == {here.number, there.number}
    assert seen(elsewhere.inspector) == {there.number}
    assert seen(city_officer()) == {here.number, there.number}
    assert not ListSnapshot.objects.visible_to(persona("inspector", at="130203")).exists()


def test_city_reads_in_a_countys_list_no_more_than_in_its_ledger() -> None:
    """Ordinary hazards that firms found themselves are shown to the county alone."""
    site = stories.site()
    found = stories.taken_to("ordered", site)
    told: dict[str, Any] = {"by": site.director, "source": Source.SELF_CHECK}
    own = stories.order(stories.draft(site, **told), site, by=site.director)
    major = stories.order(stories.draft(site, grade=Grade.MAJOR, **told), site, by=site.director)
    snapshot = frozen("duties", site.inspector)
    assert set(keys(snapshot)) == {found.number, own.number, major.number}
    assert {row["key"] for row in rows_seen_by(snapshot, city_officer())} == {found.number, major.number}
    page = browser(city_officer()).get(snapshot.get_absolute_url()).content.decode()
    assert own.number not in page
    assert "另有 1 条不在您的查看范围内" in page


def test_placeholders_stand_for_the_days_of_the_period() -> None:
    site = stories.site()
    today = timezone.localdate()
    now = stories.taken_to("ordered", site)
    before = stories.taken_to("ordered", site, found_on=today - timedelta(days=40))
    span = (today - timedelta(days=45), today - timedelta(days=35))
    assert keys(frozen("findings", site.inspector)) == [now.number]
    assert keys(frozen("findings", site.inspector, span=span)) == [before.number]


def test_closed_list_is_no_longer_shown_and_its_snapshots_stay() -> None:
    site = stories.site()
    snapshot = frozen("duties", site.inspector)
    ListType.objects.filter(pk=snapshot.list_type_id).update(effective_to=timezone.localdate())
    client = browser(site.inspector)
    assert client.get("/lists/show/duties/").status_code == 404
    assert client.get(snapshot.get_absolute_url()).status_code == 200
