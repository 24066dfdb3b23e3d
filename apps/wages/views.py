"""Pages of wages: those of the registers, and the tab of a project."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.edition_pages import edition_page
from apps.core.form_pages import answered, asked
from apps.core.pages import crumbs, need
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.tabs import Tab
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.roster.selectors import keeps_roster
from apps.wages.forms import ProofForm
from apps.wages.models import WageAccount, WageMonth
from apps.wages.registers import AccountRegister, WageRegister, WageRuleRegister
from apps.wages.selectors import any_warning, missing_report, overdue_account, with_warning
from apps.wages.services import prove

MONTHS_SHOWN = 12
REGISTER = registry[WageRegister.name]


def month_actions(month: WageMonth, user: Any) -> list[dict[str, Any]]:
    shown = {"label": "支付凭证", "icon": "file-text", "url": reverse("wages:proof", args=[month.pk])}
    sent = {"label": "上传凭证", "icon": "upload", "url": reverse("wages:prove", args=[month.pk])}
    return [*([shown] if month.proof_id else []), *([sent] if may_prove(month, user) else [])]


def may_prove(month: WageMonth, user: Any) -> bool:
    return REGISTER.may(user, "change") and keeps_roster(user, month.project)


account_page = record_page(registry[AccountRegister.name])
month_page = record_page(REGISTER, actions=month_actions)
rule_page = edition_page(registry[WageRuleRegister.name])


@require_GET
def proof_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The paper that proves a month's payment, for whoever may see the month."""
    need(REGISTER, request.user, "view")
    month = get_visible_or_404(WageMonth.objects.select_related("proof"), request.user, pk=key)
    if month.proof is None:
        raise Http404
    return files.serve(month.proof)


@require_http_methods(["GET", "POST"])
def prove_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    month = get_visible_or_404(WageMonth.objects.select_related("project"), request.user, pk=key)
    if not may_prove(month, request.user):
        raise PermissionDenied
    form = asked(request, ProofForm)

    def kept() -> HttpResponse:
        prove(month, form.cleaned_data["proof"], by=request.user)
        messages.success(request, "已保存支付凭证。")
        return redirect(month)

    context = {"title": f"上传支付凭证：{month}", "submit_label": "上传", "cancel_url": month.get_absolute_url()}
    return answered(request, form, kept, context | {"crumbs": crumbs(REGISTER, "上传支付凭证", month)})


@require_GET
def wages_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    context = frame(request, key, "wages")
    project: Project = context["project"]
    user: Any = request.user
    keeps = keeps_roster(user, project)
    of_project = f"?{urlencode({'project': project.number})}"
    context |= {
        "accounts": WageAccount.objects.visible_to(user).filter(project=project).defer("account_number"),
        "lacking": overdue_account(project),
        "unreported": missing_report(project),
        "months": with_warning(WageMonth.objects.visible_to(user).filter(project=project))[:MONTHS_SHOWN],
        "list_url": f"{reverse('wages:list')}?{urlencode({'view': 'all', 'project__name': project.name})}",
        "new_account_url": reverse("wage_accounts:new") + of_project,
        "new_month_url": reverse("wages:new") + of_project,
        "import_url": reverse("imports:upload", args=[REGISTER.name]),
        "may_open": keeps and registry[AccountRegister.name].may(user, "add"),
        "may_add": keeps and REGISTER.may(user, "add"),
        "may_import": keeps and REGISTER.may(user, "import"),
    }
    return render(request, "wages/of_project.html", context)


def warned(project: Project, user: Any) -> int:
    """How many months of the project are warned of."""
    months = WageMonth.objects.visible_to(user).filter(project=project)
    return months.filter(any_warning(timezone.localdate())).count()


project_tabs.add(
    Tab("wages", "工资", "project_wages", count=warned, permission="wages.view_wagemonth"), before="dangerous"
)
