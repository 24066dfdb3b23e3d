"""Published bundles for tests, made by the pure functions alone: no database."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apps.core.canonical import canonical_json
from apps.inspections.drawing import ALGORITHM
from apps.inspections.drawing.bundle import announced_bundle, drawn_bundle
from apps.inspections.drawing.drawing import commitment_of, numbered, strata_of

DATA = Path(__file__).parent / "data"
SECRETS = ("zhengding-1-secret-of-a", "zhengding-2-secret-of-b")
PUBLIC_VALUE = "3871.05"
ANNOUNCED_AT, DRAWN_AT = datetime(2026, 11, 20, 1, tzinfo=UTC), datetime(2026, 11, 27, 2, tzinfo=UTC)
COUNTIES = {"130102": "/13/1301/130102/", "130104": "/13/1301/130104/"}
RATES = {"A": 5, "B": 10, "C": 20, "D": 50, "E": 100}


def line(number: int, county: str = "130102", grade: str = "C", **fields: Any) -> dict[str, Any]:
    return {
        "project": f"{county}-{number:04d}",
        "name": f"示例“{number}”号楼",
        "enterprise": f"91130102MA{number % 5:08d}",
        "enterprise_name": f"示例第{number % 5}建工",
        "grade": grade,
        "path": COUNTIES[county],
        "place": [114_500_000 + 1000 * number, 38_040_000 - 700 * number] if number % 4 else None,
    } | fields


def candidates() -> list[dict[str, Any]]:
    return [line(n, county, "ABCDE"[n % 5]) for county in COUNTIES for n in range(1, 21)]


def inspector(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "key": f"{number:012x}",
        "area": "/13/1301/",
        "place": [114_500_000 + 10_000 * number, 38_040_000],
        "fields": ["pit"] if number % 2 else [],
        "load": 0,
        "barred": [],
        "unfit": "",
    } | fields


def inspectors() -> list[dict[str, Any]]:
    barred = {"barred": [one["project"] for one in candidates()[::2]]}
    return [inspector(n, **barred) if n == 1 else inspector(n, load=n % 3) for n in range(1, 8)]


def terms_for(pool: list[dict[str, Any]], *, counts: dict[str, int | None] | None = None, **fields: Any) -> Any:
    counts = counts or {"130102": 6, "130104": None}
    groups = [{"code": code, "path": COUNTIES[code], "count": count} for code, count in counts.items()]
    return {
        "algorithm": ALGORITHM,
        "number": "冀石建安抽〔2026〕000001号",
        "groups": groups,
        "rates": RATES,
        "strata": strata_of(pool, groups, RATES),
        "inspectors_each": 2,
        "theme": "pit",
    } | fields


def announced() -> dict[str, Any]:
    pool = numbered(candidates())
    commitments = {"a": commitment_of(SECRETS[0]), "b": commitment_of(SECRETS[1])}
    bundle = announced_bundle(terms_for(pool), pool, inspectors(), commitments, announced_at=ANNOUNCED_AT)
    return plain(bundle)


def drawn() -> dict[str, Any]:
    return plain(drawn_bundle(announced(), SECRETS, PUBLIC_VALUE, drawn_at=DRAWN_AT))


def older(name: str) -> dict[str, Any]:
    """The same example, announced or drawn, as it was published under hebei-draw/1: kept, as nothing draws so today."""
    return json.loads((DATA / f"{name}-1.json").read_bytes())


def plain(document: Any) -> dict[str, Any]:
    """As somebody reads it who has the file alone."""
    return json.loads(canonical_json(document))
