"""Firms and people on a project."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.pages import int_or_none
from apps.core.scoping import get_visible_or_404
from apps.enterprises.models import Enterprise
from apps.projects.forms import ProjectMemberForm, ProjectPartyForm
from apps.projects.models import Project, ProjectMember, ProjectParty
from apps.projects.selectors import grants_on, may_change
from apps.projects.services import member_firm, save_member, save_party
from apps.projects.views.pages import frame
from apps.projects.views.small import small_page


@require_GET
def parties(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "parties")
    project: Project = context["project"]
    rows = list(project.parties.select_related("enterprise__organisation"))
    context["current"] = [p for p in rows if p.ended_on is None]
    context["former"] = [p for p in rows if p.ended_on is not None]
    context["seen_enterprises"] = set(
        Enterprise.objects.visible_to(request.user).filter(parts__project=project).values_list("pk", flat=True)
    )
    return render(request, "projects/parties.html", context)


def changeable(request: HttpRequest, key: str) -> Project:
    project = get_visible_or_404(Project, request.user, number=key)
    if not may_change(request.user, project):
        raise PermissionDenied
    return project


@require_http_methods(["GET", "POST"])
def party_page(request: HttpRequest, key: str, party_id: int | None = None) -> HttpResponse:
    project = changeable(request, key)
    record = get_visible_or_404(project.parties.all(), request.user, pk=party_id) if party_id else None
    form = ProjectPartyForm(request.POST or None, instance=record or ProjectParty(project=project), user=request.user)
    return small_page(request, project, form, save_party, record, "参建单位", "projects:parties")


@require_GET
def people(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "people")
    project: Project = context["project"]
    today = timezone.localdate()
    rows = project.members.select_related("person__employer__organisation", "user__organisation")
    members = list(rows.prefetch_related("person__certificates").defer("person__id_number", "person__phone"))
    context |= {
        "current": [member_line(m, today) for m in members if m.ended_on is None],
        "former": [member_line(m, today) for m in members if m.ended_on is not None],
        "firms": firms_to_add_from(project, request.user) if context["may_change"] else [],
        "grants": grants_on(project) if request.user.scope.region_path else [],  # type: ignore[union-attr]
    }
    return render(request, "projects/people.html", context)


def member_line(member: ProjectMember, today: Any) -> dict[str, Any]:
    """A member with the certificates that count."""
    person = member.person
    current = [c for c in person.certificates.all() if not c.replaced] if person else []
    firm = person.employer.name if person else str(member.user.organisation) if member.user else ""
    return {
        "member": member,
        "name": person.name if person else str(member.user),
        "firm": firm,
        "certificates": current,
        "expired": [c for c in current if c.days_left(today) < 0],
    }


def firms_to_add_from(project: Project, user: Any) -> list[ProjectParty]:
    """The parties whose staff this user may enter: authorities any, a firm its own."""
    rows = project.parties.current(timezone.localdate()).select_related("enterprise__organisation")
    if user.role_definition.side != "regulator":
        rows = rows.filter(enterprise=user.organisation_id)
    return list({party.enterprise_id: party for party in rows}.values())


@require_http_methods(["GET", "POST"])
def member_page(request: HttpRequest, key: str, member_id: int | None = None) -> HttpResponse:
    project = changeable(request, key)
    record = get_visible_or_404(project.members.all(), request.user, pk=member_id) if member_id else None
    firm = int_or_none(request.GET.get("firm")) if record is None else member_firm(record)
    if firm not in {party.enterprise_id for party in firms_to_add_from(project, request.user)} and record is None:
        raise Http404
    form = ProjectMemberForm(
        request.POST or None, instance=record or ProjectMember(project=project), user=request.user, firm=firm or 0
    )
    return small_page(request, project, form, save_member, record, "项目人员", "projects:people")
