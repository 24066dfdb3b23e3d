"""The pages of long work: the own jobs, one of them with its progress, its result, and calling it off."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core import jobs
from apps.core.exports import own_exports
from apps.core.models import Job
from apps.core.results import download, expires_at
from apps.core.scoping import get_visible_or_404

PAGE_SIZE = 20


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    return listed(request, "后台任务", Job.objects.visible_to(request.user))


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    return listed(request, "导出记录", own_exports(request.user))


def listed(request: HttpRequest, title: str, rows: QuerySet[Job]) -> HttpResponse:
    """One page of the own jobs, newest first."""
    page = Paginator(rows.order_by("-created_at", "pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "core/jobs.html", {"title": title, "jobs": list(page), "page": pager(page)})


def pager(page: Page, link: str = "?page={}") -> dict[str, Any]:
    """What `page_links` draws, for lists that are no register; `link` leads to a page by its number."""
    number = page.number
    numbers = page.paginator.get_elided_page_range(number, on_each_side=2, on_ends=1)
    return {
        "total_label": f"{page.paginator.count} 条",
        "has_previous": page.has_previous(),
        "has_next": page.has_next(),
        "previous_url": link.format(number - 1),
        "next_url": link.format(number + 1),
        "links": [
            {"number": n, "url": link.format(n), "current": n == number} if isinstance(n, int) else None
            for n in numbers
        ],
    }


@require_GET
def job_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job; the page asks again by itself while the job is open."""
    job = own_job(request, pk)
    context = {"job": job, "expires_at": expires_at(job), "running_job": None} | next_step(job)
    return render(request, "core/job.html", context)


@require_GET
def job_toast(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The corner note that tells of a running job on every page."""
    return render(request, "core/_job_toast.html", {"job": own_job(request, pk)})


@require_GET
def job_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    return download(own_job(request, pk), by=request.user)


@require_POST
def job_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = own_job(request, pk)
    if job.is_open:
        jobs.cancel(job)
        messages.success(request, "已要求取消，正在进行的一步完成后停止。")
    else:
        messages.info(request, f"任务{job.get_state_display()}，不能再取消。")
    return redirect("jobs:detail", job.pk)


def own_job(request: HttpRequest, pk: UUID) -> Job:
    return get_visible_or_404(Job.objects.select_related("result_file"), request.user, pk=pk)


def next_step(job: Job) -> dict[str, str]:
    """Where the work goes on that this job is a part of."""
    url = job.params.get("page", "")
    label = job.params.get("page_label", "查看导入")
    return {"result_url": url, "result_label": label} if url else {}
