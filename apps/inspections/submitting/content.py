"""What a signature binds: answers, problems, second looks and notes as they stood; anybody can compare the record.

A phone signs the canonical JSON of what it holds, and sends the text with its hash; at a desk the server writes it.  A
kind of entry that is to be signed too gets a line in PARTS, and a member of the phone's text of the same name.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from apps.core.canonical import canonical_json, plain
from apps.inspections.checklists import measured_value
from apps.inspections.models import Visit

Row = Mapping[str, Any]
NOTES = ("site_note", "conclusion")
FINDING = (
    *("id", "checklist_id", "item", "deduction", "description", "category", "clause", "demands", "grade"),
    *("criterion_id", "place", "term", "deadline", "disposal"),
)


@dataclass(frozen=True)
class Part:
    """`rows` as the server holds them, in the members that phones use; `key` and `value` are what is compared."""

    rows: Callable[[Visit], list[Row]]
    key: Callable[[Row], Any]
    value: Callable[[Row], Any]
    label: str


def answers(visit: Visit) -> list[Row]:
    names = ("checklist", "item", "verdict", "deductions", "measured", "remark")
    return list(visit.answers.order_by("checklist", "item").values(*names))


def findings(visit: Visit) -> list[Row]:
    rows = visit.findings.filter(is_dropped=False).order_by("pk").values(*FINDING)
    return [{name.removesuffix("_id"): value for name, value in row.items()} for row in rows]


def second_looks(visit: Visit) -> list[Row]:
    return list(visit.second_looks.exclude(outcome="").order_by("pk").values("id", "outcome", "remark"))


def notes(visit: Visit) -> list[Row]:
    return [{"name": name, "text": getattr(visit, name)} for name in NOTES]


def answered(row: Row) -> Any:
    reasons = sorted((one["code"], one["points"], words(one["text"])[:200]) for one in row["deductions"])
    return row["verdict"], reasons, measured_value(row["measured"]), words(row["remark"])


def found(row: Row) -> dict[str, str]:
    return {name: words(row.get(name.removesuffix("_id"))) for name in FINDING}


def words(value: Any) -> str:
    """Nothing told and nothing there are the same."""
    return "" if value is None else str(plain(value)).strip()


PARTS: dict[str, Part] = {
    "answers": Part(answers, lambda row: (row["checklist"], row["item"]), answered, "检查项"),
    "findings": Part(findings, lambda row: str(row["id"]), found, "问题"),
    "second_looks": Part(
        second_looks, lambda row: str(row["id"]), lambda row: (row["outcome"], words(row["remark"])), "以往隐患"
    ),
    "notes": Part(notes, lambda row: row["name"], lambda row: words(row["text"]), "现场情况和检查意见"),
}


def content_of(visit: Visit) -> str:
    """The canonical JSON of what the server holds now."""
    told = {name: part.rows(visit) for name, part in PARTS.items()}
    return canonical_json({"visit": visit.number, **told}).decode()


def hash_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def changes_since(visit: Visit, content: str) -> list[str]:
    """In Chinese, what differs between the signed text and what the server holds; empty where nothing does.

    Raises ValidationError for a text that nobody can have signed.
    """
    try:
        told = json.loads(content)
        changed = [] if told["visit"] == visit.number else ["检查编号不同"]
        return changed + [line for name, part in PARTS.items() for line in differing(part, visit, told.get(name, []))]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, ValidationError) as error:
        raise ValidationError("签名所依据的内容无法读取，请重新签名") from error


def differing(part: Part, visit: Visit, told: Iterable[Row]) -> list[str]:
    signed = {part.key(row): part.value(row) for row in told}
    held = {part.key(row): part.value(row) for row in part.rows(visit)}
    # A note that is empty and one that was never written are the same.
    count = sum((signed.get(key) or None) != (held.get(key) or None) for key in {*signed, *held})
    return [f"{part.label} {count} 处"] if count else []
