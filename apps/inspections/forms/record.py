"""The desktop forms of a visit's record: a table's items, a problem, the notes, signatures on paper, supplements."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from apps.core.forms import FactsForm, RecordForm, text
from apps.hazards import dictionaries
from apps.hazards.fields import PhotosField, WithPhotos
from apps.hazards.forms.parts import OTHER
from apps.hazards.forms.sheet import criteria_by_topic
from apps.hazards.models import Criterion, Disposal, Grade, PhotoStage
from apps.inspections.checklists import Item, Table, table_of
from apps.inspections.models import (
    Answer,
    Checklist,
    Finding,
    LookOutcome,
    SecondLook,
    SignerRole,
    Verdict,
    Visit,
    VisitInspector,
)
from apps.inspections.services.answering.notes import WORDS

OWN = "own"


class TableForm(FactsForm):
    """One field each for the verdict, the reasons, the value and the remark of every item of one table.

    `base_<n>` is the revision on which this page was built; empty for what nobody had answered.
    """

    def __init__(self, *args: Any, visit: Visit, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table: Table = table_of(checklist)
        self.answers: dict[int, Answer] = {one.item: one for one in visit.answers.filter(checklist=checklist)}
        for item in self.table.items:
            self.add_item(item, self.answers.get(item.seq))

    def add_item(self, item: Item, answer: Answer | None) -> None:
        reasons = {one["code"]: one for one in answer.deductions} if answer else {}
        own = reasons.get(OWN, {})
        fields: dict[str, forms.Field] = {
            "verdict": forms.ChoiceField(
                label="结论",
                choices=Verdict.choices,
                required=False,
                widget=forms.RadioSelect(attrs={"class": "tiles"}),
                initial=answer.verdict if answer else None,
            ),
            "reasons": forms.MultipleChoiceField(
                label="扣分事由",
                choices=[(one.code, one.in_words) for one in item.deductions],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[code for code in reasons if code != OWN],
            ),
            "own_text": forms.CharField(
                label="其他扣分事由", max_length=200, required=False, initial=own.get("text", "")
            ),
            "own_points": forms.IntegerField(
                label="扣分",
                min_value=1,
                max_value=item.points,
                required=False,
                initial=own.get("points"),
            ),
            "remark": forms.CharField(
                label="备注", max_length=500, required=False, initial=answer.remark if answer else ""
            ),
            "base": forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=answer.revision if answer else None
            ),
        }
        if item.limit:
            fields["measured"] = forms.DecimalField(
                label=f"{item.limit.label}实测值（{item.limit.unit}）",
                max_digits=12,
                decimal_places=3,
                required=False,
                initial=answer.measured.normalize() if answer and answer.measured is not None else None,
            )
        for name, made in fields.items():
            # They are asked for by what the item says, not by a mark beside each.
            made.needed = True  # type: ignore[attr-defined]
            self.fields[f"{name}_{item.seq}"] = made

    def of(self, item: Item, name: str) -> Any:
        return self[f"{name}_{item.seq}"] if f"{name}_{item.seq}" in self.fields else None

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """For the template: an item with its bound fields."""
        for item in self.table.items:
            row = {name: self.of(item, name) for name in NAMES}
            more = any(row[name].value() or row[name].errors for name in MORE)
            yield {"item": item, "more_is_open": more, **row}

    def told(self) -> Iterator[tuple[Item, dict[str, Any]]]:
        """The items that were answered on this page, as `put_answer` takes them."""
        for item in self.table.items:
            value = {name: self.cleaned_data.get(f"{name}_{item.seq}") for name in NAMES}
            if value["verdict"]:
                yield item, told_of(item, value)


MORE = ("own_text", "own_points", "remark")
NAMES = ("verdict", "reasons", "own_text", "own_points", "measured", "remark", "base")


def told_of(item: Item, value: dict[str, Any]) -> dict[str, Any]:
    reasons: list[dict[str, Any]] = [{"code": code} for code in value["reasons"] or ()]
    if value["own_text"] or value["own_points"]:
        reasons.append({"code": OWN, "text": value["own_text"] or "", "points": value["own_points"]})
    # Reasons that stand ticked beside another verdict were taken back with it.
    deducts = value["verdict"] == Verdict.DEDUCT
    measured: Decimal | None = value["measured"]
    return {
        "item": item.seq,
        "verdict": value["verdict"],
        "deductions": reasons if deducts else [],
        "measured": measured,
        "remark": value["remark"] or "",
        "base": value["base"],
    }


class FindingForm(WithPhotos, FactsForm):
    """A problem; begun from a failed item it is filled in already."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    checklist = forms.IntegerField(required=False, widget=forms.HiddenInput)
    item = forms.IntegerField(required=False, widget=forms.HiddenInput)
    deduction = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    grade = forms.ChoiceField(
        label="隐患等级",
        choices=[(Grade.MAJOR.value, Grade.MAJOR.label), (Grade.ORDINARY.value, Grade.ORDINARY.label)],
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
        initial=Grade.ORDINARY.value,
    )
    description = text("隐患描述", most=4000, min_length=5)
    place = forms.CharField(label="部位", max_length=300, required=False)
    category = forms.ChoiceField(label="隐患类别")
    clause = text("违反条款", rows=2, most=1000, required=False)
    criterion = forms.ModelChoiceField(
        Criterion.objects.all(),
        label="判定标准条款",
        required=False,
        widget=forms.Select(attrs={"data-pick": "", "data-placeholder": "输入条款号或关键词查找"}),
        help_text="选择条款后，隐患等级自动定为重大隐患",
    )
    demands = text("整改要求", most=4000)
    term = forms.ChoiceField(label="整改期限", widget=forms.RadioSelect(attrs={"class": "tiles"}))
    deadline = forms.DateField(label="其他期限", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    disposal = forms.ChoiceField(label="处置措施", choices=Disposal.choices, initial=Disposal.RECTIFY)
    photos = PhotosField(label="现场照片", stage=PhotoStage.BEFORE, required=False, help_text="提交前至少 1 张")

    def __init__(self, *args: Any, visit: Visit, finding: Finding | None = None, **kwargs: Any) -> None:
        self.visit, self.finding = visit, finding
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["category"].choices = dictionaries.label_choices(dictionaries.CATEGORY)
        fields["term"].choices = [*dictionaries.deadline_terms(), (OTHER, "其他")]
        fields["criterion"].widget.choices = [("", "不引用"), *criteria_by_topic(visit.planned_on)]
        if finding is None:
            fields["key"].initial = fields["key"].initial or uuid4()
        else:
            self.initial.update(as_initial(finding))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("term") == OTHER:
            if not data.get("deadline"):
                self.add_error("deadline", "选了“其他”，请填写整改期限")
            data["term"] = ""
        else:
            data["deadline"] = None
        if data.get("checklist"):
            data["checklist"] = self.visit.checklists.filter(pk=data["checklist"]).first()
            if data["checklist"] is None:
                raise ValidationError("本次检查没有使用这张检查表")
        else:
            data["checklist"], data["item"] = None, None
        return data

    def values(self) -> dict[str, Any]:
        """As `put_finding` takes them, with the key and the base beside them."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("key", "base", "photos")}


class SecondLookForm(WithPhotos, FactsForm):
    """What was seen of a hazard that the visit carries along."""

    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="复查结论", choices=LookOutcome.choices, widget=forms.RadioSelect(attrs={"class": "tiles"})
    )
    remark = forms.CharField(
        label="复查说明",
        required=False,
        validators=[MaxLengthValidator(500)],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="部分整改的，写明还有什么没有整改；未复查的，写明原因",
    )
    photos = PhotosField(label="复查照片", stage=PhotoStage.VERIFICATION, required=False)

    def __init__(self, *args: Any, look: SecondLook, **kwargs: Any) -> None:
        told = {"base": look.revision, "outcome": look.outcome, "remark": look.remark}
        super().__init__(*args, initial=told, **kwargs)

    def values(self) -> dict[str, Any]:
        """As `put_second_look` takes them."""
        return {name: self.cleaned_data[name] for name in ("base", "outcome", "remark")}


def as_initial(finding: Finding) -> dict[str, Any]:
    names = ("item", "deduction", "grade", "description", "place", "category", "clause", "demands", "deadline")
    told = {name: getattr(finding, name) for name in (*names, "disposal", "criterion")}
    return told | {
        "key": finding.pk,
        "base": finding.revision,
        "checklist": finding.checklist_id,
        "term": finding.term or OTHER,
    }


class NotesForm(RecordForm):
    """`was_<name>` are the words on which this page was built, so that nobody's are overwritten unseen."""

    site_note = text("现场情况", most=4000, required=False, help_text="在施部位、现场人员等")
    conclusion = text("检查意见", most=4000, required=False)
    inspected_opinion = text("被检查方意见", most=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WORDS:
            self.fields[name].initial = getattr(self.record, name)
            self.fields[f"was_{name}"] = forms.CharField(
                required=False, strip=False, initial=getattr(self.record, name), widget=forms.HiddenInput
            )

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDS}

    def was(self) -> dict[str, str]:
        """As they are stored; browsers send two characters for the end of a line."""
        return {name: self.cleaned_data[f"was_{name}"].replace("\r\n", "\n") for name in WORDS}

    def show_theirs(self) -> None:
        """Beside each field the words of others that the page did not know; who saves again has seen them."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for name, known in self.was().items():
            theirs = getattr(self.record, name)
            if theirs not in (known, self.cleaned_data.get(name)):
                self.add_error(name, f"已被他人改为：“{theirs}”。再次保存则以您填写的为准")
            data[f"was_{name}"] = theirs
        self.data = data


class SignatureForm(FactsForm):
    """A signature given on paper, as a scan, or that it was refused; a phone takes it on its screen."""

    who = forms.ChoiceField(label="签名人")
    name = forms.CharField(label="姓名", max_length=50, required=False, help_text="被检查方填写")
    post = forms.CharField(label="职务", max_length=50, required=False)
    image = forms.FileField(label="签名扫描件（PNG）", required=False, help_text="不超过 200 KB")
    is_refused = forms.BooleanField(label="被检查方拒绝签名", required=False)
    refusal_note = forms.CharField(
        label="拒签情况",
        required=False,
        validators=[MaxLengthValidator(500)],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    witnesses = forms.CharField(label="见证人", max_length=100, required=False)

    def __init__(self, *args: Any, missing: list[VisitInspector], inspected: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(member.inspector_id), f"检查人 {member.inspector}") for member in missing]
        field: Any = self.fields["who"]
        field.choices = [*choices, *([(SignerRole.INSPECTED.value, "被检查方")] if inspected else [])]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        is_inspector = data["who"] != SignerRole.INSPECTED
        image = data["image"].read() if data["image"] and not data["is_refused"] else None
        return {
            "role": SignerRole.INSPECTOR if is_inspector else SignerRole.INSPECTED,
            "inspector_id": int(data["who"]) if is_inspector else None,
            "image": image,
            **{name: data[name] for name in ("name", "post", "is_refused", "refusal_note", "witnesses")},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("who") == SignerRole.INSPECTED and not data.get("name"):
            self.add_error("name", "请填写被检查方在场人员的姓名")
        if not data.get("image") and not data.get("is_refused"):
            self.add_error("image", "请上传签名扫描件；被检查方拒绝签名的，勾选“拒绝签名”并写明情况")
        return data


class SupplementForm(RecordForm):
    text = text("补充内容", most=4000, min_length=2, help_text="原记录不变，补充附在其后")
