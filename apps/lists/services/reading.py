"""What of a frozen list somebody may read: of another office's list no more than of the ledger itself."""

from typing import Any

from apps.core.registers import registry
from apps.core.scoping import scope_of
from apps.lists.models import ListSnapshot, Side

CHUNK = 2_000


def rows_seen_by(snapshot: ListSnapshot, reader: Any) -> list[dict[str, Any]]:
    """All rows for the office's own people and who reaches as far; for others those that the ledger shows them.

    An office above the county sees of what firms found themselves the major hazards alone, and a county of a firm's
    list what lies in the county: a frozen list is no way around that.
    """
    if reads_all(snapshot, reader):
        return snapshot.rows
    register = registry.get(snapshot.register)
    if register is None:
        return []
    keys = [row["key"] for row in snapshot.rows]
    seen: set[str] = set()
    for first in range(0, len(keys), CHUNK):
        some = register.rows(reader).filter(**{f"{register.key}__in": keys[first : first + CHUNK]})
        seen |= {str(key) for key in some.order_by().values_list(register.key, flat=True)}
    return [row for row in snapshot.rows if row["key"] in seen]


def reads_all(snapshot: ListSnapshot, reader: Any) -> bool:
    scope = scope_of(reader)
    if snapshot.side == Side.ENTERPRISE:
        return scope.everything or snapshot.organisation_id in scope.firm_ids
    return scope.everything or scope.region_path == snapshot.region_path
