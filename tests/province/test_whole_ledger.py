"""At a million hazards nothing is lost, doubled or miscounted: `python3 run.py test tests/province -m province`.

The demonstration of a province is built once for all tests here, which takes minutes and some 6 GB of memory.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.core import exports, jobs
from apps.core.events import altered_events
from apps.core.files import open_stored
from apps.core.listing import Listing, choose_columns
from apps.core.models import Event, Job, StoredFile
from apps.core.registers import registry
from apps.dashboards.demo.build import Demo
from apps.enterprises.models import Enterprise
from apps.hazards.models import Hazard
from apps.hazards.models.tally import SUMMARIES, Summary
from apps.people.models import Person
from apps.projects.models import Project

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.province]
HAZARDS = 1_000_000
OFFICES = (("inspector", "130102"), ("city_officer", "130100"), ("province_officer", "130000"))
LEDGER = registry["hazards"]
WORDS = ("防护", "附着", "临边防护", "未按方案搭设", "爆破", "第 7", "7–9", "０２６", "yhz", "26-0")


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo = Demo("province", 1)
        demo.build()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield demo
        transaction.set_rollback(True)


def officer(demo: Demo, role: str, region: str) -> User:
    names = [a["username"] for a in demo.staff.accounts if (a["role"], a["region"]) == (role, region)]
    return User.objects.get(username=names[0])


def rows_of(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def checksum(lines: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """How many there are, and what they are, in their order."""
    digest, count = hashlib.sha256(), 0
    for line in lines:
        digest.update("\x1f".join(map(str, line)).encode() + b"\n")
        count += 1
    return count, digest.hexdigest()


def test_the_province_is_as_large_as_was_asked(demo: Demo) -> None:
    assert Hazard.objects.count() == HAZARDS
    assert Event.objects.filter(record_type="hazards.hazard").count() >= 4 * HAZARDS
    assert (Project.objects.count(), Enterprise.objects.count(), Person.objects.count()) == (15_000, 20_000, 200_000)


@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda summary: summary.table)
def test_kept_counts_are_those_of_the_ledger(demo: Demo, summary: Summary) -> None:
    counted = rows_of(summary.counted)
    assert sum(line[-1] for line in counted) == HAZARDS
    assert sorted(map(str, rows_of(summary.kept))) == sorted(map(str, counted))


@pytest.mark.parametrize("sort", ["", "deadline", "-closed_at"])
@pytest.mark.parametrize(("role", "region"), OFFICES)
def test_going_from_page_to_page_meets_every_row_once_and_in_order(
    demo: Demo, role: str, region: str, sort: str
) -> None:
    user = officer(demo, role, region)
    listing = Listing(LEDGER, user, QueryDict(f"view=all&sort={sort}"))
    expected = checksum(listing.sorted.values_list("pk").iterator(20_000))
    assert expected[0] == Hazard.objects.visible_to(user).count()
    assert checksum((pk,) for page in pages(user, sort) for pk in page) == expected


def pages(user: User, sort: str) -> Iterator[list[int]]:
    """The keys of each page, as somebody meets them who always asks for the next one."""
    query, more = f"view=all&sort={sort}&size=100", True
    place = ""
    while more:
        listing = Listing(LEDGER, user, QueryDict(query + place))
        records, _, more = listing.stretch
        yield [record.pk for record in records]
        place = f"&page=2&after={records[-1].pk}" if records else ""


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("role", "region"), OFFICES)
def test_search_finds_the_rows_that_like_finds(demo: Demo, role: str, region: str, word: str) -> None:
    user = officer(demo, role, region)
    asked = QueryDict(mutable=True)
    asked["q"] = word
    found = set(Listing(LEDGER, user, asked).found.order_by().values_list("pk", flat=True))
    half = word.translate({ord("０") + n: str(n) for n in range(10)})
    like = reduce(or_, (Q(**{f"{path}__icontains": way}) for path in LEDGER.search for way in {word, half}))
    assert found == set(Hazard.objects.visible_to(user).filter(like).values_list("pk", flat=True))


def test_export_holds_every_row_and_every_value(demo: Demo) -> None:
    user = officer(demo, "province_officer", "130000")
    choose_columns(LEDGER, user, ["number", "description", "category", "grade", "state", "rounds"])
    params = {"register": "hazards", "query": "view=all", "keys": None, "layout": ""}
    job = Job.objects.create(kind=exports.KIND, created_by=user, title="导出", params=params)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    total = Hazard.objects.visible_to(user).count()
    assert (job.state, job.result["rows"]) == ("done", total)
    assert job.result_file
    found = checksum(line[:6] for line in exported_lines(job.result_file))
    assert found == checksum(as_shown(h) for h in listed(user))


def exported_lines(file: StoredFile) -> Iterator[list[Any]]:
    """The rows below the heads, sheet by sheet; the last sheet explains the others."""
    with open_stored(file) as stream:
        book = CalamineWorkbook.from_filelike(stream)
        for name in book.sheet_names[:-1]:
            yield from book.get_sheet_by_name(name).to_python()[4:]


def listed(user: User) -> Iterator[Hazard]:
    rows = Listing(LEDGER, user, QueryDict("view=all")).sorted.select_related(None)
    return rows.only("number", "description", "category", "grade", "state", "rounds").iterator(20_000)


def as_shown(hazard: Hazard) -> list[Any]:
    labels = [hazard.get_grade_display(), hazard.get_state_display(), float(hazard.rounds)]
    return [hazard.number, hazard.description, hazard.category, *labels]


def test_no_event_was_altered(demo: Demo) -> None:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert not list(altered_events(newest - 300_000))
