"""What all forms of the platform share."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import DayField, FactsForm, RecentDayField, ScopedForm
from apps.projects.forms import ProjectForm
from apps.projects.models import Project
from tests.personas import persona

DASHES = "---------"


class Choosing(ScopedForm):
    needed = forms.ChoiceField(choices=[("", DASHES), ("1", "一")])
    optional = forms.ChoiceField(choices=[("", DASHES), ("1", "一")], required=False)
    own = forms.ChoiceField(choices=[("", "全部"), ("1", "一")])


def test_nothing_chosen_is_said_in_words() -> None:
    fields = Choosing(user=None).fields
    assert [dict(field.choices)[""] for field in fields.values()] == ["请选择", "未选择", "全部"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_no_form_of_a_model_shows_a_row_of_dashes() -> None:
    form = ProjectForm(user=persona("station_head"))
    assert DASHES not in form.as_p()
    assert "请选择" in str(form["kind"])
    assert "未选择" in str(form["structure"])


@pytest.mark.django_db
def test_numbers_stand_in_the_form_as_people_write_them() -> None:
    project = Project(area_m2=Decimal("76800.00"), contract_amount=Decimal("22827.5000"))
    form = ProjectForm(instance=project, user=persona("station_head"))
    assert [str(form[name].value()) for name in ("area_m2", "contract_amount")] == ["76800", "22827.5"]


class Told(FactsForm):
    funds = forms.IntegerField(required=False)
    remark = forms.CharField(required=False)
    is_refused = forms.BooleanField(required=False)
    needed = forms.CharField()


@pytest.mark.parametrize(
    ("sent", "facts"),
    [
        ({"needed": "是"}, {"needed": "是"}),
        ({"needed": "是", "funds": "0"}, {"needed": "是", "funds": 0}),
        ({"needed": "是", "is_refused": "on", "remark": " "}, {"needed": "是", "is_refused": True}),
    ],
)
def test_what_was_left_empty_is_not_told_and_zero_is(sent: dict[str, str], facts: dict[str, object]) -> None:
    form = Told(sent, user=None)
    assert form.is_valid()
    assert form.facts() == facts


def test_days_that_are_slips_are_refused() -> None:
    assert str(DayField().clean("1986年5月1日")) == "1986-05-01"
    for field, day, words in (
        (DayField(), "2200-01-01", "2200 年以前"),
        (RecentDayField(), "1999-12-31", "2000 年以后"),
    ):
        with pytest.raises(ValidationError, match=words):
            field.clean(day)
    assert str(RecentDayField().clean("20261123")) == "2026-11-23"
