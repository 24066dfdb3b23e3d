"""What /api/schema/ promises about itself."""

import re
from collections import Counter

import pytest
from django.test import Client
from django.urls import get_resolver

from apps.core.api.operations import SCOPES
from apps.core.registers import registry
from apps.documents.workflow import TEMPLATE
from tests.contracts.addresses import MOVED
from tests.contracts.operations import Described, description, misfits, operations

every = pytest.mark.parametrize("operation", operations(), ids=lambda o: o.id)


@pytest.mark.parametrize("accepted", ["", "*/*", "application/json", "application/vnd.oai.openapi+json"])
def test_description_is_open_to_all_and_json(accepted: str) -> None:
    answer = Client(headers={"Accept": accepted} if accepted else {}).get("/api/schema/?format=json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert answer.json()["paths"].keys() == description()["paths"].keys()


def test_names_of_operations_are_unique() -> None:
    assert [name for name, times in Counter(o.id for o in operations()).items() if times > 1] == []


@every
def test_operation_says_scope_and_security(operation: Described) -> None:
    assert operation.spec["x-scope"] in SCOPES
    assert (operation.spec["security"] == [{}]) == (operation.spec["x-scope"] == "public")


@every
def test_operation_has_a_chinese_summary(operation: Described) -> None:
    assert re.search("[一-龥]", operation.spec["summary"])


@every
def test_operation_with_a_body_describes_it(operation: Described) -> None:
    has_body = operation.method in ("post", "patch", "put") and operation.id != "auth_logout"
    assert bool(operation.spec.get("requestBody")) == has_body


@every
def test_failures_are_described(operation: Described) -> None:
    assert {"400", "401", "403", "404", "429", "500"} <= set(operation.spec["responses"])


@every
def test_every_refusal_that_can_be_answered_is_told(operation: Described) -> None:
    told = {400, 401, 403, 404, 405, 406, 429, 500, 503}
    if operation.method != "get":
        told |= {409, 413, 415, 422}
    for parameter in operation.spec["parameters"]:
        if parameter["name"] == "If-Match":
            told |= {412, 428} if parameter.get("required") else {412}
    assert {status for status in operation.statuses if status >= 400} == told


@every
def test_parameters_of_the_address_are_those_described(operation: Described) -> None:
    told = [p for p in operation.spec.get("parameters", ()) if p["in"] == "path"]
    assert sorted(p["name"] for p in told) == sorted(re.findall(r"\{(\w+)\}", operation.path))
    assert all(p["required"] for p in told)


@every
def test_example_fits_its_own_description(operation: Described) -> None:
    if operation.example is not None:
        assert misfits(operation.example, operation.body_schema()) == []


def test_every_register_can_be_read() -> None:
    told = {o.id for o in operations("get")}
    assert {f"{name}_{verb}" for name in registry for verb in ("list", "retrieve")} <= told


def test_every_move_is_an_operation_that_says_its_states() -> None:
    told = {o.id: o.spec["x-states"] for o in operations("post") if "x-states" in o.spec}
    tables = {**MOVED, "paper_templates": TEMPLATE}
    assert told == {
        f"{name}_{m.name}": {"from": list(m.sources), "to": m.target or None}
        for name, table in tables.items()
        for m in table.offered
    }


def test_every_address_under_api_is_described() -> None:
    told = {re.sub(r"\{\w+\}", "*", path) for path in description()["paths"]}
    served = {
        "/api/" + re.sub(r"\(\?P<\w+>[^)]*\)|<\w+:\w+>", "*", str(pattern)).replace("^", "").replace("$", "")
        for pattern in addresses()
    }
    assert served == told


def addresses() -> list[str]:
    """The patterns under /api/, without the prefix."""
    found = []
    for pattern in get_resolver().url_patterns:
        inside = [str(inner.pattern) for inner in getattr(pattern, "url_patterns", ())]
        if str(pattern.pattern) == "api/":
            found += inside
        found += [text.removeprefix("api/") for text in inside if text.startswith("api/")]
    return found


def test_schema_stays_handy() -> None:
    assert len(Client().get("/api/schema/").content) < 500_000
