"""Frozen lists of the demonstration: last month's, some signed to the end, some half way, and comparisons."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from apps.accounts.models import User
from apps.hazards.models import Hazard
from apps.lists.models import ListSnapshot, ListType, Period, Side
from apps.lists.periods import span_before
from apps.lists.services.freezing import freeze
from apps.lists.services.reconciling import reconcile, settle
from apps.lists.workflow import SNAPSHOT

STATIONS = 4
"""So many county stations have frozen lists."""
ANOTHER = "周志远"
SIGNED = 2
"""So many of them have signed theirs to the end."""


def freeze_lists(counties: Sequence[Any], directors: Mapping[int, User], today: date) -> None:
    """Last month's lists of the first stations and of their firms."""
    span = span_before(Period.MONTH, today)
    mine = list(in_use(Side.AUTHORITY))
    for number, county in enumerate(counties[:STATIONS]):
        first, second = county.inspectors
        kept = [freeze(told, first.organisation, span) for told in mine]
        for snapshot in kept:
            signers = {"prepare": first, "review": second, "approve": county.head}
            sign(snapshot, signers if number < SIGNED else {"prepare": first})
        duties = next(s for s in kept if s.list_type.code == "duties")
        compare(duties, [directors[firm.pk] for firm in county.contractors], span, by=second)


def in_use(side: str) -> Any:
    """The lists of this side that have a ledger to be cut from and a period of a month."""
    rows = ListType.objects.filter(list_set__is_active=True, list_set__side=side, period=Period.MONTH)
    return rows.filter(register="hazards").select_related("list_set").order_by("order")


def sign(snapshot: ListSnapshot, signers: Mapping[str, User]) -> None:
    for move, user in signers.items():
        snapshot = SNAPSHOT.perform(snapshot, move, by=user)


def compare(duties: ListSnapshot, directors: Sequence[User], span: tuple[date, date], *, by: User) -> None:
    """The station's list of duties with each firm's list of what it puts right; the first difference is settled.

    Between the two freezings each firm has named other people for two hazards, so that there is something to see.
    """
    for director in directors:
        changed = [row["key"] for row in duties.rows if row["firm"] == director.organisation_id][:2]
        Hazard.objects.filter(number__in=changed).update(responsible_person=ANOTHER)
        kept = {told.code: freeze(told, director.organisation, span) for told in in_use(Side.ENTERPRISE)}
        sign(kept["cures"], {"approve": director})
        made = reconcile(duties, kept["cures"], by=by)
        if difference := made.differences.order_by("pk").first():
            settle(difference, outcome="firm_right", reason="已与企业核对，企业登记无误", by=by)
