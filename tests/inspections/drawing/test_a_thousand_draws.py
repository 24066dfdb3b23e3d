"""A thousand draws of all sizes, each made by the platform and taken again by both verifiers."""

import json
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page

from apps.core.canonical import canonical_json, sha256_of
from apps.inspections.drawing import ALGORITHM
from apps.inspections.drawing.drawing import commitment_of, numbered, strata_of
from apps.inspections.drawing.quotas import GRADES
from apps.inspections.verifiers import verify_draw
from tests.inspections.drawing import bundles
from tests.inspections.drawing.conftest import opened

DRAWS = 1000
OUTER = {"code": "130100", "path": "/13/1301/"}
Bundle = dict[str, Any]


def groups_of(rng: Random, algorithm: str) -> list[Bundle]:
    """A city that has one number, or counties that have theirs, some of them by rate: the older way by count alone."""

    def count() -> int | None:
        return rng.randint(0, 9) if algorithm != ALGORITHM or rng.random() < 0.3 else None

    counties = [{"code": code, "path": path} for code, path in bundles.COUNTIES.items()]
    return [group | {"count": count()} for group in rng.choice(([OUTER], counties, [OUTER, counties[0]]))]


def terms_of(rng: Random, number: int, pool: list[Bundle]) -> Bundle:
    algorithm = "hebei-draw/1" if number % 5 == 0 else ALGORITHM
    groups = groups_of(rng, algorithm)
    rates = {grade: rng.choice((0, 1, 5, 10, 33, 50, 100)) for grade in GRADES}
    return bundles.terms_for(
        pool,
        algorithm=algorithm,
        number=f"冀石建安抽〔2026〕{number:06d}号",
        groups=groups,
        rates=rates,
        strata=strata_of(pool, groups, rates),
        inspectors_each=rng.randint(1, 3),
        theme=rng.choice(("general", "pit")),
    )


def people(rng: Random, pool: list[Bundle]) -> list[Bundle]:
    return [
        bundles.inspector(
            n,
            area=rng.choice(("/13/1301/", "/13/1301/", *bundles.COUNTIES.values())),
            load=rng.randint(0, 2),
            barred=sorted(line["project"] for line in pool if rng.random() < 0.1),
            unfit=rng.choice(("", "", "", "away", "certificate")),
        )
        for n in range(rng.randint(0, 6))
    ]


def made(number: int) -> tuple[Bundle, Bundle]:
    """What was announced and what was drawn, as their files hold them; the same number gives the same."""
    rng = Random(number)
    lines = [bundles.line(n, rng.choice([*bundles.COUNTIES]), rng.choice(GRADES)) for n in range(rng.randint(1, 12))]
    pool = numbered(lines)
    secrets = (f"first-secret-{number:06d}", f"second-secret-{number:06d}")
    commitments = {key: commitment_of(secret) for key, secret in zip("ab", secrets, strict=True)}
    told = bundles.announced_bundle(
        terms_of(rng, number, pool), pool, people(rng, pool), commitments, announced_at=bundles.ANNOUNCED_AT
    )
    drawn = bundles.drawn_bundle(told, secrets, f"{rng.random():.4f}", drawn_at=bundles.DRAWN_AT)
    return bundles.plain(told), bundles.plain(drawn)


@pytest.fixture(scope="module")
def draws() -> list[tuple[Bundle, Bundle]]:
    return [made(number) for number in range(DRAWS)]


def turned_round(draws: list[tuple[Bundle, Bundle]]) -> list[tuple[Bundle, Bundle]]:
    """The control: each draw with the order of its first stratum turned round, and hashes that agree with it."""
    spoiled = []
    for told, drawn in draws:
        result = json.loads(canonical_json(drawn["result"]))
        order = next((line["order"] for line in result["strata"] if len(line["order"]) > 1), None)
        if order:
            order.reverse()
            spoiled.append((told, drawn | {"result": result, "result_sha256": sha256_of(result)}))
    return spoiled


def test_the_thousand_are_of_many_kinds(draws: list[tuple[Bundle, Bundle]]) -> None:
    """Without inspectors, without any hit, with lacking teams, with parts of one, of both algorithms."""
    drawn = [bundle for _, bundle in draws]
    assert len({bundle["seed"] for bundle in drawn}) == DRAWS
    assert {bundle["terms"]["algorithm"] for bundle in drawn} == {"hebei-draw/1", "hebei-draw/2"}
    kinds = (
        lambda bundle: not bundle["inspectors"],
        lambda bundle: not bundle["result"]["visits"],
        lambda bundle: any(visit["lacking"] for visit in bundle["result"]["visits"]),
        lambda bundle: any(visit["team"] for visit in bundle["result"]["visits"]),
        lambda bundle: any(line["more"] for line in bundle["terms"]["strata"]),
    )
    assert [sum(map(kind, drawn)) > 50 for kind in kinds] == [True] * len(kinds)


def test_python_verifier_finds_a_thousand_draws_equal(draws: list[tuple[Bundle, Bundle]]) -> None:
    assert [drawn["terms"]["number"] for told, drawn in draws if verify_draw.problems(drawn, told)] == []


def test_python_verifier_finds_none_equal_that_was_altered(draws: list[tuple[Bundle, Bundle]]) -> None:
    altered = turned_round(draws[:200])
    assert len(altered) > 100
    assert [drawn["terms"]["number"] for told, drawn in altered if not verify_draw.problems(drawn, told)] == []


@pytest.mark.browser
def test_page_finds_a_thousand_draws_equal_and_none_that_was_altered(
    page: Page, draws: list[tuple[Bundle, Bundle]]
) -> None:
    """All in one page that stays open, as choosing each as a file would take minutes."""
    opened(page)
    ask = "(text) => JSON.parse(text).map(([told, drawn]) => problems(drawn, told).length)"
    assert page.evaluate(ask, json.dumps(draws)) == [0] * DRAWS
    assert 0 not in page.evaluate(ask, json.dumps(turned_round(draws[:200])))
