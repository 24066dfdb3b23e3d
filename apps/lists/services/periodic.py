"""Drafts of a period that has ended, made by the clock: once per list, office and period, whatever fails between."""

import logging
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import Organisation, OrganisationKind, User
from apps.core.db import db_now
from apps.lists.definitions import register_of
from apps.lists.models import ListPeriod, ListSnapshot, ListType, Period, Side, SnapshotState
from apps.lists.periods import due_after, span_before
from apps.lists.services.freezing import freeze

logger = logging.getLogger(__name__)

OFFICES_A_TURN = 200
"""So many offices' drafts a tick makes of one list; the next tick goes on."""


def open_periods(today: date) -> int:
    """Write down which periods have ended, for every list in use; how many are new.

    Nothing is asked for a period that ended before its set came into use.
    """
    in_use = ListType.objects.in_use(today).filter(list_set__is_active=True).exclude(period=Period.REALTIME)
    wanted = []
    for list_type in in_use.select_related("list_set"):
        start, end = span_before(list_type.period, today)
        since = list_type.list_set.active_since
        begun = list_type.effective_from
        if register_of(list_type) and since and since <= end and (begun is None or begun <= end):
            wanted.append(ListPeriod(list_type=list_type, start=start, end=end, due_at=due_after(end)))
    before = ListPeriod.objects.count()
    ListPeriod.objects.bulk_create(wanted, ignore_conflicts=True)
    return ListPeriod.objects.count() - before


def make_due_drafts() -> int:
    """The drafts of each period that is due, period by period; a second worker passes over what one has in hand."""
    now, made = db_now(), 0
    open_periods(timezone.localdate(now))
    for key in ListPeriod.objects.filter(completed_at=None, due_at__lte=now).order_by("due_at", "pk").values_list("pk"):
        made += drafts_of(key[0])
    return made


@transaction.atomic
def drafts_of(pk: int) -> int:
    waiting = ListPeriod.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, completed_at=None)
    period = waiting.select_related("list_type__list_set").first()
    if period is None:
        return 0
    offices = list(without_snapshot(period)[: OFFICES_A_TURN + 1])
    made = 0
    for office in offices[:OFFICES_A_TURN]:
        try:
            freeze(period.list_type, office, (period.start, period.end))
        except ValidationError as refusal:
            # Too many rows, or a definition that no longer fits, which the list's own page tells too.
            logger.warning("no draft of %s for office %s: %s", period, office.pk, "；".join(refusal.messages))
            continue
        made += 1
    if len(offices) <= OFFICES_A_TURN or not made:
        ListPeriod.objects.filter(pk=pk).update(completed_at=Now())
    return made


def without_snapshot(period: ListPeriod) -> QuerySet[Organisation]:
    """The offices that have somebody to sign this list and no snapshot of the period yet, in a fixed order."""
    list_type = period.list_type
    roles = {role for named in list_type.sign_off_roles.values() for role in named}
    signers = User.objects.filter(organisation=OuterRef("pk"), is_active=True, role__in=roles)
    kept = ListSnapshot.objects.filter(organisation=OuterRef("pk"), list_type=list_type, start=period.start)
    kept = kept.filter(end=period.end).exclude(state=SnapshotState.VOID)
    is_firm = list_type.owner_kind == Side.ENTERPRISE
    rows = Organisation.objects.filter(is_active=True)
    rows = rows.filter(kind=OrganisationKind.ENTERPRISE) if is_firm else rows.exclude(kind=OrganisationKind.ENTERPRISE)
    return rows.filter(Exists(signers), ~Exists(kept)).order_by("pk")
