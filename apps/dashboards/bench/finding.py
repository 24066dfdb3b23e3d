"""The key word of the ledger: what a search asks of the database, against LIKE over the same rows."""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.http import QueryDict

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.dashboards.bench.measuring import Cost, ask, measured, median, queries_of
from apps.dashboards.bench.report import Report
from apps.hazards.models import Hazard
from apps.projects.models import Project

MOST_MS = {"province": 20, "city": 20, "county": 10}
TIMES = 7


def measure(report: Report, readers: dict[str, User]) -> None:
    for reach, user in readers.items():
        report.section(f"Search: {reach}, first page and count")
        for kind, word in words(user).items():
            compare(report, kind, word, user, MOST_MS[reach])


def words(user: User) -> dict[str, str]:
    """A word of each kind, from frequent to absent."""
    newest = Hazard.objects.visible_to(user).order_by("-pk").first()
    assert newest  # noqa: S101
    project = Project.objects.visible_to(user).order_by("-pk").first()
    assert project  # noqa: S101
    return {
        "two characters, frequent": "防护",
        "two characters, in one row of many": "附着",
        "four characters, frequent": "临边防护",
        "six characters, frequent": "未按方案搭设",
        "two characters, absent": "爆破",
        "digits of a number": newest.number[-6:],
        "a project's name": project.name,
        "initials of a project": project.initials.split()[0][:6],
    }


def compare(report: Report, kind: str, word: str, user: User, most: float) -> None:
    listing = Listing(registry["hazards"], user, QueryDict(mutable=True) | {"q": word, "size": "50"})
    found = queries_of(lambda: (listing.counted, listing.records))
    quick = repeated(lambda: ask(found))
    slow = measured(lambda: (list(like(user, word).order_by("-pk")[:50]), like(user, word).count()))
    # The same rows: as many, and none but those that LIKE finds.
    exact = like(user, word).count()
    assert exact == Hazard.objects.filter(pk__in=listing.found.values("pk")).count()  # noqa: S101
    note = f"{exact:,} rows; {len(found)} queries; LIKE {slow.database_ms:,.0f} ms"
    report.add(kind, quick.database_ms, "ms", most=most, note=note)


def repeated(work: Callable[[], object]) -> Cost:
    work()
    return median([measured(work) for _ in range(TIMES)])


def like(user: User, word: str) -> QuerySet[Hazard]:
    paths = registry["hazards"].search
    rows = Hazard.objects.visible_to(user).only("pk")
    return rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in paths)))
