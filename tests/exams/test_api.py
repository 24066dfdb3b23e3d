"""Examinations over the API: lists and details, and a paper that is handed in once."""

from typing import Any

import pytest

from apps.exams.models import Attempt
from tests.api_client import Api
from tests.exams import stories as exams
from tests.hazards import stories

pytestmark = pytest.mark.django_db


def writing(site: stories.Site) -> tuple[Api, Attempt]:
    attempt = exams.begun(site, exams.with_account(site))
    return Api(site.manager), attempt


def as_shown(attempt: Attempt) -> dict[str, str]:
    """The right answers in the letters of the paper."""
    rows = {answer.place: answer for answer in attempt.answers.all()}
    told = exams.solved(attempt)
    return {str(place): "".join("ABCDEF"[rows[place].order.index(x)] for x in told[place]) for place in told}


def test_a_paper_is_handed_in_once_and_the_second_time_is_409_with_the_result() -> None:
    api, attempt = writing(stories.site())
    address = f"/api/attempts/{attempt.pk}/hand_in/"
    first = api.post(address, {"answers": as_shown(attempt)})
    assert (first.status_code, first.json()) == (200, {"score": 100, "passed": True, "state": "handed"})
    second = api.post(address, {"answers": {"1": "B"}})
    assert (second.status_code, second.json()["result"]) == (409, {"score": 100, "passed": True, "state": "handed"})


@pytest.mark.parametrize(
    "sent",
    [
        {"answers": {"1": "F"}},
        {"answers": {"99": "A"}},
        {"answers": {"x": "A"}},
        {"answers": {"1": "9"}},
        {"answers": 7},
    ],
)
def test_answers_that_fit_no_question_are_400_and_nothing_is_handed_in(sent: dict[str, Any]) -> None:
    api, attempt = writing(stories.site())
    assert api.post(f"/api/attempts/{attempt.pk}/hand_in/", sent).status_code == 400
    attempt.refresh_from_db()
    assert attempt.state == "taking"


def test_two_options_for_a_single_choice_are_422() -> None:
    api, attempt = writing(stories.site())
    answer = api.post(f"/api/attempts/{attempt.pk}/hand_in/", {"answers": {"5": "AB"}})
    assert answer.status_code in (409, 422)
    assert "第5题只能选一个选项" in answer.content.decode()


def test_nobody_hands_in_for_somebody_else() -> None:
    site = stories.site()
    _, attempt = writing(site)
    there = Api(site.director).post(f"/api/attempts/{attempt.pk}/hand_in/", {})
    nowhere = Api(site.director).post("/api/attempts/999999/hand_in/", {})
    assert (there.status_code, nowhere.status_code) == (404, 404)


def test_the_seed_stands_in_no_answer_before_the_end() -> None:
    site = stories.site()
    _, attempt = writing(site)
    for address in (f"/api/exams/{attempt.exam_id}/", "/api/exams/", f"/api/attempts/{attempt.pk}/", "/api/attempts/"):
        answer = Api(site.director).get(address)
        assert answer.status_code == 200
        assert attempt.exam.seed not in answer.content.decode()
