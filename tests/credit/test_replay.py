"""A day that is over keeps its answer: whatever happens later, the fold says of it what it said then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.core.models import Event
from apps.credit.folding import recompute, scores_as_of
from apps.credit.models import Blacklisting, CreditEntry, CreditProfile, EntryState, ListState, Subject
from apps.credit.scoring import Line, Profile, fold
from apps.credit.services import clock, standings
from apps.credit.services.repairs import apply, cannot_apply
from apps.credit.workflow import ENTRY, LISTING, REPAIR
from apps.enterprises.workflow import MERGE
from tests.credit import stories
from tests.credit.repair_stories import TOLD
from tests.credit.stories import Cast, today
from tests.enterprises import merging_stories
from tests.personas import persona

BAD = (stories.ORDINARY, stories.LARGER, "P-B01", "P-B05", "X-B01")
GOOD = (stories.AWARD, "P-G02")
MONTHS = {"": 12, "minor": 2, "ordinary": 6, "serious": 24}
DAYS = {
    "credit_creditentry": (
        *("happened_on", "served_on", "objection_until", "answer_by", "starts_on", "expires_on", "ends_on"),
        *("published_on", "publish_until", "repaired_on", "revoked_on"),
    ),
    "credit_blacklisting": (
        *("happened_on", "served_on", "objection_until", "answer_by", "listed_on", "listed_until"),
        *("removed_on", "revoked_on"),
    ),
    "credit_creditrepair": ("decide_by",),
}
Answer = tuple[Any, ...]


@dataclass
class Life:
    """A firm over years.  The database's clock does not move for a test, so the days of its records go back instead.

    Days are counted from the first; `told` are the answers that were given when a day was over.
    """

    cast: Cast = field(default_factory=Cast)
    now: int = 0
    told: dict[int, Answer] = field(default_factory=dict)

    def answer(self, day: int) -> Answer:
        asked = today() + timedelta(days=day - self.now)
        return scores_as_of(Subject.ENTERPRISE, asked, [self.cast.firm.pk])[self.cast.firm.pk]

    def passes(self, days: int) -> None:
        self.told[self.now] = self.answer(self.now)
        with pgtrigger.ignore(), connection.cursor() as cursor:
            for table, names in DAYS.items():
                cursor.execute(f"UPDATE {table} SET {', '.join(f'{name} = {name} - {days}' for name in names)}")
        self.now += days
        for day in {self.now - 1, self.now - days // 2} - {self.now}:
            self.told.setdefault(day, self.answer(day))

    # What may happen on a day; each answers whether it could ---------------------------------------------------------

    def bad(self, n: int) -> None:
        stories.effective(self.cast, BAD[n % len(BAD)])

    def good(self, n: int) -> None:
        stories.effective(self.cast, GOOD[n % len(GOOD)])

    def appealed(self, n: int) -> None:
        """The firm objects; it is right every second time, and else the entry takes effect."""
        entry = ENTRY.perform(stories.notified(self.cast), "object", by=self.cast.director, objection="事实不符")
        if n % 2:
            ENTRY.perform(entry, "uphold", by=self.cast.city, answer="异议成立")
        else:
            entry = ENTRY.perform(entry, "dismiss", by=self.cast.city, answer="证据充分")
            ENTRY.perform(entry, "take_effect", by=self.cast.city)

    def publish(self, n: int) -> None:
        if entry := self.one(EntryState.EFFECTIVE, n, published_on=None):
            ENTRY.perform(entry, "publish", by=self.cast.city, months=MONTHS[entry.severity])

    def revoke(self, n: int) -> None:
        if entry := self.one(None, n):
            ENTRY.perform(entry, "revoke", by=self.cast.second_city, reason="认定所依据的处罚已被撤销")

    def repair(self, n: int) -> None:
        entry = self.one(None, n)
        if entry and not cannot_apply(entry, self.cast.director):
            repair = apply(entry, by=self.cast.director, **TOLD)
            repair = REPAIR.perform(repair, "accept", by=self.cast.city)
            REPAIR.perform(repair, "grant", by=self.cast.second_city, answer="已履行义务")

    def put_on_list(self, n: int) -> None:
        open_ones = Blacklisting.objects.filter(enterprise=self.cast.firm, list_code="market")
        if not open_ones.filter(state__in=ListState.STANDING).exists():
            stories.effective(self.cast, stories.FORGED)
            listing = open_ones.get(state=ListState.PROPOSED)
            listing = LISTING.perform(listing, "check", by=self.cast.province, opinion="符合")
            listing = stories.after_objections(stories.tell(LISTING, listing, self.cast.province))
            LISTING.perform(listing, "put_on_list", by=self.cast.second_province, decision_number=f"{self.now}号")

    def take_off_list(self, n: int) -> None:
        if listing := Blacklisting.objects.filter(enterprise=self.cast.firm, state=ListState.LISTED).first():
            LISTING.perform(listing, "revoke", by=self.cast.province, reason="列入所依据的处罚已被撤销")

    def tick(self, n: int) -> None:
        clock.tick()

    def one(self, state: str | None, n: int, **told: Any) -> CreditEntry | None:
        states = [state] if state else EntryState.IN_FORCE
        found = list(CreditEntry.objects.filter(enterprise=self.cast.firm, state__in=states, **told).order_by("pk"))
        return found[n % len(found)] if found else None


HAPPENS: dict[str, Callable[[Life, int], None]] = {
    name: getattr(Life, name)
    for name in (
        "bad",
        "good",
        "appealed",
        "publish",
        "revoke",
        "repair",
        "put_on_list",
        "take_off_list",
        "tick",
        "passes",
    )
}
STEPS = st.tuples(st.sampled_from(sorted(HAPPENS)), st.integers(1, 150))


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def by_python(life: Life, day: date) -> tuple[Any, ...]:
    """The other fold, over the same rows."""
    edition = CreditProfile.objects.in_force(Subject.ENTERPRISE, day)
    assert edition
    rows = CreditEntry.objects.filter(enterprise=life.cast.firm, starts_on__isnull=False)
    score = fold([Line.of(entry) for entry in rows], Profile.of(edition), day)
    return score.score, score.entries


def check(life: Life) -> None:
    assert {day: life.answer(day) for day in life.told} == life.told
    for day in life.told:
        asked = today() + timedelta(days=day - life.now)
        assert by_python(life, asked) == (life.told[day][0], life.told[day][5])


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@example(
    steps=[
        *(("bad", 0), ("publish", 0), ("passes", 100), ("repair", 0), ("passes", 20), ("tick", 1)),
        *(("put_on_list", 0), ("passes", 150), ("take_off_list", 0), ("passes", 1), ("revoke", 0)),
    ]
)
@example(
    steps=[
        *(("put_on_list", 0), ("passes", 150), ("passes", 150), ("passes", 120), ("take_off_list", 0)),
        *(("passes", 40), ("tick", 1), ("passes", 150), ("passes", 150), ("revoke", 0), ("tick", 1)),
    ]
)
@given(steps=st.lists(STEPS, min_size=4, max_size=8))
def test_nothing_that_happens_later_changes_the_answer_of_a_day_gone_by(steps: list[tuple[str, int]]) -> None:
    with rolled_back():
        life = Life()
        for move, n in steps:
            HAPPENS[move](life, n)
            check(life)
        clock.tick()
        check(life)
        assert standings.differences() == {"enterprise": [], "person": []}
        assert recompute(Subject.ENTERPRISE) == []


@pytest.mark.django_db
def test_a_points_decision_that_is_revoked_comes_back_on_that_day_and_not_before() -> None:
    life = Life()
    life.bad(0)
    life.passes(30)
    before = life.answer(life.now - 1)
    life.revoke(0)
    assert life.answer(life.now - 1) == before != life.answer(life.now)


@pytest.mark.django_db
def test_a_merge_alone_works_back_and_says_so_in_both_histories() -> None:
    """ADR 17: nobody gets rid of the past by being registered again."""
    life, survivor = Life(), Cast()
    life.bad(0)
    life.passes(30)
    of_duplicate = life.answer(life.now - 1)
    yesterday = today() - timedelta(days=1)
    clean = scores_as_of(Subject.ENTERPRISE, yesterday, [survivor.firm.pk])[survivor.firm.pk]
    proposer, decider = persona("province_officer"), persona("province_officer")
    merge = merging_stories.propose_merge(life.cast.firm, survivor=survivor.firm, by=proposer, **merging_stories.WHY)
    MERGE.perform(merge, "merge", by=decider, opinion="同一企业")
    after = scores_as_of(Subject.ENTERPRISE, yesterday, [survivor.firm.pk])[survivor.firm.pk]
    assert after[0] == of_duplicate[0] != clean[0]
    assert Event.objects.of(survivor.firm).filter(name="took_over").exists()
    assert Event.objects.of(life.cast.firm).filter(name="merged_away").exists()
    assert standings.differences() == {"enterprise": [], "person": []}


@pytest.mark.django_db
def test_the_replay_notices_a_day_that_was_rewritten() -> None:
    """The control: what the triggers refuse, done without them."""
    life = Life()
    life.bad(0)
    life.passes(30)
    check(life)
    with pgtrigger.ignore():
        CreditEntry.objects.update(ends_on=F("starts_on") + timedelta(days=10))
    with pytest.raises(AssertionError):
        check(life)
