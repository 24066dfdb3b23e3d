"""The counts beside the ledger's tabs, written out.

They stand on every page of the list, and Django takes longer to make such a query than PostgreSQL to answer it.  A
test holds them equal to the conditions of the tabs, for every kind of user.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.core.listing import COUNT_CAP
from apps.core.registers import ALL
from apps.core.scoping import scope_of
from apps.hazards.models import Grade, Source, State

WEEK = timedelta(days=7)
AT, BELOW = "region_path = %(path)s", "region_path LIKE %(below)s"
NO_OWN_CHECKS = " AND NOT (source = %(self_check)s AND grade = %(ordinary)s)"
COUNTS = """
SELECT (SELECT count(*) FROM (SELECT FROM hazards_hazard WHERE {own} LIMIT %(cap)s) capped),
       count(*) FILTER (WHERE state <> %(draft)s),
       count(*) FILTER (WHERE state = ANY(%(with_firm)s) AND deadline < %(today)s),
       count(*) FILTER (WHERE state <> %(draft)s AND grade = %(major)s),
       count(*) FILTER (WHERE state = ANY(%(with_firm)s) AND deadline BETWEEN %(today)s AND %(soon)s),
       count(*) FILTER (WHERE state = ANY(%(answer_in)s)),
       count(*) FILTER (WHERE state = %(draft)s),
       (SELECT count(*) FROM (SELECT FROM hazards_hazard WHERE recorded_by_id = %(user)s AND {own} LIMIT %(cap)s) mine)
  FROM hazards_hazard WHERE {own} AND state = ANY(%(unfinished)s)
"""
NAMES = (ALL, "open", "overdue", "major", "week", "answered", "drafts", "mine")
WORDS: dict[str, Any] = {
    "cap": COUNT_CAP + 1,
    "draft": State.DRAFT.value,
    "with_firm": list(State.WITH_FIRM),
    "answer_in": list(State.ANSWER_IN),
    "unfinished": [State.DRAFT.value, *State.OPEN],
    "major": Grade.MAJOR.value,
    "ordinary": Grade.ORDINARY.value,
    "self_check": Source.SELF_CHECK.value,
}


def counts_in_region(user: Any) -> dict[str, int] | None:
    """What each tab finds for an office that reaches one region and no single sites beside it; None for others."""
    scope = scope_of(user)
    if not scope.region_path or scope.enterprise_id or scope.project_ids or scope.everything:
        return None
    own = AT if scope.region_is_leaf else BELOW + NO_OWN_CHECKS
    today = timezone.localdate()
    told = WORDS | {"path": scope.region_path, "below": f"{scope.region_path}%"}
    told |= {"user": user.pk, "today": today, "soon": today + WEEK}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(own=own), told)
        return dict(zip(NAMES, cursor.fetchone(), strict=True))
