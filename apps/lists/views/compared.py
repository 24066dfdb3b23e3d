"""What a comparison of two lists has found, and settling it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.history import history
from apps.core.pages import int_or_none, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.lists.forms import SettleForm
from apps.lists.models import Difference, Reconciliation
from apps.lists.models.reconciliation import shown
from apps.lists.registers import DifferenceRegister, ReconciliationRegister, settled_cell
from apps.lists.services.reconciling import settle

REGISTER = registry[ReconciliationRegister.name]
DIFFERENCES = registry[DifferenceRegister.name]
SHOWN = 200


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    rows = REGISTER.rows(request.user).select_related("authority_snapshot", "firm_snapshot", "firm", "made_by")
    found = get_visible_or_404(rows, request.user, pk=key)
    differences = Difference.objects.visible_to(request.user).filter(reconciliation=found)
    waiting = differences.filter(settled_at=None).count()
    listed = differences.select_related("settled_by").order_by("settled_at", "pk")[:SHOWN]
    context = {
        "title": f"清单核对：{found.firm}",
        "crumbs": crumbs(found.authority_snapshot.period_label),
        "found": found,
        "facts": facts(found, waiting, request.user),
        "differences": [(d, settled_cell(d)) for d in listed],
        "differing": found.compared - found.agreeing,
        "all_url": f"{reverse('list_differences:list')}?view=all&of={found.pk}",
        "export_url": f"{reverse('list_differences:export')}?view=all&of={found.pk}",
        "may_export": DIFFERENCES.may(request.user, "export"),
        "may_settle": request.user.has_perm("lists.settle_difference"),
        "timeline": history([found]),
    }
    return render(request, "lists/reconciliation.html", context)


def crumbs(last: str, *between: dict[str, str]) -> list[dict[str, str]]:
    above = {"label": "清单核对", "url": reverse("list_reconciliations:list")}
    return [{"label": "台账与清单", "url": reverse("lists:home")}, above, *between, {"label": last}]


def facts(found: Reconciliation, waiting: int, user: Any) -> list[dict[str, Any]]:
    """Each side's list with the way to it, as far as this reader may go it."""
    is_office = not user.scope.enterprise_id
    authority, firm = found.authority_snapshot, found.firm_snapshot
    return [
        {
            "label": "主管部门清单",
            "value": f"{authority.title}（{authority.organisation_name}）",
            "url": authority.get_absolute_url() if is_office else "",
        },
        {"label": "企业清单", "value": firm.title, "url": firm.get_absolute_url()},
        {"label": "期间", "value": authority.period_label},
        {"label": "双方记录数", "value": found.compared},
        {"label": "一致", "value": f"{found.agreeing} 条"},
        {"label": "不一致", "value": f"{found.compared - found.agreeing} 条，其中待处理 {waiting} 条"},
        {"label": "核对人", "value": f"{found.made_by}，{timezone.localtime(found.made_at):%Y-%m-%d %H:%M}"},
    ]


@require_http_methods(["GET", "POST"])
def difference_page(request: HttpRequest, key: str) -> HttpResponse:
    """One difference: both sides beside each other, and what it is settled as."""
    need(DIFFERENCES, request.user, "view")
    rows = DIFFERENCES.rows(request.user).select_related("reconciliation__authority_snapshot", "firm", "settled_by")
    found: Difference = get_visible_or_404(rows, request.user, pk=key)
    may_settle = request.user.has_perm("lists.settle_difference") and not found.settled_at
    form = SettleForm(request.POST or None, user=request.user)
    if request.method == "POST":
        if not request.user.has_perm("lists.settle_difference"):
            raise PermissionDenied
        if form.is_valid() and (answer := settled(request, found, form)):
            return answer
    above = {"label": found.reconciliation.authority_snapshot.period_label}
    context = {
        "title": f"核对差异：{found.record_key}",
        "crumbs": crumbs(found.record_key, above | {"url": found.reconciliation.get_absolute_url()}),
        "found": found,
        "state": settled_cell(found),
        "lines": [(d["label"], shown(d["authority"]), shown(d["firm"])) for d in found.details],
        "form": form,
        "may_settle": may_settle,
        "timeline": history([found]),
    }
    return render(request, "lists/difference.html", context, status=422 if form.errors else 200)


def settled(request: HttpRequest, found: Difference, form: SettleForm) -> HttpResponse | None:
    """The way back after it was settled; None with the reason on the form when it was not."""
    user: Any = request.user
    try:
        settle(found, **form.cleaned_data, by=user, version=int_or_none(request.POST.get("version")))
    except StaleRecord:
        form.add_error(None, "这条差异刚由别人处理，请返回查看处理结果")
    except ValidationError as refusal:
        form.add_error(None, refusal)
    else:
        messages.success(request, f"已处理{found}。")
        return redirect(found.reconciliation.get_absolute_url())
    return None
