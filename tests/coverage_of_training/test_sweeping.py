"""Whatever changes in whatever order, what stands after a sweep is what counting everything anew would say."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.coverage.models import CoverageDay, CoverageDirty, CoverageGap, CoverageRegionDay, CoverageRule, Denominator
from apps.coverage.reference import load
from apps.coverage.services.sweeping import mark_all, sweep
from apps.dashboards.management.commands.check_invariants import INVARIANTS
from apps.people.models import Certificate
from apps.projects.models import Project
from apps.regions.models import Region
from apps.roster.models import AttendanceFault, Engagement, WorkerClass
from apps.training.counting import with_hours
from apps.training.models import Course, HoursRule, Level, Participation, Session, TrainingStanding
from apps.training.reference import load as load_hours
from tests.coverage_of_training.stories import BEFORE, certified, come, credit, figure, held, inducted, stranger, worker
from tests.factories import EnterpriseFactory
from tests.hazards.test_state_machine import rolled_back
from tests.notifications.helpers import Gate, at_once
from tests.notifications.helpers import held as standing_at
from tests.personas import QIAOXI
from tests.roster.stories import DAY, engaged, site

SUMMED = ("counted", "covered", "unexplained", "disputed", "absent")
BACK = 40


def everything() -> dict[str, list[Any]]:
    """All figures, by what they are about; keys, versions and times belong to the way by which they came."""
    days = CoverageDay.objects.order_by("project", "day")
    gaps = CoverageGap.objects.order_by("project", "day", "person", "fault")
    own = [f.name for f in CoverageGap._meta.concrete_fields if f.name != "id"]
    return {
        "days": list(days.values_list("project", "region_path", "day", "rule", *SUMMED, "is_whole", "rate")),
        "gaps": list(gaps.values_list(*own)),
        "sums": sorted(CoverageRegionDay.objects.values_list("region_path", "day", *SUMMED)),
        "standings": sorted(TrainingStanding.objects.values_list()),
    }


def assert_equal_to_counting_anew() -> None:
    sweep()
    assert not CoverageDirty.objects.exists()
    stands = everything()
    CoverageDay.objects.all().delete()
    CoverageGap.objects.all().delete()
    TrainingStanding.objects.all().delete()
    assert not CoverageRegionDay.objects.exists()
    mark_all()
    sweep()
    assert stands == everything()
    assert_sums()
    assert_standings()


def assert_standings() -> None:
    """What lists find people by is what their columns say."""
    today = timezone.localdate()
    live = with_hours(Engagement.objects.filter(left_on=None), today)
    kept = TrainingStanding.objects.values_list("pk", "is_inducted", "enough_until")
    short = [(key, inducted_, until < today) for key, inducted_, until in kept]
    assert sorted(short) == sorted(live.values_list("pk", "is_inducted", "lacks_hours"))


def assert_sums() -> None:
    """Gaps and sums of regions agree with the days."""
    for day in CoverageDay.objects.all():
        assert CoverageGap.objects.filter(project=day.project_id, day=day.day).count() == day.counted - day.covered
    sums = {name: Sum(name) for name in SUMMED}
    live = (
        CoverageDay.objects.order_by()
        .values_list("region_path", "day")
        .annotate(**sums, projects=Count("pk"), whole=Count("pk", filter=Q(is_whole=True)))
    )
    kept = CoverageRegionDay.objects.values_list("region_path", "day", *SUMMED, "projects", "whole")
    assert sorted(live) == sorted(kept)


class World:
    """Two sites, five people on their rosters, and what may happen to them."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.sites = [site(), site()]
        entered = self.today - timedelta(days=BACK)
        self.people = [worker(self.sites[n % 2], trained=n < 2, entered_on=entered) for n in range(4)]
        twice = self.people[0]
        self.people.append(engaged(self.sites[1], twice.person, employer=twice.employer, entered_on=entered))
        self.other_firm = EnterpriseFactory()

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    def do(self, deed: str, who: int, back: int, extra: int) -> None:
        """One thing that happens; what the rules of the database refuse does not."""
        with suppress(DatabaseError), transaction.atomic():
            getattr(self, deed)(self.people[who], self.day(back), extra)

    def attend(self, who: Engagement, day: date, extra: int) -> None:
        come(who, day=day)

    def stranger(self, who: Engagement, day: date, extra: int) -> None:
        stranger(who.project, f"生人{extra}", day)

    def settle(self, who: Engagement, day: date, extra: int) -> None:
        rows = AttendanceFault.objects.filter(project=who.project, settled_at=None)
        rows.update(reason="参观人员，已登记", settled_at=timezone.now())

    def leave(self, who: Engagement, day: date, extra: int) -> None:
        Engagement.objects.filter(pk=who.pk).update(left_on=day if extra else None)

    def enter_earlier(self, who: Engagement, day: date, extra: int) -> None:
        Engagement.objects.filter(pk=who.pk).update(entered_on=day - timedelta(days=BACK))

    def promote(self, who: Engagement, day: date, extra: int) -> None:
        kind = (WorkerClass.MANAGER, WorkerClass.SAFETY_OFFICER, WorkerClass.WORKER)[extra]
        Engagement.objects.filter(pk=who.pk).update(worker_class=kind)

    def change_firm(self, who: Engagement, day: date, extra: int) -> None:
        Engagement.objects.filter(pk=who.pk).update(employer=self.other_firm)

    def train(self, who: Engagement, day: date, extra: int) -> None:
        level = (Level.COMPANY, Level.PROJECT, Level.TEAM)[extra]
        credit(held(level, 20, project=who.project, on=day, enterprise=who.employer), who.person)

    def induct(self, who: Engagement, day: date, extra: int) -> None:
        inducted(who, on=day)

    def take_back(self, who: Engagement, day: date, extra: int) -> None:
        rows = Participation.objects.filter(person=who.person)
        rows.update(credited_on=day) if extra else rows.update(credited_on=None)

    def forget(self, who: Engagement, day: date, extra: int) -> None:
        Participation.objects.filter(person=who.person, level=Level.TEAM).delete()

    def move_training(self, who: Engagement, day: date, extra: int) -> None:
        rows = Session.objects.filter(participations__person=who.person, project__isnull=False)
        for held_here in rows:
            other = self.sites[extra % 2]
            Session.objects.filter(pk=held_here.pk).update(project=other, region_path=other.region_path)

    def certify(self, who: Engagement, day: date, extra: int) -> None:
        certified(who.person, ("C1", "C3", "B")[extra], until=day)

    def change_certificate(self, who: Engagement, day: date, extra: int) -> None:
        Certificate.objects.filter(person=who.person).update(valid_until=day, replaced=bool(extra))

    def change_rule(self, who: Engagement, day: date, extra: int) -> None:
        counts = (Denominator.ATTENDED, Denominator.ROSTERED, Denominator.ATTENDED)[extra]
        CoverageRule.objects.create(
            effective_from=self.today, source="测试", denominator=counts, window_days=7, absent_days=5 * extra
        )

    def change_contractor(self, who: Engagement, day: date, extra: int) -> None:
        Project.objects.filter(pk=who.project_id).update(enterprise=self.other_firm)

    def move_site(self, who: Engagement, day: date, extra: int) -> None:
        region = Region.objects.get(code=QIAOXI)
        Project.objects.filter(pk=who.project_id).update(region=region, region_path=region.path)

    def undone(self, who: Engagement, day: date, extra: int) -> None:
        with rolled_back():
            come(who, day=day)
            inducted(who, on=day)

    def swept(self, who: Engagement, day: date, extra: int) -> None:
        sweep()


DEEDS = sorted(name for name in vars(World) if not name.startswith("_") and name not in ("do", "day"))
STEPS = st.tuples(
    st.sampled_from([*DEEDS, *("attend", "attend", "attend", "train", "induct", "swept")]),
    st.integers(0, 4),
    st.integers(0, BACK),
    st.integers(0, 2),
)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=6, max_size=24))
def test_counting_what_changed_equals_counting_everything(steps: list[tuple[str, int, int, int]]) -> None:
    with rolled_back():
        world = World()
        come(*world.people[:4], day=world.today)
        for step in steps:
            world.do(*step)
        assert_equal_to_counting_anew()


@pytest.mark.django_db
@pytest.mark.parametrize("deed", [d for d in DEEDS if d not in ("undone", "swept", "attend")])
def test_each_deed_is_seen_by_a_sweep(deed: str) -> None:
    """One by one, with figures standing before, so that nothing else has put the days into the queue."""
    world = World()
    for back in (30, 20, 1, 0):
        come(*world.people[:4], day=world.day(back))
    certified(world.people[1].person, "C1")
    stranger(world.sites[0], "生人", world.day(1))
    sweep()
    world.do(deed, 1, 25, 1)
    assert_equal_to_counting_anew()


@pytest.mark.django_db
def test_what_changes_no_figure_is_not_counted_again() -> None:
    who = worker()
    come(who)
    sweep()
    Engagement.objects.update(job="木工", contract_number="1")
    come(who)
    assert not CoverageDirty.objects.exists()
    mark_all()
    assert sweep().changed == 0
    assert figure(who.project).version == 1


@pytest.mark.django_db
def test_a_gap_that_stays_keeps_its_key() -> None:
    who = worker(trained=False)
    come(who)
    figure(who.project)
    key = CoverageGap.objects.get().pk
    certified(who.person, "C1")
    credit(held(Level.COMPANY, 15, project=who.project), who.person)
    figure(who.project)
    gap = CoverageGap.objects.get()
    assert (gap.pk, gap.lacks_company, gap.lacks_project) == (key, False, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "plant"),
    [
        ("coverage_of_regions_is_that_of_their_projects", lambda: CoverageRegionDay.objects.update(covered=0)),
        ("training_of_all_on_site_is_judged", lambda: TrainingStanding.objects.all().delete()),
    ],
)
def test_the_invariants_find_what_no_longer_agrees(name: str, plant: Callable[[], Any]) -> None:
    come(worker())
    sweep()
    assert broken(name) == 0
    plant()
    assert broken(name) == 1


def broken(invariant: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(INVARIANTS[invariant])
        return cursor.fetchone()[0]


# At once --------------------------------------------------------------------------------------------------------------


def write_while_a_sweep_runs() -> int:
    """How many are counted in the end of two: the second's day is written while the first's waits, and committed after
    a sweep that took what waited."""
    project = site()
    first, second = worker(project), worker(project)
    come(first)
    gate = Gate()

    def late() -> None:
        with transaction.atomic():
            come(second)
            gate.pass_through()

    with standing_at(gate, late):
        sweep()
    return figure(project).counted


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_commits_after_a_sweep_has_taken_the_queue_is_counted_too(rule_stands: None) -> None:
    assert write_while_a_sweep_runs() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_queue_of_unique_rows_would_lose_it(rule_stands: None) -> None:
    """The negative control: who finds a waiting row adds none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('coverage_attendance_insert'::regproc)")
        whole = cursor.fetchone()[0]
        waits = "SELECT FROM coverage_coveragedirty d WHERE d.project_id = n.project_id"
        lone = whole.replace("FROM (SELECT", "FROM (SELECT * FROM (SELECT")
        lone = lone.replace(") c\n", f") n WHERE NOT EXISTS ({waits})) c\n")
        assert lone != whole
        cursor.execute(lone)
        try:
            assert write_while_a_sweep_runs() == 1
        finally:
            cursor.execute(whole)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_writers_and_sweeps_at_once_lose_nothing(rule_stands: None) -> None:
    project = site()
    people = [worker(project, trained=n % 2 == 0) for n in range(8)]

    def write(mine: list[Engagement]) -> None:
        for n, who in enumerate(mine):
            come(who, day=DAY + timedelta(days=n % 3))
            inducted(who, on=BEFORE + timedelta(days=9 + n % 3))

    calls: list[Callable[[], Any]] = [lambda: write(people[::2]), lambda: write(people[1::2])]
    at_once(*calls, *([lambda: [sweep() for _ in range(10)]] * 2))
    assert_equal_to_counting_anew()
    assert CoverageDay.objects.aggregate(n=Sum("counted"))["n"] == len(people)


@pytest.fixture
def rule_stands(transactional_db: None) -> None:
    """A test that truncates tables takes with it what migrations have filled."""
    load(CoverageRule)
    load_hours(HoursRule, Course)
    sweep()
