"""The pages that every register has: list, columns, new, edit, and the addresses of them all.

A register's own views, for what is special to it, are put before these in its app's urls.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers

from apps.core import bulk, exports, saved_views
from apps.core.addresses import address_of
from apps.core.listing import CONTROL, KEPT_S, Listing, choose_columns, chosen_columns, page_context
from apps.core.registers import Register, registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord


def need(register: Register, user: Any, verb: str) -> None:
    """403 for those who see the platform but may not do this."""
    if not register.may(user, verb):
        raise PermissionDenied


def toolbar(register: Register, user: Any, listing: Listing) -> list[dict[str, Any]]:
    """The buttons above the list that this user may press."""
    base = f"{register.name}:"
    buttons = register.further_links(user, listing.url())
    if register.may(user, "export"):
        buttons.append(
            {
                "label": "导出 Excel",
                "url": address_of(base + "export"),
                "icon": "download",
                "method": "post",
                "primary": False,
            }
        )
        for name, layout in register.layouts.items():
            url = f"{address_of(base + 'export')}?{listing.url(layout=name).removeprefix('?')}"
            label = f"导出{layout.label}"
            buttons.append({"label": label, "url": url, "icon": "download", "method": "post", "more": True})
    if (register.importer or register.form_class) and register.may(user, "import"):
        buttons.append({"label": "导入", "url": address_of("imports:upload", register.name), "icon": "upload"})
    if register.form_class and register.may(user, "add"):
        label = register.add_label or f"新增{register.model._meta.verbose_name}"
        buttons.append({"label": label, "url": address_of(base + "new"), "icon": "plus", "primary": True})
    return buttons


def bulk_actions(register: Register, user: Any, listing: Listing) -> list[dict[str, str]]:
    """What can be done with the ticked rows, or with all that the filter finds."""
    query = listing.url()
    actions = [
        {"label": a.label, "name": a.name, "url": f"{address_of(f'{register.name}:bulk', a.name)}{query}"}
        for a in bulk.offered(register, user)
    ]
    if register.may(user, "export"):
        address = f"{address_of(f'{register.name}:export')}{query}"
        actions.append({"label": "导出所选", "name": "export", "url": address})
    return actions


def query_html(request: HttpRequest, listing: Listing) -> str:
    """The query form with what is asked, which is the same for an office's people of one role.

    Drawing it costs a tenth of the page and more, so it is kept for a minute: on the next page and in another order the
    same is asked.  One that says what is wrong is drawn anew.
    """
    if listing.problems or listing.saved:
        return ""
    user: Any = request.user
    asked = sorted((name, listing.query.getlist(name)) for name in listing.query if name not in CONTROL)
    whose = f"{request.path}:{user.role}:{user.organisation_id}"
    key = f"query:{whose}:{request.GET.get('view', '')}:{asked}"
    return cache.get_or_set(sha256(key.encode()).hexdigest(), lambda: drawn_query(request, listing), KEPT_S) or ""


def drawn_query(request: HttpRequest, listing: Listing) -> str:
    return render_to_string("core/_query.html", {"filter_form": listing.form}, request)


@vary_on_headers("HX-Request")
@require_GET
def list_page(request: HttpRequest, register: Register, extra: dict[str, Any] | None = None) -> HttpResponse:
    """The list; asked by htmx it answers with the list part alone."""
    need(register, request.user, "view")
    listing = Listing(register, request.user, request.GET.copy())
    actions = bulk_actions(register, request.user, listing)
    context = page_context(listing, tick=bool(actions)) | {
        "toolbar": toolbar(register, request.user, listing),
        "bulk": actions,
        "density": "compact" if request.GET.get("density") == "compact" else "roomy",
        "column_chooser_url": address_of(f"{register.name}:columns"),
        "save_view_url": f"{address_of(f'{register.name}:save_view')}{listing.url()}",
        "views_url": address_of(f"{register.name}:views"),
        "saved_views": saved_views.saved_tabs(listing),
        "query_html": query_html(request, listing),
        "query_string": listing.url().removeprefix("?"),
        "partial": request.headers.get("HX-Request") == "true" and not request.headers.get("HX-Boosted"),
    }
    return render(request, "core/list.html", context | (extra or {}))


@require_http_methods(["GET", "POST"])
def columns_page(request: HttpRequest, register: Register) -> HttpResponse:
    """Tick and order the columns; every button of the form sends the whole of it."""
    need(register, request.user, "view")
    offered = {c.name: c for c in register.columns_for(request.user)}
    if request.method == "POST":
        names = [
            n
            for n in moved(request.POST.getlist("column"), request.POST.get("up"), request.POST.get("down"))
            if n in offered
        ]
        choose_columns(register, request.user, [] if "reset" in request.POST else names)
        if "save" in request.POST:
            return redirect(f"{register.name}:list")
    chosen = chosen_columns(register, request.user)
    rest = [c for c in offered.values() if c not in chosen]
    context = {"register": register, "chosen": chosen, "rest": rest, "crumbs": crumbs(register, "选择列")}
    return render(request, "core/columns.html", context)


def crumbs(register: Register, last: str, record: Any = None) -> list[dict[str, str]]:
    """The way back from a page of a register: its list, the record that the page is about, the page itself."""
    way = [{"label": register.label, "url": reverse(f"{register.name}:list")}]
    if record is not None:
        way.append({"label": str(record), "url": register.row_url(record)})
    return [*way, {"label": last}]


def moved(names: list[str], up: str | None, down: str | None) -> list[str]:
    """The names with one of them a place further up or down."""
    names = list(dict.fromkeys(names))
    for name, by in ((up, -1), (down, 1)):
        if name in names:
            old = names.index(name)
            names.insert(max(0, old + by), names.pop(old))
    return names


@require_http_methods(["GET", "POST"])
def edit_page(request: HttpRequest, register: Register, key: str | None = None) -> HttpResponse:
    """Create or correct one record; what was typed is kept whatever is wrong with it."""
    need(register, request.user, "change" if key else "add")
    record = get_visible_or_404(register.model, request.user, **{register.key: key}) if key else None
    if record is not None and (reason := register.locked_for(record, request.user)):
        messages.error(request, reason)
        return redirect(register.row_url(record))
    extra = {} if record else {"initial": register.prefilled(request.GET)}
    form = register.form(request.user, request.POST or None, instance=record, **extra)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = register.save(form, by=request.user, version=int_or_none(request.POST.get("version")))
        except StaleRecord as stale:
            newer = stale.record
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已保存{register.model._meta.verbose_name}“{saved}”。")
            return redirect(register.row_url(saved))
    context = {"register": register, "form": form, "record": record, "newer": newer and differences(form, newer)}
    context |= {"sections": sections_of(form), "crumbs": crumbs(register, "编辑" if record else "新增", record)}
    status = 409 if newer else 422 if form.errors else 200
    return render(request, register.form_template, context | {"newer_version": newer and newer.version}, status=status)


def sections_of(form: Any) -> list[dict[str, Any]]:
    """The form in the named sections that it declares, (title, field names) each; without any it is one block.

    Sections whose title is in `in_threes` have three columns.
    """
    return [
        {
            "title": title,
            "fields": [form[name] for name in names if name in form.fields],
            "in_threes": title in getattr(form, "in_threes", ()),
        }
        for title, names in getattr(form, "sections", ())
    ]


def differences(form: Any, newer: Any) -> list[dict[str, Any]]:
    """Field by field, what now stands and what was typed, for those that differ."""
    current = form.__class__(instance=newer, user=form.user)

    def in_words(bound: Any) -> str | None:
        value = bound.value()
        return None if value in (None, "") else exports.in_words(bound.field, value)

    return [
        {"label": bound.label, "now": in_words(current[bound.name]), "typed": in_words(bound)}
        for bound in form.visible_fields()
        if str(current[bound.name].value() or "") != str(bound.value() or "")
    ]


def int_or_none(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def whole(field: str) -> Callable[[QuerySet, str], QuerySet]:
    """For a hidden filter of a register, to which links lead: by a whole number, often a key; any other text finds
    nothing."""

    def narrow(rows: QuerySet, text: str) -> QuerySet:
        number = int_or_none(text)
        return rows.none() if number is None else rows.filter(**{field: number})

    return narrow


@require_http_methods(["POST"])
def export_view(request: HttpRequest, register: Register) -> HttpResponseBase:
    """Export what is on screen: at once when it is small, else as a job that can be left."""
    need(register, request.user, "export")
    query = request.GET.copy() if request.GET else request.POST.copy()
    return exports.answer(request, register, query)


def register_urls(register_class: type[Register], *, detail: Callable[..., HttpResponse]) -> list[URLPattern]:
    """The addresses of one register; `detail` is its app's own page for one record."""
    register = registry[register_class.name]

    def bound(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        return partial(view, register=register)

    urls = [
        path("", bound(list_page), name="list"),
        path("columns/", bound(columns_page), name="columns"),
        path("export/", bound(export_view), name="export"),
        path("bulk/<slug:action>/", bound(bulk.bulk_page), name="bulk"),
        path("views/", bound(saved_views.views_page), name="views"),
        path("views/new/", bound(saved_views.save_page), name="save_view"),
        path("views/<int:number>/", bound(saved_views.view_page), name="view"),
    ]
    if register.form_class:
        urls.append(path("new/", bound(edit_page), name="new"))
        urls.append(path("<str:key>/edit/", bound(edit_page), name="edit"))
    return [*urls, path("<str:key>/", detail, name="detail")]
