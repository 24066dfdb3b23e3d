"""Forms of what holds for all persons: rules of certificates, wordings, terms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core import dictionary
from apps.core.edition_forms import EditionForm
from apps.core.forms import text
from apps.core.widgets import FastSelect
from apps.people import numbering
from apps.people.models import PURPOSES, CertificateRule, ConsentWording, RetentionRule


class CertificateRuleForm(EditionForm):
    class Meta:
        model = CertificateRule
        fields = (
            "kind",
            "effective_from",
            "form",
            "form_is_certain",
            "example",
            "years",
            "renewal_months",
            "source",
            "certainty",
        )
        widgets = {"kind": FastSelect}

    def clean_form(self) -> str:
        form: str = self.cleaned_data["form"]
        if problem := numbering.form_problem(form):
            raise ValidationError(problem)
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        form, example = data.get("form"), data.get("example")
        if form and example and numbering.read(form, numbering.normalised(example)) is None:
            self.add_error("example", "示例不合这个格式，请改正其中之一")
        return data


class ConsentWordingForm(EditionForm):
    """One purpose's wording from a day on; the purposes are a dictionary."""

    purpose = forms.ChoiceField(label="用途", widget=FastSelect)
    wording = text("告知内容", rows=8, most=4000)

    class Meta:
        model = ConsentWording
        fields = ("purpose", "effective_from", "rests_on_consent", "wording", "basis", "certainty")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose: Any = self.fields["purpose"]
        purpose.choices = [("", "请选择"), *dictionary.entries(PURPOSES)]


class RetentionRuleForm(EditionForm):
    class Meta:
        model = RetentionRule
        fields = ("subject", "effective_from", "years", "is_on", "source", "certainty")
        widgets = {"subject": FastSelect}
