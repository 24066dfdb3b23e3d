"""Sites on which untrained people work today, for the morning digest."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F

from apps.coverage.models import CoverageDay
from apps.coverage.services.telling import officers_of
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level


@digest_source
def open_sites(day: date) -> Iterator[OpenItem]:
    """Each site once for its officers, however many people it is about."""
    rows = CoverageDay.objects.filter(day=day, covered__lt=F("counted")).select_related("project").order_by("pk")
    days = list(rows)
    hearers = officers_of([one.project_id for one in days], day)
    for one in days:
        for person in hearers.get(one.project_id, []):
            title = f"今天有{one.counted - one.covered}人未受训上岗：{one.project.name}"
            yield OpenItem(person, title, one.get_absolute_url(), Level.MUST_DO)
