"""The credit code: what is wrong with one is said by place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.enterprises.codes import ALPHABET, normalised, problem

GOOD = "91350100M000100Y43"


def test_the_vector_of_the_standard_passes() -> None:
    assert problem(GOOD) is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (GOOD[:-1], "统一社会信用代码应为18位，现为17位"),
        ("91350100M000100Y44", "第18位校验码应为“3”，现为“4”，请核对前面各位"),
        ("91350100M00O100Y43", "第12位“O”不能用于统一社会信用代码（只用数字和除I、O、S、V、Z以外的大写字母）"),
        ("9135A100M000100Y43", "第5位“A”应为数字（第3至8位是登记机关行政区划码）"),
        ("", "统一社会信用代码应为18位，现为0位"),
    ],
)
def test_the_first_fault_is_named(code: str, sentence: str) -> None:
    assert problem(code) == sentence


def test_codes_are_read_as_people_write_them() -> None:
    assert normalised("９１３５０１００-m000100y43 ") == GOOD


@given(st.integers(0, 16), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(place: int, other: str) -> None:
    altered = GOOD[:place] + other + GOOD[place + 1 :]
    assert (problem(altered) is None) == (altered == GOOD)
