"""What all forms of the platform share."""

from decimal import Decimal

import pytest
from django import forms

from apps.core.forms import ScopedForm
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
