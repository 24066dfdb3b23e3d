"""The ledger and the lists of the reader's side, each as a tab over the one ledger that they are cut from."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.http import need
from apps.core.exports import filter_words
from apps.core.listing import page_context
from apps.core.registers import Register
from apps.core.results import download
from apps.lists.books import live_job
from apps.lists.definitions import FixedListing, problems_of, register_of, side_of
from apps.lists.forms import FreezeForm
from apps.lists.models import ListSet, ListType, Period
from apps.lists.models.snapshots import period_label
from apps.lists.periods import Span, span_before, span_of
from apps.lists.services.freezing import freeze_now

UNCONFIRMED = "名称待主管部门确认"


def active_set(user: Any) -> ListSet | None:
    return ListSet.objects.visible_to(user).active(side_of(user.organisation))


def lists_in_use(user: Any) -> list[ListType]:
    """The tabs of the reader's side: the ledger first."""
    held = active_set(user)
    if held is None:
        return []
    return list(
        ListType.objects.visible_to(user).in_use(timezone.localdate()).filter(list_set=held).select_related("list_set")
    )


def list_named(user: Any, code: str) -> tuple[ListType, list[ListType]]:
    """The list of this code among those in use, and all of them."""
    lists = lists_in_use(user)
    found = next((told for told in lists if told.code == code), None)
    if found is None:
        raise Http404
    return found, lists


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    need(request, "lists.view_listtype")
    lists = lists_in_use(request.user)
    if lists:
        return show(request, lists[0].code)
    empty = {"reason": "还没有启用的清单体系。请系统管理员在“清单设置”中启用。"}
    return render(request, "lists/absent.html", {"title": "台账与清单", "empty": empty, "tabs": []})


@require_GET
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One list: the base register's own page, with filter and columns fixed."""
    need(request, "lists.view_listtype")
    user: Any = request.user
    told, lists = list_named(user, code)
    span = span_of(told.period, timezone.localdate())
    context = frame(told, lists, user) | {"partial": False}
    register = register_of(told)
    reason = why_not(told, register, user, span)
    if register is None or reason:
        return render(request, "lists/absent.html", context | {"empty": {"reason": reason}})
    listing = FixedListing(told, register, user, request.GET.copy(), span)
    context = page_context(listing) | context
    context |= {
        "views": [],
        "filtered": False,
        "empty": {"reason": f"“{told}”现在没有记录"},
        "words": filter_words(listing),
        "toolbar": toolbar(told, listing, user),
        "density": "compact",
    }
    return render(request, "lists/list.html", context)


def frame(told: ListType, lists: list[ListType], user: Any) -> dict[str, Any]:
    return {
        "title": told.name,
        "list": told,
        "unconfirmed": "" if told.list_set.name_confirmed else UNCONFIRMED,
        "tabs": [
            {"label": other.short_name, "url": reverse("lists:show", args=[other.code]), "current": other == told}
            for other in lists
        ],
        "settings_url": reverse("list_sets:list") if user.has_perm("lists.change_listtype") else "",
    }


def why_not(told: ListType, register: Register | None, user: Any, span: Span) -> str:
    """Why there is nothing to show; empty when there is."""
    if register is None:
        return f"“{told}”尚无数据来源：它的底层台账（{told.register}）还没有启用。启用后这里自动显示，不需要另行填报。"
    if not register.may(user, "view"):
        return f"您没有查看“{register.label}”的权限，因此不显示这份清单的记录。"
    if problems := problems_of(told, user, span):
        return f"“{told}”的条件与底层台账不符，暂不显示：{'；'.join(problems)}。请系统管理员在“清单设置”中更正。"
    return ""


def toolbar(told: ListType, listing: FixedListing, user: Any) -> list[dict[str, Any]]:
    """The buttons above the list; the register itself may be asked for more than its list shows."""
    register = listing.register
    ledger = f"{register.base_url}?{listing.query.urlencode()}"
    buttons: list[dict[str, Any]] = [{"label": "在台账中打开", "url": ledger, "icon": "list-details"}]
    if user.has_perm("lists.view_listsnapshot"):
        buttons.append({"label": "已冻结的清单", "url": reverse("list_snapshots:list"), "icon": "history"})
    if register.may(user, "export"):
        url = reverse("lists:export", args=[told.code])
        buttons.append({"label": "导出 Excel", "url": url, "icon": "download", "method": "post"})
    if user.has_perm("lists.freeze_listsnapshot"):
        url = reverse("lists:freeze", args=[told.code])
        buttons.append({"label": "冻结清单", "url": url, "icon": "lock", "primary": True})
    return buttons


@require_POST
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    need(request, "lists.view_listtype")
    told, _ = list_named(request.user, code)
    register = register_of(told)
    if register is None or not register.may(request.user, "export"):
        raise PermissionDenied
    job = live_job(request.user, told, span_of(told.period, timezone.localdate()))
    return download(job, by=request.user) if job.result_file else redirect("jobs:detail", job.pk)


# Freezing -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def freeze_page(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the period and freeze the office's list; what is wrong with it is told on the page of its job."""
    need(request, "lists.freeze_listsnapshot")
    user: Any = request.user
    told, _ = list_named(user, code)
    spans = spans_offered(told)
    form = FreezeForm(request.POST or None, user=user)
    form.fields["span"].choices = [(name, f"{label}（{period_label(*span)}）") for name, (label, span) in spans.items()]  # type: ignore[attr-defined]
    form.initial["span"] = next(iter(spans))
    if request.method == "POST" and form.is_valid():
        job = freeze_now(user, told, spans[form.cleaned_data["span"]][1])
        if "snapshot" in job.result:
            messages.success(request, f"已冻结“{told}”。")
            return redirect("list_snapshots:detail", job.result["snapshot"])
        form.add_error("span", ValidationError(job.error or "没有冻结，请重试"))
    context = {
        "title": f"冻结{told}",
        "form": form,
        "consequence": "冻结后内容不再改变：之后的整改、改名、增列都不影响这一份。没有记录的清单冻结为零报告。",
        "facts": [
            {"label": "编制单位", "value": user.organisation},
            {"label": "周期", "value": told.get_period_display()},
        ],
        "submit_label": "冻结",
        "cancel_url": reverse("lists:show", args=[told.code]),
        "crumbs": [
            {"label": "台账与清单", "url": reverse("lists:home")},
            {"label": told.name, "url": reverse("lists:show", args=[told.code])},
            {"label": "冻结"},
        ],
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


def spans_offered(told: ListType) -> dict[str, tuple[str, Span]]:
    """By name: what has run of this period till today, and the last whole one."""
    today = timezone.localdate()
    if told.period == Period.REALTIME:
        return {"now": ("截至今日", (today, today))}
    return {
        "last": ("上一期", span_before(told.period, today)),
        "now": ("本期至今日", (span_of(told.period, today)[0], today)),
    }
