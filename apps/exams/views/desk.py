"""Taking an examination, the same for who has an account and for who sits at a kiosk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from apps.core.db import db_now
from apps.core.pages import int_or_none
from apps.exams.forms.taking import chosen_in
from apps.exams.models import Answer, Attempt
from apps.exams.presenting import shown
from apps.exams.selectors import answers_of
from apps.exams.services.attempts import HandedInBefore, hand_in, save_answers

QUIET = "quiet"
"""Sent by the script: the answer is wanted kept, and no page in return."""


@dataclass(frozen=True)
class Seat:
    """Where somebody sits: the address of their pages, who answers for it, and where they go from there."""

    url: str
    by: Any
    leave_url: str
    leave_label: str
    at_kiosk: bool = False


def paper_page(request: HttpRequest, attempt: Attempt, seat: Seat) -> HttpResponse:
    """The page of a running attempt: one question, or with `all` every one; each button keeps what is chosen."""
    answers = list(answers_of(attempt))
    if request.method == "POST":
        return posted(request, attempt, answers, seat)
    if request.GET.get("review"):
        return review(request, attempt, answers, seat)
    return drawn(request, attempt, answers, seat)


def posted(request: HttpRequest, attempt: Attempt, answers: Sequence[Answer], seat: Seat) -> HttpResponse:
    """Keep the answers, and go where the button leads; handing in is asked back once (`review`)."""
    chosen = chosen_in(request.POST, answers)
    try:
        if "hand_in" in request.POST:
            hand_in(attempt, by=seat.by, chosen=chosen)
            return redirect(seat.url)
        save_answers(attempt, chosen)
    except HandedInBefore:
        messages.info(request, "已经交卷，成绩如下。")
        return quiet(409) if QUIET in request.POST else redirect(seat.url)
    except ValidationError as refusal:
        if QUIET in request.POST:
            return quiet(422)
        messages.error(request, "；".join(refusal.messages))
    if QUIET in request.POST:
        return quiet(204)
    return redirect(f"{seat.url}?{urlencode(next_of(request))}")


def quiet(status: int) -> HttpResponse:
    return HttpResponse(status=status)


def next_of(request: HttpRequest) -> dict[str, Any]:
    if "review" in request.POST:
        return {"review": 1}
    if "all" in request.POST:
        return {"all": 1}
    return {"q": int_or_none(request.POST.get("go")) or 1}


def drawn(request: HttpRequest, attempt: Attempt, answers: Sequence[Answer], seat: Seat) -> HttpResponse:
    place = min(max(int_or_none(request.GET.get("q")) or 1, 1), len(answers))
    is_whole = bool(request.GET.get("all"))
    context = frame(attempt, answers, seat) | {
        "questions": [shown(answer) for answer in (answers if is_whole else answers[place - 1 : place])],
        "places": [{"place": a.place, "answered": bool(a.chosen), "here": a.place == place} for a in answers],
        "is_whole": is_whole,
        "place": place,
        "before": place - 1,
        "after": place + 1 if place < len(answers) else 0,
    }
    return render(request, "exams/paper.html", context)


def review(request: HttpRequest, attempt: Attempt, answers: Sequence[Answer], seat: Seat) -> HttpResponse:
    """Before handing in: what is still unanswered."""
    context = frame(attempt, answers, seat) | {"open_places": [a.place for a in answers if not a.chosen]}
    return render(request, "exams/review.html", context)


def frame(attempt: Attempt, answers: Sequence[Answer], seat: Seat) -> dict[str, Any]:
    """What every page of a running attempt shows; the time left is the database's."""
    left = max(0, int((attempt.due_at - db_now()).total_seconds()))
    return {
        "seat": seat,
        "attempt": attempt,
        "exam": attempt.exam,
        "left": left,
        "left_words": f"{left // 60}分{left % 60:02d}秒",
        "count": len(answers),
        "answered": sum(bool(answer.chosen) for answer in answers),
        "title": attempt.exam.title,
    }


def result_page(request: HttpRequest, attempt: Attempt, seat: Seat, **further: Any) -> HttpResponse:
    """The score, and what was wrong with explanation and basis."""
    questions = [shown(answer) for answer in answers_of(attempt)]
    context = {
        "seat": seat,
        "attempt": attempt,
        "exam": attempt.exam,
        "title": attempt.exam.title,
        "wrong": [question for question in questions if not question["is_right"]],
        "count": len(questions),
        **further,
    }
    return render(request, "exams/result.html", context)
