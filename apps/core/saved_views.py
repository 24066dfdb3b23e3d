"""Saved views of a list (视图): saving what is on screen under a name, the tabs one is offered, keeping them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.core.exports import filter_words
from apps.core.forms import ScopedModelForm
from apps.core.listing import KEPT_S, NOWHERE, Listing, in_figures
from apps.core.models import SavedView, ViewReach
from apps.core.registers import Register
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import violated_rule

SHOWN = 4
PERMISSIONS = {ViewReach.ORGANISATION: "core.share_savedview", ViewReach.EVERYONE: "core.publish_savedview"}


class SavedViewForm(ScopedModelForm):
    """Name and reach; the reaches are those that the user's role may give."""

    class Meta:
        model = SavedView
        fields = ("name", "reach")
        widgets = {"reach": forms.RadioSelect(attrs={"class": "tiles"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reach"].choices = [  # type: ignore[attr-defined]
            (code, label)
            for code, label in ViewReach.choices
            if code not in PERMISSIONS or self.user.has_perm(PERMISSIONS[ViewReach(code)])
        ]


def kept(form: SavedViewForm) -> SavedView | None:
    """The view as written; None with the reason on the form, such as a name that the owner has used already."""
    if not form.is_valid():
        return None
    try:
        with transaction.atomic():
            view = form.save()
    except IntegrityError as error:
        form.add_error("name", violated_rule(form.instance, error))
        return None
    cache.delete(remembered(view.register, form.user))
    return view


# Tabs -----------------------------------------------------------------------------------------------------------------


def saved_tabs(listing: Listing) -> list[dict[str, Any]]:
    """The saved views that this user is offered here, own ones first; counts are taken once a minute."""
    register, user = listing.register, listing.user
    tabs = cache.get_or_set(remembered(register.name, user), lambda: offered_tabs(register, user), KEPT_S) or []
    current = listing.saved.pk if listing.saved else None
    return [tab | {"current": tab["pk"] == current} for tab in tabs]


def remembered(register: str, user: Any) -> str:
    return f"saved-views:{register}:{user.pk}"


def offered_tabs(register: Register, user: Any) -> list[dict[str, Any]]:
    offered = SavedView.objects.visible_to(user).filter(register=register.name).select_related("owner")
    views = sorted(offered, key=lambda view: (view.owner_id != user.pk, view.reach, view.pk))
    return [
        {
            "pk": view.pk,
            "label": view.name,
            "url": f"?saved={view.pk}",
            "count": count_of(view, register, user) if place < SHOWN else None,
            "note": f"{view.get_reach_display()}视图，{view.owner} 保存；条数每分钟更新",
        }
        for place, view in enumerate(views)
    ]


def count_of(view: SavedView, register: Register, user: Any) -> str:
    listing = Listing(register, user, QueryDict(f"saved={view.pk}"))
    return in_figures(listing.counted, listing.cap)


# Pages ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def save_page(request: HttpRequest, register: Register) -> HttpResponse:
    """Save the list that the address describes, with the columns and the order it has on screen."""
    user: Any = request.user
    need_to_view(register, user)
    listing = Listing(register, user, request.GET.copy())
    view = SavedView(
        register=register.name,
        owner=user,
        organisation_id=user.organisation_id,
        query=plain_query(listing),
        columns=[column.name for column in listing.columns],
    )
    form = SavedViewForm(request.POST or None, user=user, instance=view)
    if request.method == "POST" and (saved := kept(form)):
        messages.success(request, f"已保存视图“{saved}”。")
        return redirect(f"{reverse(f'{register.name}:list')}?saved={saved.pk}")
    return form_page(request, register, form, listing, "保存为视图", "保存视图")


@require_http_methods(["GET", "POST"])
def view_page(request: HttpRequest, register: Register, number: int) -> HttpResponse:
    """Rename an own view, show it to others or to oneself alone, or delete it."""
    need_to_view(register, request.user)
    view = get_visible_or_404(SavedView, request.user, pk=number, register=register.name)
    if not may_change(view, request.user):
        raise PermissionDenied
    if "delete" in request.POST:
        view.delete()
        cache.delete(remembered(register.name, request.user))
        messages.success(request, f"已删除视图“{view}”。")
        return redirect(f"{register.name}:views")
    form = SavedViewForm(request.POST or None, user=request.user, instance=view)
    if request.method == "POST" and kept(form):
        messages.success(request, f"已保存视图“{view}”。")
        return redirect(f"{register.name}:views")
    listing = Listing(register, request.user, QueryDict(view.query))
    return form_page(request, register, form, listing, f"视图“{view}”", "保存")


def form_page(
    request: HttpRequest, register: Register, form: SavedViewForm, listing: Listing, title: str, submit: str
) -> HttpResponse:
    columns = "、".join(c.label for c in register.columns if c.name in form.instance.columns)
    order = next((c.label for c in register.columns if c.name == listing.sort.removeprefix("-")), "")
    direction = "（倒序）" if listing.sort.startswith("-") else ""
    context = {
        "title": title,
        "form": form,
        "facts": [
            {"label": "台账", "value": register.label},
            {"label": "条件", "value": filter_words(listing)},
            {"label": "排序", "value": f"{order}{direction}" if order else "默认"},
            {"label": "列", "value": columns, "wide": True},
        ],
        "submit_label": submit,
        "cancel_url": f"{reverse(f'{register.name}:list')}{listing.url()}",
        "may_delete": form.instance.pk is not None,
    }
    return render(request, "core/saved_view.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET"])
def views_page(request: HttpRequest, register: Register) -> HttpResponse:
    """All that this user is offered, with what each shows."""
    need_to_view(register, request.user)
    offered = SavedView.objects.visible_to(request.user).filter(register=register.name).select_related("owner")
    rows = [
        {
            "view": view,
            "words": filter_words(Listing(register, request.user, QueryDict(f"saved={view.pk}"))),
            "may_change": may_change(view, request.user),
            "saved_at": timezone.localtime(view.saved_at),
        }
        for view in offered.order_by("reach", "name", "pk")
    ]
    return render(request, "core/saved_views.html", {"register": register, "rows": rows})


def may_change(view: SavedView, user: Any) -> bool:
    """The one who saved it; what an organisation shares also its heads, lest it outlive who saved it."""
    own_office = view.reach == ViewReach.ORGANISATION and view.organisation_id == user.organisation_id
    return view.owner_id == user.pk or (own_office and user.has_perm(PERMISSIONS[ViewReach.ORGANISATION]))


def need_to_view(register: Register, user: Any) -> None:
    if not register.may(user, "view"):
        raise PermissionDenied


def plain_query(listing: Listing) -> str:
    """What the list filters and sorts by, without where in it one was and how dense it looked."""
    query = listing.query.copy()
    for name in ("page", "size", "partial", "density", "count", "saved", *NOWHERE):
        query.pop(name, None)
    for name in [name for name, value in query.items() if not value]:
        query.pop(name)
    return query.urlencode()
