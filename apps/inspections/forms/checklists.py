"""The form of a checklist's edition: its items as lines that people can read and copy from a document."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.canonical import sha256_of
from apps.core.forms import DayField, RecordForm, ScopedModelForm, clean_text
from apps.core.records import save_form
from apps.hazards import dictionaries
from apps.inspections.checklists import BASES, PARTS, VERDICTS, problems_of
from apps.inspections.models import Checklist, Verdict

LINES_HELP = (
    "每项一行“项号. 名称｜满分｜保证项目或一般项目”；其下每条扣分事由一行“- 事由｜扣分｜整改要求｜重大｜依据”，"
    "依据为已核对、样例、通用样例或不写，限值一行“限值 名称｜单位｜下限｜上限”，条件一行“条件 项号｜符合、扣分”"
)
ITEM = re.compile(r"^(\d{1,3})[.．、]\s*(.+)$")
MOST_LENGTH = 40_000
PART_OF = {label: code for code, label in PARTS.items()}
BASIS_OF = {label: code for code, label in BASES.items()}
VERDICT_OF = {label: value for value, label in Verdict.choices}


def parts_of(line: str) -> list[str]:
    return [part.strip() for part in re.split(r"[｜|]", line)]


def read_lines(text: str) -> list[dict[str, Any]]:
    """The items of the lines.  Raises ValidationError with the number of the line that cannot be read."""
    items: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            read_line(line.strip(), items)
        except (ValueError, IndexError, KeyError) as error:
            raise ValidationError(f"第 {number} 行“{line.strip()[:40]}”看不懂，请按说明的格式书写") from error
    return items


def read_line(line: str, items: list[dict[str, Any]]) -> None:
    if not line:
        return
    if found := ITEM.match(line):
        name, points, part, clause = [*parts_of(found[2]), "", ""][:4]
        items.append(
            {"seq": int(found[1]), "name": name, "points": int(points), "part": PART_OF[part], "clause": clause}
        )
    elif line.startswith(("-", "－", "—")):
        add_deduction(line.lstrip("-－— "), items[-1])
    elif line.startswith("限值"):
        add_limit(line.removeprefix("限值"), items[-1])
    elif line.startswith("条件"):
        item, verdicts = parts_of(line.removeprefix("条件"))[:2]
        items[-1]["when"] = {"item": int(item), "verdicts": [VERDICT_OF[one] for one in verdicts.split("、")]}
    else:
        raise ValueError(line)


def add_deduction(line: str, item: dict[str, Any]) -> None:
    text, points, demand, grade, basis = [*parts_of(line), "", "", "", ""][:5]
    told = item.setdefault("deductions", [])
    told.append(
        {
            "code": f"{item['seq']}.{len(told) + 1}",
            "text": text,
            "points": int(points),
            "demand": demand,
            "grade": "major" if grade.startswith("重大") else "ordinary",
            "basis": BASIS_OF[basis],
        }
    )


def add_limit(line: str, item: dict[str, Any]) -> None:
    label, unit, least, most = [*parts_of(line), "", "", ""][:4]
    bounds = {name: value for name, value in (("min", least), ("max", most)) if value}
    item["limit"] = {"label": label, "unit": unit, **bounds, "deduction": f"{item['seq']}.1"}


def as_lines(content: dict[str, Any]) -> str:
    """The same the other way round, to begin a new edition from an old one."""
    return "\n".join(line for item in content["items"] for line in lines_of(item))


def lines_of(item: dict[str, Any]) -> list[str]:
    head = f"{item['seq']}. {item['name']}｜{item['points']}｜{PARTS[item.get('part', '')]}｜{item.get('clause', '')}"
    lines = [head.rstrip("｜")]
    if when := item.get("when"):
        verdicts = "、".join(Verdict(one).label for one in when["verdicts"] if one in VERDICTS)
        lines.append(f"  条件 {when['item']}｜{verdicts}")
    if limit := item.get("limit"):
        lines.append(
            f"  限值 {limit['label']}｜{limit.get('unit', '')}｜{limit.get('min', '')}｜{limit.get('max', '')}"
        )
    for one in item.get("deductions", ()):
        grade = "重大" if one.get("grade") == "major" else ""
        told = f"  - {one['text']}｜{one['points']}｜{one.get('demand', '')}｜{grade}｜{BASES[one.get('basis', '')]}"
        lines.append(told.rstrip("｜") if grade or one.get("basis") else told.removesuffix("｜｜"))
    return lines


class ChecklistForm(ScopedModelForm):
    group = forms.ChoiceField(label="隐患类别", help_text="由此表登记的隐患归入这一类别")
    lines = forms.CharField(
        label="检查项", help_text=LINES_HELP, max_length=MOST_LENGTH, widget=forms.Textarea({"rows": 24})
    )

    class Meta:
        model = Checklist
        fields = ("family", "code", "name", "effective_from", "source", "certainty", "is_sample")
        help_texts = {
            "code": "与旧版相同的编码表示接替旧版，例如 ZX-LIFTING",
            "effective_from": "自这一天起的检查使用本版，之前的检查仍按旧版",
            "is_sample": "没有主管部门文件依据的，保留“样例”",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = dictionaries.label_choices(dictionaries.CATEGORY)  # type: ignore[attr-defined]
        if based := self.based_on():
            kept = {name: getattr(based, name) for name in ("family", "code", "name", "source", "certainty")}
            told = {"group": based.content.get("group"), "lines": as_lines(based.content)}
            self.initial.update(kept | told, effective_from=timezone.localdate())

    def based_on(self) -> Checklist | None:
        return self.instance if self.instance.pk else Checklist.objects.filter(pk=self.initial.get("base") or 0).first()

    def clean_lines(self) -> str:
        return clean_text(self.cleaned_data["lines"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "lines" in self.errors or not data.get("lines"):
            return data
        try:
            content = self.content_of(data)
        except ValidationError as refused:
            self.add_error("lines", refused)
            return data
        if problems := problems_of(content):
            self.add_error("lines", problems)
        self.instance.content = content
        self.instance.sha256 = sha256_of(content)
        return data

    def content_of(self, data: dict[str, Any]) -> dict[str, Any]:
        """An edition that takes the place of a table of JGJ 59 keeps that table's weight in the summary."""
        items = read_lines(data["lines"])
        earlier = Checklist.objects.filter(code=data.get("code", "")).order_by("-effective_from").first()
        return {
            "group": data.get("group", ""),
            "weight": earlier.content.get("weight", 0) if earlier else 0,
            "guarantee": any(item["part"] == "guarantee" for item in items),
            "items": items,
        }


def save_edition(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Checklist:
    form.instance.written_by = by
    return save_form(form, by=by, version=version)


class WithdrawForm(RecordForm):
    withdrawn_from = DayField(label="停用日期", help_text="自这一天起不再使用；此前的检查不受影响")

    def clean_withdrawn_from(self) -> Any:
        day = self.cleaned_data["withdrawn_from"]
        if day <= self.record.effective_from:
            raise ValidationError("停用日期应晚于施行日期")
        return day
