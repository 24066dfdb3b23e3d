"""Whatever is sent, no operation answers 5xx, and every refusal is the envelope."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api_client import Api
from tests.contracts.operations import Described, operations
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards import stories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
# Reading a body is the same everywhere, so one operation of each kind stands for the others.
KINDS = ("auth_token", "people_create", "projects_update", "hazards_close")
ODD_TEXTS = (
    "",
    "\0",
    "\u202e",
    "％",
    "'--",
    "../..",
    "null",
    "NaN",
    "1e400",
    "9" * 400,
    "-1",
    "2026-13-45",
    "长" * 5000,
    "{{7*7}}",
)
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(max_size=30)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


@pytest.fixture
def api() -> Api:
    site = stories.site()
    stories.draft(site)
    EnterpriseFactory()
    return Api(site.head)


def sound(answer: Any, operation: Described) -> None:
    assert answer.status_code < 500, answer.content.decode()
    assert answer.status_code in operation.statuses, answer.content.decode()
    if answer.status_code >= 400:
        body = answer.json()
        assert set(body) <= {"code", "message", "fields", "current", "request_id"}
        assert body["message"]


writing = pytest.mark.parametrize(
    "operation", [o for o in operations("post", "patch") if o.example is not None], ids=lambda o: o.id
)
listing = pytest.mark.parametrize("operation", [o for o in operations("get") if not o.key], ids=lambda o: o.id)


def address(operation: Described, api: Api) -> str:
    """Of a visible record where there is one, so that the body is looked at."""
    if not operation.key:
        return operation.path
    rows = api.get(operation.path.partition("{")[0]).json().get("results") or [{"key": "1"}]
    return operation.at(rows[0]["key"])


@writing
@QUICK
@given(data=st.data())
def test_any_values_in_the_known_fields(api: Api, operation: Described, data: st.DataObject) -> None:
    names = st.sampled_from([*(operation.example or {}), "x"])
    body = (operation.example or {}) | data.draw(st.dictionaries(names, VALUES, min_size=1, max_size=4))
    headers = {"If-Match": '"1"', "Idempotency-Key": "fuzz"}
    sound(api.send(operation.method.upper(), address(operation, api), body, headers), operation)


@pytest.mark.parametrize("operation", [o for o in operations() if o.id in KINDS], ids=lambda o: o.id)
@QUICK
@given(raw=st.binary(max_size=60) | VALUES.map(lambda v: str(v).encode("utf-8", "surrogatepass")))
def test_any_bytes_as_a_body(api: Api, operation: Described, raw: bytes) -> None:
    sound(api.send(operation.method.upper(), address(operation, api), raw, {"Idempotency-Key": "fuzz"}), operation)


@listing
@QUICK
@given(data=st.data())
def test_any_query(api: Api, operation: Described, data: st.DataObject) -> None:
    names = [p["name"] for p in operation.spec.get("parameters", [])]
    query = data.draw(st.dictionaries(st.sampled_from([*names, "x", ""]), TEXTS, max_size=4))
    sound(api.get(f"{operation.path}?{urlencode(query, errors='replace')}"), operation)


@QUICK
@given(key=TEXTS.filter(lambda text: "/" not in text and text not in ("", ".", "..")))
def test_any_key_in_an_address(api: Api, key: str) -> None:
    for operation in operations("get"):
        if operation.key:
            sound(api.get(operation.at(quote(key, errors="replace"))), operation)


@QUICK
@given(value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_any_header(api: Api, value: str) -> None:
    (operation,) = [o for o in operations() if o.id == "projects_update"]
    path = operation.at(ProjectFactory().number)
    for name in ("If-Match", "Idempotency-Key", "Accept", "Content-Encoding", "X-Request-Id", "Authorization"):
        sound(api.send("PATCH", path, {"address": "新址"}, {name: value}), operation)
