"""The page of a record that has no more to show than its register's columns and its history: settings, mostly."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.history import history
from apps.core.pages import crumbs, need
from apps.core.registers import Register
from apps.core.scoping import get_visible_or_404

WIDE = 30
"""Columns that a list draws wider than this take a line of their own."""
Parts = Sequence[dict[str, Any]]


def nothing(record: Any, user: Any) -> Parts:
    return []


def record_page(
    register: Register,
    *,
    actions: Callable[[Any, Any], Parts] = nothing,
    sections: Callable[[Any, Any], Parts] = nothing,
) -> Callable[..., HttpResponse]:
    """The view for `register_urls`; `actions(record, user)` and `sections(record, user)` are what else there is."""

    @require_GET
    def page(request: HttpRequest, key: str) -> HttpResponse:
        user: Any = request.user
        need(register, user, "view")
        record = get_visible_or_404(register.rows(user), user, **{register.key: key})
        context = {
            "title": f"{register.label}：{record}",
            "crumbs": crumbs(register, str(record)),
            "actions": [*actions(record, user), *edit(register, record, user)],
            "sections": [{"title": register.label, "facts": facts(register, record, user)}, *sections(record, user)],
            "timeline": history([record]),
        }
        return render(request, "core/detail.html", context)

    return page


def facts(register: Register, record: Any, user: Any) -> Parts:
    return [
        {"label": column.label, "value": register.cell(record, column), "wide": column.width >= WIDE}
        for column in register.columns_for(user)
    ]


def edit(register: Register, record: Any, user: Any) -> Parts:
    if not register.form_class or not register.may(user, "change") or register.locked_for(record, user):
        return []
    address = reverse(f"{register.name}:edit", args=[getattr(record, register.key)])
    return [{"label": "编辑", "icon": "edit", "url": address}]
