"""A finding has no page of its own: its hazard has."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.inspections.registers.findings import FindingRegister

REGISTER = registry[FindingRegister.name]


@require_GET
def finding_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    finding = get_visible_or_404(REGISTER.rows(request.user), request.user, pk=key)
    if finding.hazard is None:
        raise Http404
    return redirect(finding.hazard)
