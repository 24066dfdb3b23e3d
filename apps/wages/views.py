"""Pages of wages: those of the registers, and the tab of a project."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.core.tabs import Tab
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.roster.selectors import keeps_roster
from apps.wages.models import WageAccount, WageMonth, WarningKind
from apps.wages.registers import AccountRegister, WageRegister, WageRuleRegister
from apps.wages.selectors import any_warning, lacks_account, rules, with_warning

MONTHS_SHOWN = 12
REGISTER = registry[WageRegister.name]

account_page = record_page(registry[AccountRegister.name])
month_page = record_page(REGISTER)
rule_page = record_page(registry[WageRuleRegister.name])


@require_GET
def wages_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    context = frame(request, key, "wages")
    project: Project = context["project"]
    user: Any = request.user
    keeps = keeps_roster(user, project)
    asked = f"?{urlencode({'project': project.number})}"
    context |= {
        "accounts": WageAccount.objects.visible_to(user).filter(project=project).defer("account_number"),
        "lacking": lacking(project),
        "months": with_warning(WageMonth.objects.visible_to(user).filter(project=project))[:MONTHS_SHOWN],
        "list_url": f"{reverse('wages:list')}?{urlencode({'view': 'all', 'project__name': project.name})}",
        "new_account_url": reverse("wage_accounts:new") + asked,
        "new_month_url": reverse("wages:new") + asked,
        "import_url": reverse("imports:upload", args=[REGISTER.name]),
        "may_open": keeps and registry[AccountRegister.name].may(user, "add"),
        "may_add": keeps and REGISTER.may(user, "add"),
        "may_import": keeps and REGISTER.may(user, "import"),
    }
    return render(request, "wages/of_project.html", context)


def lacking(project: Project) -> str:
    """That the account is overdue, as a sentence, or ""."""
    today = timezone.localdate()
    if not Project.objects.filter(lacks_account(today), pk=project.pk).exists():
        return ""
    rule = rules(today)[WarningKind.NO_ACCOUNT]
    sample = "（样例）" if rule.is_sample else ""
    return f"{project.started_on} 开工，已超过 {rule.days} 天{sample}未开立工资专用账户"


def warned(project: Project, user: Any) -> int:
    """How many months of the project are warned of."""
    months = WageMonth.objects.visible_to(user).filter(project=project)
    return months.filter(any_warning(timezone.localdate())).count()


project_tabs.add(
    Tab("wages", "工资", "project_wages", count=warned, permission="wages.view_wagemonth"), before="dangerous"
)
