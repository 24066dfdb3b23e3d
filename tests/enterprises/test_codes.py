"""The credit code: what is wrong with one is said by place."""

import random

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.dashboards.demo.people import Names
from apps.enterprises.codes import ALPHABET, normalised, problem
from apps.enterprises.models import Enterprise
from tests.factories import EnterpriseFactory, credit_code

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


# The database's own word ----------------------------------------------------------------------------------------------


def is_sound(*codes: str) -> list[bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uscc_is_sound(code) FROM unnest(%s) WITH ORDINALITY AS t (code, n) ORDER BY n", [list(codes)]
        )
        return [told for (told,) in cursor.fetchall()]


@pytest.mark.django_db
def test_the_database_tells_sound_codes_as_python_does() -> None:
    """Good ones of all check digits, each with every wrong one, and codes of a wrong form."""
    chance = random.Random(32100)
    bodies = ["".join([*chance.choices(ALPHABET, k=2), *chance.choices("0123456789", k=6)]) for _ in range(40)]
    codes = [
        body + end
        for start in bodies
        for body in [start + "".join(chance.choices(ALPHABET, k=9))]
        for end in [*ALPHABET, "I", "O", "", "33"]
    ]
    codes += [GOOD, GOOD.lower(), GOOD[:-1], f" {GOOD}", f"{GOOD} ", "", "9135A100M000100Y43"]
    told = is_sound(*codes)
    assert told == [problem(code) is None for code in codes]
    assert told.count(True) == 41


@pytest.mark.django_db
def test_no_firm_is_written_with_a_wrong_check_digit_whatever_writes_it() -> None:
    firm = EnterpriseFactory(uscc=GOOD)
    with pytest.raises(IntegrityError, match="uscc_has_its_check_digit"), transaction.atomic():
        Enterprise.objects.filter(pk=firm.pk).update(uscc="91350100M000100Y44")
    with (
        pytest.raises(IntegrityError, match="uscc_has_its_check_digit"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE enterprises_enterprise SET uscc = '91350100M000100Y34'")
    with pytest.raises(IntegrityError, match="uscc_has_its_check_digit"), transaction.atomic():
        EnterpriseFactory(uscc="91350100M000100Y40")
    assert Enterprise.objects.get().uscc == GOOD


@pytest.mark.slow
@pytest.mark.django_db
def test_all_codes_of_the_demonstration_are_sound() -> None:
    names = Names(random.Random(1))
    seeds = [names.credit_code(region) for region in ("130102", "130682", "省") for _ in range(1000)]
    seeds += [credit_code(n) for n in range(1000)]
    assert all(is_sound(*seeds))
    assert {problem(code) for code in seeds} == {None}
