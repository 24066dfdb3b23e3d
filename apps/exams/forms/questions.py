"""The form of a question; the page and workbooks fill it alike."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import ScopedModelForm
from apps.core.forms import text as long_text
from apps.core.widgets import FastSelect
from apps.exams.models import LETTERS, Question, QuestionKind
from apps.exams.services.questions import filled
from apps.roster.models import WorkerClass

JUDGED = ("正确", "错误")
"""The options of every judgement, in this order."""
YES, NO = {"正确", "对", "√", "是", "A"}, {"错误", "错", "×", "X", "否", "B"}
SEVERAL = re.compile(r"[\s,，、;；]+")
CLASSES = {str(label): code for code, label in WorkerClass.choices}


def option(letter: str, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=f"选项{letter}", max_length=200, required=False, **kwargs)


class ClassesField(forms.CharField):
    """Kinds of workers by their words, separated by 、; nothing means all of them."""

    def prepare_value(self, value: Any) -> Any:
        names = {code: label for label, code in CLASSES.items()}
        return "、".join(str(names.get(code, code)) for code in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        told = [word for word in SEVERAL.split(super().clean(value) or "") if word]
        unknown = [word for word in told if word not in CLASSES]
        if unknown:
            raise ValidationError(f"没有“{unknown[0][:20]}”这一类人员，可填：{'、'.join(CLASSES)}")
        return sorted({CLASSES[word] for word in told})


class QuestionForm(ScopedModelForm):
    """A question with up to six options; a judgement has none to type."""

    text = long_text("题干", most=500, min_length=4)
    option_a, option_b, option_c = option("A", help_text="判断题不填选项"), option("B"), option("C")
    option_d, option_e, option_f = option("D"), option("E"), option("F")
    right = forms.CharField(
        label="正确答案",
        max_length=20,
        help_text="单选题填一个字母，多选题填几个字母，例如 ABD；判断题填正确或错误",
    )
    explanation = long_text("解析", most=1000, required=False, help_text="交卷后给答错的人看")
    classes = ClassesField(label="适用人员", max_length=100, required=False, help_text="不填为全部；几类用顿号分隔")

    class Meta:
        model = Question
        fields = ("kind", "topic", "text", "explanation", "basis", "classes", "is_active")
        widgets = {"kind": FastSelect}

    field_order = ("kind", "topic", "text", *(f"option_{letter.lower()}" for letter in LETTERS), "right")
    sections = (
        ("试题", ("kind", "topic", "text")),
        ("选项和答案", (*(f"option_{letter.lower()}" for letter in LETTERS), "right")),
        ("解析和适用", ("explanation", "basis", "classes", "is_active")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question = self.instance
        if question._state.adding:
            return
        judged = question.kind == QuestionKind.JUDGEMENT
        self.initial["right"] = JUDGED["AB".index(question.right)] if judged else question.right
        if not judged:
            self.initial.update({f"option_{letter.lower()}": told for letter, told in question.lettered})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        judged = data["kind"] == QuestionKind.JUDGEMENT
        data["options"] = list(JUDGED) if judged else self.typed_options(data)
        data["right"] = self.judged(data["right"]) if judged else self.lettered(data)
        if not self.errors:
            self.refuse_a_second(data)
        return data

    def typed_options(self, data: dict[str, Any]) -> list[str]:
        """The options without a gap between them, each said once."""
        told = [data[f"option_{letter.lower()}"] for letter in LETTERS]
        options = [option for option in told if option]
        if told[: len(options)] != options:
            gap = LETTERS[told.index("")]
            self.add_error(f"option_{gap.lower()}", f"请先填选项{gap}，再填后面的选项")
        elif len(options) < 2:
            self.add_error("option_b", "至少要有两个选项")
        elif len(set(options)) < len(options):
            again = next(n for n, option in enumerate(options) if option in options[:n])
            self.add_error(f"option_{LETTERS[again].lower()}", "与前面的选项相同")
        return options

    def judged(self, told: str) -> str:
        word = told.strip().upper()
        if word not in YES | NO:
            self.add_error("right", "判断题的答案填“正确”或“错误”")
        return "A" if word in YES else "B"

    def lettered(self, data: dict[str, Any]) -> str:
        """The letters in their order, as many as the kind wants and each of an option that is there."""
        letters = "".join(sorted(set(SEVERAL.sub("", data["right"].upper()))))
        offered = LETTERS[: len(data["options"])]
        if not letters or not set(letters) <= set(offered):
            self.add_error("right", f"请填选项的字母，本题可填{'、'.join(offered)}")
        elif data["kind"] == QuestionKind.SINGLE and len(letters) > 1:
            self.add_error("right", "单选题只能有一个正确答案")
        elif data["kind"] == QuestionKind.MULTIPLE and len(letters) < 2:
            self.add_error("right", "多选题至少有两个正确答案")
        return letters

    def refuse_a_second(self, data: dict[str, Any]) -> None:
        """The same question is in use once; the hash says what is the same."""
        told = {name: data[name] for name in ("kind", "topic", "text", "explanation", "basis")}
        question = filled(Question(**told), data)
        owner = self.user.own_firm_id if self.instance._state.adding else self.instance.enterprise_id
        rows = Question.objects.filter(enterprise=owner, sha256=question.sha256, is_active=True)
        if data["is_active"] and rows.exclude(pk=self.instance.pk).exists():
            self.add_error("text", "题库中已有相同的在用试题")
