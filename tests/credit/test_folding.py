"""The stored standing of everybody is what the fold gives, at any moment; nothing is written where nothing changed."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.workflow import TransitionRefused
from apps.credit.folding import recompute, scores_as_of
from apps.credit.models import CreditEntry, CreditProfile, CreditStanding, Decay, EntryState, PersonStanding, Subject
from apps.credit.scoring import Line, Profile, fold
from apps.credit.services import clock, standings
from apps.credit.workflow import ENTRY
from apps.inspections.models import RiskClass
from tests.credit import stories
from tests.credit.stories import Cast
from tests.factories import EnterpriseFactory, PersonFactory

pytestmark = pytest.mark.django_db

CODES = ("E-B01", "E-B02", "E-B06", "P-B01", "P-B02", "X-B01", "E-G01", "P-G02")


def entries_at_random(cast: Cast, count: int, seed: int) -> None:
    """Decided entries of all kinds and ages, written as they would stand."""
    chance = random.Random(seed)
    firms = [cast.firm, *EnterpriseFactory.create_batch(4)]
    rows = []
    for n in range(count):
        item, firm = stories.item(chance.choice(CODES)), chance.choice(firms)
        starts = stories.today() - timedelta(days=chance.randint(0, 900))
        expires = starts + timedelta(days=chance.randint(1, 1000))
        ends = min(expires, starts + timedelta(days=chance.randint(0, 1500)))
        told: dict[str, Any] = {name: getattr(item, name) for name in ("part", "nature", "severity", "caps_at")}
        rows.append(
            CreditEntry(
                number=f"T-{seed}-{n}",
                item=item,
                enterprise=firm,
                region_path=firm.region_path,
                organisation=cast.city.organisation,
                office_path=cast.city.organisation.region_path,
                points=Decimal(chance.randint(1, 900)) / 100 * (1 if item.nature == "good" else -1),
                decay=chance.choice(Decay.values),
                happened_on=starts,
                facts="示例",
                evidence="示例",
                legal_basis="示例",
                state=EntryState.EFFECTIVE,
                served_on=starts,
                objection_until=starts,
                checked_by=cast.county,
                decided_by=cast.city,
                starts_on=starts,
                expires_on=expires,
                ends_on=ends,
                **told,
            )
        )
    with pgtrigger.ignore("credit.CreditEntry:starts_on_its_day", "credit.CreditEntry:term_of_its_item"):
        CreditEntry.objects.bulk_create(rows)


def by_python(day: Any) -> dict[int, tuple[Any, ...]]:
    edition = CreditProfile.objects.in_force(Subject.ENTERPRISE, day)
    assert edition is not None
    lines: dict[int, list[Line]] = {}
    for entry in CreditEntry.objects.filter(starts_on__isnull=False, person=None):
        lines.setdefault(entry.enterprise_id, []).append(Line.of(entry))
    told = {}
    for firm, own in lines.items():
        score = fold(own, Profile.of(edition), day)
        told[firm] = (
            score.score,
            score.grade,
            *(score.parts[p] for p in ("project", "enterprise", "penalty")),
            score.entries,
        )
    return told


@pytest.mark.parametrize("seed", range(4))
def test_database_and_python_fold_alike_on_any_day(seed: int) -> None:
    entries_at_random(Cast(), 120, seed)
    for days in (-800, -300, -1, 0, 30, 90, 700):
        day = stories.today() + timedelta(days=days)
        folded = scores_as_of(Subject.ENTERPRISE, day)
        assert {key: told[:6] for key, told in folded.items() if key in by_python(day)} == by_python(day)


def test_what_is_stored_equals_the_fold_after_any_moves() -> None:
    cast = Cast()
    stories.effective(cast, stories.AWARD)
    entry = stories.published(cast)
    ENTRY.perform(entry, "revoke", by=cast.second_city, reason="认定有误")
    stories.listed(Cast())
    person = PersonFactory(employer=cast.firm)
    stories.effective(cast, "R-B03", person=person)
    standings.renew()
    assert standings.differences() == {"enterprise": [], "person": []}
    assert PersonStanding.objects.get(person=person).score == Decimal("92.00")


def test_a_forged_standing_is_found_and_put_right() -> None:
    cast = Cast()
    stories.effective(cast)
    CreditStanding.objects.filter(enterprise=cast.firm).update(score=Decimal(120), grade="A")
    assert standings.differences()["enterprise"] == [cast.firm.pk]
    assert standings.renew() == 1
    assert standings.differences()["enterprise"] == []


def test_nothing_is_written_where_nothing_changed() -> None:
    entries_at_random(Cast(), 60, 7)
    assert len(recompute(Subject.ENTERPRISE)) == 5
    before = list(CreditStanding.objects.order_by("pk").values_list("pk", "changed_at"))
    assert recompute(Subject.ENTERPRISE) == []
    assert list(CreditStanding.objects.order_by("pk").values_list("pk", "changed_at")) == before


def test_the_fold_of_everybody_is_two_questions() -> None:
    entries_at_random(Cast(), 60, 8)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        recompute(Subject.ENTERPRISE)
    assert len(asked) == 2


def test_every_firm_has_a_standing_and_starts_at_the_base() -> None:
    firm = EnterpriseFactory()
    standings.renew()
    assert (CreditStanding.objects.get(enterprise=firm).score, CreditStanding.objects.get(enterprise=firm).grade) == (
        Decimal("100.00"),
        "A",
    )


def test_when_its_time_is_over_an_entry_ends_by_itself_and_the_score_follows() -> None:
    cast = Cast()
    entry = stories.aged(stories.published(cast), 800)
    assert clock.tick() == 2
    entry.refresh_from_db()
    assert entry.state == EntryState.EXPIRED
    assert CreditStanding.objects.get(enterprise=cast.firm).score == Decimal("100.00")
    assert clock.tick() == 0


def test_draws_weigh_a_firm_by_its_letter_and_never_write_over_what_the_province_handed_over() -> None:
    cast, other = Cast(), Cast()
    RiskClass.objects.create(enterprise=other.firm, grade="B", assessed_on=stories.today(), source="省平台")
    for each in (cast, other):
        stories.effective(each, stories.FORGED)
    assert RiskClass.objects.get(enterprise=cast.firm).grade == "D"
    assert RiskClass.objects.get(enterprise=other.firm).grade == "B"


def test_a_move_that_is_refused_leaves_the_standing_as_it_was() -> None:
    cast = Cast()
    stories.effective(cast)
    with pytest.raises(TransitionRefused):
        stories.published(cast, months=40)
    assert standings.differences()["enterprise"] == []
