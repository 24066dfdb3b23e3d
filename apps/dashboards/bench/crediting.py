"""Folding the credit of every firm, against one grouped SELECT over the same entries and against a loop over firms."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.credit.folding import POINTS, recompute
from apps.credit.models import CreditEntry, CreditProfile, CreditStanding, Subject
from apps.credit.scoring import Line, Profile, fold
from apps.credit.services.standings import differences
from apps.dashboards.bench.measuring import by_turns, measured, undone
from apps.dashboards.bench.report import Report

TIMES = 7
LOOPED = 200
"""So many firms are folded one by one; the time of all is reckoned from them."""
GROUPED = f"""
    SELECT enterprise_id, count(*), sum({POINTS})
      FROM credit_creditentry
     WHERE starts_on <= %(day)s AND ends_on > %(day)s AND person_id IS NULL
     GROUP BY enterprise_id"""  # noqa: S608


def measure(report: Report) -> None:
    entries, firms = CreditEntry.objects.count(), CreditStanding.objects.count()
    report.section(f"Credit: {entries:,} entries of {firms:,} firms folded")
    night, plain = by_turns(lambda: recompute(Subject.ENTERPRISE), grouped, times=TIMES)
    note = f"{night.wall_s * 1000:.0f} ms, nothing written; grouped SELECT {plain.wall_s * 1000:.0f} ms"
    ratio = night.wall_s / plain.wall_s
    report.add("fold of everybody / one grouped SELECT of the same entries", ratio, "×", most=2, note=note)
    with undone():
        tomorrow = timezone.localdate() + timedelta(days=30)
        changed: list[int] = []
        month = measured(lambda: changed.extend(recompute(Subject.ENTERPRISE, day=tomorrow)))
    report.add("fold of a month later", month.wall_s * 1000, "ms", note=f"{len(changed):,} standings written")
    keys = list(CreditStanding.objects.order_by("pk").values_list("pk", flat=True)[:LOOPED])
    loop = measured(lambda: [one_by_one(key) for key in keys])
    told = loop.wall_s / max(len(keys), 1) * firms
    note = f"{told:.0f} s for all, reckoned from {len(keys)}"
    report.add("the same firm by firm / fold of everybody", told / night.wall_s, "×", note=note)
    one = measured(lambda: recompute(Subject.ENTERPRISE, keys[:1]))
    report.add("one firm after a move", one.wall_s * 1000, "ms")
    assert differences() == {"enterprise": [], "person": []}  # noqa: S101
    report.add("standings that differ from the fold", 0, "")


def grouped() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(GROUPED, {"day": timezone.localdate()})
        return cursor.fetchall()


def one_by_one(key: int) -> Any:
    """As one would write it at first: a query and a loop for each firm."""
    edition = CreditProfile.objects.in_force(Subject.ENTERPRISE, timezone.localdate())
    lines = [Line.of(e) for e in CreditEntry.objects.filter(enterprise=key, person=None, starts_on__isnull=False)]
    score = fold(lines, Profile.of(edition), timezone.localdate())
    return CreditStanding.objects.filter(pk=key).exclude(score=score.score, grade=score.grade).update(score=score.score)
