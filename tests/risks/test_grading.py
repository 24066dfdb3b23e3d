"""Scores and colours: values in, verdict out, and the rules as data."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from apps.core.registers import registry
from apps.risks.grading import NotInTable, judge, tables_of
from apps.risks.models import RiskRule
from apps.risks.reference import FLOORS, LEC, LS, RULES

LEC_TABLES = tables_of("lec", LEC, RULES[0]["bands"], FLOORS)
LS_TABLES = tables_of("ls", LS, RULES[1]["bands"], FLOORS)


def lec(likelihood: str, exposure: str, consequence: str) -> dict[str, Decimal]:
    return dict(
        zip(("likelihood", "exposure", "consequence"), map(Decimal, (likelihood, exposure, consequence)), strict=True)
    )


@pytest.mark.parametrize(
    ("values", "score", "level"),
    [
        (("10", "10", "100"), "10000", 4),
        (("6", "6", "15"), "540", 4),
        (("3", "6", "15"), "270", 3),
        (("3", "10", "7"), "210", 3),
        (("10", "1", "7"), "70", 2),  # the bound itself belongs to the upper band
        (("10", "2", "3"), "60", 1),
        (("0.1", "0.5", "1"), "0.05", 1),
    ],
)
def test_lec_is_the_product_and_its_band(values: tuple[str, str, str], score: str, level: int) -> None:
    verdict = judge(LEC_TABLES, lec(*values))
    assert (verdict.score, verdict.by_score, verdict.level) == (Decimal(score), level, level)


@pytest.mark.parametrize(
    ("pair", "level"), [((5, 4), 4), ((5, 3), 3), ((4, 4), 3), ((3, 3), 2), ((4, 2), 1), ((1, 1), 1)]
)
def test_matrix_has_its_own_bands(pair: tuple[int, int], level: int) -> None:
    values = {"likelihood": Decimal(pair[0]), "consequence": Decimal(pair[1])}
    assert judge(LS_TABLES, values).level == level


def test_super_scale_is_red_whatever_the_score() -> None:
    verdict = judge(LEC_TABLES, lec("1", "1", "1"), scale="super")
    assert (verdict.by_score, verdict.floor, verdict.level) == (1, 4, 4)
    assert verdict.reasons[-1] == "超过一定规模的危大工程不低于重大（红）"


def test_dangerous_work_is_at_least_orange_and_may_be_red() -> None:
    assert judge(LEC_TABLES, lec("1", "1", "1"), scale="dangerous").level == 3
    assert judge(LEC_TABLES, lec("6", "6", "15"), scale="dangerous").level == 4


@pytest.mark.parametrize(
    ("values", "factor"), [(lec("4", "6", "15"), "likelihood"), ({"likelihood": Decimal(3)}, "exposure")]
)
def test_value_that_is_not_in_the_table_is_named(values: dict[str, Decimal], factor: str) -> None:
    with pytest.raises(NotInTable) as wrong:
        judge(LEC_TABLES, values)
    assert wrong.value.factor == factor


def test_verdict_explains_itself() -> None:
    assert judge(LEC_TABLES, lec("0.5", "6", "15")).reasons == (
        "可能性 L 0.5 × 暴露频次 E 6 × 后果 C 15 = 45，低（蓝）",
    )
    assert LEC_TABLES.bands_in_words == "≥320 重大（红），≥160 较大（橙），≥70 一般（黄），其余 低（蓝）"


@pytest.mark.django_db
def test_each_edition_is_in_force_until_the_next_begins() -> None:
    first = RiskRule.objects.get(method="lec")
    later = RiskRule.objects.create(
        method="lec",
        name="新版",
        effective_from=date(2026, 6, 1),
        factors=LEC,
        bands=[["100", 4], ["0", 1]],
        floors=FLOORS,
    )
    assert RiskRule.objects.in_force("lec", date(2026, 5, 31)) == first
    assert RiskRule.objects.in_force("lec", date(2026, 6, 1)) == later
    assert RiskRule.objects.in_force("lec", date(2000, 1, 1)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"bands": []}, {"effective_from": timezone.localdate() + timedelta(days=1)}])
def test_database_refuses_to_change_an_edition(change: dict[str, object]) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        RiskRule.objects.filter(method="lec").update(**change)


@pytest.mark.django_db
def test_shipped_rules_say_that_they_are_samples() -> None:
    assert list(RiskRule.objects.values_list("is_sample", flat=True)) == [True, True]


@pytest.mark.django_db
def test_the_database_says_the_tables_in_the_same_words() -> None:
    columns = {c.path: c.expression for c in registry["risk_rules"].columns if c.expression is not None}
    rules: list[Any] = list(
        RiskRule.objects.annotate(bands_said=columns["bands_in_words"], floors_said=columns["floors_in_words"])
    )
    assert rules
    assert [(r.bands_said, r.floors_said) for r in rules] == [(r.bands_in_words, r.floors_in_words) for r in rules]
