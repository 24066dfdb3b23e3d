"""The phone scores as the server does: the same cases through both."""

import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from apps.inspections.checklists import Table, table_from
from apps.inspections.scoring import Answered, score_table, summarise
from tests.frontend.files import STATIC, read
from tests.journeys.conftest import browser

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
CASES = 300
RUN = """(cases) => cases.map((tables) => {
    const scores = tables.map(([content, answers]) => Object.assign(
        { group: content.group, weight: content.weight }, hb.score.table(content, answers)));
    const { shown, grade } = hb.score.summary(scores);
    return { shown, grade, tables: scores.map(({ shown, zeroed, unanswered }) => ({ shown, zeroed, unanswered })) };
})"""


def content(chance: Random, group: str, weight: int) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for seq in range(1, chance.randrange(3, 12)):
        item = {"seq": seq, "name": f"项{seq}", "points": chance.choice((5, 8, 10, 15, 20)), "deductions": []}
        item["part"] = chance.choice(("guarantee", "general"))
        if seq > 1 and chance.random() < 0.2:
            item["when"] = {
                "item": chance.randrange(1, seq),
                "verdicts": chance.sample(("pass", "deduct", "absent"), 2),
            }
        items.append(item)
    return {"group": group, "weight": weight, "guarantee": chance.random() < 0.7, "items": items}


def answers(chance: Random, told: dict[str, Any]) -> dict[int, dict[str, Any]]:
    given = {}
    mean = chance.choice((0.1, 0.3, 0.6))
    for item in told["items"]:
        draw = chance.random()
        if draw < 0.05:
            continue
        verdict = "absent" if draw < 0.15 else "deduct" if draw < 0.15 + mean else "pass"
        off = chance.randrange(1, item["points"] + 3) if verdict == "deduct" else 0
        given[item["seq"]] = {"verdict": verdict, "points_off": off}
    return given


def case(seed: int) -> list[tuple[dict[str, Any], dict[int, dict[str, Any]]]]:
    chance = Random(seed)
    groups = [("脚手架", 10), ("脚手架", 10), ("文明施工", 15), ("施工机具", 5), ("标准化", 0)]
    tables = [content(chance, *group) for group in chance.sample(groups, chance.randrange(1, 6))]
    return [(told, answers(chance, told)) for told in tables]


def by_the_server(tables: list[tuple[dict[str, Any], dict[int, dict[str, Any]]]]) -> dict[str, Any]:
    scores = []
    for index, (told, given) in enumerate(tables):
        table: Table = table_from(f"T{index}", f"表{index}", told)
        scores.append(score_table(table, {seq: Answered(**one) for seq, one in given.items()}))
    summary = summarise(scores)
    return {
        "shown": in_words(summary.shown),
        "grade": summary.grade,
        "tables": [
            {"shown": in_words(one.shown), "zeroed": one.zeroed, "unanswered": list(one.unanswered)} for one in scores
        ],
    }


def in_words(score: Any) -> str:
    return "" if score is None else f"{score.normalize():f}"


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page()
    page.add_script_tag(content=read(STATIC / "js" / "inspect" / "score.js"))
    return page


def test_phone_and_server_score_the_same(page: Page) -> None:
    cases = [case(seed) for seed in range(CASES)]
    told = page.evaluate(RUN, json.loads(json.dumps(cases)))
    expected = [by_the_server(one) for one in cases]
    assert [(seed, a, b) for seed, (a, b) in enumerate(zip(told, expected, strict=True)) if a != b][:2] == []
    assert {one["grade"] for one in expected} == {"", "优良", "合格", "不合格"}
    assert any(table["zeroed"] for one in expected for table in one["tables"])
