"""Recording behaviour with its proof, more proof for an entry, and the files themselves."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.cases import asked, attempted
from apps.core.pages import crumbs, need, sections_of
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.credit.forms.evidence import AddEvidenceForm, EntryPageForm
from apps.credit.models import CreditEntry, CreditItem, EntryEvidence
from apps.credit.presenting.entries import ENTRY_CASE, asked_for, records_of_files
from apps.credit.registers.entries import CreditEntryRegister
from apps.credit.services.entries import edition_of, save_entry
from apps.credit.services.evidence import ADDS, add_evidence, cannot_add

REGISTER = registry[CreditEntryRegister.name]
LOOK = "请核对所选项目须有的证明材料和申诉途径，无误后再次保存；您填写的内容仍在"


@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    """Nobody saves before they have seen what the item asks for: the first time, the form comes back with it.

    Where scripts run, it stands there as soon as the item is chosen.
    """
    need(REGISTER, request.user, "add")
    prefilled = REGISTER.prefilled(request.GET)
    form: Any = EntryPageForm(asked(request), request.FILES or None, user=request.user, initial=prefilled)
    item = chosen_item(form)
    is_seen = item is not None and request.POST.get("seen_item") == seen_key(item)
    answer, status = attempted(request, form, partial(saved, request, form)) if is_seen else (None, looked(form))
    if answer is not None:
        return answer
    context = {"register": REGISTER, "form": form, "sections": sections_of(form), "asked": item and asked_for(item)}
    context |= {"seen_item": item and seen_key(item), "crumbs": crumbs(REGISTER, "新增")}
    context |= {"look": LOOK if form.is_bound and not form.errors and not is_seen else ""}
    return render(request, "credit/new_entry.html", context, status=status)


def looked(form: EntryPageForm) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200


def chosen_item(form: EntryPageForm) -> CreditItem | None:
    """The edition that applies, as far as the form says which."""
    if form.is_bound and form.is_valid():
        return form.cleaned_data["item"]
    return edition_of(str(form["item"].value() or ""), str(form["happened_on"].value() or ""))


def seen_key(item: CreditItem) -> str:
    return f"{item.code}:{item.effective_from}"


def saved(request: HttpRequest, form: EntryPageForm) -> HttpResponse:
    entry = save_entry(form, by=request.user)
    messages.success(request, f"已保存信用记录“{entry}”。")
    return redirect(entry)


@require_GET
def item_part(request: HttpRequest) -> HttpResponse:
    """What the item that is being chosen asks for, for the page that offers it."""
    need(REGISTER, request.user, "add")
    item = edition_of(request.GET.get("item", ""), request.GET.get("happened_on", ""))
    context = {"asked": item and asked_for(item), "seen_item": item and seen_key(item)}
    return render(request, "credit/_asked.html", context)


@require_http_methods(["GET", "POST"])
def evidence_page(request: HttpRequest, key: str) -> HttpResponse:
    """More proof for an entry that is not decided yet."""
    entry: Any = ENTRY_CASE.found(request, key)
    if not request.user.has_perm(ADDS):
        raise PermissionDenied
    if request.method == "GET" and (reason := cannot_add(entry)):
        messages.error(request, reason)
        return redirect(entry)
    form = AddEvidenceForm(asked(request), request.FILES or None, user=request.user, record=entry)
    answer, status = attempted(request, form, partial(added, request, entry, form))
    if answer is not None:
        return answer
    context = {"title": f"添加证据文件：{entry}", "form": form, "submit_label": "添加"}
    context |= {"cancel_url": entry.get_absolute_url(), "crumbs": crumbs(REGISTER, "添加证据文件", entry)}
    context |= {"records": records_of_files(entry)}
    return render(request, "credit/add_evidence.html", context, status=status)


def added(request: HttpRequest, entry: CreditEntry, form: AddEvidenceForm) -> HttpResponse:
    number = len(form.kept)
    add_evidence(entry, form.kept, by=request.user)
    messages.success(request, f"{entry}：已添加 {number} 个证据文件。")
    return redirect(entry)


@require_GET
def evidence_file(request: HttpRequest, key: str, file: Any) -> HttpResponseBase:
    """For whoever may see the entry."""
    entry: Any = ENTRY_CASE.found(request, key)
    return files.serve(get_visible_or_404(EntryEvidence, request.user, entry=entry, pk=file).file)
