"""Whatever a long ledger can be sorted by is the order of an index, so that a page does not sort the table.

The planner may neither sort nor read a table as a whole; where an index gives the order it need do neither.  The ledger
of hazards has a test of its own, for its scopes and pages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from apps.core.listing import Listing
from apps.core.registers import registry
from tests.personas import persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LONG = ("risks", "projects", "dangerous_works", "enterprises", "people", "users", "papers")
ORDERS = [(name, column.name) for name in LONG for column in registry[name].columns if column.sortable]
OFF = ("seqscan", "bitmapscan", "sort", "incremental_sort")


def plan_of(name: str, sort: str) -> dict[str, Any]:
    reader = persona("system_admin" if name == "users" else "auditor")
    rows = Listing(registry[name], reader, QueryDict(f"view=all&sort={sort}")).sorted[:20]
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        for node in OFF:
            cursor.execute(f"SET LOCAL enable_{node} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        return cursor.fetchone()[0][0]["Plan"]


def steps(plan: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of the plan's nodes, without those that make single values of a row."""
    yield plan["Node Type"]
    for below in plan.get("Plans", ()):
        if below["Parent Relationship"] not in ("SubPlan", "InitPlan"):
            yield from steps(below)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("name", "column"), ORDERS)
def test_order_is_that_of_an_index(name: str, column: str, sign: str) -> None:
    assert not {"Sort", "Incremental Sort"} & set(steps(plan_of(name, sign + column)))


def test_without_its_index_an_order_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX project_by_area_m2")
    assert "Sort" in set(steps(plan_of("projects", "area_m2")))
