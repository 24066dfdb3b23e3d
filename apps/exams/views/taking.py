"""Examinations of somebody who has an account, on their own phone."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.db import db_now
from apps.core.scoping import get_visible_or_404
from apps.exams import selectors
from apps.exams.models import Attempt, AttemptState, Exam
from apps.exams.services.attempts import NOT_ENTITLED, start, why_not_again
from apps.exams.views.desk import Seat, paper_page, result_page
from apps.people.models import Person

NO_PERSON = "您的账号没有关联人员档案，不能参加考试；请联系本单位管理员"


def person_of(user: Any) -> Person | None:
    return getattr(user, "person", None)


def seat_of(exam: Exam, user: Any) -> Seat:
    home = reverse("exam_desk:home")
    return Seat(reverse("exam_desk:sit", args=[exam.pk]), user, home, "我的考试")


@never_cache
@require_GET
def home_page(request: HttpRequest) -> HttpResponse:
    """What waits for me, and how my earlier ones went."""
    user: Any = request.user
    waiting = Exam.objects.visible_to(user).filter(selectors.to_take(user)).select_related("course").order_by("open_to")
    done = Attempt.objects.visible_to(user).filter(person__user=user).select_related("exam").order_by("-pk")
    return render(request, "exams/home.html", {"title": "我的考试", "waiting": waiting, "done": done[:20]})


@never_cache
@require_http_methods(["GET", "POST"])
def sit_page(request: HttpRequest, key: int) -> HttpResponse:
    """Before, during and after the own go at an examination, all at one address."""
    user: Any = request.user
    exam = get_visible_or_404(Exam.objects.select_related("course", "session"), user, pk=key)
    last = Attempt.objects.visible_to(user).filter(exam=exam, person__user=user).order_by("-number").first()
    seat = seat_of(exam, user)
    if last is not None and last.state == AttemptState.TAKING:
        return paper_page(request, last, seat)
    if request.method == "POST":
        return posted(request, exam, last, seat)
    reason = why_not(exam, user, last)
    if last is not None:
        return result_page(request, last, seat, may_start=not reason, why_not=reason)
    context = {"title": exam.title, "exam": exam, "seat": seat, "may_start": not reason, "why_not": reason}
    return render(request, "exams/start.html", context)


def posted(request: HttpRequest, exam: Exam, last: Attempt | None, seat: Seat) -> HttpResponse:
    """Begin; a paper that is sent once more after handing in is answered with its result."""
    if "start" not in request.POST:
        messages.info(request, "已经交卷，成绩如下。" if last else "请先开始考试。")
        return redirect(seat.url)
    person = person_of(seat.by)
    try:
        if person is None:
            raise ValidationError(NO_PERSON)
        start(exam, person, by=seat.by)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
    return redirect(seat.url)


def why_not(exam: Exam, user: Any, last: Attempt | None) -> str:
    """Why this person cannot begin now, or ""."""
    person = person_of(user)
    if person is None:
        return NO_PERSON
    now = db_now()
    if reason := why_not_again(exam, last, now):
        return reason
    if exam.state != "open" or now >= exam.open_to:
        return "考试已结束或者尚未开放"
    if now < exam.open_from:
        return "还没有到开放时间"
    return "" if selectors.participation_for(exam, person) else NOT_ENTITLED
