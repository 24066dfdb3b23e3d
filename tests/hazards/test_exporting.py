"""The form that offices hand in, for hazards that were recorded here."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from apps.hazards.exporting import COLUMNS, ledger_rows, ledger_sheet
from apps.hazards.models import Grade, Hazard, RiskLevel
from tests.core.imports.flow import Flow, content
from tests.hazards import stories
from tests.hazards.importing.ledgers import FIRMS, HEAD, line, read_back
from tests.hazards.importing.ledgers import ledger as as_ledger
from tests.personas import QIAOXI, inspector

pytestmark = pytest.mark.django_db


def ledger(client: Client, query: str = "view=all") -> list[list[Any]]:
    answer: Any = client.post(f"/hazards/export/?{query}&layout=ledger")
    return read_back(content(answer))


def test_the_columns_are_those_of_the_form() -> None:
    labels = [column.label for column in COLUMNS]
    assert labels == [*HEAD[:11], *FIRMS, *HEAD[15:]]
    assert [column.group for column in COLUMNS if column.label in FIRMS] == [("整改责任单位",)] * 4
    assert ledger_sheet(["筛选：无"]).subtitle_lines == ["筛选：无"]


def test_a_hazard_recorded_here_fills_the_form_from_what_is_known() -> None:
    place = stories.site()
    hazard = stories.draft(place, grade=Grade.MAJOR, risk_level=RiskLevel.MAJOR)
    (row,) = ledger_rows(Hazard.objects.all())
    told = dict(zip([column.label for column in COLUMNS], row, strict=True))
    assert told["检查时间"] == hazard.found_on
    assert told["检查项目"] == place.project.name
    assert told["隐患等级"] == "1级"
    assert (told["施工"], told["监理"]) == (hazard.enterprise.name, "")
    assert told["销号情况"] == "待下达"


def test_rows_are_numbered_as_they_were_recorded_and_cut_to_the_county(client: Client) -> None:
    place = stories.site()
    first, second = stories.draft(place), stories.draft(place)
    stories.draft(stories.site(QIAOXI))
    client.force_login(place.inspector)
    rows = ledger(client, "view=all&sort=-number")
    assert [(row[0], row[6]) for row in rows] == [(1, first.description), (2, second.description)]


def test_the_filter_of_the_screen_holds_for_the_form(client: Client) -> None:
    place = stories.site()
    stories.draft(place)
    client.force_login(place.inspector)
    assert ledger(client, "view=overdue") == []


def test_many_rows_take_one_query(django_assert_num_queries: Any) -> None:
    place = stories.site()
    for _ in range(3):
        stories.draft(place)
    with django_assert_num_queries(1):
        assert len(list(ledger_rows(Hazard.objects.all()))) == 3


def test_an_imported_time_of_day_and_a_grade_that_is_a_number_come_out_as_they_came_in() -> None:
    importing = Flow(inspector(), "hazards")
    moment = datetime.fromisoformat("2024-07-23T15:20")
    importing.whole(as_ledger([line(1, found_on=moment, deadline=moment, grade=3), line(2)]), unknown="new")
    timed, plain = ledger(importing.client)
    assert (timed[1], timed[10], timed[16], timed[8]) == (moment, moment, date(2024, 7, 9), 3)
    assert (plain[1], plain[8]) == (date(2024, 7, 3), "3级")
