"""How a paper is put together, as a table of inputs: which kind and topic, how many, how many points each."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join

from apps.core.forms import clean_text
from apps.exams.models import QuestionKind
from apps.exams.papers import FULL, points_of

NAMES = ("kind", "topic", "count", "points")
LABELS = ("题型", "知识点", "题数", "每题分值")
LINES, MOST, LONGEST = 6, 20, 30
MOST_QUESTIONS = 100


class PatternInput(forms.Widget):
    """The lines as four parallel lists of inputs; more lines than are filled, so that it needs no script."""

    topics: tuple[str, ...] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        lists = [data.getlist(f"{name}_{part}")[:MOST] if hasattr(data, "getlist") else [] for part in NAMES]
        lines = [dict(zip(NAMES, map(clean_text, line), strict=True)) for line in zip(*lists, strict=False)]
        return [line for line in lines if any(line.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_kind" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        lines = list(value or [])
        lines += [dict.fromkeys(NAMES, "")] * max(1, LINES - len(lines))
        heads = format_html_join("", '<th scope="col">{}</th>', ((label,) for label in LABELS))
        rows = format_html_join("", "<tr>{}</tr>", ((self.line(name, n, told),) for n, told in enumerate(lines)))
        topics = format_html_join("", '<option value="{}"></option>', ((topic,) for topic in self.topics))
        return format_html(
            '<div class="table-box" id="{}" tabindex="-1"><table class="table table-plain"><thead><tr>{}</tr></thead>'
            '<tbody>{}</tbody></table></div><datalist id="{}_topics">{}</datalist>',
            *((attrs or {}).get("id", name), heads, rows, name, topics),
        )

    def line(self, name: str, at: int, told: dict[str, Any]) -> Any:
        chosen = str(told.get("kind", ""))
        kinds = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((c, " selected" if c == chosen else "", label) for c, label in [("", "不用"), *QuestionKind.choices]),
        )
        select = format_html(
            '<td><select class="form-select w-auto" name="{}_kind" aria-label="第{}行{}">{}</select></td>',
            *(name, at + 1, LABELS[0], kinds),
        )
        inputs = format_html_join(
            "",
            '<td><input class="form-control w-auto" name="{}_{}" value="{}" aria-label="第{}行{}"{}></td>',
            (
                (name, part, told.get(part, ""), at + 1, label, self.more(name, part))
                for part, label in zip(NAMES[1:], LABELS[1:], strict=True)
            ),
        )
        return format_html("{}{}", select, inputs)

    def more(self, name: str, part: str) -> Any:
        if part == "topic":
            return format_html(' list="{}_topics" maxlength="{}" size="6" placeholder="不限"', name, LONGEST)
        return format_html(' inputmode="{}" maxlength="3" size="2"', "numeric")


class PatternField(forms.Field):
    """[{"kind", "topic", "count", "points"}] worth 100 points, each kind and topic once."""

    widget = PatternInput

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [self.line(at, told) for at, told in enumerate(value or [], 1)]
        if not lines:
            raise ValidationError("请至少填一行：题型、题数和每题分值")
        pairs = [(line["kind"], line["topic"]) for line in lines]
        if len(set(pairs)) < len(pairs):
            raise ValidationError("同一题型和知识点只能填一行")
        if sum(line["count"] for line in lines) > MOST_QUESTIONS:
            raise ValidationError(f"一份试卷最多{MOST_QUESTIONS}题")
        if (points := points_of(lines)) != FULL:
            raise ValidationError(f"试卷总分应为{FULL}分，现为{points}分")
        return lines

    def line(self, at: int, told: Any) -> dict[str, Any]:
        if told["kind"] not in QuestionKind.values:
            raise ValidationError(f"第{at}行：请选择题型")
        if len(told["topic"]) > LONGEST:
            raise ValidationError(f"第{at}行：知识点最多{LONGEST}个字")
        numbers = {
            name: self.number(at, label, told[name]) for name, label in (("count", "题数"), ("points", "每题分值"))
        }
        return {"kind": told["kind"], "topic": told["topic"], **numbers}

    def number(self, at: int, label: str, told: Any) -> int:
        text = str(told)
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and 0 < int(text) <= FULL):
            raise ValidationError(f"第{at}行：{label}应为1至{FULL}的整数")
        return int(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [{k: str(v) for k, v in line.items()} for line in initial or []] != list(data or [])
