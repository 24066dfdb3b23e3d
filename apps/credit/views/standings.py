"""Why a firm or a person stands as they do, on any day."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.forms import RecentDayField
from apps.core.pages import int_or_none, need
from apps.core.registers import Register, registry
from apps.core.scoping import get_visible_or_404
from apps.credit import explaining
from apps.credit.presenting import standings as shown
from apps.credit.presenting.spared import spared_lines
from apps.credit.registers.standings import PersonStandingRegister, StandingRegister
from apps.enterprises.models import Enterprise
from apps.enterprises.views import frame as enterprise_frame
from apps.people.views.persons import frame as person_frame


class DayForm(forms.Form):
    """As of which day; without one, today."""

    on = RecentDayField(label="截至日期", required=False)


def asked_day(request: HttpRequest) -> tuple[date, DayForm]:
    """The day of the address; one that is none, or too far ahead, is told and today is shown."""
    form = DayForm(request.GET if "on" in request.GET else None)
    today = timezone.localdate()
    if not form.is_bound or not form.is_valid():
        return today, form
    day = form.cleaned_data["on"] or today
    if day > today:
        form.add_error("on", "截至日期不能晚于今天；以后的变化见右侧预测")
        return today, form
    return day, form


@require_GET
def enterprise_page(request: HttpRequest, key: str) -> HttpResponse:
    need(registry[StandingRegister.name], request.user, "view")
    context = enterprise_frame(request, key, "credit")
    firm, user = context["enterprise"], request.user
    day, form = asked_day(request)
    told, lists = explaining.of_firm(firm, user, day), shown.standing_lists(firm, user, day)
    context |= common(told, day, form, user) | {
        "actions": actions(firm, user),
        "lists": lists,
        "marks": [*context["marks"], *shown.marks_of(told, lists)],
        "past_lists": shown.past_lists(firm, user),
        **(of_today(firm, user, told) if day == timezone.localdate() else {}),
        "all_entries": entries_url(user, firm.uscc),
        "export_url": f"{reverse('credit_entries:export')}?enterprise__uscc={firm.uscc}",
        "may_export": user.has_perm("credit.export_creditentry"),
    }
    return render(request, "credit/enterprise.html", context, status=422 if form.errors else 200)


def of_today(firm: Enterprise, user: Any, told: explaining.Explained | None) -> dict[str, Any]:
    """What is known of now alone, and would be wrong beside the score of another day."""
    return {
        "supervision": shown.supervision_panel(firm, user),
        "leaving": shown.leaving_panel(firm, user, timezone.localdate()),
        "rank": shown.rank_words(firm, told) if told else None,
        "spared": spared_lines(firm, user, told) if told else [],
    }


@require_GET
def to_its_page(request: HttpRequest, key: str, *, register: Register) -> HttpResponse:
    """A line of the list leads to the page of what it is about."""
    need(register, request.user, "view")
    found: Any = key if register.key != "pk" else int_or_none(key)
    return redirect(get_visible_or_404(register.rows(request.user), request.user, **{register.key: found}))


@require_GET
def person_page(request: HttpRequest, key: str) -> HttpResponse:
    need(registry[PersonStandingRegister.name], request.user, "view")
    context = person_frame(request, key, "credit")
    day, form = asked_day(request)
    told = explaining.of_person(context["person"], request.user, day)
    context |= common(told, day, form, request.user)
    return render(request, "credit/person.html", context, status=422 if form.errors else 200)


def common(told: explaining.Explained | None, day: date, form: DayForm, user: Any) -> dict[str, Any]:
    return {
        "told": told,
        "day": day,
        "is_today": day == timezone.localdate(),
        "day_form": form,
        "panel": shown.score_panel(told, user) if told else None,
        "lines": shown.lines_of(told, user) if told else [],
    }


def actions(firm: Enterprise, user: Any) -> list[dict[str, Any]]:
    """What one does about a firm's credit."""
    offered = (
        ("credit.add_creditentry", "记录信用行为", "credit_entries:new", "plus"),
        ("credit.add_creditcertificate", "出具信用证明", "credit_certificates:new", "shield-check"),
    )
    return [
        {"label": label, "url": f"{reverse(name)}?enterprise={firm.uscc}", "icon": icon}
        for permission, label, name, icon in offered
        if user.has_perm(permission)
    ]


def entries_url(user: Any, uscc: str) -> str:
    if not user.has_perm("credit.view_creditentry"):
        return ""
    return f"{reverse('credit_entries:list')}?view=all&enterprise__uscc={uscc}"
