"""A hazard that earlier visits had found, looked at again: its outcome written at a desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.cases import line
from apps.core.pages import crumbs
from apps.core.scoping import get_visible_or_404
from apps.hazards.models import Grade
from apps.hazards.pictures import kept_photos
from apps.inspections.forms.record import SecondLookForm
from apps.inspections.models import SecondLook
from apps.inspections.services.answering import adopt_photos, put_second_look
from apps.inspections.views.visits import REGISTER, closed, tried, written


@require_http_methods(["GET", "POST"])
def second_look_page(request: HttpRequest, key: str, look: UUID) -> HttpResponse:
    visit = written(request, key)
    known = get_visible_or_404(visit.second_looks.select_related("hazard"), request.user, pk=look)
    if told := closed(visit):
        messages.error(request, told)
        return redirect(visit)
    form = SecondLookForm(request.POST or None, request.FILES or None, look=known, user=request.user)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: put(request, form, known)):
        messages.success(request, f"已登记隐患 {known} 的复查结论，提交检查时办理。")
        return redirect(visit)
    context = {
        "title": f"复查隐患 {known}",
        "visit": visit,
        "facts": facts_of(known),
        "form": form,
        "kept": kept_photos(form),
        "taken": known.photos.count(),
        "crumbs": crumbs(REGISTER, "复查隐患", visit),
        "cancel_url": visit.get_absolute_url(),
        "submit_label": "保存复查结论",
    }
    return render(request, "inspections/second_look.html", context, status=422 if form.errors else 200)


def facts_of(look: SecondLook) -> list[dict[str, Any]]:
    """The hazard as it was taken along, and where it has moved since."""
    told = look.facts
    moved = f"，现为“{look.state_now}”" if look.state_now else ""
    return [
        line("隐患编号", told["number"], url=look.hazard.get_absolute_url()),
        line("隐患等级", Grade(told["grade"]).label),
        line("整改期限", told["deadline"]),
        line("带入时状态", f"{look.state_then}{moved}"),
        line("部位", told["place"], wide=True),
        line("隐患描述", told["description"], wide=True),
    ]


def put(request: HttpRequest, form: Any, look: SecondLook) -> None:
    """Photographs alone may also be added to an outcome that stays as it is."""
    put_second_look(look.visit, by=request.user, key=look.pk, **form.values())
    adopt_photos(look.visit, by=request.user, keys=form.cleaned_data["photos"], second_look=look)
