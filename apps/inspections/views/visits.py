"""Pages of a visit: what it shows, and its record written at a desk where no phone is at hand."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.core import files
from apps.core.cases import detail_context
from apps.core.pages import crumbs
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.hazards.models import Hazard
from apps.hazards.pictures import kept_photos, served
from apps.hazards.sites import answerable
from apps.inspections.checklists import Item, table_of
from apps.inspections.forms.record import OWN, FindingForm, NotesForm, SignatureForm, SupplementForm, TableForm
from apps.inspections.models import Checklist, Finding, Signature, Visit, VisitPhoto, VisitState
from apps.inspections.presenting.visits import VISIT_CASE, body, may_supplement, unsigned
from apps.inspections.registers.visits import VisitRegister
from apps.inspections.services.answering import (
    adopt_photos,
    drop_finding,
    put_answer,
    put_finding,
    put_notes,
    put_signature,
    remove_signature,
)
from apps.inspections.services.supplementing import supplement
from apps.inspections.submitting.record import Record
from apps.inspections.workflow.visit import team_member

REGISTER = registry[VisitRegister.name]
INSPECTS = "inspections.inspect_visit"
HAZARDS_PRINTED = 30


def found(request: HttpRequest, key: str) -> Visit:
    return VISIT_CASE.found(request, key)


def written(request: HttpRequest, key: str) -> Visit:
    """The visit for somebody of its team who may write it; for others of those who see it the page is not theirs."""
    visit = found(request, key)
    if not request.user.has_perm(INSPECTS) or team_member(visit, request.user):
        raise PermissionDenied
    return visit


@require_GET
def visit_page(request: HttpRequest, key: str) -> HttpResponse:
    visit = found(request, key)
    context = detail_context(VISIT_CASE, visit, request.user) | body(visit, request.user)
    return render(request, "inspections/visit.html", context)


@require_GET
def sheet_page(request: HttpRequest, key: str) -> HttpResponse:
    """The site sheet to take along on paper: who is there, what is open, what is asked."""
    visit = found(request, key)
    if not request.user.has_perm(INSPECTS):
        raise PermissionDenied
    open_hazards = Hazard.objects.visible_to(request.user).open().filter(project=visit.project_id).order_by("deadline")
    context = {
        "title": f"现场检查表 {visit}",
        "visit": visit,
        "project": visit.project,
        "people": answerable(visit.project),
        "parties": visit.project.parties.filter(ended_on=None).select_related("enterprise__organisation"),
        "works": visit.project.dangerous_works.all()[:20],
        "hazards": open_hazards[:HAZARDS_PRINTED],
        "hazard_count": open_hazards.count(),
        "team": visit.team.select_related("inspector__user"),
        "tables": [table_of(one) for one in Record(visit).checklists],
        "crumbs": crumbs(REGISTER, "现场检查表", visit),
    }
    return render(request, "inspections/sheet.html", context)


# Writing --------------------------------------------------------------------------------------------------------------


def tried(form: Form, write: Callable[[], Any]) -> bool:
    """Whether it could be written; what refuses it stands on the form, and nothing is written by half."""
    try:
        with transaction.atomic():
            write()
    except ValidationError as refused:
        told = refused if not hasattr(refused, "error_dict") else only_of(form, refused)
        form.add_error(None, told)
        return False
    return True


def only_of(form: Form, refused: ValidationError) -> list[str]:
    return [message for messages_ in refused.message_dict.values() for message in messages_]


def closed(visit: Visit) -> str:
    return "" if visit.state in VisitState.OPEN else f"检查现为“{visit.get_state_display()}”，记录不能再改，可以补充"


@require_http_methods(["GET", "POST"])
def table_page(request: HttpRequest, key: str, checklist: int) -> HttpResponse:
    """The items of one table, answered together; a mistake in one keeps what was typed in all."""
    visit = written(request, key)
    edition = get_visible_or_404(visit.checklists.all(), request.user, pk=checklist)
    if told := closed(visit):
        messages.error(request, told)
        return redirect(visit)
    form = TableForm(request.POST or None, visit=visit, checklist=edition, user=request.user)
    if request.method == "POST" and form.is_valid() and saved_table(request, form, visit, edition):
        messages.success(request, f"已保存“{edition}”。")
        return redirect(visit)
    context = {
        "title": f"{edition.name}：{visit.project.name}",
        "visit": visit,
        "edition": edition,
        "form": form,
        "crumbs": crumbs(REGISTER, edition.name, visit),
        "cancel_url": visit.get_absolute_url(),
    }
    return render(request, "inspections/table.html", context, status=422 if form.errors else 200)


def saved_table(request: HttpRequest, form: TableForm, visit: Visit, edition: Checklist) -> bool:
    """All items or none; each refusal stands beside its own item."""
    try:
        with transaction.atomic():
            for item, told in form.told():
                put_or_say(form, visit, edition, item, told, request.user)
            if form.errors:
                raise ValidationError("refused")
    except ValidationError:
        return False
    return True


def put_or_say(form: TableForm, visit: Visit, edition: Checklist, item: Item, told: dict[str, Any], user: Any) -> None:
    try:
        put_answer(visit, by=user, checklist=edition, **told)
    except ValidationError as refused:
        form.add_error(f"verdict_{item.seq}", refused.messages)


@require_http_methods(["GET", "POST"])
def finding_page(request: HttpRequest, key: str, finding: UUID | None = None) -> HttpResponse:
    """A problem, new or changed; from a failed item it begins filled in."""
    visit = written(request, key)
    if told := closed(visit):
        messages.error(request, told)
        return redirect(visit)
    known = get_visible_or_404(visit.findings.all(), request.user, pk=finding) if finding else None
    form = FindingForm(
        request.POST or None,
        request.FILES or None,
        visit=visit,
        finding=known,
        user=request.user,
        initial=None if known else prefilled(visit, request.GET),
    )
    if request.method == "POST" and form.is_valid() and tried(form, lambda: put(request, form, visit)):
        messages.success(request, "已登记问题，提交检查时转为隐患并下发通知书。")
        return redirect(visit)
    context = {
        "title": "修改问题" if known else "登记问题",
        "visit": visit,
        "form": form,
        "kept": kept_photos(form),
        "taken": known.photos.count() if known else 0,
        "given": answerable(visit.project),
        "crumbs": crumbs(REGISTER, "登记问题", visit),
        "cancel_url": visit.get_absolute_url(),
        "submit_label": "保存问题",
    }
    return render(request, "inspections/finding.html", context, status=422 if form.errors else 200)


def put(request: HttpRequest, form: FindingForm, visit: Visit) -> None:
    data = form.cleaned_data
    finding = put_finding(visit, by=request.user, key=data["key"], base=data["base"], **form.values())
    adopt_photos(visit, by=request.user, keys=data["photos"], finding=finding)


def prefilled(visit: Visit, query: Any) -> dict[str, Any]:
    """Text, clause and demand of the item and the reason that the address names."""
    checklist = visit.checklists.filter(pk=number(query.get("checklist"))).first()
    item = table_of(checklist).item(number(query.get("item"))) if checklist else None
    if checklist is None or item is None:
        return {"key": uuid4()}
    answer = visit.answers.filter(checklist=checklist, item=item.seq).first()
    reasons = answer.deductions if answer else []
    ready = [one for told in reasons if told["code"] != OWN and (one := item.deduction(told["code"]))]
    return {
        "key": uuid4(),
        "checklist": checklist.pk,
        "item": item.seq,
        "description": "；".join(told["text"] for told in reasons) or item.name,
        "demands": "；".join(one.demand for one in ready if one.demand),
        "clause": item.clause,
        "category": checklist.content.get("group", ""),
        "grade": "major" if any(one.grade == "major" for one in ready) else "ordinary",
    }


def number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


@require_POST
def drop_page(request: HttpRequest, key: str, finding: UUID) -> HttpResponse:
    visit = written(request, key)
    known = get_visible_or_404(visit.findings.all(), request.user, pk=finding)
    try:
        drop_finding(visit, by=request.user, key=known.pk, base=known.revision)
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
    else:
        messages.success(request, "已撤回这条问题。")
    return redirect(visit)


@require_http_methods(["GET", "POST"])
def notes_page(request: HttpRequest, key: str) -> HttpResponse:
    visit = written(request, key)
    form = NotesForm(request.POST if request.method == "POST" else None, user=request.user, record=visit)
    if request.method == "POST" and form.is_valid():
        if tried(form, lambda: put_notes(visit, by=request.user, was=form.was(), **form.values())):
            messages.success(request, "已保存检查意见。")
            return redirect(visit)
        visit.refresh_from_db()
        form.show_theirs()
    return form_page(request, visit, form, "现场情况和检查意见")


@require_http_methods(["GET", "POST"])
def signature_page(request: HttpRequest, key: str) -> HttpResponse:
    """Signatures that were given on paper."""
    visit = written(request, key)
    record = Record(visit)
    has_inspected = any(one.role == "inspected" for one in record.signatures)
    missing = unsigned(record)
    if not missing and has_inspected:
        messages.info(request, "各方都已签名。")
        return redirect(visit)
    form = SignatureForm(
        request.POST or None, request.FILES or None, missing=missing, inspected=not has_inspected, user=request.user
    )
    if request.method == "POST" and form.is_valid():
        told = form.values()
        if tried(form, lambda: put_signature(visit, by=request.user, key=uuid4(), **told)):
            messages.success(request, "已登记签名。")
            return redirect(visit)
    return form_page(request, visit, form, "登记签名")


@require_POST
def unsign_page(request: HttpRequest, key: str, signature: UUID) -> HttpResponse:
    visit = written(request, key)
    known = get_visible_or_404(visit.signatures.all(), request.user, pk=signature)
    try:
        remove_signature(visit, by=request.user, key=known.pk)
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
    return redirect(visit)


@require_http_methods(["GET", "POST"])
def supplement_page(request: HttpRequest, key: str) -> HttpResponse:
    """What is added to a record that has been handed in."""
    visit = found(request, key)
    if not may_supplement(visit, request.user):
        raise PermissionDenied
    if visit.state not in VisitState.DONE:
        messages.error(request, "检查还没有提交，可以直接修改记录")
        return redirect(visit)
    form = SupplementForm(request.POST if request.method == "POST" else None, user=request.user, record=visit)
    if request.method == "POST" and form.is_valid():
        supplement(visit, form.cleaned_data["text"], request.user)
        messages.success(request, "已补充。")
        return redirect(visit)
    return form_page(request, visit, form, "补充记录")


def form_page(request: HttpRequest, visit: Visit, form: Any, title: str) -> HttpResponse:
    context = {
        "title": f"{title}：{visit}",
        "form": form,
        "crumbs": crumbs(REGISTER, title, visit),
        "cancel_url": visit.get_absolute_url(),
        "submit_label": "保存",
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


# Files ----------------------------------------------------------------------------------------------------------------


@require_GET
def photo(request: HttpRequest, key: UUID, size: str) -> HttpResponseBase:
    """A photograph of a visit, through the scope of the visit."""
    return served(get_visible_or_404(VisitPhoto, request.user, pk=key), size)


@require_GET
def signature_image(request: HttpRequest, key: UUID) -> HttpResponseBase:
    known = get_visible_or_404(Signature, request.user, pk=key)
    if known.image is None:
        raise Http404
    return files.serve(known.image, inline=True, max_age=3600)


def finding_url(visit: Visit, finding: Finding) -> str:
    return reverse("visits:finding", args=[visit.number, finding.pk])
