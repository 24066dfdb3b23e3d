"""The key word of the ledger: what a search asks of the database, against LIKE over the same rows."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.http import QueryDict

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.registers import Register, registry
from apps.dashboards.bench.measuring import ask, measured, queries_of, typical
from apps.dashboards.bench.report import Report
from apps.hazards.models import Hazard
from apps.projects.models import Project

MOST_MS = {"province": 20, "city": 20, "county": 10}
TIMES = 7


def measure(report: Report, readers: dict[str, User]) -> None:
    for reach, user in readers.items():
        report.section(f"Search: {reach}, first page and count, in the database")
        for kind, (name, word) in words(user).items():
            compare(report, kind, word, user, registry[name], MOST_MS[reach])


def words(user: User) -> dict[str, tuple[str, str]]:
    """A word of each kind with the register that is asked, from frequent to absent."""
    newest = Hazard.objects.visible_to(user).order_by("-pk").first()
    project = Project.objects.visible_to(user).order_by("-pk").first()
    assert newest  # noqa: S101
    numbered = Hazard.objects.visible_to(user).filter(pk__lte=newest.pk * 5 // 7).order_by("-pk").first() or newest
    assert project  # noqa: S101
    return {
        "two characters, frequent": ("hazards", "防护"),
        "two characters, less frequent": ("hazards", "附着"),
        "four characters, frequent": ("hazards", "临边防护"),
        "six characters, less frequent": ("hazards", "未按方案搭设"),
        "two characters, absent": ("hazards", "爆破"),
        "six digits of a number": ("hazards", numbered.number[-6:]),
        "a project's name": ("hazards", project.name),
        "initials of a project, among projects": ("projects", project.initials[:6]),
    }


def compare(report: Report, kind: str, word: str, user: User, register: Register, most: float) -> None:
    asked = QueryDict(mutable=True)
    asked.update({"q": word, "size": "50"})
    listing = Listing(register, user, asked)
    found = queries_of(lambda: (listing.counted, listing.records))
    quick = typical(lambda: ask(found), times=TIMES)
    rows = like(register, user, word)
    slow = measured(lambda: (list(rows.order_by("-pk")[:50]), rows.count()))
    # The same rows: as many, and none but those that LIKE finds.
    exact = rows.count()
    assert exact == listing.found.order_by().count() == rows.filter(pk__in=listing.found.values("pk")).count()  # noqa: S101
    note = f"{exact:,} rows; {len(found)} queries; LIKE {slow.database_ms:,.0f} ms"
    report.add(kind, quick.database_ms, "ms", most=most, note=note)


def like(register: Register, user: User, word: str) -> QuerySet:
    rows = register.rows(user).select_related(None).only("pk")
    return rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in register.search)))
