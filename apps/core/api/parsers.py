"""Bodies as strict as the rules ask: bounded, unambiguous, and nothing that PostgreSQL or a browser would choke on."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import BaseParser, MultiPartParser

from apps.core.problems import Problem

MAX_JSON = 2 * 1024 * 1024
MAX_UPLOAD = 25 * 1024 * 1024
MAX_DEPTH = 32


class StrictJSONParser(BaseParser):
    """One JSON object in UTF-8.  Whatever two parsers could read differently is refused."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        raw = stream.read(MAX_JSON + 1)
        if len(raw) > MAX_JSON:
            raise Problem(413, "请求内容超过 2 MB")
        return loads(raw)


class UploadParser(MultiPartParser):
    """multipart/form-data; its size has been checked at the gate, its fields by Django's own limits."""


def loads(raw: bytes) -> dict[str, Any]:
    """Parse or raise the 400 that says what is wrong."""
    try:
        value = json.loads(
            raw.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
        )
    except RecursionError:
        _refuse(f"嵌套超过 {MAX_DEPTH} 层")
    except ValueError:
        _refuse("不是有效的 JSON（须为 UTF-8 编码）")
    if not isinstance(value, dict):
        _refuse("最外层须是一个对象")
    _check(value)
    return value


def _refuse(reason: str) -> NoReturn:
    raise Problem(400, f"请求内容不能接受：{reason}")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("同一个名称出现了两次")
    return found


def _no_constant(text: str) -> NoReturn:
    _refuse("NaN 和 Infinity 不是 JSON 数字")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse("数字过大")
    return number


def _check(value: Any) -> None:
    """Depth and characters, without recursion: depth first over a stack of (value, depth)."""
    stack = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, dict | list):
            if depth > MAX_DEPTH:
                _refuse(f"嵌套超过 {MAX_DEPTH} 层")
            if isinstance(item, dict):
                stack.extend((name, depth) for name in item)
                item = item.values()
            stack.extend((inner, depth + 1) for inner in item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        _refuse("文字中有 NUL 字符")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            _refuse("文字中有不成对的代理字符")
