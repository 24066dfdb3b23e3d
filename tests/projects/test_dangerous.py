"""Classification of dangerous works: worked cases, boundaries and what must always hold."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.projects.dangerous import categories, classify, parameters

NEITHER, DANGEROUS, SUPER = (False, False), (True, False), (True, True)
FLAGS = sorted(p.name for p in parameters().values() if not p.unit)
SIZES = sorted(p.name for p in parameters().values() if p.unit)


def verdict(category: str, **values: Any) -> tuple[bool, bool]:
    found = classify(category, values)
    return found.is_dangerous, found.is_super


@pytest.mark.parametrize(
    ("category", "values", "expected"),
    [
        ("pit", {"excavation_depth": 2.99}, NEITHER),
        ("pit", {"excavation_depth": 3}, DANGEROUS),
        ("pit", {"excavation_depth": Decimal("4.999")}, DANGEROUS),
        ("pit", {"excavation_depth": 5}, SUPER),
        ("pit", {"excavation_depth": 1, "complex_environment": True}, DANGEROUS),
        ("tool_formwork", {}, SUPER),
        ("formwork_support", {}, NEITHER),
        ("formwork_support", {"support_height": 7.9, "span": 17.9}, DANGEROUS),
        ("formwork_support", {"support_height": 8}, SUPER),
        ("formwork_support", {"line_load": 20}, SUPER),
        ("formwork_support", {"total_load": 15}, SUPER),
        ("bearing_support", {"point_load": 6.9}, DANGEROUS),
        ("bearing_support", {"point_load": 7}, SUPER),
        ("unconventional_lifting", {"lift_weight": 9}, NEITHER),
        ("unconventional_lifting", {"lift_weight": 100}, SUPER),
        ("machine_assembly", {}, DANGEROUS),
        ("machine_assembly", {"base_elevation": 200}, SUPER),
        ("standing_scaffold", {"scaffold_height": 23.9}, NEITHER),
        ("standing_scaffold", {"scaffold_height": 24}, DANGEROUS),
        ("standing_scaffold", {"scaffold_height": 50}, SUPER),
        ("attached_scaffold", {"lift_height": 150}, SUPER),
        ("cantilever_scaffold", {"segment_height": 19.9}, DANGEROUS),
        ("gondola", {}, DANGEROUS),
        ("demolition", {"heritage_area": True}, SUPER),
        ("tunnelling", {}, SUPER),
        ("curtain_wall", {"work_height": 50}, SUPER),
        ("steel_structure", {"steel_span": 35, "grid_span": 59}, DANGEROUS),
        ("steel_structure", {"grid_span": 60}, SUPER),
        ("hand_dug_pile", {"pile_depth": 16}, SUPER),
        ("structure_moving", {"structure_weight": 999}, NEITHER),
        ("structure_moving", {"structure_weight": 1000}, SUPER),
        ("precast", {}, DANGEROUS),
    ],
)
def test_worked_cases(category: str, values: dict[str, Any], expected: tuple[bool, bool]) -> None:
    assert verdict(category, **values) == expected


def test_reasons_name_value_threshold_and_place_in_the_decree_with_super_scale_first() -> None:
    assert classify("pit", {"excavation_depth": 6.50}).reasons == (
        "开挖深度6.5 m，达到超过一定规模的危大工程标准（5 m及以上）：建办质〔2018〕31号附件2一",
        "开挖深度6.5 m，达到危大工程标准（3 m及以上）：建办质〔2018〕31号附件1一（一）",
    )
    assert classify("gondola", {}).reasons == ("该类工程不论规模均属危大工程：建办质〔2018〕31号附件1四（四）",)


def test_every_number_of_the_decree_belongs_to_its_level() -> None:
    """At each threshold itself the level is reached, and a hair below it is not through this parameter alone."""
    for category in categories().values():
        for criterion in category.criteria:
            if criterion.limit is None or criterion.parameter is None:
                continue
            reached = classify(category.code, {criterion.parameter.name: criterion.limit})
            below = classify(category.code, {criterion.parameter.name: criterion.limit - Decimal("0.001")})
            assert reached.is_super if criterion.level == "super" else reached.is_dangerous
            assert criterion.source not in "".join(below.reasons)


def test_an_unknown_category_is_an_error() -> None:
    with pytest.raises(KeyError):
        classify("unknown", {})


values = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.decimals(0, 2000, places=3) for name in SIZES},
        **{name: st.booleans() for name in FLAGS},
    },
)


@given(st.sampled_from(sorted(categories())), values, st.sampled_from(SIZES), st.decimals(0, 2000, places=3))
def test_more_of_anything_never_lowers_the_class(
    category: str, given_values: dict[str, Any], name: str, more: Decimal
) -> None:
    before = verdict(category, **given_values)
    after = verdict(category, **{**given_values, name: given_values.get(name, Decimal(0)) + more})
    assert after >= before


@given(st.sampled_from(sorted(categories())), values)
def test_super_works_are_dangerous_and_every_class_has_its_reason(category: str, given_values: dict[str, Any]) -> None:
    found = classify(category, given_values)
    assert found.is_dangerous or not found.is_super
    assert bool(found.reasons) == found.is_dangerous
