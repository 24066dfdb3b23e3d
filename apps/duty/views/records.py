"""Pages about one record: a leader's day, a signed log, a commitment, leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.cases import Sections, line, moment
from apps.core.form_pages import answered, asked, need_right
from apps.core.history import history
from apps.core.pages import crumbs, need
from apps.core.record_page import record_page
from apps.core.registers import as_text, registry
from apps.core.scoping import get_visible_or_404
from apps.duty.forms.commitments import BreachForm, CommitmentForm
from apps.duty.forms.days import LeaveForm, ReasonForm
from apps.duty.forms.logs import RemarkForm
from apps.duty.models import Commitment, DutyDay, Level, SafetyLog, Wording
from apps.duty.registers import CommitmentRegister, DutyDayRegister, LeaveRegister, SafetyLogRegister
from apps.duty.services.commitments import may_record_breach, record_breach, sign_commitment
from apps.duty.services.days import ask_for_leave, withdraw_duty_day
from apps.duty.services.logs import remark
from apps.duty.views.on_site import own_site
from apps.hazards.models import Hazard
from apps.projects.models import Project
from apps.roster.selectors import keeps_roster

DAYS, LEAVES = registry[DutyDayRegister.name], registry[LeaveRegister.name]
LOGS, COMMITMENTS = registry[SafetyLogRegister.name], registry[CommitmentRegister.name]
WITHDRAWS, REMARKS, BREACHES = "duty.revoke_dutyday", "duty.supplement_safetylog", "duty.add_commitmentbreach"


# A leader's day -------------------------------------------------------------------------------------------------------


def day_actions(record: DutyDay, user: Any) -> Sections:
    if record.withdrawn_at or not user.has_perm(WITHDRAWS) or not keeps_roster(user, record.project):
        return []
    return [{"label": "撤销", "icon": "ban", "url": reverse("duty_days:withdraw", args=[record.pk])}]


def on_leave(record: DutyDay, user: Any) -> Sections:
    """The leave on which this deputy stood in."""
    if record.leave is None:
        return []
    return [
        {"title": "代理", "facts": [line("请假", str(record.leave), url=record.leave.get_absolute_url(), wide=True)]}
    ]


day_page = record_page(DAYS, actions=day_actions, sections=on_leave)


@require_http_methods(["GET", "POST"])
def withdraw_page(request: HttpRequest, key: str) -> HttpResponse:
    record = get_visible_or_404(DAYS.rows(request.user), request.user, pk=key)
    need_right(request, WITHDRAWS)
    form = asked(request, ReasonForm)

    def done() -> HttpResponse:
        withdraw_duty_day(record, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{record}：带班记录已撤销。")
        return redirect(record)

    context = {"title": f"撤销：{record}", "submit_label": "撤销", "cancel_url": record.get_absolute_url()}
    return answered(request, form, done, context | {"crumbs": crumbs(DAYS, "撤销", record)})


# Leave ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def leave_page(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for leave of this project's leader."""
    project = own_site(request, key, "duty.add_leave")
    form = asked(request, LeaveForm, project=project)

    def done() -> HttpResponse:
        leave = ask_for_leave(project, by=request.user, **form.cleaned_data)
        messages.success(request, f"{leave}：请假已提交，待建设单位同意。")
        return redirect(leave)

    context = {"title": f"带班请假：{project.name}", "submit_label": "提交", "cancel_url": LEAVES.base_url}
    return answered(request, form, done, context | {"crumbs": crumbs(LEAVES, "请假")})


# The safety log -------------------------------------------------------------------------------------------------------


@require_GET
def log_page(request: HttpRequest, key: str) -> HttpResponse:
    need(LOGS, request.user, "view")
    user: Any = request.user
    log = get_visible_or_404(LOGS.rows(user), user, pk=key)
    actions = []
    if user.has_perm(REMARKS) and keeps_roster(user, log.project):
        actions.append({"label": "补充说明", "icon": "plus", "url": reverse("safety_logs:remark", args=[log.pk])})
    answers = list(log.answers.select_related("item", "hazard"))
    seen = set(
        Hazard.objects.visible_to(user).filter(pk__in=[a.hazard_id for a in answers]).values_list("pk", flat=True)
    )
    context = {
        "title": f"施工安全日志：{log}",
        "crumbs": crumbs(LOGS, str(log.day)),
        "actions": actions,
        "sections": [about(log)],
        "log": log,
        "answers": [{"answer": a, "hazard": a.hazard if a.hazard_id in seen else None} for a in answers],
        "remarks": log.remarks.select_related("written_by"),
        "timeline": history([log]),
    }
    return render(request, "duty/log.html", context)


def about(log: SafetyLog) -> dict[str, Any]:
    late = "（补写）" if timezone.localdate(log.written_at) > log.day else ""
    facts = [
        line("工程项目", log.project.name, url=reverse("project_duty", args=[log.project.number])),
        line("施工总承包单位", log.enterprise.name),
        line("日期", log.day),
        line("天气", log.get_weather_display()),
        line("出勤人数", "无考勤" if log.headcount is None else f"{log.headcount} 人（取自考勤）"),
        line("记录人", log.written_by.name),
        line("签署时间", f"{moment(log.written_at)}{late}"),
        line("当日施工和安全工作", log.summary, wide=True),
    ]
    return {"title": "当日情况", "facts": facts}


@require_http_methods(["GET", "POST"])
def remark_page(request: HttpRequest, key: str) -> HttpResponse:
    log = get_visible_or_404(LOGS.rows(request.user), request.user, pk=key)
    need_right(request, REMARKS)
    form = asked(request, RemarkForm)

    def done() -> HttpResponse:
        remark(log, by=request.user, text=form.cleaned_data["text"])
        messages.success(request, "已补充说明。")
        return redirect(log)

    context = {"title": f"补充说明：{log}", "submit_label": "补充", "cancel_url": log.get_absolute_url()}
    return answered(request, form, done, context | {"crumbs": crumbs(LOGS, "补充说明", log)})


@require_GET
def log_signature(request: HttpRequest, key: str) -> HttpResponseBase:
    need(LOGS, request.user, "view")
    log = get_visible_or_404(SafetyLog.objects.select_related("signature"), request.user, pk=key)
    return files.serve(log.signature, inline=True)


# Commitments ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def commitment_page(request: HttpRequest) -> HttpResponse:
    """Sign a commitment letter; the wordings in force stand on the page."""
    need(COMMITMENTS, request.user, "add")
    number = request.GET.get("project", "")[:40].replace("\x00", "")
    project = Project.objects.visible_to(request.user).filter(number=number).first() if number else None
    given = {"project": project, "level": Level.PROJECT} if project else {}
    form = asked(request, CommitmentForm, initial=given)
    wordings = Wording.objects.visible_to(request.user).in_force(timezone.localdate())

    def done() -> HttpResponse:
        signed = sign_commitment(by=request.user, signature=form.signed, **form.values())
        messages.success(request, f"{signed}：已签署，有效期至 {signed.valid_until}。")
        return redirect(signed)

    context = {
        "title": "签署安全生产承诺书",
        "submit_label": "签署",
        "cancel_url": COMMITMENTS.base_url,
        "crumbs": crumbs(COMMITMENTS, "签署"),
        "wordings": sorted(wordings, key=lambda one: Level.values.index(one.level)),
    }
    return answered(request, form, done, context, "duty/commitment_form.html")


def commitment_actions(commitment: Commitment, user: Any) -> Sections:
    paper = {"label": "查看签名", "icon": "eye", "url": reverse("commitments:paper", args=[commitment.pk])}
    breach = {"label": "记违诺", "icon": "alert-triangle", "url": reverse("commitments:breach", args=[commitment.pk])}
    return [paper, breach] if user.has_perm(BREACHES) and may_record_breach(user, commitment) else [paper]


def commitment_sections(commitment: Commitment, user: Any) -> Sections:
    """What was promised, and each breach."""
    promised = [line("承诺内容", commitment.wording.text, wide=True), line("范本依据", commitment.wording.certainty)]
    broken = [
        line(as_text(breach.day), f"{breach.what}{'　处理：' + breach.handled if breach.handled else ''}", wide=True)
        for breach in commitment.breaches.all()
    ]
    told: Sections = [{"title": commitment.wording.title, "facts": promised}]
    return [*told, {"title": f"违诺记录（{len(broken)}）", "facts": broken}] if broken else told


commitment_detail = record_page(COMMITMENTS, actions=commitment_actions, sections=commitment_sections)


@require_http_methods(["GET", "POST"])
def breach_page(request: HttpRequest, key: str) -> HttpResponse:
    commitment = get_visible_or_404(COMMITMENTS.rows(request.user), request.user, pk=key)
    need_right(request, BREACHES)
    form = asked(request, BreachForm)

    def done() -> HttpResponse:
        record_breach(commitment, by=request.user, **form.cleaned_data)
        messages.success(request, "违诺情况已记录。")
        return redirect(commitment)

    context = {"title": f"记违诺：{commitment}", "submit_label": "记录", "cancel_url": commitment.get_absolute_url()}
    return answered(request, form, done, context | {"crumbs": crumbs(COMMITMENTS, "记违诺", commitment)})


@require_GET
def commitment_paper(request: HttpRequest, key: str) -> HttpResponseBase:
    need(COMMITMENTS, request.user, "view")
    commitment = get_visible_or_404(Commitment.objects.select_related("paper"), request.user, pk=key)
    return files.serve(commitment.paper, inline=True)
