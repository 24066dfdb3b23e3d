"""A list costs the same number of queries however many rows it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.registers import registry
from apps.notifications.models import Level, Message
from tests.api_client import Api
from tests.factories import DangerousWorkFactory, EnterpriseFactory, PersonFactory, ProjectFactory
from tests.hazards import stories
from tests.personas import CHANGAN, inspector, persona
from tests.risks import stories as risks

pytestmark = pytest.mark.django_db

MOST = 8


def one_hazard() -> None:
    stories.draft(stories.site())


def one_risk() -> None:
    risks.in_force(stories.site())


MORE: dict[str, Callable[[], Any]] = {
    "enterprises": EnterpriseFactory,
    "people": PersonFactory,
    "projects": lambda: ProjectFactory(contractor=EnterpriseFactory()),
    "dangerous_works": DangerousWorkFactory,
    "hazards": one_hazard,
    "risks": one_risk,
}


def queries(api: Api, path: str) -> tuple[int, int]:
    """How many rows were shown, and what they cost, once caches know the dictionaries."""
    api.get(path)
    with CaptureQueriesContext(connection) as told:
        answer = api.get(path)
    assert answer.status_code == 200
    return len(answer.json()["results"]), len(told)


@pytest.mark.parametrize("name", MORE)
def test_three_rows_cost_what_one_costs(name: str) -> None:
    api = Api(inspector(CHANGAN))
    MORE[name]()
    one, cost = queries(api, f"/api/{name}/")
    for _ in range(2):
        MORE[name]()
    three, same = queries(api, f"/api/{name}/")
    assert (one, three, same) == (1, 3, cost)
    assert cost <= MOST


@pytest.mark.parametrize("name", sorted(set(registry) - set(MORE)))
def test_no_list_is_dear(name: str) -> None:
    for role in ("auditor", "security_admin", "station_head"):
        api = Api(persona(role))
        with CaptureQueriesContext(connection) as told:
            answer = api.get(f"/api/{name}/", {"size": 200})
        assert answer.status_code in (200, 403)
        assert len(told) <= MOST


def test_three_messages_cost_what_one_costs() -> None:
    user = inspector()
    costs = []
    for number in range(3):
        Message.objects.create(
            recipient=user, kind="x", level=Level.INFO, title="消息", url="/", dedupe_key=str(number)
        )
        costs.append(queries(Api(user), "/api/messages/")[1])
    assert len(set(costs)) == 1
