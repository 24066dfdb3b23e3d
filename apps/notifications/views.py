"""The inbox: one's own messages, and the way from each to its step."""

from datetime import date
from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.core.listing import shown
from apps.core.scoping import get_visible_or_404
from apps.notifications import services
from apps.notifications.models import Digest, Message

PER_PAGE = 20
TABS = {"all": "全部", "unread": "未读"}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    tab = _tab(request.GET.get("tab"))
    own = Message.objects.visible_to(request.user)
    counts = own.aggregate(all=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    paginator = Paginator((own.unread() if tab == "unread" else own).order_by("-pk"), PER_PAGE)
    paginator.count = counts[tab]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "tabs": [_tab_link(name, counts[name], tab) for name in TABS],
        "rows": list(page),
        "page": _pager(page, tab),
        "unread_total": counts["unread"],
        "all_url": _address("all"),
    }
    return render(request, "notifications/inbox.html", context)


@require_GET
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go to the step; a constraint keeps the link within this site."""
    message = get_visible_or_404(Message, request.user, pk=pk)
    services.mark_read(request.user, [message.pk])
    return redirect(message.url)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """The ticked messages, or all of them."""
    if "all" in request.POST:
        count = services.mark_all_read(request.user)
    else:
        count = services.mark_read(request.user, filter(None, map(_key, request.POST.getlist("message"))))
    flash.success(request, f"已将 {count} 条消息标为已读。" if count else "没有勾选未读消息。")
    return redirect(_address(_tab(request.POST.get("tab"))))


@require_GET
def digest(request: HttpRequest, day: date) -> HttpResponse:
    found = get_visible_or_404(Digest, request.user, day=day)
    return render(request, "notifications/digest.html", {"digest": found, "items": found.described_items()})


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _tab(asked: str | None) -> str:
    return asked if asked in TABS else "all"


def _address(tab: str, page: int = 1) -> str:
    return f"{reverse('messages:list')}?tab={tab}" + (f"&page={page}" if page > 1 else "")


def _tab_link(name: str, count: int, current: str) -> dict[str, Any]:
    return {
        "label": TABS[name],
        "url": _address(name),
        "count": count,
        "hot": name == "unread" and count > 0,
        "current": name == current,
    }


def _pager(page: Page, tab: str) -> dict[str, Any]:
    """What core/_pager.html needs."""
    number, pages = page.number, page.paginator.num_pages
    return {
        "total_label": f"{page.paginator.count} 条",
        "has_previous": page.has_previous(),
        "previous_url": _address(tab, number - 1),
        "has_next": page.has_next(),
        "next_url": _address(tab, number + 1),
        "links": [n and {"number": n, "url": _address(tab, n), "current": n == number} for n in shown(number, pages)],
    }
