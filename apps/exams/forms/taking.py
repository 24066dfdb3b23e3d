"""What is sent while an examination is taken."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from apps.core.forms import clean_text
from apps.exams.models import Answer

SHOWN = re.compile(r"^[0-5]$")


class SeatForm(forms.Form):
    """Who sits down at a kiosk."""

    name = forms.CharField(label="姓名", max_length=50)
    id_number = forms.CharField(
        label="身份证号码",
        max_length=22,
        help_text="只用于核对身份，不保存",
        # Not drawn again with its value: the next one in the queue looks at the same screen.
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
    )

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])


def chosen_in(data: Any, answers: Iterable[Answer]) -> dict[int, str]:
    """What a form says of these questions, by place, in letters of the bank.

    `q7` are the places of the chosen options as the paper shows them; a question whose `s7` is there was shown, so that
    nothing ticked means nothing chosen.  What fits no option is left out.
    """
    told: dict[int, str] = {}
    for answer in answers:
        if f"s{answer.place}" in data:
            shown = [int(text) for text in data.getlist(f"q{answer.place}") if SHOWN.match(text)]
            told[answer.place] = "".join(sorted({answer.order[at] for at in shown if at < len(answer.order)}))
    return told


def options_of(answer: Answer) -> list[dict[str, Any]]:
    """The options in the order of the paper: value, letter as shown, words, whether chosen and whether right."""
    words: Mapping[str, str] = dict(answer.question.lettered)
    return [
        {
            "value": at,
            "letter": "ABCDEF"[at],
            "text": words[letter],
            "chosen": letter in answer.chosen,
            "right": letter in answer.question.right,
        }
        for at, letter in enumerate(answer.order)
    ]
