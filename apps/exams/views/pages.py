"""Pages about questions, examinations and attempts at a desk."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.cases import asked, attempted, detail_context
from apps.core.history import history
from apps.core.pages import crumbs, int_or_none, need, sections_of
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.exams.forms.exams import ExamForm
from apps.exams.models import Attempt, AttemptState, Exam, ExamState, Kiosk, Question
from apps.exams.presenting import (
    EXAM_CASE,
    figures,
    of_attempt,
    provenance,
    questions_of,
    questions_on,
    results_url,
)
from apps.exams.registers import AttemptRegister, ExamRegister, QuestionRegister
from apps.exams.selectors import open_kiosks
from apps.exams.services.exams import OPENED, save_exam
from apps.exams.services.kiosks import close_kiosk, open_kiosk
from apps.exams.workflow import is_of_the_own

EXAMS, ATTEMPTS = registry[ExamRegister.name], registry[AttemptRegister.name]
PROCTORS = "exams.proctor_exam"


def asked_in(question: Question, user: Any) -> list[dict[str, Any]]:
    """In which examinations it may come; one of them is enough for its words to stay."""
    pooled = question.pooled.filter(exam__in=Exam.objects.visible_to(user)).select_related("exam").order_by("-exam")
    facts = [{"label": "考试", "value": row.exam.title, "url": row.exam.get_absolute_url()} for row in pooled[:20]]
    note = "已列入考试的试题不再改写，修改后另存为新题"
    return [{"title": "列入的考试", "note": note, "facts": facts}] if facts else []


question_page = record_page(registry[QuestionRegister.name], sections=asked_in)


@require_GET
def exam_page(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    exam = EXAM_CASE.found(request, key)
    context = detail_context(EXAM_CASE, exam, user)
    context["actions"] = [*further_actions(exam, user), *context["actions"]]
    if ATTEMPTS.may(user, "view") and exam.state != ExamState.DRAFT:
        context |= {
            "figures": figures(exam, user),
            "questions": [] if exam.waits else questions_of(exam, user),
            "results_url": results_url(exam),
            "sheet_url": reverse("exams:results", args=[exam.pk]),
        }
    return render(request, "exams/exam.html", context)


def further_actions(exam: Any, user: Any) -> list[dict[str, Any]]:
    """What can be done beside the moves: taking it, opening a kiosk, changing it while it is not open."""
    actions: list[dict[str, Any]] = []
    if exam.waits:
        sit = reverse("exam_desk:sit", args=[exam.pk])
        actions.append({"label": "参加考试", "url": sit, "icon": "writing-sign", "primary": True})
    if exam.state == ExamState.OPEN and user.has_perm(PROCTORS):
        actions.append(
            {"label": "开启考试终端", "url": reverse("exams:kiosk", args=[exam.pk]), "icon": "device-mobile"}
        )
    if exam.state == ExamState.DRAFT and EXAMS.may(user, "change") and is_of_the_own(exam, user) is None:
        actions.append({"label": "编辑", "url": reverse("exams:edit", args=[exam.pk]), "icon": "edit"})
    return actions


@require_http_methods(["GET", "POST"])
def edit_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """A new examination, or one that is not open yet."""
    user: Any = request.user
    need(EXAMS, user, "change" if key else "add")
    exam = get_visible_or_404(EXAMS.rows(user), user, pk=key) if key else None
    if exam and (reason := is_of_the_own(exam, user) or (OPENED if exam.state != ExamState.DRAFT else None)):
        messages.error(request, reason)
        return redirect(exam)
    form: Any = ExamForm(asked(request), user=user, instance=exam)
    answer, status = attempted(request, form, partial(saved, request, form))
    if answer is not None:
        return answer
    context = {
        "form": form,
        "record": exam,
        "title": f"编辑：{exam}" if exam else "新建考试",
        "sections": sections_of(form),
        "cancel_url": exam.get_absolute_url() if exam else EXAMS.base_url,
        "crumbs": crumbs(EXAMS, "编辑" if exam else "新建考试", exam),
    }
    return render(request, "core/form.html", context, status=status)


def saved(request: HttpRequest, form: Any) -> HttpResponse:
    exam = save_exam(form, by=request.user, version=int_or_none(request.POST.get("version")))
    messages.success(request, f"已保存考试“{exam}”。")
    return redirect(exam)


@require_GET
def results_page(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet of results for printing: of each person the last go, with what proves the papers."""
    user: Any = request.user
    exam = EXAM_CASE.found(request, key)
    need(ATTEMPTS, user, "view")
    rows = Attempt.objects.visible_to(user).filter(exam=exam, state__in=AttemptState.ENDED).last_ones()
    context = {
        "title": f"成绩单：{exam}",
        "exam": exam,
        "attempts": rows.select_related("person").defer("person__id_number").order_by("person__name", "pk"),
        "sections": [*EXAM_CASE.sections(exam, user)[:1], {"title": "随机组卷的凭证", "facts": provenance(exam)}],
        "crumbs": crumbs(EXAMS, "成绩单", exam),
    }
    return render(request, "exams/results.html", context)


@require_GET
def attempt_page(request: HttpRequest, key: str) -> HttpResponse:
    """A paper with its answers, for reading and printing."""
    user: Any = request.user
    need(ATTEMPTS, user, "view")
    attempt = get_visible_or_404(ATTEMPTS.rows(user), user, pk=key)
    # Whoever still has to sit the examination does not read the answers of others before.
    waits = EXAMS.rows(user).filter(pk=attempt.exam_id, waits=True).exists()
    context = {
        "title": f"答卷：{attempt}",
        "attempt": attempt,
        "sections": [
            {"title": "成绩", "facts": of_attempt(attempt)},
            {"title": "随机组卷的凭证", "facts": provenance(attempt.exam)},
        ],
        "questions": questions_on(attempt, user) if attempt.state in AttemptState.ENDED and not waits else [],
        "waits": waits,
        "timeline": history([attempt]),
        "crumbs": crumbs(ATTEMPTS, str(attempt)),
    }
    return render(request, "exams/attempt.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def kiosk_page(request: HttpRequest, key: str) -> HttpResponse:
    """Open the examination on this device, its address standing on the answer, once; close one that is lost."""
    user: Any = request.user
    exam = EXAM_CASE.found(request, key)
    if not user.has_perm(PROCTORS):
        raise PermissionDenied
    context: dict[str, Any] = {"exam": exam, "title": "考试终端", "crumbs": crumbs(EXAMS, "考试终端", exam)}
    if "close" in request.POST:
        shut = get_visible_or_404(Kiosk.objects.filter(exam=exam), user, pk=request.POST["close"])
        close_kiosk(shut, by=user)
        messages.success(request, "终端已关闭：正在作答的可以答完，不再接受新的考生。")
        return redirect(request.path)
    if request.method == "POST":
        try:
            kiosk, clear = open_kiosk(exam, by=user)
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
            return redirect(exam)
        context |= {"kiosk": kiosk, "url": reverse("exam_kiosk", args=[clear])}
    context["kiosks"] = open_kiosks(exam, user)
    return render(request, "exams/open_kiosk.html", context)
