"""Terms outside the law are refused by the database too, and decided days move by lawful moves alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditProfile, CreditRepair, PermitCase, RepairTerm
from apps.credit.services import clock
from apps.credit.services.proposing import next_number
from apps.credit.workflow import ENTRY, LISTING
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories
from tests.credit.permit_stories import Stage
from tests.credit.stories import Cast, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def refused(rule: str, record: Any, **told: Any) -> None:
    """By the ORM past all services, and by SQL alone."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        rows.update(**told)
    table = type(record)._meta.db_table
    columns = {type(record)._meta.get_field(name).column: value for name, value in told.items()}
    values = {name: getattr(value, "pk", value) for name, value in columns.items()}
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    with pytest.raises(IntegrityError, match=rule), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %(pk)s", values | {"pk": record.pk})


# Terms ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-1, 1])
def test_an_entry_counts_for_the_months_of_its_item_and_no_day_more_or_less(cast: Cast, days: int) -> None:
    entry = stories.heard(cast)
    until = months_after(today(), entry.item.valid_months)
    told = {"state": "effective", "starts_on": today(), "decided_by": cast.city}
    wrong = until + timedelta(days=days)
    refused("credit_entry_term_of_its_item", entry, **told, expires_on=wrong, ends_on=wrong)
    refused("credit_entry_term_of_its_item", entry, **told, expires_on=until, ends_on=today() + timedelta(days=5))
    assert CreditEntry.objects.filter(pk=entry.pk).update(**told, expires_on=until, ends_on=until) == 1


@pytest.mark.parametrize(
    ("code", "least", "most"),
    [("P-B05", 1, 3), (stories.ORDINARY, 3, 12), (stories.LARGER, 12, 36), (stories.AWARD, 1, 36)],
)
def test_an_entry_is_public_for_a_term_of_its_severity(cast: Cast, code: str, least: int, most: int) -> None:
    entry = stories.effective(cast, code)
    told = {"state": "published", "published_on": today()}
    for months, day in ((least, -1), (most, 1)):
        wrong = months_after(today(), months) + timedelta(days=day)
        refused("credit_entry_public_within_law", entry, **told, publish_until=wrong)
    for months in (least, most):
        with transaction.atomic():
            CreditEntry.objects.filter(pk=entry.pk).update(**told, publish_until=months_after(today(), months))
            transaction.set_rollback(True)


@pytest.mark.parametrize(("list_code", "least", "most"), [("market", 12, 12), ("work_safety", 12, 36)])
def test_a_listing_lasts_as_its_list_says(cast: Cast, list_code: str, least: int, most: int) -> None:
    stories.effective(cast, stories.FORGED)
    listing = Blacklisting.objects.get(enterprise=cast.firm, list_type__code=list_code)
    listing = LISTING.perform(listing, "check", by=cast.province, opinion="符合")
    listing = stories.after_objections(stories.tell(LISTING, listing, cast.province))
    told = {"state": "listed", "listed_on": today(), "decided_by": cast.second_province, "decision_number": "1号"}
    for months, day in ((least, -2), (most, 0)):
        wrong = months_after(today(), months) + timedelta(days=day)
        refused("blacklisting_term_of_its_list", listing, **told, listed_until=wrong)
    right = months_after(today(), most) - timedelta(days=1)
    assert Blacklisting.objects.filter(pk=listing.pk).update(**told, listed_until=right) == 1


@pytest.mark.parametrize(("grade", "least", "most"), [("general", 30, 60), ("larger", 60, 90), ("major", 90, 120)])
def test_a_permit_is_held_for_the_days_of_the_grade(grade: str, least: int, most: int) -> None:
    stage = Stage()
    case = permits.heard(stage, grade)
    told = {"state": "suspended", "starts_on": today(), "decided_by": stage.second, "decision_number": "1号"}
    for days in (least - 1, most + 1):
        until = today() + timedelta(days=days - 1)
        refused("permit_held_by_the_rule", case, **told, days=days, until=until)
    refused("permit_held_by_the_rule", case, **told, days=least, until=today() + timedelta(days=least))
    refused("permit_days_of_its_grade", case, least_days=least - 1)
    right = today() + timedelta(days=most - 1)
    assert PermitCase.objects.filter(pk=case.pk).update(**told, days=most, until=right) == 1


def test_no_case_asks_for_more_than_120_days_and_no_revocation_for_any(cast: Cast) -> None:
    case = permits.by_hand(cast.firm, cast.inspector)
    refused("permit_case_days_in_order", case, most_days=121)
    refused("permit_case_days_in_order", case, measure="revoke")
    refused("permit_case_days_in_order", case, least_days=0, most_days=0)


@pytest.mark.parametrize("days", [89, 92])
def test_nobody_applies_for_repair_before_the_least_term_of_the_severity(cast: Cast, days: int) -> None:
    entry = repairs.public(cast, days=days)
    seat = {"organisation": entry.organisation, "office_path": entry.office_path, "region_path": entry.region_path}
    repair = CreditRepair(
        number=next_number("XF"), entry=entry, enterprise=cast.firm, made_by=cast.director, **seat, **repairs.TOLD
    )
    if days == 92:
        repair.save(force_insert=True)
    else:
        with pytest.raises(IntegrityError, match="repair_after_the_least_term"), transaction.atomic():
            repair.save(force_insert=True)


def test_nobody_applies_to_be_taken_off_a_list_before_its_months_are_over(cast: Cast) -> None:
    listing = repairs.on_the_list(cast, days=100)
    seat = {"organisation": listing.organisation, "office_path": listing.office_path}
    repair = CreditRepair(
        number=next_number("XF"),
        listing=listing,
        enterprise=cast.firm,
        region_path=listing.region_path,
        made_by=cast.director,
        **seat,
        **repairs.TOLD,
    )
    with pytest.raises(IntegrityError, match="repair_after_the_least_term"), transaction.atomic():
        repair.save(force_insert=True)


# Decided days ---------------------------------------------------------------------------------------------------------


def test_the_days_of_an_entry_move_by_revoking_and_repairing_alone(cast: Cast) -> None:
    entry = stories.aged(stories.published(cast), 100)
    rule = "credit_entry_ends_by_a_move"
    assert entry.publish_until and entry.expires_on
    for told in (
        {"ends_on": today()},
        {"ends_on": entry.expires_on - timedelta(days=1)},
        {"publish_until": today() + timedelta(days=1)},
        {"published_on": today()},
        {"published_on": None, "publish_until": None},
        {"state": "effective", "publish_until": today()},
        {"state": "revoked", "ends_on": today() - timedelta(days=1), "revoked_on": today()},
        {"state": "revoked", "publish_until": today() - timedelta(days=2), "revoked_on": today()},
        {"state": "repaired", "publish_until": entry.publish_until + timedelta(days=1), "repaired_on": today()},
    ):
        refused(rule, entry, **told)
    for told in ({"revoked_on": today()}, {"state": "revoked", "revoked_on": today() - timedelta(days=1)}):
        refused("closed_by_a_move", entry, **told)
    ended = ENTRY.perform(entry, "revoke", by=cast.second_city, reason="认定有误")
    assert (ended.ends_on, ended.publish_until) == (today(), today() - timedelta(days=1))
    refused("closed_by_a_move", ended, revoked_on=today() + timedelta(days=1))


def test_the_last_day_of_a_listing_moves_by_removal_and_revoking_alone(cast: Cast) -> None:
    listing = stories.list_aged(stories.listed(cast), 50)
    rule = "blacklisting_ends_by_a_move"
    yesterday, until = today() - timedelta(days=1), listing.listed_until
    assert until
    for told in (
        {"revoked_on": today()},
        {"removed_on": today()},
        {"state": "removed", "removal": "repaired", "removed_on": yesterday},
        {"state": "removed", "removal": "expired", "removed_on": today()},
        {"state": "removed", "removal": "repaired", "removed_on": until + timedelta(days=2)},
    ):
        refused(rule, listing, **told)
    refused(rule, listing, state="revoked", revoked_by=cast.province, revoked_on=yesterday)
    revoked = LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    refused(rule, revoked, revoked_on=today() + timedelta(days=1))


def test_who_is_taken_off_after_the_term_was_off_on_the_day_after_it(cast: Cast) -> None:
    """Where the clock's task came late: no day between may be told as listed afterwards."""
    listing = stories.list_aged(stories.listed(cast), 400)
    assert listing.listed_until and listing.listed_until < today()
    revoked = LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    assert revoked.revoked_on == listing.listed_until + timedelta(days=1)


def test_a_permit_is_given_back_by_its_move_and_on_its_day(cast: Cast) -> None:
    stage = Stage()
    case = permits.days_over(permits.reported(stage))
    told = {"state": "released", "recheck": "均已具备", "rechecked_on": today()}
    refused("ends_by_a_move", case, released_on=today())
    refused("ends_by_a_move", case, **told, released_on=today() - timedelta(days=1))
    assert PermitCase.objects.filter(pk=case.pk).update(**told, released_on=today()) == 1


def test_until_when_a_repair_is_decided_on_stays(cast: Cast) -> None:
    repair = repairs.accepted(cast)
    with pytest.raises(Exception, match="stays as it is"), transaction.atomic():
        CreditRepair.objects.filter(pk=repair.pk).update(decide_by=F("decide_by") + timedelta(days=30))


def test_what_was_served_stays_once_it_is_decided(cast: Cast) -> None:
    entry = stories.effective(cast)
    with pytest.raises(Exception, match="stays as it is"), transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(objection_until=today())


def test_time_alone_ends_publication_and_term_without_moving_a_day(cast: Cast) -> None:
    entry = stories.aged(stories.published(cast), 800)
    listing = stories.list_aged(stories.listed(Cast()), 400)
    before = (entry.ends_on, entry.publish_until, listing.listed_until)
    clock.tick()
    entry.refresh_from_db()
    listing.refresh_from_db()
    assert (entry.state, listing.state) == ("expired", "removed")
    assert (entry.ends_on, entry.publish_until, listing.listed_until) == before
    assert listing.listed_until and listing.removed_on == listing.listed_until + timedelta(days=1)


def test_no_standard_of_evaluation_begins_in_the_past() -> None:
    now = CreditProfile.objects.in_force("enterprise", today())
    assert now
    now.pk, now.effective_from = None, today() - timedelta(days=1)
    with pytest.raises(IntegrityError, match="begins_later"), transaction.atomic():
        now.save(force_insert=True)


def test_terms_that_have_begun_are_not_rewritten() -> None:
    term = RepairTerm.objects.get(severity="serious")
    for told in ({"least_months": 6}, {"most_months": 60}, {"repairable_after": 13}, {"decide_days": 20}):
        refused("begun_stays", term, **told)
