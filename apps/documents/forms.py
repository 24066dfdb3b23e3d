"""Forms of papers, of their moves, of templates and of an office's prefix."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.forms import RecentDayField, RecordForm, ScopedForm, ScopedModelForm, text
from apps.documents.composing import problems_of
from apps.documents.kinds import KINDS, ContentField, content_fields, kind_choices
from apps.documents.models import Manner, Paper, PaperState, PaperTemplate
from apps.documents.services import addressee_line

MOST_ITEMS = 60
BAR = re.compile(r"[|｜]")


class LinesField(forms.CharField):
    """Several lines, one thing each; the value is the list of them."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(super().to_python(value) or "").splitlines() if line.strip()]

    def run_validators(self, value: Any) -> None:
        """The length is that of the whole text."""
        super().run_validators("\n".join(value))

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")


class ItemsField(LinesField):
    """Problems, one a line: text, clause and demand parted by bars; the value is a list of dicts."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return "\n".join(self.as_line(item) for item in value)
        return super().prepare_value(value)

    @staticmethod
    def as_line(item: dict[str, str]) -> str:
        return "｜".join(item.get(key, "") for key in ("text", "clause", "demand")).rstrip("｜")

    def to_python(self, value: Any) -> Any:
        lines = super().to_python(value)
        if len(lines) > MOST_ITEMS:
            raise ValidationError(f"最多 {MOST_ITEMS} 条，现有 {len(lines)} 条")
        return [self.item_of(number, line) for number, line in enumerate(lines, start=1)]

    @staticmethod
    def item_of(number: int, line: str) -> dict[str, str]:
        parts = [part.strip() for part in BAR.split(line)]
        if len(parts) > 3:
            raise ValidationError(f"第 {number} 行有 {len(parts)} 段，最多三段：问题｜违反条款｜整改要求")
        if not parts[0]:
            raise ValidationError(f"第 {number} 行缺少问题")
        return {key: part for key, part in zip(("text", "clause", "demand"), parts, strict=False) if part}

    def run_validators(self, value: Any) -> None:
        super().run_validators([self.as_line(item) for item in value])


def field_of(told: ContentField) -> forms.Field:
    """Nothing is required of a draft; `needed` marks what the number will be refused for."""
    options: dict[str, Any] = {"label": told.label, "help_text": told.help_text, "required": False}
    made: Any
    match told.kind:
        case "items":
            made = ItemsField(rows=6, max_length=12000, **options)
        case "day":
            made = RecentDayField(**options)
        case "text":
            made = text(rows=4, most=3000, **options)
        case _:
            made = forms.CharField(max_length=200, **options)
    made.needed = told.required
    return made


class PaperFormBase(ScopedModelForm):
    """Kind first: what else is asked depends on it.

    `of_kind` is sent by pages alone and names the kind whose fields were on the page, so that choosing another one
    shows its fields before anything is saved.
    """

    kind = forms.ChoiceField(label="文书种类", choices=kind_choices)
    of_kind = forms.CharField(required=False, widget=forms.HiddenInput)
    addressees = LinesField(
        label="受送达人",
        required=False,
        max_length=2000,
        help_text="每行一个单位；本辖区登记的单位写全称，可在系统中收到",
    )
    copy_to = forms.CharField(label="抄送", required=False, max_length=300)
    copies = forms.IntegerField(label="份数", required=False, min_value=1, max_value=20)

    class Meta:
        model = Paper
        fields = ("kind", "copy_to", "copies")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("kind") or self.initial.get("kind") or "")
        kind = KINDS.get(chosen)
        self.asked = [field.name for field in kind.fields] if kind else []
        for name in set(content_fields()) - set(self.asked):
            self.fields.pop(name, None)
        if kind:
            for told in kind.fields:
                self.fields[told.name] = field_of(told)
            if self.instance.pk is None:
                self.initial["copies"] = kind.copies
            self.order_fields(["kind", "addressees", *self.asked])
        self.fields["addressees"].needed = True  # type: ignore[attr-defined]
        self.initial.update({name: self.instance.contents.get(name) for name in self.asked})
        self.initial["addressees"] = [line["name"] for line in self.instance.addressees]
        self.initial["of_kind"] = chosen

    def clean_addressees(self) -> list[dict[str, Any]]:
        """A line that is the whole name of one organisation in sight, or was one before, is that organisation."""
        names: list[str] = self.cleaned_data["addressees"]
        if too_long := [name for name in names if len(name) > 100]:
            raise ValidationError(f"“{too_long[0][:20]}…”超过 100 个字，每行只写一个单位")
        known = {line["name"]: line["organisation"] for line in self.instance.addressees}
        found = Organisation.objects.visible_to(self.user).active().filter(name__in=names)
        by_name: dict[str, list[int]] = {}
        for organisation in found:
            by_name.setdefault(organisation.name, []).append(organisation.pk)
        lines = []
        for name in dict.fromkeys(names):
            keys = by_name.get(name, [])
            lines.append(
                addressee_line(name) | {"organisation": known.get(name) or (keys[0] if len(keys) == 1 else None)}
            )
        return lines

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        shown, chosen = data.pop("of_kind", ""), data.get("kind", "")
        if shown not in ("", chosen) and chosen in KINDS:
            posted: Any = self.data
            self.data = posted.copy()
            self.data["of_kind"] = chosen  # type: ignore[index]
            raise ValidationError(f"请填写“{KINDS[chosen].label}”的内容")
        contents = {name: data[name] for name in self.asked if data.get(name)}
        self.instance.contents = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in contents.items()
        }
        self.instance.address_to(data.get("addressees", []))
        if chosen in KINDS:
            data["copies"] = data.get("copies") or KINDS[chosen].copies
        return data


PaperForm: type[PaperFormBase] = type(
    "PaperForm",
    (PaperFormBase,),
    {
        "__module__": __name__,
        # As the description of the API has them; a form of one kind makes its own.
        **{name: field_of(meanings[0]) for name, meanings in content_fields().items()},
        "field_order": ("kind", "addressees", *content_fields(), "copy_to", "copies"),
    },
)


class ServeForm(RecordForm):
    addressee = forms.CharField(label="受送达人", max_length=100)
    manner = forms.ChoiceField(label="送达方式", choices=Manner)
    served_on = RecentDayField(label="送达日期", initial=timezone.localdate, help_text="期限从送达之日起算")
    recipient = forms.CharField(label="收件人", max_length=50, required=False, help_text="签收的人；拒签和公告送达不填")
    is_refused = forms.BooleanField(label="拒绝签收", required=False)
    witnesses = forms.CharField(label="见证人", max_length=100, required=False, help_text="拒绝签收或者留置送达时填写")
    remark = forms.CharField(
        label="备注", max_length=500, required=False, help_text="如邮寄单号、电子地址、公告载体、拒签情况"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Suggested, not prescribed: a paper is also handed to somebody who receives it for an addressee.
        self.initial.setdefault("addressee", self.next_addressee())

    def next_addressee(self) -> str:
        """The first on the paper to whom it has not been served."""
        if self.record.pk is None:
            return ""
        served = set(self.record.services.values_list("addressee", flat=True))
        return next((line["name"] for line in self.record.addressees if line["name"] not in served), "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        refused, manner, day = data.get("is_refused"), data.get("manner"), data.get("served_on")
        if (refused or manner == Manner.LEFT) and not data.get("witnesses"):
            self.add_error("witnesses", "拒绝签收或者留置送达的，须写明见证人")
        if not refused and manner not in (Manner.LEFT, Manner.PUBLIC) and not data.get("recipient"):
            self.add_error("recipient", "请填写收件人；对方拒绝签收的，勾选“拒绝签收”")
        if day and day > timezone.localdate():
            self.add_error("served_on", "送达日期不能晚于今天")
        if day and self.record.issued_on and day < self.record.issued_on:
            self.add_error("served_on", f"送达日期不能早于成文日期 {self.record.issued_on}")
        return data


class VoidPaperForm(RecordForm):
    void_reason = text("作废理由", most=1000, min_length=5)


class ReplaceForm(RecordForm):
    replaced_by = forms.ModelChoiceField(
        Paper.objects.none(), label="替换它的文书", to_field_name="number", help_text="本机关已编号、有效的同种文书"
    )
    reason = text("理由", most=1000, min_length=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Paper.objects.visible_to(self.user).filter(
            organisation=self.record.organisation_id, kind=self.record.kind, state=PaperState.ISSUED
        )
        field: Any = self.fields["replaced_by"]
        field.queryset = own.exclude(pk=self.record.pk).order_by("-issued_on", "-pk")


PAPER_FORMS: dict[str, type[RecordForm]] = {
    "issue": RecordForm,
    "serve": ServeForm,
    "replace": ReplaceForm,
    "void": VoidPaperForm,
    "discard": VoidPaperForm,
}


class TemplateForm(ScopedModelForm):
    body = text("正文", rows=18, most=8000)

    class Meta:
        model = PaperTemplate
        fields = ("kind", "title", "effective_from", "note", "body")
        field_classes = {"effective_from": RecentDayField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = True
        self.fields["body"].help_text = self.grammar()

    def grammar(self) -> str:
        """How a wording is written, with the contents of the chosen kind."""
        rules = (
            "空一行分段；以“# ”开头的是小标题；花括号里的名称换成文书的内容，例如 {工程名称}。"
            "所提内容都空缺的段落不印。"
        )
        kind = KINDS.get(str(self.data.get("kind") or self.initial.get("kind") or ""))
        if kind is None:
            return rules
        must = "、".join(field.label for field in kind.required)
        may = "、".join(field.label for field in kind.fields if not field.required)
        return f"{rules}必备：{must}。可用：{may}。"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("body") and data.get("kind") and (told := problems_of(data["body"], data["kind"])):
            self.add_error("body", told)
        return data


class PrefixForm(ScopedForm):
    own_prefix = forms.RegexField(
        r"^[\u4e00-\u9fffA-Za-z]{2,20}$",
        label="发文字号",
        max_length=20,
        help_text="文号中年份之前、文书种类字之前的部分，例如“冀石建安”；文号为“冀石建安改〔2026〕000123号”",
        error_messages={"invalid": "由 2 至 20 个汉字或字母组成，不写年份、括号和序号"},
    )
