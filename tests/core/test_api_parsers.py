"""Bodies that two programs could read differently, or that could trouble PostgreSQL, are refused with 400."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.api.parsers import MAX_DEPTH, loads
from apps.core.problems import Problem


def refusal(raw: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        loads(raw)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "不是有效的 JSON"),
        (b"{", "不是有效的 JSON"),
        (b"{'a':1}", "不是有效的 JSON"),
        ('{"a": "中"}'.encode("gb18030"), "不是有效的 JSON"),
        ('{"a": 1}'.encode("utf-16"), "不是有效的 JSON"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "不是有效的 JSON"),
        (b"[1]", "最外层须是一个对象"),
        (b'"text"', "最外层须是一个对象"),
        (b"null", "最外层须是一个对象"),
        (b'{"a": 1, "a": 2}', "同一个名称出现了两次"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "同一个名称出现了两次"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "NaN"),
        (b'{"a": 1e999}', "数字过大"),
        (b'{"a": "x\\u0000y"}', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'{"a": "\\ud800"}', "代理"),
        (b'{"a": ["\\udc00\\ud800"]}', "代理"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "嵌套"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "嵌套"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "嵌套"),
    ],
    ids=range(21),
)
def test_ambiguous_or_harmful_body_is_refused(raw: bytes, reason: str) -> None:
    problem = refusal(raw)
    assert problem.status_code == 400
    assert reason in problem.parts["message"]


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_depth_is_counted_exactly() -> None:
    assert loads(nested(MAX_DEPTH))
    assert "嵌套" in refusal(nested(MAX_DEPTH + 1)).parts["message"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc中", max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc中", max_size=3), VALUES, max_size=5))
def test_sound_body_is_read_as_python_reads_it(body: dict[str, Any]) -> None:
    assert loads(json.dumps(body).encode()) == body


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        loads(raw)
    except Problem as problem:
        assert problem.status_code == 400
