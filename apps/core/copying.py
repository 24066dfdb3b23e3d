"""Writing many rows at once: PostgreSQL's COPY in its text format."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from io import StringIO
from types import NoneType
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

CHUNK = 2_000
NULL = "\x01"
"""Stands for an empty cell in COPY: no text of a workbook holds a control character."""
SPECIAL = "\\\n\r\t"
ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
as_json = json.JSONEncoder(ensure_ascii=False, default=DjangoJSONEncoder().default).encode
_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    NoneType: lambda value: NULL,
    date: date.isoformat,
    bool: lambda value: "t" if value else "f",
    dict: as_json,
    list: as_json,
}


def copy_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of equal length in the text format of COPY; a dictionary becomes JSON."""
    columns = [copy_column(cells) for cells in zip(*rows, strict=True)]
    return "\n".join(map("\t".join, zip(*columns, strict=True))) + "\n"


def copy_column(cells: Sequence[Any]) -> Sequence[str]:
    kinds = set(map(type, cells))
    if len(kinds) == 1:
        texts = list(map(_TEXTS.get(kinds.pop(), str), cells))
    else:
        texts = [_TEXTS.get(type(cell), str)(cell) for cell in cells]
    together = "".join(texts)
    if any(special in together for special in SPECIAL):
        return [text.translate(ESCAPES) for text in texts]
    return texts


class Copy:
    """COPY into some columns of a table, a chunk of rows at a time, so that other statements may come between."""

    def __init__(self, table: str, columns: Iterable[str]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self.sql = f"COPY \"{table}\" ({names}) FROM STDIN WITH (NULL E'{NULL}')"
        self.rows: list[Sequence[Any]] = []

    def add(self, cells: Sequence[Any]) -> None:
        self.rows.append(cells)
        if len(self.rows) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        if self.rows:
            with connection.cursor() as cursor:
                cursor.copy_expert(self.sql, StringIO(copy_lines(self.rows)))
            self.rows.clear()
