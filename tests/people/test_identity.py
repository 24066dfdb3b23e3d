"""The identity number: what is wrong with one is said by place, without repeating it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.people.identity import age_on, birth_date, masked, normalised, problem, sex

GOOD = "11010519491231002X"
TODAY = date(2026, 11, 22)


def test_the_vector_of_the_standard_passes() -> None:
    assert problem(GOOD, TODAY) is None


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (GOOD[:-1], "身份证号码应为18位，现为17位"),
        ("110105194912310021", "身份证号码第18位校验码应为“X”，现为“1”，请核对前面各位"),
        ("1101051949123100X2", "身份证号码第17位“X”应为数字"),
        ("11010519491231002A", "身份证号码第18位“A”应为数字或X"),
        ("11010519491331002X", "身份证号码第7至14位不是有效的出生日期"),
        ("11010520991231002X", "身份证号码第7至14位不是有效的出生日期"),
    ],
)
def test_the_first_fault_is_named(number: str, sentence: str) -> None:
    assert problem(number, TODAY) == sentence


def test_sex_birth_and_age_are_read_off_the_number() -> None:
    assert (birth_date(GOOD), sex(GOOD)) == (date(1949, 12, 31), "女")
    assert [age_on(GOOD, day) for day in (date(2026, 12, 30), date(2026, 12, 31))] == [76, 77]


def test_numbers_are_read_as_people_write_them() -> None:
    assert normalised("１１０１０５ 19491231 002x") == GOOD


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_the_mask_keeps_eight_characters_of_eighteen(number: str) -> None:
    shown = masked(number)
    assert (shown[:4], shown[4:14], shown[14:]) == (number[:4], "*" * 10, number[14:])
