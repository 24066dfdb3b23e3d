"""Every order that the ledger offers is the order of an index, for a county, a city and the province, on any page.

The planner is not allowed to sort or to read the whole table; where an index gives the order it need do neither.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.hazards.models import Hazard
from tests.hazards import stories
from tests.personas import CHANGAN, PROVINCE, SHIJIAZHUANG, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LEDGER = registry["hazards"]
SORTS = [f"{sign}{column.name}" for column in LEDGER.columns if column.sortable for sign in ("", "-")]
OFF = ("seqscan", "bitmapscan", "sort", "incremental_sort")


def officers() -> list[User]:
    places = (("inspector", CHANGAN), ("city_officer", SHIJIAZHUANG), ("province_officer", PROVINCE))
    return [persona(role, at=at) for role, at in places]


def plans(user: User, query: str) -> Iterator[str]:
    """How PostgreSQL would fetch the rows of this page."""
    listing = Listing(LEDGER, user, QueryDict(query))
    assert listing.columns
    assert listing.counted
    with CaptureQueriesContext(connection) as asked:
        assert listing.records is not None
    rows = [query["sql"] for query in asked if "LIMIT" in query["sql"] and '"projects_project"' in query["sql"]]
    with connection.cursor() as cursor:
        for name in OFF:
            cursor.execute(f"SET LOCAL enable_{name} = off")
        for sql in rows:
            cursor.execute(f"EXPLAIN {sql}")
            yield "\n".join(line for (line,) in cursor)
        for name in OFF:
            cursor.execute(f"SET LOCAL enable_{name} = on")


@pytest.fixture
def ledger() -> list[Hazard]:
    place = stories.site()
    return [stories.taken_to("ordered", place) for _ in range(3)]


@pytest.mark.parametrize("view", ["open", "all"])
def test_every_order_is_that_of_an_index(ledger: list[Hazard], view: str) -> None:
    for user in officers():
        for sort in ["", *SORTS]:
            for plan in plans(user, f"view={view}&sort={sort}&size=20"):
                assert "Sort" not in plan, (user.role, sort, plan)
                assert "Seq Scan on hazards_hazard" not in plan, (user.role, sort, plan)


@pytest.mark.parametrize("sort", ["", *SORTS])
def test_a_deep_page_goes_on_from_its_row(ledger: list[Hazard], sort: str) -> None:
    for user in officers():
        for way in ("after", "before"):
            found = list(plans(user, f"view=open&sort={sort}&size=20&page=7&{way}={ledger[1].pk}"))
            assert found
            for plan in found:
                assert "Sort" not in plan, (user.role, sort, plan)


def test_without_the_index_of_an_order_the_test_tells(ledger: list[Hazard]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX hazard_by_finding")
    plan = next(plans(persona("province_officer", at=PROVINCE), "view=all&sort=found_on&size=20"))
    assert "Sort" in plan
