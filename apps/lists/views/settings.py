"""Administering lists: which set holds, its names, and what each list shows, with a preview before it is saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.http import need
from apps.core.canonical import sha256_of
from apps.core.history import history
from apps.core.markup import escaped
from apps.core.pages import int_or_none, sections_of
from apps.core.records import storable
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.lists.definitions import FixedListing, register_of
from apps.lists.forms import ListTypeForm, NamesForm, edited
from apps.lists.models import ListSet, ListType
from apps.lists.periods import span_of
from apps.lists.services.sets import activate, confirm_names, next_code, save_list

PREVIEWED = 5


@require_GET
def sets_page(request: HttpRequest) -> HttpResponse:
    """All sets, the readings of the order one below the other, each with both sides' lists."""
    need(request, "lists.change_listset")
    today = timezone.localdate()
    sets = ListSet.objects.visible_to(request.user).prefetch_related("lists")
    readings: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for told in sets.order_by("code", "edition", "side"):
        lines = [
            {"list": one, "register": register_of(one), "closed": is_closed(one, today)} for one in told.lists.all()
        ]
        readings.setdefault((told.code, told.edition), []).append({"set": told, "lists": lines})
    shown = [
        {"code": code, "name": sides[0]["set"].name, "active": any(s["set"].is_active for s in sides), "sides": sides}
        for (code, _), sides in readings.items()
    ]
    shown.sort(key=lambda reading: (not reading["active"], reading["code"]))
    return render(request, "lists/sets.html", {"title": "清单设置", "readings": shown})


def is_closed(told: ListType, today: Any) -> bool:
    return told.effective_to is not None and told.effective_to <= today


def crumbs(*labels: str) -> list[dict[str, str]]:
    above = {"label": "清单设置", "url": reverse("list_sets:list")}
    return [{"label": "系统管理"}, above, *({"label": label} for label in labels)]


@require_http_methods(["GET", "POST"])
def activate_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what changes for whom, then let another reading hold."""
    need(request, "lists.change_listset")
    user: Any = request.user
    told = get_visible_or_404(ListSet, user, pk=pk)
    if request.method == "POST":
        try:
            activate(told.code, told.edition, by=user)
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
        else:
            messages.success(request, f"已启用清单体系“{told.name}”。")
        return redirect("list_sets:list")
    sets = ListSet.objects.visible_to(user).filter(code=told.code, edition=told.edition).prefetch_related("lists")
    facts = [
        {"label": one.get_side_display(), "value": "、".join(line.name for line in one.lists.all()), "wide": True}
        for one in sets
    ]
    context = {
        "title": f"启用清单体系：{told.name}",
        "consequence": "启用后，全省主管部门和施工企业看到的台账与清单立即换成下列各项，下一期起按它们生成。"
        "隐患等记录不变，已冻结的清单不变。",
        "facts": facts,
        "submit_label": "启用",
        "cancel_url": reverse("list_sets:list"),
        "crumbs": crumbs("启用"),
    }
    return render(request, "core/confirm.html", context)


@require_http_methods(["GET", "POST"])
def names_page(request: HttpRequest, pk: int) -> HttpResponse:
    need(request, "lists.change_listset")
    user: Any = request.user
    told = get_visible_or_404(ListSet, user, pk=pk)
    form = NamesForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_names(told, basis=form.cleaned_data["basis"], by=user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已确认“{told}”的名称。")
            return redirect("list_sets:list")
    context = {
        "title": f"确认名称：{told}",
        "form": form,
        "consequence": "确认后，各清单页面不再显示“名称待主管部门确认”。",
        "facts": [{"label": "清单", "value": "、".join(one.name for one in told.lists.all()), "wide": True}],
        "submit_label": "确认名称",
        "cancel_url": reverse("list_sets:list"),
        "crumbs": crumbs("确认名称"),
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


# One list -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A further list in a set, such as a fifth."""
    need(request, "lists.change_listtype")
    told = get_visible_or_404(ListSet, request.user, pk=pk)
    order = told.lists.count()
    blank = ListType(list_set=told, code=next_code(told), order=order, effective_from=timezone.localdate())
    blank.register = "hazards"
    return defined(request, blank, f"新增清单：{told}")


@require_http_methods(["GET", "POST"])
def edit_page(request: HttpRequest, pk: int) -> HttpResponse:
    need(request, "lists.change_listtype")
    rows = ListType.objects.select_related("list_set")
    told = get_visible_or_404(rows, request.user, pk=pk)
    return defined(request, told, f"编辑清单：{told.name}")


def defined(request: HttpRequest, told: ListType, title: str) -> HttpResponse:
    """The form; its columns are moved by buttons, and it is saved only as it was last previewed."""
    user: Any = request.user
    is_new, version = told.pk is None, told.version
    form = ListTypeForm(request.POST or None, user=user, instance=told)
    preview = fingerprint = None
    if request.method == "POST":
        changed = edited(request.POST, dict(form.offered()))
        if changed is not None:
            form = ListTypeForm(changed, user=user, instance=told)
            form.unjudged()
        elif form.is_valid():
            fingerprint = print_of(form)
            if "save" in request.POST and request.POST.get("previewed") == fingerprint:
                if answer := saved(request, form, is_new):
                    return answer
            else:
                preview = preview_of(form.instance, user)
        version = int_or_none(request.POST.get("version")) or version
    context = {
        "title": title,
        "form": form,
        "sections": sections_of(form),
        "preview": preview,
        "previewed": fingerprint,
        "version": version,
        "is_new": is_new,
        "crumbs": crumbs(title),
        "timeline": [] if is_new else history([told]),
        "cancel_url": reverse("list_sets:list"),
    }
    return render(request, "lists/define.html", context, status=422 if form.errors else 200)


def print_of(form: ListTypeForm) -> str:
    """By which a typed form is known again: what is saved is what was shown."""
    return sha256_of({name: storable(value) for name, value in form.cleaned_data.items()})


def saved(request: HttpRequest, form: ListTypeForm, is_new: bool) -> HttpResponse | None:
    user: Any = request.user
    try:
        told = save_list(form, by=user, version=None if is_new else int_or_none(request.POST.get("version")))
    except StaleRecord as stale:
        form.add_error(None, f"您填写期间，别人已保存过这份清单（现为第 {stale.record.version} 版）。请重新打开后再改")
    except ValidationError as refusal:
        form.add_error(None, refusal)
    else:
        messages.success(request, f"已保存“{told}”。已冻结的清单不变。")
        return redirect("list_sets:list")
    return None


def preview_of(told: ListType, user: Any) -> dict[str, Any]:
    """The head and the first rows as readers will see them, as far as this person may see rows."""
    register = register_of(told)
    heads = [column["label"] for column in told.columns]
    if register is None or not register.may(user, "view"):
        note = "底层台账尚未启用" if register is None else "您的账号不查看业务记录"
        return {"heads": heads, "rows": [], "note": f"{note}，只预览表头。"}
    span = span_of(told.period, timezone.localdate())
    listing = FixedListing(told, register, user, QueryDict(), span)
    rows = [[escaped(register.cell(r, c)) for c in listing.columns] for r in listing.records[:PREVIEWED]]
    return {"heads": heads, "rows": rows, "note": f"共 {listing.counted} 条，以下为前 {len(rows)} 条。"}
