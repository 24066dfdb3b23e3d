"""Lists and who stands on them: the settings of a list, a proposal by hand, and what is said with each move."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.edition_forms import EditionForm
from apps.core.forms import RecentDayField, RecordForm, text
from apps.core.widgets import FastSelect
from apps.credit.forms.moves import SHARED, ConfirmedForm, ReasonForm
from apps.credit.forms.subjects import WIDGETS, SubjectForm, person_field
from apps.credit.models import Blacklisting, ListType, OfficeKind
from apps.credit.services.listings import listing_problem
from apps.documents.forms import BAR, LinesField

MOST_LINES = 30
LONGEST, LONGEST_OFFICE = 500, 100
CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
Row = dict[str, str]
COLON = re.compile(r"[：:]")
OF_WORD: dict[str, str] = {str(kind.label): kind.value for kind in OfficeKind}

# Proposing ------------------------------------------------------------------------------------------------------------


class BlacklistingForm(SubjectForm):
    list_type = forms.ModelChoiceField(
        ListType.objects.none(),
        label="名单种类",
        to_field_name="code",
        error_messages={"invalid_choice": "没有这种名单，请从列出的名单中选择"},
    )
    condition = forms.ChoiceField(
        label="列入情形",
        help_text="须是所选名单规定的情形",
        error_messages={"invalid_choice": "没有这一情形，请从列出的情形中选择"},
    )
    person = person_field("名单适用于个人时填写，须为该企业在册人员；否则留空")

    sections = (
        ("名单和对象", ("list_type", "condition", "enterprise", "person", "project", "happened_on")),
        ("事实和依据", ("facts", "evidence", "legal_basis")),
    )

    class Meta:
        model = Blacklisting
        fields = (
            "list_type",
            "condition",
            "enterprise",
            "person",
            "project",
            "happened_on",
            "facts",
            "evidence",
            "legal_basis",
        )
        widgets = WIDGETS
        help_texts = {"evidence": "每行一件", "legal_basis": "留空则取名单的依据"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, condition = self.fields["list_type"], self.fields["condition"]
        kind.queryset = ListType.objects.newest().order_by("effective_from", "pk")  # type: ignore[attr-defined]
        condition.choices = [("", "请选择"), *conditions_by_list()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind, condition, day, firm = (data.get(n) for n in ("list_type", "condition", "happened_on", "enterprise"))
        if kind and day:
            kind = data["list_type"] = ListType.objects.in_force(day).filter(code=kind.code).first() or kind
        problem = None
        if kind and condition and day and firm and "person" not in self.errors:
            problem = listing_problem(kind, condition, day, firm, data["person"])
        if problem:
            self.add_error(*problem)
        if kind and not data.get("legal_basis"):
            data["legal_basis"] = kind.legal_basis
        return data


def conditions_by_list() -> list[tuple[str, list[tuple[str, str]]]]:
    """The conditions of each list, those of earlier editions too: the day of the conduct says which edition applies."""
    told: dict[str, tuple[str, dict[str, str]]] = {}
    for edition in ListType.objects.order_by("effective_from", "pk"):
        _, known = told.get(edition.code, ("", {}))
        told[edition.code] = edition.name, known | {one["text"]: one["text"] for one in edition.conditions}
    return [(name, list(texts.items())) for name, texts in told.values()]


# Moves ----------------------------------------------------------------------------------------------------------------


class ListForm(ConfirmedForm):
    decision_number = forms.CharField(label="决定文号", max_length=60, help_text="例如：冀建信黑〔2026〕14号")
    months = forms.IntegerField(label="列入期限（月）", min_value=1, max_value=60, required=False)

    field_order = ("decision_number", "months", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, months = self.record.list_type, self.fields["months"]
        least = min(kind.removable_after, kind.term_months)
        span = f"{least} 至 {kind.term_months} 个月" if least < kind.term_months else f"{least} 个月"
        months.initial = kind.term_months
        months.help_text = f"{span}（{kind.legal_basis}）；留空按 {kind.term_months} 个月"


class RevokeForm(ConfirmedForm, ReasonForm):
    field_order = ("reason", "password")


LISTING_FORMS: dict[str, type[RecordForm]] = SHARED | {"put_on_list": ListForm, "revoke": RevokeForm}


class FeedBackForm(RecordForm):
    feedback = text("落实情况", most=2000, min_length=2, help_text="采取了哪些限制措施，从哪一天起")


JOINT_FORMS: dict[str, type[RecordForm]] = {"feed_back": FeedBackForm}

# The lists themselves -------------------------------------------------------------------------------------------------


class TableField(LinesField):
    """Rows of few texts, one a line; the value is a list of dicts.

    `read(number, line)` answers the row of a line or raises ValidationError, `write(row)` the line of a row.
    """

    def __init__(self, *, read: Callable[[int, str], Row], write: Callable[[Row], str], **kwargs: Any) -> None:
        self.read, self.write = read, write
        super().__init__(**{"rows": 6, "max_length": 12000, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            return "\n".join(self.write(row) for row in value)
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        lines = super().to_python(value)
        if len(lines) > MOST_LINES:
            raise ValidationError(f"最多 {MOST_LINES} 行，现有 {len(lines)} 行")
        return [self.read(number, line) for number, line in enumerate(lines, start=1)]

    def run_validators(self, value: Any) -> None:
        super().run_validators([self.write(row) for row in value])


def read_condition(number: int, line: str) -> Row:
    """`code｜text` where the platform's catalogue proposes by it, else the text alone."""
    code, said = BAR.split(line, maxsplit=1) if BAR.search(line) else ("", line)
    row = {"code": code.strip(), "text": said.strip()}
    if row["code"] and not CODE.fullmatch(row["code"]):
        raise ValidationError(f"第 {number} 行的代码须由小写字母、数字和下划线组成，写在“｜”之前")
    if not 2 <= len(row["text"]) <= LONGEST:
        raise ValidationError(f"第 {number} 行的情形须有 2 至 {LONGEST} 个字")
    return row


def write_condition(row: Row) -> str:
    return f"{row['code']}｜{row['text']}" if row.get("code") else row.get("text", "")


def read_measure(number: int, line: str) -> Row:
    """`kind｜office：text`, where a kind is told by its word; without one it is of no kind."""
    kind, rest = BAR.split(line, maxsplit=1) if BAR.search(line) else (OfficeKind.OTHER.label, line)
    office, _, said = COLON.sub("：", rest, count=1).partition("：")
    row = {"kind": OF_WORD.get(kind.strip(), ""), "office": office.strip(), "text": said.strip()}
    if not row["kind"]:
        raise ValidationError(f"第 {number} 行没有“{kind.strip()[:20]}”这类单位，可用：{'、'.join(OF_WORD)}")
    if not row["office"] or not row["text"]:
        raise ValidationError(f"第 {number} 行须写成“实施单位：措施”")
    if len(row["office"]) > LONGEST_OFFICE or len(row["text"]) > LONGEST:
        raise ValidationError(f"第 {number} 行过长：实施单位至多 {LONGEST_OFFICE} 个字，措施至多 {LONGEST} 个字")
    return row


def write_measure(row: Row) -> str:
    kind = OfficeKind(row.get("kind", OfficeKind.OTHER))
    told = f"{row.get('office', '')}：{row.get('text', '')}"
    return told if kind == OfficeKind.OTHER else f"{kind.label}｜{told}"


class ListTypeForm(EditionForm):
    conditions = TableField(
        read=read_condition,
        write=write_condition,
        label="列入情形",
        help_text="每行一种；写成“代码｜情形”的，信用评价目录中填了这一代码的记录生效时自动提出",
    )
    measures = TableField(
        read=read_measure,
        write=write_measure,
        label="联合惩戒措施",
        required=False,
        help_text=f"每行一项，写成“单位类别｜实施单位：措施”；单位类别：{'、'.join(OF_WORD)}",
    )
    effective_to = RecentDayField(label="失效日期", required=False)

    sections = (
        ("名单", ("code", "name", "subject", "legal_basis", "certainty", "effective_from", "effective_to")),
        ("列入和移出", ("conditions", "term_months", "removable_after", "measures")),
    )

    class Meta:
        model = ListType
        fields = (
            "code",
            "name",
            "subject",
            "legal_basis",
            "certainty",
            "effective_from",
            "effective_to",
            "conditions",
            "term_months",
            "removable_after",
            "measures",
        )
        widgets = {"subject": FastSelect, "legal_basis": forms.Textarea({"rows": 2})}
        help_texts = {
            "code": "小写字母、数字和下划线，登记后不再改变",
            "legal_basis": "法律、法规或者党中央、国务院政策文件的名称和文号",
            "certainty": "内容未见原文或者待核的，在此写明",
            "removable_after": "列入满几个月后可以申请信用修复",
        }
        error_messages = {
            "legal_basis": {"required": "没有法律、法规或者党中央、国务院政策文件依据的，不得设列名单"},
        }

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise ValidationError("代码由小写字母开头，只含小写字母、数字和下划线")
        return code

    def clean_conditions(self) -> list[Row]:
        rows: list[Row] = self.cleaned_data["conditions"]
        for name, word in (("text", "情形"), ("code", "代码")):
            told = [row[name] for row in rows if row[name]]
            if twice := [one for n, one in enumerate(told) if one in told[:n]]:
                raise ValidationError(f"{word}“{twice[0][:40]}”写了两次")
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("effective_from"), data.get("effective_to")
        if first and last and last < first:
            self.add_error("effective_to", "失效日期不能早于施行日期")
        return data
