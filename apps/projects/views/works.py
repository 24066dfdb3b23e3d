"""Dangerous works."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import int_or_none, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.enterprises.views import section
from apps.projects.dangerous import categories, grouped_choices
from apps.projects.forms import ChooseWorkForm, DangerousWorkForm
from apps.projects.models import DangerousWork, Project
from apps.projects.registers import DangerousWorkRegister
from apps.projects.selectors import may_keep_works
from apps.projects.services import save_dangerous_work
from apps.projects.views.pages import frame
from apps.projects.views.small import small_page

WORKS = registry[DangerousWorkRegister.name]


@require_GET
def dangerous(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "dangerous")
    project: Project = context["project"]
    context["works"] = project.dangerous_works.order_by("-is_super", "-is_dangerous", "planned_start", "pk")
    context["may_keep"] = may_keep_works(request.user, project)
    return render(request, "projects/dangerous.html", context)


@require_http_methods(["GET", "POST"])
def work_page(request: HttpRequest, key: str, work_id: int | None = None) -> HttpResponse:
    """Choose the category, then fill in what the decree asks of it."""
    project = get_visible_or_404(Project, request.user, number=key)
    if not may_keep_works(request.user, project):
        raise PermissionDenied
    record = get_visible_or_404(project.dangerous_works.all(), request.user, pk=work_id) if work_id else None
    category = record.category if record else request.GET.get("category", "")
    if category not in categories():
        return render(request, "projects/choose_category.html", {"project": project, "groups": grouped_choices()})
    form = DangerousWorkForm(
        request.POST or None,
        instance=record or DangerousWork(project=project, category=category),
        user=request.user,
    )
    return small_page(request, project, form, save_dangerous_work, record, "危大工程", "projects:dangerous")


@require_http_methods(["GET", "POST"])
def new_work(request: HttpRequest) -> HttpResponse:
    """From the register: first which project and category, then the project's own page."""
    need(WORKS, request.user, "add")
    form = ChooseWorkForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        url = reverse("projects:new_work", args=[form.cleaned_data["project"].number])
        return redirect(f"{url}?category={form.cleaned_data['category']}")
    context = {
        "form": form,
        "title": "新增危大工程",
        "submit_label": "下一步",
        "cancel_url": reverse("dangerous_works:list"),
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_GET
def edit_work(request: HttpRequest, key: str) -> HttpResponse:
    work = get_visible_or_404(DangerousWork.objects.select_related("project"), request.user, pk=int_or_none(key))
    return redirect("projects:work", work.project.number, work.pk)


@require_GET
def work_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One dangerous work of the register, with the reasons for its class."""
    need(WORKS, request.user, "view")
    rows = DangerousWork.objects.select_related("project__region", "project__enterprise__organisation")
    work = get_visible_or_404(rows, request.user, pk=int_or_none(key))
    project = work.project
    edit = {
        "label": "编辑",
        "url": reverse("projects:work", args=[project.number, work.pk]),
        "icon": "edit",
        "primary": True,
    }
    context = {
        "work": work,
        "title": work.name,
        "crumbs": [
            {"label": "工程项目", "url": reverse("projects:list")},
            {"label": project.name, "url": reverse("projects:dangerous", args=[project.number])},
            {"label": work.name},
        ],
        "actions": [edit] if may_keep_works(request.user, project) else [],
        "sections": [work_facts(work)],
        "timeline": history([work]),
    }
    return render(request, "projects/work.html", context)


def work_facts(work: DangerousWork) -> dict[str, Any]:
    known = {p.name: p for p in categories()[work.category].parameters}
    measured = [
        (known[name].label, "是" if value is True else f"{value:g} {known[name].unit}")
        for name, value in work.parameters.items()
        if name in known
    ]
    return section(
        "基本信息",
        ("工程项目", work.project.name),
        ("类别", work.get_category_display()),
        ("部位", work.place),
        ("状态", work.get_state_display()),
        *measured,
        ("计划", period(work.planned_start, work.planned_end)),
        ("实际", period(work.started_on, work.ended_on)),
    )


def period(first: Any, last: Any) -> str:
    return f"{first or '未定'} 至 {last or '未定'}" if first or last else ""
