"""Recording behaviour, and what is said with the moves of an entry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import RecordForm, clean_text
from apps.credit.cells import points_in_words
from apps.credit.forms.moves import SHARED, NoFacts, ReasonForm
from apps.credit.forms.subjects import WIDGETS, SubjectForm, person_field
from apps.credit.models import CreditEntry, CreditItem, Nature, Subject
from apps.credit.services.entries import entry_problem
from apps.credit.workflow.entry import NO_EVIDENCE, is_proved


def item_label(item: CreditItem) -> str:
    return f"{item.code} {item.name}（{points_in_words(item.points)} 分）"


class ItemField(forms.ModelChoiceField):
    """An item of the catalogue by its code or its name; which edition applies the day of the behaviour says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CreditItem.objects.none(), to_field_name="code", **kwargs)

    def label_from_instance(self, item: Any) -> str:
        return item_label(item)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, CreditItem) or value in self.empty_values:
            return value or None
        said = clean_text(str(value))
        code, _, _ = said.partition(" ")
        rows: Any = self.queryset
        found = rows.filter(code=code.upper()).first() or rows.filter(name=said).first()
        if found is None:
            raise ValidationError(f"评价目录中没有“{said[:40]}”，请填代码，例如 E-B01")
        return found

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


class CreditEntryForm(SubjectForm):
    item = ItemField(label="评价项目")
    person = person_field("记入个人信用的填姓名，须为该企业在册人员；记企业的留空")

    sections: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("对象和行为", ("enterprise", "person", "project", "item", "happened_on", "decision_number")),
        ("事实和依据", ("facts", "evidence", "legal_basis")),
    )

    class Meta:
        model = CreditEntry
        fields = (
            "enterprise",
            "person",
            "project",
            "item",
            "happened_on",
            "decision_number",
            "facts",
            "evidence",
            "legal_basis",
        )
        widgets = WIDGETS
        help_texts = {"legal_basis": "留空则取评价目录的依据"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["item"]
        chosen.queryset = CreditItem.objects.order_by("code", "-effective_from")
        chosen.choices = [("", "请选择"), *item_choices()]
        if not self.instance._state.adding:
            self.initial["person"] = self.instance.person.name if self.instance.person else ""
            self.initial["item"] = self.instance.item.code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        item, day = data.get("item"), data.get("happened_on")
        if item and day:
            item = data["item"] = CreditItem.objects.in_force(day).filter(code=item.code).first() or item
            if reason := entry_problem(item, day, data["person"]):
                self.add_error("item" if "适用于" in reason else "happened_on", reason)
        if item and not data.get("legal_basis"):
            data["legal_basis"] = item.legal_basis
        self.refuse_without_proof(data)
        return data

    def refuse_without_proof(self, data: dict[str, Any]) -> None:
        """An entry that is corrected has its files already; programs and workbooks bring none."""
        has_files = not self.instance._state.adding and self.instance.files.exists()
        if not is_proved(data.get("decision_number", ""), self.instance.source_event, has_files):
            self.add_error("decision_number", f"{NO_EVIDENCE}；没有文号的，请在页面上逐条记录并附文件")


def item_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The codes by subject and nature, each once, in the words of its latest edition."""
    latest = {item.code: item for item in CreditItem.objects.order_by("code", "effective_from")}
    groups = [
        (f"{Subject(subject).label}·{Nature(nature).label}行为", subject, nature)
        for subject in Subject.values
        for nature in reversed(Nature.values)
    ]
    return [
        (label, [(i.code, item_label(i)) for i in latest.values() if fits(i, subject, nature)])
        for label, subject, nature in groups
    ]


def fits(item: CreditItem, subject: str, nature: str) -> bool:
    return (item.subject, item.nature) == (subject, nature)


class PublishForm(RecordForm):
    months = forms.IntegerField(label="公示期限（月）", min_value=1, max_value=36)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["months"].initial = self.record.item.publish_months or None


ENTRY_FORMS: dict[str, type[RecordForm]] = SHARED | {
    "take_effect": NoFacts,
    "publish": PublishForm,
    "revoke": ReasonForm,
}
