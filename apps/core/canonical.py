"""One spelling for every fact, so that a hash taken today can be taken again in twenty years."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
AS_IT_IS = (str, int, bool, type(None))


def plain(value: Any) -> Any:
    """The JSON form of a fact: times in UTC with microseconds, numbers with a point as text, records by key.

    Raises TypeError for a float: its digits depend on the machine, so it has no canonical spelling.
    """
    if type(value) in AS_IT_IS:  # most facts, and imports tell thousands of them
        return value
    match value:
        case None | bool() | int() | str():
            return str(value) if isinstance(value, str) else value
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case models.Model():
            return value.pk
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8."""
    return ENCODE(plain(value)).encode()


def sha256_of(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def leaf_hash(value: Any) -> bytes:
    """SHA-256 of 0x00 and the canonical JSON: the leaf of an RFC 6962 tree."""
    return hashlib.sha256(b"\x00" + canonical_json(value)).digest()


def object_sql(values: Mapping[str, str], ready: Mapping[str, str] | None = None) -> str:
    """SQL that writes the canonical JSON of an object for many rows at once.

    `values` are expressions of text, whole numbers, days or booleans by name, `ready` such as are JSON already; what
    is NULL is left out.  PostgreSQL escapes in JSON exactly what Python does.
    """
    members = {name: f"to_json({value})::text" for name, value in values.items()} | dict(ready or {})
    parts = ", ".join(f"',\"{name}\":' || {members[name]}" for name in sorted(members))
    return f"concat('{{', ltrim(concat({parts}), ','), '}}')"
