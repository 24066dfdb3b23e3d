"""The small forms of what hangs on a project."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.core.pages import int_or_none, sections_of
from apps.core.workflow import StaleRecord
from apps.projects.models import Project


def small_page(
    request: HttpRequest, project: Project, form: Any, save: Any, record: Any, noun: str, back: str
) -> HttpResponse:
    """The form of something that hangs on a project; saved, it leads back to its tab."""
    url = reverse(back, args=[project.number])
    if request.method == "POST" and form.is_valid():
        try:
            saved = save(form, by=request.user, version=int_or_none(request.POST.get("version")))
        except StaleRecord:
            form.add_error(None, "您填写期间，别人已修改过这条记录，请返回核对后重新填写。")
            return small_answer(request, project, form, record, noun, url, status=409)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已保存{noun}“{saved}”。")
            return redirect(url)
    return small_answer(request, project, form, record, noun, url, status=422 if form.errors else 200)


def small_answer(
    request: HttpRequest, project: Project, form: Any, record: Any, noun: str, url: str, *, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "record": record,
        "title": f"{'编辑' if record else '新增'}{noun}",
        "sections": sections_of(form),
        "cancel_url": url,
        "crumbs": [
            {"label": "工程项目", "url": reverse("projects:list")},
            {"label": project.name, "url": reverse("projects:detail", args=[project.number])},
            {"label": noun, "url": url},
            {"label": "编辑" if record else "新增"},
        ],
    }
    return render(request, "core/form.html", context, status=status)
