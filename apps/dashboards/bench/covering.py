"""Coverage of training over a province of people: counted from nothing, after a day, after one training, and read."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.core.registers import registry
from apps.coverage.models import CoverageDay, CoverageGap
from apps.coverage.services.sweeping import Swept, mark_all, sweep
from apps.dashboards.bench.measuring import ask, by_turns, measured, queries_of, typical
from apps.dashboards.bench.peopling import CREWS, DAYS, TO_A_CREW, TO_A_PROJECT, Crowd, arrive_today
from apps.dashboards.bench.reading import BARE, fetch, signed_in
from apps.dashboards.bench.report import Report
from apps.roster.models import Source
from apps.roster.services.attendance import Line, take_in
from apps.training.models import Participation, Session

IMPORTED = 100_000
LISTS = (
    "people",
    "roster",
    "attendance",
    "attendance_faults",
    "trainings",
    "training_plans",
    "participations",
    "trainees",
    "coverage_days",
    "coverage_gaps",
)
PERIODS = {"one day": "", "a month": "month", "a quarter": "quarter"}


def measure(report: Report, crowd: Crowd, reader: User) -> None:
    """In the order in which one builds on another; the day that arrives is today's."""
    recount(report)
    a_day_arrives(report, crowd)
    one_training(report, crowd)
    pages(report, crowd, signed_in(reader), reader)
    lines_taken_in(report, crowd)
    lists(report, signed_in(reader), reader)


def recount(report: Report) -> None:
    """Every day of every project, from empty tables."""
    told: list[Swept] = []
    report.section("Coverage counted from nothing")
    mark_all()
    cost = measured(lambda: told.append(sweep()))
    days, gaps = CoverageDay.objects.count(), CoverageGap.objects.count()
    note = f"{told[0].people:,} days of persons, {days:,} of projects, {gaps:,} not covered"
    report.add("whole province", cost.wall_s, "s", note=note)
    report.add("days of persons judged", told[0].people / cost.wall_s, "rows/s")


def a_day_arrives(report: Report, crowd: Crowd) -> None:
    report.section("A day of the whole province arrives")
    came: list[int] = []
    arrival = measured(lambda: came.append(arrive_today(crowd)))
    told: list[Swept] = []
    counting = measured(lambda: told.append(sweep()))
    people = came[0]
    report.add("attendance written, triggers on", people / arrival.wall_s, "rows/s", note=f"{people:,} rows")
    note = f"{told[0].days:,} days of projects; {people / counting.wall_s:,.0f} rows/s"
    report.add("until all figures stand", counting.wall_s, "s", note=note)
    report.add("with nothing waiting", typical(sweep, times=11).wall_s * 1000, "ms")


def one_training(report: Report, crowd: Crowd) -> None:
    """Of somebody on site who lacks everything: credited this morning, on the training of their project."""
    lacking = CoverageGap.objects.filter(day=crowd.today, person__isnull=False, lacks_project=True)
    gap = lacking.order_by("pk").first()
    report.section("One training of one worker is recorded")
    if gap is None:
        report.add("nobody lacks anything", 0)
        return
    session = Session.objects.filter(project=gap.project_id, level="project").order_by("-pk")[0]
    # One more of the kind, now: nobody is twice in a training, nor at two at once.
    now = timezone.now()
    session.pk, session.starts_at, session.ends_at = None, now - timedelta(hours=1), now
    session._state.adding = True
    session.save()

    def record() -> None:
        Participation.objects.create(
            session=session,
            person_id=gap.person_id,
            region_path=session.region_path,
            level=session.level,
            hours=session.hours,
            signed_in_at=timezone.now(),
            signed_in_by="trainer",
            credited_on=crowd.today,
        )

    writing, counting = measured(record), measured(sweep)
    report.add("written", writing.wall_s * 1000, "ms")
    report.add("until the figure stands", counting.wall_s * 1000, "ms", most=1000)
    still = CoverageGap.objects.filter(pk=gap.pk, lacks_project=True)  # gone where nothing else was lacking
    report.add("the worker still lacks that level", int(still.exists()), most=0)


def pages(report: Report, crowd: Crowd, client: Client, reader: User) -> None:
    report.section("The province's page")
    today = crowd.today
    quarter = f"{today.year}Q{(today.month - 1) // 3 + 1}"
    asked = {"": "", "month": f"?period={today:%Y-%m}", "quarter": f"?period={quarter}"}
    for name, kind in PERIODS.items():
        url = f"/coverage/{asked[kind]}"
        page, bare_view = by_turns(partial(fetch, client, url), partial(fetch, client, BARE), times=11)
        own = typical(partial(ask, queries_of(partial(fetch, client, url))), times=11)
        clock = f"{page.wall_s * 1000:.0f} ms by the clock"
        note = f"{page.cpu_s / bare_view.cpu_s:.1f} × a bare view; {page.queries} queries; {clock}"
        report.add(f"{name}: whole page", page.cpu_ms, "ms", most=150, note=note)
        report.add(f"{name}: SQL alone", own.cpu_ms, "ms", most=150)


def lines_taken_in(report: Report, crowd: Crowd) -> None:
    """Lines as a workbook brings them once it is read: staged, matched with the roster, written, queued."""
    count = min(IMPORTED, crowd.projects * TO_A_CREW)
    report.section(f"{count:,} lines of attendance taken in")
    taken = measured(lambda: take_in(lines(crowd, count)))
    report.add("staged and written, triggers on", count / taken.wall_s, "rows/s", least=5_000)
    counting = measured(sweep)
    report.add("until all figures stand", counting.wall_s, "s")


def lists(report: Report, client: Client, reader: User) -> None:
    """First page of each list of people, with menu and counts, in each of its views."""
    report.section("Lists of people, whole page for the province")
    for name in LISTS:
        register = registry[name]
        cuts = [(f"：{view.label}", f"?view={view.name}") for view in register.views_for(reader)] or [("", "")]
        for label, cut in cuts:
            answers: set[int] = set()
            page = typical(partial(answered, client, f"{register.base_url}{cut}", answers), times=5)
            refused = f"; refused with {answers}" if answers != {200} else ""
            note = f"{page.wall_s * 1000:.0f} ms by the clock{refused}"
            report.add(f"{register.label}{label}", page.cpu_ms, "ms", most=300, note=note)


def answered(client: Client, url: str, answers: set[int]) -> None:
    """A list that takes too long is refused: a figure like others, and no end of the bench."""
    answers.add(client.get(url).status_code)


def lines(crowd: Crowd, count: int) -> Iterator[Line]:
    """Tomorrow's, of the crews that are there: days that have no attendance yet."""
    day = crowd.today + timedelta(days=1)
    at = timezone.now() + timedelta(days=1)
    last_crew = range((CREWS - 1) * TO_A_CREW, TO_A_PROJECT)
    numbers = (p * TO_A_PROJECT + k for p in range(crowd.projects) for k in last_crew)
    for _, n in zip(range(count), numbers, strict=False):
        project = crowd.first_project + n // TO_A_PROJECT
        yield Line(project, day, f"工人{n}", "1301**********0000", f"BENCH-{n}", at, at, Source.IMPORT)


def title(crowd: Crowd) -> str:
    rows = crowd.projects * TO_A_CREW * DAYS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'roster_attendance'::regclass")
        parts = cursor.fetchone()[0]
    return (
        f"People: {crowd.people:,} persons on {crowd.projects:,} projects, {rows:,} days of attendance in {parts} parts"
    )
