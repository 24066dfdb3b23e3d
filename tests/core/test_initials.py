"""Initials of names: written with the name, filled in for rows that came by other ways."""

import pytest

from apps.accounts.models import Organisation
from apps.core.initials import fill_initials, letters_of, letters_of_person
from apps.people.models import Person
from tests.factories import EnterpriseFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("长安宽谷3期（一标段）", "cakg3qybd"),
        ("重庆银行A座", "cqyhaz"),
        ("Ａ区１号", "aq1h"),
        ("", ""),
        ("——", ""),
        ("㎡℡", "mt"),
    ],
)
def test_initials_follow_the_reading(name: str, initials: str) -> None:
    assert len(letters_of(name)) == len(name)
    assert "".join(letters_of(name)) == initials


def test_surname_is_read_as_a_surname() -> None:
    assert "".join(letters_of_person("曾志强")) == "zzq"
    assert letters_of_person("") == []


def test_initials_follow_the_name() -> None:
    firm = EnterpriseFactory(organisation__name="长安宽谷")
    assert firm.organisation.initials == "cakg"
    firm.organisation.name = "滨河建工"
    firm.organisation.save()
    assert Organisation.objects.get(pk=firm.pk).initials == "bhjg"


def test_rows_written_around_the_model_are_filled_once_and_keep_their_version() -> None:
    persons = [PersonFactory(name=name) for name in ("韩立平", "曾立平", "韩立平")]
    Person.objects.update(initials="")
    assert fill_initials(Person) == 3
    assert fill_initials(Person) == 0
    read = dict(Person.objects.values_list("pk", "initials"))
    assert [read[p.pk] for p in persons] == ["hlp", "zlp", "hlp"]
    assert set(Person.objects.values_list("version", flat=True)) == {1}
