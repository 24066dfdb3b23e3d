"""What the morning digest says of papers: those that bear a number and have reached nobody."""

from collections.abc import Iterator
from datetime import date

from apps.documents.models import UNSERVED, Paper
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level

BATCH = 500


@digest_source
def unserved_papers(day: date) -> Iterator[OpenItem]:
    """To who signed and who drafted, as far as they still are of the office; a deadline may wait for the service."""
    rows = Paper.objects.filter(UNSERVED).select_related("issued_by", "drafted_by").order_by("issued_on", "pk")
    kept = rows.only(*SHOWN, *(f"{who}_by__organisation" for who in ("issued", "drafted")))
    for paper in kept.iterator(BATCH):
        people = {
            by.pk for by in (paper.issued_by, paper.drafted_by) if by and by.organisation_id == paper.organisation_id
        }
        title = f"待送达：{paper.number} {paper.get_kind_display()}（{paper.addressee_names}）"
        level = Level.MUST_DO if paper.definition.starts_clock else Level.REMINDER
        for person in sorted(people):
            yield OpenItem(person, title, paper.get_absolute_url(), level)


SHOWN = ("organisation", "kind", "number", "addressee_names")
