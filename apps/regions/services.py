"""Verbs that change the tree of regions."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core.events import record_event
from apps.regions.models import Region, RegionName

HEBEI = Path(__file__).parent / "data" / "regions.csv"


@dataclass(frozen=True)
class Entry:
    """One region of the file: a line per name it bore, the latest last."""

    code: str
    lines: tuple[dict[str, str], ...]

    @property
    def last(self) -> dict[str, str]:
        return self.lines[-1]


@transaction.atomic
def load_regions(*, source: Path = HEBEI, registry: Apps = installed_apps) -> int:
    """Bring the tree up to the file and return how many regions it has; a second run changes nothing.

    `registry` lets a migration pass the models of its day.
    """
    entries = _read(source)
    known: dict[str, Any] = {}
    waiting = entries
    while waiting:
        tier = [e for e in waiting if not e.last["parent"] or e.last["parent"] in known]
        known |= _load_tier(registry.get_model("regions", "Region"), tier, known)
        waiting = [e for e in waiting if e.code not in known]
    _load_names(registry.get_model("regions", "RegionName"), entries, known)
    return len(entries)


def _read(source: Path) -> list[Entry]:
    with source.open(encoding="utf-8") as file:
        return [Entry(code, tuple(lines)) for code, lines in groupby(csv.DictReader(file), key=itemgetter("code"))]


def _load_tier(model: Any, tier: list[Entry], known: dict[str, Any]) -> dict[str, Any]:
    """Write the regions whose parents are written; those that report for themselves are their own unit.

    The name of a region that is there already is left alone: it changes by `rename_region`.
    """
    if not tier:
        raise ValueError("The file names a parent that it does not have.")
    rows = [model(code=entry.code, **_values(entry, known)) for entry in tier]
    fields = ["level", "kind", "path", "parent", "longitude", "latitude", "valid_from", "valid_to"]
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=fields)
    own = [entry.code for entry in tier if entry.last["unit"] == entry.code]
    model.objects.filter(code__in=own).update(unit=F("pk"))
    return {row.code: row for row in rows}


def _values(entry: Entry, known: dict[str, Any]) -> dict[str, Any]:
    last, parent = entry.last, known.get(entry.last["parent"])
    return {
        "name": last["name"],
        "level": last["level"],
        "kind": last["kind"],
        "path": f"{parent.path if parent else '/'}{_segment(entry.code, last['level'])}/",
        "parent": parent,
        "unit": known.get(last["unit"]),
        "longitude": last["lon"] or None,
        "latitude": last["lat"] or None,
        "valid_from": _day(entry.lines[0]["valid_from"]),
        "valid_to": _day(last["valid_to"]),
    }


def _load_names(model: Any, entries: list[Entry], known: dict[str, Any]) -> None:
    """Add the names that are not there yet; a name given since, on the page, stays."""
    there = set(model.objects.values_list("region_id", "name"))
    model.objects.bulk_create(
        model(
            region=known[entry.code],
            name=line["name"],
            valid_from=_day(line["valid_from"]),
            valid_to=_day(line["valid_to"]),
            source=line["source"],
            certainty=line["certainty"],
        )
        for entry in entries
        for line in entry.lines
        if (known[entry.code].pk, line["name"]) not in there
    )


def _segment(code: str, level: str) -> str:
    """A province adds the two digits it shares with everything below, a city its four, others their whole code."""
    return code[: {"province": 2, "city": 4}.get(level, len(code))]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@transaction.atomic
def rename_region(*, region: Region, name: str, on: date, source: str, by: Any) -> RegionName:
    """Give a region a new name from that day; older records keep showing the older name."""
    # With all its siblings, so that two of them cannot take the same name at the same moment.
    siblings = {r.pk: r for r in Region.objects.select_for_update().filter(parent=region.parent_id).order_by("pk")}
    region = siblings.pop(region.pk)
    _refuse_name(region, name, siblings.values())
    current = region.names.get(valid_to=None)
    if on > timezone.localdate():
        raise ValidationError({"on": "更名尚未生效，请在生效当日登记。"})
    if current.valid_from and on <= current.valid_from:
        raise ValidationError({"on": f"更名日期须晚于现用名称的启用日期{current.valid_from}。"})
    region.names.filter(pk=current.pk).update(valid_to=on)
    renamed = region.names.create(name=name, valid_from=on, source=source, certainty="high")
    record_event(region, "renamed", by=by, before=region.name, after=name, facts={"on": on, "source": source})
    Region.objects.filter(pk=region.pk).update(name=name)
    return renamed


def _refuse_name(region: Region, name: str, siblings: Iterable[Region]) -> None:
    if region.valid_to:
        raise ValidationError(f"“{region.name}”已于{region.valid_to}撤销，不能更名。")
    if name == region.name:
        raise ValidationError({"name": "新名称与现用名称相同。"})
    if any(other.name == name and other.valid_to is None for other in siblings):
        raise ValidationError({"name": f"同一上级下已有“{name}”，请核对批复文件。"})
