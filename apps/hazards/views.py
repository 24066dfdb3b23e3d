"""The pages of one hazard: entering it, looking at it, moving it on."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import drafts
from apps.core.cases import now_stands
from apps.core.drafts import Begun
from apps.core.exports import filter_words, of_the_list
from apps.core.listing import NOWHERE, Listing
from apps.core.pages import differences, int_or_none, need
from apps.core.registers import ALL
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.hazards import dictionaries, sites
from apps.hazards.comparing import day_of
from apps.hazards.comparing import lines as compare_lines
from apps.hazards.fields import valid_keys
from apps.hazards.forms import MOVE_FORMS, HazardForm, MoveForm
from apps.hazards.history import as_entry
from apps.hazards.models import Hazard, Photo
from apps.hazards.neighbours import address_of, neighbours, origin_of
from apps.hazards.pictures import kept_photos, served
from apps.hazards.presenting import (
    REGISTER,
    asked_facts,
    case_context,
    case_rows,
    crumbs,
    events_of,
    initial,
    term_form,
)
from apps.hazards.services import save_and_order, save_draft
from apps.hazards.services.closing import verify_and_close
from apps.hazards.suggesting import chosen_site, phrases_for
from apps.hazards.workflow import HAZARD
from apps.risks.models import RiskPoint
from apps.risks.selectors import as_hazard

# What the page of a move is called where the move's own name says less.
HEADINGS = {"verify": "复查", "answer": "整改回复", "receive": "签收整改通知", "order": "下达整改"}


@require_http_methods(["GET", "POST"])
def record_page(request: HttpRequest, key: str | None = None) -> HttpResponse:
    """Enter a hazard or correct a draft; 保存并下达 saves and orders at once."""
    return filled_sheet(request, key, "hazards/record.html")


def filled_sheet(request: HttpRequest, key: str | None, template: str, **further: Any) -> HttpResponse:
    """The sheet of one hazard in the frame of a desk or of a phone, and what comes of sending it."""
    need(REGISTER, request.user, "change" if key else "add")
    hazard = get_visible_or_404(Hazard, request.user, number=key) if key else None
    if hazard is not None and (reason := REGISTER.locked(hazard)):
        messages.error(request, reason)
        return redirect(hazard)
    begun = Begun(request, f"hazard-{key or 'new'}")
    form, newer = record_form(request, hazard, begun), None
    if request.method == "POST" and form.is_valid():
        try:
            return recorded(request, form, begun)
        except StaleRecord as stale:
            newer = stale.record
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = record_context(request, form, hazard) | begun.context()
    context |= {"newer": newer and differences(form, newer), "newer_version": newer and newer.version}
    return render(request, template, context | further, status=409 if newer else 422 if form.errors else 200)


def record_form(request: HttpRequest, hazard: Hazard | None, begun: Begun) -> HazardForm:
    form = HazardForm(
        request.POST or None,
        request.FILES or None,
        instance=hazard,
        user=request.user,
        ordering="order" in request.POST,
        initial=prefilled(request) | begun.initial(),
    )
    bring_back(form, begun)
    return form


def recorded(request: HttpRequest, form: HazardForm, begun: Begun) -> HttpResponse:
    """Save, say so, and lead to the case.  Raises what the services raise."""
    save = save_and_order if form.ordering else save_draft
    hazard = save(form, by=request.user, version=int_or_none(request.POST.get("version")))
    drafts.forget(request.user, begun.name)
    messages.success(request, f"{hazard.number} 已下达。" if form.ordering else f"{hazard.number} 已存为草稿。")
    return redirect(hazard)


def risk_of(form: HazardForm) -> RiskPoint | None:
    """The risk point that the form names, as far as its user sees it."""
    number = str(form["risk_point"].value() or "")[:24].replace("\x00", "")
    return RiskPoint.objects.visible_to(form.user).filter(number=number).first() if number else None


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """What the address of the page already says, such as the project one comes from."""
    number = request.GET.get("risk", "")[:24].replace("\x00", "")
    risk = RiskPoint.objects.visible_to(request.user).filter(number=number).first() if number else None
    if risk:
        return as_hazard(risk)
    project = int_or_none(request.GET.get("project"))
    return {"project": project} if project else {}


def bring_back(form: Form, begun: Begun) -> None:
    """The photographs that a draft names; they have waited since the form was last sent."""
    if begun.is_taken_up:
        keys = valid_keys(begun.values("kept_photos"))
        form.kept = list(Photo.objects.waiting(begun.request.user).filter(pk__in=keys))  # type: ignore[attr-defined]


def record_context(request: HttpRequest, form: HazardForm, hazard: Hazard | None) -> dict[str, Any]:
    find = request.GET.get("find", "").strip()[:100].replace("\x00", "")
    must_search = form.offer_sites(find)
    site = chosen_site(request.user, form["project"].value())
    form.offer_firms(site)
    title = f"修改草稿 {hazard}" if hazard else "登记隐患"
    return {
        "given": site and sites.answerable(site),
        "risk": risk_of(form),
        "title": title,
        "crumbs": crumbs((title, "")),
        "form": form,
        "record": hazard,
        "kept": kept_photos(form),
        "taken": hazard.photos.count() if hazard else 0,
        "phrases": phrases_for(str(form["category"].value() or "")),
        "find": find,
        "must_search": must_search,
        "may_order": request.user.has_perm("hazards.order_hazard"),
        "more_is_open": any(form[name].errors for name in MORE) or hazard is not None,
    }


# The fields behind 更多信息.
MORE = (
    "found_on",
    "source",
    "inspectors",
    "building",
    "floor",
    "axis",
    "longitude",
    "latitude",
    "accuracy_m",
    "risk_level",
    "clause",
    "enterprise",
    "responsible_person",
)


@require_GET
def detail_page(request: HttpRequest, key: str) -> HttpResponse:
    """The case file: steps, facts, photographs before and after, answers, history, and the moves open to this user."""
    need(REGISTER, request.user, "view")
    hazard = get_visible_or_404(case_rows(), request.user, number=key)
    context = case_context(hazard, request.user)
    if context["main"] and context["main_form"].fields:
        context |= Begun(request, f"hazard-{key}-{context['main'].name}").context()
    around = neighbours(request, hazard)
    context |= {
        "neighbours": around,
        "origin": around.origin,
        "crumbs": crumbs((hazard.number, ""), origin=around.origin),
    }
    return render(request, "hazards/detail.html", context)


@require_http_methods(["GET", "POST"])
def move_page(request: HttpRequest, key: str, move: str) -> HttpResponse:
    """One move: its form, and making it.  A move that is no longer open shows why, and what was typed."""
    hazard = get_visible_or_404(case_rows(), request.user, number=key)
    if not HAZARD.offers(move):
        raise Http404
    if not request.user.has_perm(HAZARD.by_name[move].permission):
        raise PermissionDenied
    begun, seen = Begun(request, f"hazard-{key}-{move}"), None
    form = move_form(request, hazard, move, begun)
    if "keep_draft" in request.POST:
        return keep_draft(request, begun, form)
    if request.method == "POST" and form.is_valid():
        try:
            return moved_on(request, hazard, move, form, begun)
        except StaleRecord as stale:
            seen, hazard = int_or_none(request.POST.get("version")), case_rows().get(pk=stale.record.pk)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = move_context(request, hazard, move, form) | begun.context() | since(hazard, seen)
    context["conclusion"] = request.POST.get("conclusion") or begun.initial().get("conclusion")
    status = 409 if seen else 422 if form.errors else 200
    return render(request, [f"hazards/move_{move}.html", "hazards/move.html"], context, status=status)


def move_form(request: HttpRequest, hazard: Hazard, move: str, begun: Begun) -> MoveForm:
    name = made(request, move)
    form = MOVE_FORMS[name](
        answer_as_reason(request) if name != move else request.POST or None,
        request.FILES or None,
        user=request.user,
        record=hazard,
        initial=initial(hazard, move) | begun.initial(),
    )
    bring_back(form, begun)
    return form


def moved_on(request: HttpRequest, hazard: Hazard, move: str, form: MoveForm, begun: Begun) -> HttpResponse:
    """Make the move, say so, and lead to the case.  Raises what the workflow raises."""
    name, version = made(request, move), int_or_none(request.POST.get("version"))
    if name == "verify":
        moved = verify_and_close(hazard, by=request.user, version=version, **form.facts())
    else:
        moved = HAZARD.perform(hazard, name, by=request.user, version=version, **form.facts())
    drafts.forget(request.user, begun.name)
    messages.success(request, now_stands(moved, HAZARD.by_name[name]))
    return redirect(address_of(moved, origin_of(request)))


def move_context(request: HttpRequest, hazard: Hazard, move: str, form: MoveForm) -> dict[str, Any]:
    is_failing, origin = made(request, move) != move, origin_of(request)
    label = HEADINGS.get(move, HAZARD.by_name[move].label)
    refusal = HAZARD.refusal(hazard, move, request.user)
    if refusal and form.is_bound:
        form.lock()
    return case_context(hazard, request.user) | {
        "move": HAZARD.by_name[move],
        "move_label": label,
        "origin": origin,
        "crumbs": crumbs((hazard.number, address_of(hazard, origin)), (label, ""), origin=origin),
        "form": form,
        "refusal": refusal,
        "kept": kept_photos(form),
        "failing": is_failing,
        "term_form": form if is_failing else term_form(hazard, request.user, move),
        "opinions": dictionaries.opinions() if move == "verify" else [],
        "asked": asked_facts(hazard),
        "people": sites.people_of(hazard.project),
    }


def since(hazard: Hazard, seen: int | None) -> dict[str, Any]:
    """What others did to the hazard after the version that this user had before them."""
    if seen is None:
        return {}
    return {"news": [as_entry(e) for e in events_of(hazard) if e.step is not None and e.step > seen]}


def made(request: HttpRequest, move: str) -> str:
    """A verification that fails is a return."""
    return "return" if move == "verify" and request.POST.get("conclusion") == "fail" else move


def answer_as_reason(request: HttpRequest) -> Any:
    """The opinion of a failed verification is the reason of the return."""
    data = request.POST.copy()
    data["reason"] = data.get("opinion", "")
    return data


def keep_draft(request: HttpRequest, begun: Begun, form: MoveForm) -> HttpResponse:
    """存草稿: the words as they are, and the photographs, which are taken in; nothing is judged."""
    form.is_valid()
    kept = [str(photo.pk) for photo in getattr(form, "kept", ())]
    drafts.keep(request.user, begun.name, dict(request.POST.lists()) | {"kept_photos": kept})
    messages.success(request, "草稿已保存，还没有提交。")
    return redirect(f"{request.path}?draft=1")


@require_GET
def compare_page(request: HttpRequest) -> HttpResponse:
    """What has changed since a day, of the hazards that the ledger's filter finds; a month ago where none is asked."""
    need(REGISTER, request.user, "view")
    query = request.GET.copy()
    asked = query.pop("date", [""])[-1]
    query["view"] = ALL  # a tab cuts by state, and the states are what is compared
    listing = Listing(REGISTER, request.user, of_the_list(query))
    today = timezone.localdate()
    day, problem = today - timedelta(days=30), ""
    try:
        day = day_of(asked) if asked else day
    except ValidationError as error:
        problem = error.messages[0]
    ledger = f"{reverse('hazards:list')}{listing.url(sort=None, page=None, **NOWHERE)}"
    context = {
        "day": day,
        "asked": asked or day.isoformat(),
        "latest": today - timedelta(days=1),
        "problem": problem,
        "lines": [] if problem else compare_lines(listing.found, day, ledger),
        "moment": timezone.localtime(),
        "words": filter_words(listing),
        "kept": [(name, value) for name, values in listing.asked.items() for value in values if name != "view"],
        "ledger_url": ledger,
        "crumbs": crumbs(("与某日相比", "")),
    }
    return render(request, "hazards/compare.html", context, status=422 if problem else 200)


@require_GET
def photo(request: HttpRequest, key: str, size: str) -> HttpResponseBase:
    """A photograph in one of its three sizes, through the scope of its hazard."""
    return served(get_visible_or_404(Photo, request.user, pk=key), size)
