"""The checklists that ship: JGJ 59-2011 (names and points of its items), and samples of campaign checklists.

The deduction criteria of JGJ 59 are its authors' text and are not reproduced.  Each ready reason says on what it rests:
"read" ones tell in our own words a finding and its points as copies of the standard by others have them, "sample" ones
are invented, "general" ones stand where an item has no other: three degrees within its points, so that every item is
scored with two taps.  None is the standard itself; an inspector can always write one within the item's points.
"""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from apps.core.canonical import sha256_of

DATA = Path(__file__).resolve().parent / "data"
STANDARD = "JGJ 59-2011《建筑施工安全检查标准》"
JGJ59_FROM = date(2012, 7, 1)
SAMPLES_FROM = date(2020, 1, 1)
NOT_READ = "项目名称和分值：{}；扣分事由各有标注，“已核对”的据第三方所载表格核对，其余未与原文核对，由主管部门核定"
CERTAINTY = {"high": "高", "medium": "中，部分项目未核对"}


def load(checklist_model: Any) -> None:
    """Write the editions that are not there yet."""
    for told in [*jgj59(), *samples()]:
        content = told["content"]
        checklist_model.objects.get_or_create(
            code=told["code"],
            effective_from=told["effective_from"],
            defaults={**told, "sha256": sha256_of(content)},
        )


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def jgj59() -> list[dict[str, Any]]:
    """The nineteen tables, in their order."""
    tables: dict[str, list[dict[str, str]]] = {}
    for row in rows("jgj59.csv"):
        tables.setdefault(row["table"], []).append(row)
    reasons: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows("deductions.csv"):
        reasons.setdefault((row["table"], row["seq"]), []).append(row)
    return [edition(table, items, reasons) for table, items in tables.items()]


def edition(
    table: str, items: list[dict[str, str]], reasons: dict[tuple[str, str], list[dict[str, str]]]
) -> dict[str, Any]:
    first = items[0]
    content = {
        "group": first["group"],
        "weight": int(first["weight"]),
        "guarantee": any(row["part"] for row in items),
        "items": [
            {
                "seq": int(row["seq"]),
                "name": row["item"],
                "part": row["part"],
                "points": int(row["points"]),
                "clause": f"JGJ 59-2011 表{table} 第{row['seq']}项",
                "deductions": [
                    reason(row["seq"], n, one)
                    for n, one in enumerate(reasons.get((table, row["seq"])) or general_reasons(row), 1)
                ],
            }
            for row in items
        ],
    }
    return {
        "family": "jgj59",
        "code": f"JGJ59-{table}",
        "name": first["name"],
        "effective_from": JGJ59_FROM,
        "content": content,
        "source": STANDARD,
        "certainty": NOT_READ.format(CERTAINTY[first["certainty"]]),
        "is_sample": True,
    }


def reason(seq: str, number: int, row: dict[str, str]) -> dict[str, Any]:
    return {
        "code": f"{seq}.{number}",
        "text": row["text"],
        "points": int(row["points"]),
        "demand": row["demand"],
        "grade": row["grade"],
        "basis": row["basis"],
    }


def general_reasons(item: dict[str, str]) -> list[dict[str, str]]:
    """Three degrees within the item's points, told as parts of them."""
    whole = int(item["points"])
    return [
        {
            "text": f"{item['item']}：{row['text']}",
            "points": str(max(1, whole * int(row["percent"]) // 100)),
            "demand": row["demand"],
            "grade": "ordinary",
            "basis": "general",
        }
        for row in rows("general.csv")
    ]


def renew(checklist_model: Any, day: date) -> int:
    """New editions from this day on where the newest one is ours and says something else than what ships now.

    An edition never changes, and who has written one of their own keeps it.
    """
    made = 0
    for told in [*jgj59(), *samples()]:
        newest = checklist_model.objects.filter(code=told["code"]).order_by("-effective_from").first()
        sha256 = sha256_of(told["content"])
        if newest and newest.written_by_id is None and newest.sha256 != sha256 and newest.effective_from < day:
            checklist_model.objects.create(**{**told, "effective_from": day, "sha256": sha256})
            made += 1
    return made


def samples() -> list[dict[str, Any]]:
    """Checklists of campaigns and of 标准化, all samples."""
    told = json.loads((DATA / "campaigns.json").read_text(encoding="utf-8"))
    return [
        {
            "family": one["family"],
            "code": one["code"],
            "name": one["name"],
            "effective_from": SAMPLES_FROM,
            "content": {"group": one["group"], "weight": 0, "guarantee": False, "items": marked(one["items"])},
            "source": "样例，由主管部门核定",
            "certainty": "样例",
            "is_sample": True,
        }
        for one in told
    ]


def marked(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every ready reason of a sample is one."""
    for item in items:
        for one in item.get("deductions", ()):
            one["basis"] = "sample"
    return items
