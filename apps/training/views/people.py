"""Choosing who takes part, and calling the roll; both work without JavaScript, on the phone too."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.pages import crumbs, int_or_none
from apps.people.models import Person
from apps.roster.models import WorkerClass
from apps.training.choosing import MOST_SHOWN, candidates
from apps.training.forms import PickForm
from apps.training.models import Session, SessionState, SignedInBy
from apps.training.presenting import SESSION_CASE, drawn_line, lines_of
from apps.training.services.people import add_people, call_roll, drop_people, names_in_words
from apps.training.views.sessions import organised

MOST_TICKED = 2_000


@require_http_methods(["GET", "POST"])
def people_page(request: HttpRequest, key: str) -> HttpResponse:
    """Who is offered follows from the address; what is sent are the ticked, or all that the filter finds."""
    session = organised(request, key)
    form = PickForm(request.GET, session=session, user=request.user)
    asked = form.cleaned_data if form.is_valid() else {}
    found = candidates(session, request.user, asked)
    if request.method == "POST":
        return changed(request, session, found)
    rows = list(found[: MOST_SHOWN + 1])
    context = {
        "session": session,
        "form": form,
        "people": [offered(person) for person in rows[:MOST_SHOWN]],
        "count": len(rows) if len(rows) <= MOST_SHOWN else found.count(),
        "is_cut": len(rows) > MOST_SHOWN,
        "listed": [drawn_line(one) for one in lines_of(session)[:MOST_TICKED]],
        "title": f"选择参训人员：{session}",
        "crumbs": crumbs(SESSION_CASE.register, "选择参训人员", session),
    }
    return render(request, "training/people.html", context)


def offered(person: Any) -> dict[str, Any]:
    return {
        "person": person,
        "kind": WorkerClass(person.kind).label if person.kind else "",
        "hours": f"{person.hours.normalize():f}/{person.needed.normalize():f}",
        "is_short": person.hours < person.needed,
    }


def changed(request: HttpRequest, session: Session, found: Any) -> HttpResponse:
    """Back to where one was, with what was done told."""
    here = f"{reverse('trainings:people', args=[session.pk])}?{request.GET.urlencode()}"
    try:
        if "drop" in request.POST:
            count = drop_people(session, keys_of(request.POST.getlist("line")), by=request.user)
            messages.success(request, f"已从名单移出 {count} 人。")
            return redirect(here)
        ticked = Person.objects.visible_to(request.user).filter(pk__in=found.values("pk"))
        if "all" not in request.POST:
            ticked = ticked.filter(pk__in=keys_of(request.POST.getlist("person")))
        done = add_people(session, ticked, by=request.user)
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
        return redirect(session)
    if done.elsewhere:
        told = f"{names_in_words(done.elsewhere)}同一时间已在另一个培训班次的名单中，没有加入。"
        messages.warning(request, told)
    if done.added or not done.elsewhere:
        messages.success(request, f"已加入 {done.added} 人。" if done.added else "没有选择人员，名单没有变化。")
    return redirect(here)


def keys_of(texts: Iterable[str]) -> list[int]:
    """The keys among what was sent; anything else is none."""
    return [key for text in list(texts)[:MOST_TICKED] if (key := int_or_none(text)) is not None]


@require_http_methods(["GET", "POST"])
def roll_page(request: HttpRequest, key: str) -> HttpResponse:
    session = organised(request, key)
    if session.state not in (SessionState.OPEN, SessionState.HELD):
        messages.error(request, f"培训{session.get_state_display()}，不能点名。")
        return redirect(session)
    if request.method == "POST":
        return called(request, session)
    lines = [
        drawn_line(one) | {"is_fixed": is_fixed(session, one), "is_there": one.signed_in_at is not None}
        for one in lines_of(session).order_by("person__name", "pk")[:MOST_TICKED]
    ]
    context = {
        "session": session,
        "lines": lines,
        "is_held": session.state == SessionState.HELD,
        "title": f"现场点名：{session}",
        "crumbs": crumbs(SESSION_CASE.register, "现场点名", session),
    }
    return render(request, "training/roll.html", context)


def is_fixed(session: Session, line: Any) -> bool:
    """A tick that the roll cannot take back: somebody's own, or one that counts."""
    own_tick = line.signed_in_by == SignedInBy.TRAINER and session.state == SessionState.OPEN
    return line.signed_in_at is not None and not own_tick


def called(request: HttpRequest, session: Session) -> HttpResponse:
    there, was = (keys_of(request.POST.getlist(name)) for name in ("there", "was"))
    try:
        done = call_roll(session, there=there, was_there=was, by=request.user)
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
        return redirect(session)
    if done.elsewhere:
        messages.warning(request, f"{names_in_words(done.elsewhere)}同一时间已在另一个培训班次签到，没有登记。")
    undone = f"，撤回误点 {done.undone} 人" if done.undone else ""
    messages.success(request, f"已登记到场 {done.present} 人{undone}。")
    return redirect(session)
