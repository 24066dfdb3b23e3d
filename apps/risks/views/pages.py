"""The pages of one risk point: entering it, looking at it, moving it on."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.cases import asked, attempted, moved, now_stands
from apps.core.pages import crumbs, differences, int_or_none, need, sections_of
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord, Transition
from apps.projects.models import Project
from apps.risks.forms import MOVE_FORMS, CheckPageForm, RiskForm, RiskMoveForm
from apps.risks.models import RiskLevel, RiskPoint
from apps.risks.presenting import case_context, case_rows, check_facts
from apps.risks.registers import RiskRegister
from apps.risks.workflow import RISK

REGISTER = registry[RiskRegister.name]
PAGE_FORMS: dict[str, type[RiskMoveForm]] = {**MOVE_FORMS, "check": CheckPageForm}


@require_http_methods(["GET", "POST"])
def record_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Enter a risk point or correct one that waits for approval: first the sheet, then the verdict, then it is kept."""
    need(REGISTER, request.user, "change" if key else "add")
    risk = get_visible_or_404(case_rows(), request.user, number=key) if key else None
    if risk is not None and (reason := REGISTER.locked(risk)):
        messages.error(request, reason)
        return redirect(risk)
    form: Any = REGISTER.form(request.user, request.POST or None, instance=risk, initial=prefilled(request))
    newer = None
    if request.method == "POST" and form.is_valid():
        if "keep" not in request.POST:
            return sheet(request, form, risk) if "back" in request.POST else verdict(request, form, risk)
        try:
            return kept(request, form)
        except StaleRecord as stale:
            newer = stale.record
        except ValidationError as refusal:
            form.add_error(None, refusal)
    return sheet(request, form, risk, newer)


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """What the address already says: the project one comes from, and the method."""
    told: dict[str, Any] = {}
    if project := int_or_none(request.GET.get("project")):
        told["project"] = Project.objects.visible_to(request.user).filter(pk=project).first()
    if (method := request.GET.get("method")) in ("lec", "ls"):
        told["method"] = method
    return {name: value for name, value in told.items() if value}


def kept(request: HttpRequest, form: RiskForm) -> HttpResponse:
    risk = REGISTER.save(form, by=request.user, version=int_or_none(request.POST.get("version")))
    messages.success(request, f"{risk.number} 已保存，等级为{RiskLevel(risk.level).label}，批准后开始管控。")
    return redirect(risk)


def sheet(request: HttpRequest, form: Any, risk: RiskPoint | None, newer: Any = None) -> HttpResponse:
    form.for_page()
    context = {
        "form": form,
        "record": risk,
        "title": f"编辑风险点 {risk.number}" if risk else "登记风险点",
        "sections": sections_of(form),
        "submit_label": "评价并核对",
        "cancel_url": risk.get_absolute_url() if risk else REGISTER.base_url,
        "crumbs": crumbs(REGISTER, "编辑" if risk else "登记", risk),
        "newer": newer and differences(form, newer),
        "newer_version": newer and newer.version,
    }
    status = 409 if newer else 422 if form.errors else 200
    return render(request, "risks/record.html", context, status=status)


def verdict(request: HttpRequest, form: Any, risk: RiskPoint | None) -> HttpResponse:
    """What the rule makes of the values, before anything is kept; all that was typed goes along."""
    context = {
        "form": form,
        "record": risk,
        "judged": form.instance,
        "level": form.instance.level_name,
        "reasons": form.verdict.reasons,
        "rule": form.instance.rule,
        "facts": check_facts(form),
        "title": "核对评价结果",
        "crumbs": crumbs(REGISTER, "核对", risk),
    }
    return render(request, "risks/verdict.html", context)


@require_GET
def detail_page(request: HttpRequest, key: str) -> HttpResponse:
    """Grade, measures, checks, hazards that came of it, history, and the moves open to this user."""
    need(REGISTER, request.user, "view")
    risk = get_visible_or_404(case_rows(), request.user, number=key)
    context = case_context(risk, request.user) | {"crumbs": crumbs(REGISTER, risk.number)}
    return render(request, "risks/detail.html", context)


@require_http_methods(["GET", "POST"])
def move_page(request: HttpRequest, key: str, move: str) -> HttpResponse:
    """One move: its form, and making it.  A move that is no longer open shows why, and what was typed."""
    risk = get_visible_or_404(case_rows(), request.user, number=key)
    if move not in RISK.by_name:
        raise Http404
    if not request.user.has_perm(RISK.by_name[move].permission):
        raise PermissionDenied
    form = PAGE_FORMS[move](asked(request), user=request.user, record=risk)
    answer, status = attempted(request, form, partial(moved, request, RISK, risk, move, form, said))
    if answer is not None:
        return answer
    if status == HTTPStatus.CONFLICT:
        risk = get_visible_or_404(case_rows(), request.user, number=key)
    context = move_context(request, risk, move, form)
    return render(
        request,
        [f"risks/move_{move}.html", "risks/move.html"],
        context,
        status=status,
    )


def said(risk: RiskPoint, move: Transition) -> str:
    if move.name != "check":
        return now_stands(risk, move)
    found = "有措施失效，请整改或登记为隐患" if risk.is_failing else "措施全部有效"
    return f"{risk.number} 检查已保存：{found}。下次检查 {risk.next_check_on}。"


def move_context(request: HttpRequest, risk: RiskPoint, move: str, form: RiskMoveForm) -> dict[str, Any]:
    label = RISK.by_name[move].label
    return case_context(risk, request.user) | {
        "move": RISK.by_name[move],
        "form": form,
        "record": risk,
        "refusal": RISK.refusal(risk, move, request.user),
        "crumbs": crumbs(REGISTER, label, risk),
    }
