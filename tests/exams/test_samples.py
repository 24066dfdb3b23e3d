"""The samples that come along: enough for papers that differ, right in form, and loaded once."""

import pytest

from apps.exams.forms.questions import QuestionForm
from apps.exams.models import Question
from apps.exams.papers import shortages
from apps.exams.pools import line_of
from apps.exams.reference import load_samples, sample_questions
from tests.personas import province_officer

pytestmark = pytest.mark.django_db


def test_there_are_more_than_thirty_and_each_has_its_basis() -> None:
    told = sample_questions()
    assert len(told) > 30
    assert all(one["basis"] and one["topic"] for one in told)
    assert len({one["text"] for one in told}) == len(told)
    assert {one["kind"] for one in told} == {"judgement", "single", "multiple"}


def test_they_are_loaded_once_and_marked_as_samples_of_the_authority() -> None:
    assert (load_samples(), load_samples()) == (len(sample_questions()), 0)
    assert set(Question.objects.values_list("enterprise", "is_sample", "is_active")) == {(None, True, True)}


def test_the_form_would_take_each_of_them_as_it_stands() -> None:
    """What the database took, people could have typed: options without gaps, letters that fit the kind."""
    user = province_officer()
    wrong = {}
    for one in sample_questions():
        letters = dict(zip("abcdef", one["options"], strict=False)) if one["kind"] != "judgement" else {}
        right = one["right"] if letters else {"A": "正确", "B": "错误"}[one["right"]]
        told = {
            **one,
            "right": right,
            **{f"option_{letter}": text for letter, text in letters.items()},
            "is_active": "on",
        }
        form = QuestionForm(told, user=user)
        if not form.is_valid():
            wrong[one["text"]] = form.errors
    assert wrong == {}


def test_they_suffice_for_a_usual_paper() -> None:
    load_samples()
    pool = [line_of(question, question.sha256) for question in Question.objects.all()]
    pattern = [
        {"kind": "judgement", "topic": "", "count": 10, "points": 3},
        {"kind": "single", "topic": "", "count": 10, "points": 4},
        {"kind": "multiple", "topic": "", "count": 6, "points": 5},
    ]
    assert shortages(pattern, pool) == []
