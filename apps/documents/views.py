"""The pages of one paper, of one template, and of an office's prefix; lists and forms are the registers'."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.http import SignedInRequest
from apps.core import files
from apps.core.cases import asked, attempted, moved
from apps.core.history import history
from apps.core.models import StoredFile
from apps.core.pages import crumbs, edit_page, need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.documents import services
from apps.documents.composing import compose, example_of
from apps.documents.forms import PAPER_FORMS, PrefixForm
from apps.documents.kinds import KINDS
from apps.documents.models import Paper, PaperState, PaperTemplate, TemplateState
from apps.documents.numbering import office_of
from apps.documents.presenting import frame, move_context, preview
from apps.documents.printing import pdf_answer
from apps.documents.registers import PaperRegister, PaperTemplateRegister
from apps.documents.rendering.pdf import as_pdf
from apps.documents.rendering.word import as_docx
from apps.documents.workflow import PAPER, TEMPLATE

REGISTER = registry[PaperRegister.name]
TEMPLATES = registry[PaperTemplateRegister.name]
RELATED = ("organisation__region", "template", "replaced_by", "drafted_by", "issued_by", "pdf", "docx")


def paper_or_404(request: HttpRequest, key: str) -> Paper:
    need(REGISTER, request.user, "view")
    return get_visible_or_404(Paper.objects.select_related(*RELATED), request.user, pk=key)


@require_GET
def detail_page(request: HttpRequest, key: str) -> HttpResponse:
    """The paper: way, contents, receipts, history, and the moves open to this user."""
    paper = paper_or_404(request, key)
    user: Any = request.user
    of_office = paper.organisation_id == user.organisation_id
    context = frame(paper, user) | {
        "may_edit": of_office and paper.state == PaperState.DRAFT and REGISTER.may(user, "change"),
        "may_copy": of_office and paper.number is not None and REGISTER.may(user, "add"),
    }
    return render(request, "documents/detail.html", context)


@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """First which kind of paper it is to be, then its form."""
    if request.method == "POST" or request.GET.get("kind", "") in KINDS:
        return edit_page(request, register=REGISTER)
    need(REGISTER, request.user, "add")
    context = {"title": "起草文书", "kinds": KINDS.values(), "crumbs": crumbs(REGISTER, "起草文书")}
    return render(request, "documents/choose.html", context)


@require_http_methods(["GET", "POST"])
def move_page(request: HttpRequest, key: str, move: str) -> HttpResponse:
    """One move: its form, and making it.  That of `issue` shows the whole paper first (核对后编号)."""
    paper = paper_or_404(request, key)
    if move not in PAPER.by_name:
        raise Http404
    user: Any = request.user
    wanted = PAPER.by_name[move]
    if not user.has_perm(wanted.permission):
        raise PermissionDenied
    form = PAPER_FORMS[move](asked(request), user=user, record=paper)
    answer, status = attempted(request, form, partial(moved, request, PAPER, paper, move, form))
    if answer is not None:
        return answer
    if status == HTTPStatus.CONFLICT:
        paper = paper_or_404(request, key)
    refusal = PAPER.refusal(paper, move, user)
    context = frame(paper, user) | move_context(wanted) | {"form": form, "refusal": refusal}
    if move == "issue":
        context |= preview(paper)
    context["crumbs"] = [*context["crumbs"][:1], {"label": str(paper), "url": paper.get_absolute_url()}]
    context["crumbs"].append({"label": context["move_label"]})
    return render(request, "documents/move.html", context, status=status)


@require_GET
def pdf_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """The PDF as it was made when the paper was numbered; of a draft, one with 草稿 across it, kept nowhere."""
    paper = paper_or_404(request, key)
    if paper.number is None:
        return pdf_answer(as_pdf(drafted(paper)), f"{services.file_name(paper)}.pdf")
    return served(services.made_files(paper.pk).pdf)


@require_GET
def docx_page(request: HttpRequest, key: str) -> HttpResponseBase:
    paper = paper_or_404(request, key)
    if paper.number is None:
        answer = pdf_answer(as_docx(drafted(paper)), f"{services.file_name(paper)}.docx")
        answer["Content-Type"] = services.DOCX
        return answer
    return served(services.made_files(paper.pk).docx)


def served(stored: StoredFile | None) -> HttpResponseBase:
    if stored is None:
        raise Http404
    return files.serve(stored)


def drafted(paper: Paper) -> Any:
    """The document of a draft; without a template there is none, which is not a fault of the reader's."""
    try:
        return compose(paper)
    except ValidationError as error:
        raise Http404 from error


@require_POST
def copy_page(request: HttpRequest, key: str) -> HttpResponse:
    """以此起草: a new draft with the same words."""
    paper = paper_or_404(request, key)
    user: Any = request.user
    if not REGISTER.may(user, "add") or paper.organisation_id != user.organisation_id:
        raise PermissionDenied
    draft = services.copy_as_draft(paper, by=user)
    messages.success(request, "已按原文书内容新建草稿，请修改后编号。")
    return redirect("papers:edit", draft.pk)


# An office's prefix ---------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def prefix_page(request: SignedInRequest) -> HttpResponse:
    """发文字号 of the own office."""
    user = request.user
    if not user.has_perm("documents.change_issuingoffice"):
        raise PermissionDenied
    office = office_of(user.organisation)
    form = PrefixForm(request.POST or None, user=user, initial={"own_prefix": office.prefix})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_prefix(user.organisation, form.cleaned_data["own_prefix"], by=user)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, "发文字号已设定，以后编号的文书按此编号；已编号的文书不变。")
            return redirect("papers:list")
    context = {
        "form": form,
        "title": f"发文字号：{user.organisation}",
        "office": office,
        "submit_label": "保存",
        "cancel_url": reverse("papers:list"),
        "crumbs": [{"label": "执法文书", "url": reverse("papers:list")}, {"label": "发文字号"}],
    }
    return render(request, "documents/prefix.html", context, status=422 if form.errors else 200)


# Templates ------------------------------------------------------------------------------------------------------------


def template_or_404(request: HttpRequest, key: str) -> PaperTemplate:
    need(TEMPLATES, request.user, "view")
    return get_visible_or_404(PaperTemplate.objects.select_related("written_by"), request.user, pk=key)


@require_GET
def template_page(request: HttpRequest, key: str) -> HttpResponse:
    template = template_or_404(request, key)
    return render(request, "documents/template.html", template_context(request, template))


def template_context(request: HttpRequest, template: PaperTemplate) -> dict[str, Any]:
    user: Any = request.user
    is_draft = template.state == TemplateState.DRAFT
    actions: list[dict[str, Any]] = [
        {"label": "预览 PDF", "url": reverse("paper_templates:preview", args=[template.pk]), "icon": "eye"}
    ]
    if is_draft and TEMPLATES.may(user, "change"):
        actions.append({"label": "修改", "url": reverse("paper_templates:edit", args=[template.pk]), "icon": "edit"})
    if TEMPLATE.refusal(template, "enforce", user) is None:
        url = reverse("paper_templates:enforce", args=[template.pk])
        actions.append({"label": "启用", "url": url, "icon": "check", "primary": True})
    kind = template.definition
    facts = [
        {"label": "文书种类", "value": template.get_kind_display()},
        {"label": "版次", "value": f"第 {template.edition} 版"},
        {"label": "标题", "value": template.title},
        {"label": "状态", "value": template.get_state_display()},
        {"label": "启用日期", "value": template.effective_from},
        {"label": "拟定人", "value": template.written_by or "系统内置"},
        {"label": "依据", "value": kind.basis, "wide": True},
        {"label": "必备内容", "value": "、".join(field.label for field in kind.required), "wide": True},
        {"label": "说明", "value": template.note, "wide": True},
    ]
    return {
        "template": template,
        "title": str(template),
        "crumbs": [
            {"label": "系统管理"},
            {"label": "文书模板", "url": reverse("paper_templates:list")},
            {"label": str(template)},
        ],
        "actions": actions,
        "sections": [{"title": "模板", "facts": facts}],
        "timeline": history([template]),
        "may_add": TEMPLATES.may(user, "add"),
    }


@require_GET
def template_preview(request: SignedInRequest, key: str) -> HttpResponse:
    """The template filled with examples, as a PDF with 草稿 across it."""
    template = template_or_404(request, key)
    document = compose(example_of(template, request.user.organisation), template)
    return pdf_answer(as_pdf(document), f"{template}预览.pdf")


@require_POST
def template_copy(request: HttpRequest, key: str) -> HttpResponse:
    """以此拟新版: the next edition, a draft with the same words."""
    template = template_or_404(request, key)
    need(TEMPLATES, request.user, "add")
    draft = services.copy_template(template, by=request.user)
    messages.success(request, f"已新建{draft}，请修改后启用。")
    return redirect("paper_templates:edit", draft.pk)


@require_http_methods(["GET", "POST"])
def enforce_page(request: HttpRequest, key: str) -> HttpResponse:
    """Put in force; from then on the edition is never changed."""
    template = template_or_404(request, key)
    if not request.user.has_perm("documents.enforce_papertemplate"):
        raise PermissionDenied
    if request.method == "POST":
        try:
            TEMPLATE.perform(template, "enforce", by=request.user)
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
        else:
            messages.success(request, f"{template}已启用。")
        return redirect(template)
    context = {
        "title": f"启用{template}",
        "consequence": f"启用后不能修改。自 {template.effective_from} 起编号的{template.get_kind_display()}按本版书写，"
        "此前编号的不受影响。",
        "submit_label": "启用",
        "cancel_url": template.get_absolute_url(),
    }
    return render(request, "core/confirm.html", context)
