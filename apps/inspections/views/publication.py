"""Correcting a public result."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.pages import int_or_none
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.inspections.forms.publication import CorrectionForm
from apps.inspections.models import Visit
from apps.inspections.services.publication import cannot_correct, correct


@require_http_methods(["GET", "POST"])
def correction_page(request: HttpRequest, key: str) -> HttpResponse:
    visit = get_visible_or_404(Visit.objects.select_related("project", "organisation"), request.user, number=key)
    if not request.user.has_perm("inspections.publish_visit"):
        raise PermissionDenied
    if (reason := cannot_correct(visit, request.user)) and request.method == "GET":
        messages.error(request, reason)
        return redirect(visit)
    form = CorrectionForm(request.POST or None, user=request.user, record=visit)
    if request.method == "POST" and form.is_valid():
        try:
            correct(visit, by=request.user, version=int_or_none(request.POST.get("version")), **form.cleaned_data)
        except StaleRecord:
            form.add_error(None, "公示内容刚被他人更正过，请返回核对后重新提交")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{visit.number} 的公示内容已更正，原文与理由一并公开。")
            return redirect("public_inspection_result", visit.number)
    context = {
        "title": f"更正公示：{visit.number}",
        "form": form,
        "record": visit,
        "submit_label": "公开更正",
        "cancel_url": visit.get_absolute_url(),
        "crumbs": [
            {"label": "监督检查"},
            {"label": visit.number, "url": visit.get_absolute_url()},
            {"label": "更正公示"},
        ],
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)
