"""Whether a draw still is what was published: its files, its own columns, the rows beside them."""

import json
from typing import Any

from apps.core import files
from apps.inspections.models import Draw, PoolEntry
from apps.inspections.verifiers.verify_draw import problems

SAME = ("terms_sha256", "pool_sha256", "seed", "result_sha256", "public_value")


def differences(draw: Draw) -> list[str]:
    """What differs, each as a sentence; the files are read anew and by their hash."""
    if draw.bundle is None or draw.pool_file is None:
        return ["数据包：没有文件"]
    found = [
        f"{label}：文件与其校验值不符，或已丢失"
        for label, stored in (("数据包", draw.bundle), ("名单文件", draw.pool_file))
        if not files.path_of(stored).exists() or files.hash_of(files.path_of(stored)) != stored.sha256
    ]
    return found or compared(draw, json.loads(files.path_of(draw.bundle).read_bytes()))


def compared(draw: Draw, bundle: dict[str, Any]) -> list[str]:
    found = [*problems(bundle)]
    if draw.pool_file and draw.pool_file.sha256 != draw.pool_sha256:
        found.append("名单文件：与公布的校验值不符")
    if bundle["seed"]:
        found += [f"数据库：{name} 与数据包不同" for name in SAME if getattr(draw, name) != bundle[name]]
        found += [] if draw.result == bundle["result"] else ["数据库：结果与数据包不同"]
    return found + rows_that_differ(draw, bundle)


def rows_that_differ(draw: Draw, bundle: dict[str, Any]) -> list[str]:
    result = bundle["result"] or {"strata": [], "visits": []}
    ranks = {ordinal: rank for line in result["strata"] for rank, ordinal in enumerate(line["order"], 1)}
    chosen = {visit["ordinal"] for visit in result["visits"]}
    due = {
        (line["ordinal"], line["project"], line["grade"], ranks.get(line["ordinal"]), line["ordinal"] in chosen)
        for line in map(json.loads, bundle["pool"])
    }
    rows = PoolEntry.objects.filter(draw=draw)
    stored = set(rows.values_list("ordinal", "project__number", "grade", "rank", "is_chosen"))
    return [f"数据库：第 {row[0]} 号候选与数据包不同" for row in sorted(due ^ stored, key=lambda row: row[0])]
