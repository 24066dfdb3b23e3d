"""The form of one answer to one purpose."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedForm
from apps.people.consenting import answers_to, last_answer
from apps.people.models import AnsweredBy, Consent, ConsentWording, Person


class ConsentForm(ScopedForm):
    """What may be answered follows from the wording and the last answer; one's own account answers today."""

    answer = forms.ChoiceField(label="答复", widget=forms.RadioSelect)
    answered_on = RecentDayField(label="签字日期", initial=timezone.localdate)

    def __init__(self, *args: Any, person: Person, wording: ConsentWording, how: AnsweredBy, **kwargs: Any) -> None:
        self.person, self.wording, self.how = person, wording, how
        super().__init__(*args, **kwargs)
        answers = answers_to(wording, last_answer(person, wording.purpose))
        answer: Any = self.fields["answer"]
        answer.choices = [(one.value, one.label) for one in answers]
        if len(answers) == 1:
            self.initial["answer"] = answers[0].value
        if how == AnsweredBy.ACCOUNT:
            del self.fields["answered_on"]

    def clean_answered_on(self) -> date:
        day: date = self.cleaned_data["answered_on"]
        if day > timezone.localdate():
            raise ValidationError("签字日期不能晚于今天")
        if day < self.wording.effective_from:
            raise ValidationError(f"这一版告知书自{self.wording.effective_from}起使用，签字日期不能更早")
        return day

    def consent(self) -> Consent:
        """The answer, not yet written."""
        return Consent(
            person=self.person,
            wording=self.wording,
            answer=self.cleaned_data["answer"],
            how=self.how,
            answered_on=self.cleaned_data.get("answered_on") or timezone.localdate(),
        )
