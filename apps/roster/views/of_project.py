"""The roster of one project, as a tab of its page: who is there, in which teams, and what is missing."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.tabs import Tab
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.roster.forms import DeviceForm
from apps.roster.models import Attendance, AttendanceDevice, AttendanceFault, Engagement, Team
from apps.roster.registers import EngagementRegister
from apps.roster.selectors import keeps_roster, on_site
from apps.roster.services.devices import add_device, switch_device
from apps.roster.staffing import further_needs, labour_needs, needs

REGISTER = registry[EngagementRegister.name]


@require_GET
def roster_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    context = frame(request, key, "roster")
    project: Project = context["project"]
    user: Any = request.user
    keeps, today = keeps_roster(user, project), timezone.localdate()
    context |= {
        "figures": figures(project, user),
        "teams": teams(project, user),
        "needs": [*needs(project, today), *labour_needs(project, user, today), *further_needs(project, today)],
        "devices": project.attendance_devices.all() if keeps else [],
        "keeps": keeps,
        "list_url": listed("roster", project),
        "new_url": f"{reverse('roster:new')}?project={project.number}",
        "import_url": reverse("imports:upload", args=["roster"]),
        "attendance_import_url": reverse("imports:upload", args=["attendance"]),
    }
    return render(request, "roster/of_project.html", context)


def listed(register: str, project: Project, **further: str) -> str:
    """The list of a register, cut to this project."""
    return f"{reverse(f'{register}:list')}?{urlencode({'view': 'all', 'project__name': project.name} | further)}"


def figures(project: Project, user: Any) -> list[dict[str, Any]]:
    """Each figure opens its rows."""
    today = timezone.localdate()
    present = Engagement.objects.visible_to(user).filter(project=project, left_on=None)
    seen = Attendance.objects.visible_to(user).filter(project=project, day=today)
    faults = AttendanceFault.objects.visible_to(user).filter(project=project, settled_at=None)
    day = {"day_after": str(today), "day_before": str(today)}
    return [
        {"label": "在场人员", "value": present.count(), "unit": "人", "url": listed("roster", project, view="present")},
        {"label": "今天考勤", "value": seen.count(), "unit": "人", "url": listed("attendance", project, **day)},
        {
            "label": "考勤差异待处理",
            "value": (count := faults.count()),
            "unit": "条",
            "tone": "bad" if count else "",
            "url": listed("attendance_faults", project, view="open"),
        },
    ]


def teams(project: Project, user: Any) -> Any:
    present = Count("engagements", filter=Q(engagements__left_on=None))
    rows = Team.objects.visible_to(user).filter(project=project, is_active=True)
    return rows.annotate(people=present).select_related("employer__organisation")


@never_cache
@require_http_methods(["GET", "POST"])
def device_page(request: HttpRequest, key: str) -> HttpResponse:
    """Register a device; its key stands on the answer, once."""
    project = kept(request, key)
    form = DeviceForm(request.POST or None, user=request.user)
    context = {"form": form, "title": "登记考勤设备", "submit_label": "登记", "cancel_url": tab_url(project)}
    if request.method == "POST" and form.is_valid():
        try:
            device, clear = add_device(project, form.cleaned_data["name"], by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            shown = {"device": device, "key": clear, "back_url": tab_url(project), "title": "设备密钥"}
            return render(request, "roster/device_key.html", shown)
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def device_switch(request: HttpRequest, key: str, device_id: int) -> HttpResponse:
    project = kept(request, key)
    device = get_visible_or_404(AttendanceDevice.objects.filter(project=project), request.user, pk=device_id)
    done = switch_device(device, on=not device.is_active, by=request.user)
    messages.success(request, f"已{'启用' if done.is_active else '停用'}考勤设备“{done.name}”。")
    return redirect(tab_url(project))


def kept(request: HttpRequest, key: str) -> Project:
    """The project, for those who keep its roster."""
    user: Any = request.user
    project = get_visible_or_404(Project, user, number=key)
    if not (user.has_perm("roster.change_engagement") and keeps_roster(user, project)):
        raise PermissionDenied
    return project


def tab_url(project: Project) -> str:
    return reverse("project_roster", args=[project.number])


project_tabs.add(
    Tab("roster", "名册", "project_roster", count=on_site, permission="roster.view_engagement"), before="dangerous"
)
