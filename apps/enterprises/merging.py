"""Turning what hangs on one firm to another, and back: what the moves of a merge do beside its own row.

Organisations are locked before enterprises, as where an enterprise is edited, then rows in the order of `HANGING`.  A
transaction that had begun before, such as an import of a ledger, may still write rows that name the duplicate:
`turn_late` comes for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from apps.accounts.models import Organisation
from apps.accounts.services.accounts import follow_organisation
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import Step, TransitionRefused
from apps.enterprises.hanging import ACCOUNTS, PARTIES, Key, Moves, Passes, Stays, keys, of_rule
from apps.enterprises.models import Enterprise, EnterpriseMerge, EnterprisePresence, EnterpriseStatus, FormerName

Rows = dict[str, list[int]]


def lock_both(survivor_id: int, duplicate_id: int) -> tuple[Enterprise, Enterprise]:
    """Both as they stand, locked in the order of their keys."""
    both = (survivor_id, duplicate_id)
    homes = {o.pk: o for o in Organisation.objects.select_for_update().filter(pk__in=both).order_by("pk")}
    firms = {e.pk: e for e in Enterprise.objects.select_for_update().filter(pk__in=both).order_by("pk")}
    for pk, firm in firms.items():
        firm.organisation = homes[pk]
    return firms[survivor_id], firms[duplicate_id]


# Merging --------------------------------------------------------------------------------------------------------------


def take_over(step: Step) -> None:
    """All that hangs on the duplicate turns to the survivor, and the duplicate is closed for whatever is new."""
    merge: EnterpriseMerge = step.record
    survivor, duplicate = lock_both(merge.survivor_id, merge.duplicate_id)
    if survivor.is_merged or duplicate.is_merged:
        raise TransitionRefused("两家企业中有一家已并入其他企业，请先核对")
    home = duplicate.organisation
    merge.before = {"status": duplicate.status, "is_active": home.is_active}
    turn_all(merge, step)
    keep_the_name(merge, survivor, duplicate)
    home.merged_into_id, home.is_active = survivor.pk, False
    home.save(update_fields=["merged_into", "is_active"])
    duplicate.status = EnterpriseStatus.MERGED
    tell_both(("merged_away", duplicate), ("took_over", survivor), step, merge.reason)


def turn_late(merge: EnterpriseMerge) -> None:
    """Turn rows that name the duplicate though it was merged; the caller has locked the merge and found some."""
    step = Step(merge, {}, None, db_now())
    lock_both(merge.survivor_id, merge.duplicate_id)
    turn_all(merge, step)
    merge.version += 1
    merge.save(update_fields=["moved", "made", "kept", "moved_count", "kept_count", "version"])
    record_event(merge, "late_rows_turned", by=None, facts=step.facts, at=step.at)


def is_late(merge: EnterpriseMerge) -> bool:
    """Whether rows name the duplicate that could turn to the survivor."""
    firms = merge.duplicate_id, merge.survivor_id
    return any(key.rows(merge.duplicate_id).exclude(key.staying(*firms)).exists() for key in of_rule(Moves))


def turn_all(merge: EnterpriseMerge, step: Step) -> None:
    survivor_id, duplicate_id = merge.survivor_id, merge.duplicate_id
    for key in of_rule(Passes):
        key.rows(duplicate_id).update(**key.told(survivor_id))
    turned = {key.label: rows for key in of_rule(Moves) if (rows := key.turn(duplicate_id, survivor_id))}
    accounts_follow(turned, duplicate_id, survivor_id, step)
    merge.moved = {label: merge.moved.get(label, []) + turned.get(label, []) for label in merge.moved | turned}
    merge.moved_count = sum(map(len, merge.moved.values()))
    merge.kept = kept_with(duplicate_id)
    merge.kept_count = sum(len(left["rows"]) for left in merge.kept.values())
    merge.made = merge.made | {"presences": merge.made.get("presences", []) + presences_of_both(merge)}
    step.facts["moved_rows"], step.facts["kept_rows"] = in_words(counts(turned)), in_words(counts_of_kept(merge))


def kept_with(firm: int) -> dict[str, dict[str, Any]]:
    found = {key: list(key.rows(firm).order_by("pk").values_list("pk", flat=True)) for key in of_rule(Moves, Stays)}
    return {key.label: {"rows": rows, "reason": key.reason} for key, rows in found.items() if rows}


def presences_of_both(merge: EnterpriseMerge) -> list[int]:
    """The survivor is known wherever the duplicate was, which stays known there too: as what it has become."""
    rows = EnterprisePresence.objects
    places = set(rows.filter(enterprise=merge.duplicate_id).values_list("project_id", "region_path"))
    places -= set(rows.filter(enterprise=merge.survivor_id).values_list("project_id", "region_path"))
    ordered = sorted(places, key=lambda place: (place[0] or 0, place[1]))
    new = [EnterprisePresence(enterprise_id=merge.survivor_id, project_id=p, region_path=path) for p, path in ordered]
    return [presence.pk for presence in rows.bulk_create(new)]


def keep_the_name(merge: EnterpriseMerge, survivor: Enterprise, duplicate: Enterprise) -> None:
    """The duplicate's name becomes a former one of the survivor, so that workbooks which say it find the survivor."""
    borne = {survivor.name, *survivor.former_names.values_list("name", flat=True)}
    if duplicate.name not in borne:
        former = FormerName.objects.create(enterprise=survivor, name=duplicate.name)
        merge.made = merge.made | {"names": [former.pk]}


# Undoing --------------------------------------------------------------------------------------------------------------


def give_back(step: Step) -> None:
    """Exactly the rows that the merge turned go back, as far as they still are the survivor's; newer ones stay."""
    merge: EnterpriseMerge = step.record
    survivor, duplicate = lock_both(merge.survivor_id, merge.duplicate_id)
    back = {key.label: key.turn(survivor.pk, duplicate.pk, rows) for key, rows in moved_by(merge)}
    accounts_follow(back, survivor.pk, duplicate.pk, step)
    FormerName.objects.filter(pk__in=merge.made.get("names", []), enterprise=survivor).delete()
    part_presences(merge)
    home = duplicate.organisation
    home.merged_into, home.is_active = None, merge.before["is_active"]
    home.save(update_fields=["merged_into", "is_active"])
    duplicate.status = merge.before["status"]
    merge.returned_count = sum(map(len, back.values()))
    left = {key.label: len(rows) - len(back[key.label]) for key, rows in moved_by(merge)}
    step.facts["returned_rows"], step.facts["left_rows"] = in_words(counts(back)), in_words(left)
    tell_both(("came_back", duplicate), ("gave_back", survivor), step, merge.undo_reason)


def moved_by(merge: EnterpriseMerge) -> list[tuple[Key, list[int]]]:
    """In the order of the table; what later releases no longer have is passed over."""
    return [(key, merge.moved[key.label]) for key in of_rule(Moves) if key.label in merge.moved]


def part_presences(merge: EnterpriseMerge) -> None:
    """On projects each is known where it has a part; elsewhere the survivor no longer where only the duplicate was."""
    parts = keys()[PARTIES].model._base_manager.filter(
        enterprise=OuterRef("enterprise"), project=OuterRef("project_id")
    )
    made = EnterprisePresence.objects.filter(pk__in=merge.made.get("presences", []))
    made.filter(Q(project_id=None) | ~Exists(parts)).delete()
    EnterprisePresence.objects.filter(~Exists(parts), enterprise=merge.duplicate_id, project_id__isnull=False).delete()


# Both ways ------------------------------------------------------------------------------------------------------------


def accounts_follow(turned: Mapping[str, Sequence[int]], old: int, new: int, step: Step) -> None:
    if rows := turned.get(ACCOUNTS):
        follow_organisation(rows, old=old, new=new, by=step.by, at=step.at)


def tell_both(one: tuple[str, Enterprise], other: tuple[str, Enterprise], step: Step, reason: str) -> None:
    """Save both with the event in each one's own history: with whom, why, and how many rows of which kind."""
    rows = {name: words for name, words in step.facts.items() if name.endswith("_rows")}
    for (name, firm), (_, partner) in ((one, other), (other, one)):
        firm.version += 1
        firm.save(update_fields=["status", "version"])
        told = {"other_firm": f"{partner.name}（{partner.uscc}）", "reason": reason} | rows
        record_event(firm, name, by=step.by, facts=told, at=step.at)


def counts(rows: Mapping[str, Sequence[int]]) -> dict[str, int]:
    return {label: len(found) for label, found in rows.items()}


def counts_of_kept(merge: EnterpriseMerge) -> dict[str, int]:
    return {label: len(left["rows"]) for label, left in merge.kept.items()}


def in_words(counted: Mapping[str, int]) -> str:
    """隐患 12、从业人员 3; “无” where there is nothing."""
    told = [f"{keys()[label].noun} {count}" for label, count in counted.items() if count and label in keys()]
    return "、".join(told) or "无"
