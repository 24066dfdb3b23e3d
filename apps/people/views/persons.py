"""Pages about one person; list and form are the register's."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.cases import Sections, line
from apps.core.edition_pages import edition_page
from apps.core.history import history
from apps.core.listing import Listing
from apps.core.pages import int_or_none, list_page, need, toolbar
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.templatetags import ui
from apps.core.workflow import StaleRecord
from apps.enterprises.views import frame as enterprise_frame
from apps.people import identity
from apps.people.consenting import standings, way_of, wordings_on
from apps.people.forms import CertificateForm, ConsentForm, FindForm, RevealForm
from apps.people.models import Certificate, Person, RetentionRule, Revealed
from apps.people.registers import PersonRegister, RetentionRuleRegister
from apps.people.retention import forecast
from apps.people.selectors import certificate_lines, person_with_number
from apps.people.services import REVEALS_A_DAY, record_consent, reveal_number, reveals_today, save_certificate
from apps.people.tabs import person_tabs

REGISTER = registry[PersonRegister.name]
STAFF_SHOWN = 100
IDENTIFYING = ("name", "id_number", "phone", "account", "number")


def staff_list(request: HttpRequest) -> HttpResponse:
    """The register's list, with the way to find one person by the whole identity number."""
    listing = Listing(REGISTER, request.user, request.GET.copy())
    find = {"label": "按身份证号码查找", "url": reverse("people:find"), "icon": "search"}
    return list_page(request, REGISTER, {"toolbar": [find, *toolbar(REGISTER, request.user, listing)]})


def frame(request: HttpRequest, key: str, current: str) -> dict[str, Any]:
    """What every tab of a person's page shows around its own content; 404 outside the user's scope."""
    need(REGISTER, request.user, "view")
    person = visible_person(request, key)
    return {
        "person": person,
        "title": person.name,
        "marks": [ui.chip(person.post)] if person.post else [],
        "crumbs": [{"label": "监管对象"}, {"label": "人员", "url": reverse("people:list")}, {"label": person.name}],
        "tabs": person_tabs.shown(person, request.user, current),
        "actions": actions(request, person),
    }


def visible_person(request: HttpRequest, key: str) -> Person:
    rows = Person.objects.select_related("employer__organisation", "user")
    return get_visible_or_404(rows, request.user, pk=int_or_none(key))


def actions(request: HttpRequest, person: Person) -> list[dict[str, Any]]:
    buttons: list[dict[str, Any]] = []
    if not person.pseudonymised_at:
        buttons.append({"label": "电子证卡", "url": reverse("people:card", args=[person.pk]), "icon": "certificate"})
    if request.user.has_perm("people.reveal_person"):
        page = reverse("people:reveal", args=[person.pk])
        masked = ((Revealed.ID_NUMBER, person.id_masked), (Revealed.PHONE, person.phone_masked))
        buttons += [
            {"label": f"查看{what.label}", "url": f"{page}?what={what.value}", "icon": "eye"}
            for what, shown in masked
            if shown
        ]
    if REGISTER.may(request.user, "change") and not REGISTER.locked(person):
        url = reverse("people:edit", args=[person.pk])
        buttons.append({"label": "编辑", "url": url, "icon": "edit", "primary": True})
    return buttons


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "overview")
    person: Person = context["person"]
    today = timezone.localdate()
    may_change = REGISTER.may(request.user, "change") and not REGISTER.locked(person)
    number = person.id_number
    context |= {
        "may_change": may_change,
        "asks_for_correction": person.user_id == request.user.pk and not may_change,
        "facts": [
            {"label": "身份证号码", "value": person.id_masked},
            {"label": "性别", "value": identity.sex(number) if number else ""},
            {"label": "年龄", "value": f"{identity.age_on(number, today)}岁" if number else ""},
            {"label": "职务或工种", "value": person.post},
            {"label": "所在企业", "value": person.employer.name},
            {"label": "联系电话", "value": person.phone_masked},
            {"label": "平台账号", "value": person.user.username if person.user else ""},
        ],
        "certificates": certificate_lines(person.certificates.all(), today),
        "standings": [] if person.pseudonymised_at else standings(person, today),
        "may_consent": way_of(person, request.user) is not None,
    }
    return render(request, "people/detail.html", context)


@require_GET
def history_page(request: HttpRequest, key: str) -> HttpResponse:
    context = frame(request, key, "history")
    person: Person = context["person"]
    told = [person, *person.certificates.all(), *person.consents.all(), *person.cards.all(), *person.reveals.all()]
    # The ledger of events keeps what it was told; of whom nothing is to be known any more, pages do not repeat it.
    context["timeline"] = history(told, without=IDENTIFYING if person.pseudonymised_at else ())
    return render(request, "core/history.html", context)


@require_http_methods(["GET", "POST"])
def certificate_page(request: HttpRequest, key: str, certificate_id: int | None = None) -> HttpResponse:
    """Add or correct one certificate of a person."""
    need(REGISTER, request.user, "change")
    person = visible_person(request, key)
    if REGISTER.locked(person):
        raise PermissionDenied
    record = get_visible_or_404(person.certificates.all(), request.user, pk=certificate_id) if certificate_id else None
    form = CertificateForm(request.POST or None, instance=record or Certificate(person=person), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_certificate(form, by=request.user, version=int_or_none(request.POST.get("version")))
        except StaleRecord:
            form.add_error(None, "您填写期间，别人已修改这张证书，请返回核对后重新填写。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已保存{person.name}的证书。")
            return redirect("people:detail", person.pk)
    context = {"form": form, "record": record, "title": f"{person.name}的证书", "cancel_url": REGISTER.row_url(person)}
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def consent_page(request: HttpRequest, key: str, purpose: str) -> HttpResponse:
    """Tell what the data are used for, and record the answer: one's own, or that of a signed paper."""
    need(REGISTER, request.user, "view")
    person = visible_person(request, key)
    wording = next((one for one in wordings_on(timezone.localdate()) if one.purpose == purpose), None)
    if wording is None:
        raise Http404
    how = way_of(person, request.user)
    if how is None:
        raise PermissionDenied
    form = ConsentForm(request.POST or None, user=request.user, person=person, wording=wording, how=how)
    if request.method == "POST" and form.is_valid():
        try:
            record_consent(form.consent(), by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已登记{person.name}对“{wording}”的答复。")
            return redirect("people:detail", person.pk)
    facts = [
        {"label": "人员", "value": person.name},
        {"label": "方式", "value": how.label},
        {"label": "依据", "value": wording.basis, "wide": True},
        {"label": "告知内容", "value": wording.wording, "wide": True},
    ]
    context = {"form": form, "facts": facts, "title": f"告知：{wording}", "submit_label": "登记"}
    context |= {"cancel_url": REGISTER.row_url(person)}
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the reason, then show the number once; it is on no address and in no cache."""
    person = visible_person(request, key)
    if not request.user.has_perm("people.reveal_person"):
        raise PermissionDenied
    asked = request.POST.get("what") or request.GET.get("what")
    what = Revealed(asked) if asked in Revealed.values else Revealed.ID_NUMBER
    form = RevealForm(request.POST or None, user=request.user, initial={"what": what.value})
    title = f"查看{what.label}"
    context = {"person": person, "form": form, "title": title, "cancel_url": REGISTER.row_url(person)}
    if request.method == "POST" and form.is_valid():
        try:
            number = reveal_number(person, by=request.user, reason=form.cleaned_data["reason"], what=what)
            return render(request, "people/revealed.html", context | {"number": number})
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    left = REVEALS_A_DAY - reveals_today(request.user)
    context |= {
        "submit_label": "查看",
        "consequence": f"查看{person.name}的完整{what.label}会连同理由记入操作日志。您今天还可查看{max(left, 0)}次。",
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("id_number")
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """By the whole identity number; a form that is posted, so that the number stands in no address."""
    need(REGISTER, request.user, "view")
    form = FindForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = person_with_number(form.cleaned_data["id_number"], request.user)
        if person is not None:
            return redirect("people:detail", person.pk)
        form.add_error("id_number", "您可查看的人员中没有这个号码")
    context = {"form": form, "title": "按身份证号码查找", "submit_label": "查找", "cancel_url": reverse("people:list")}
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_GET
def of_enterprise(request: HttpRequest, key: str) -> HttpResponse:
    """The staff tab of an enterprise's page."""
    need(REGISTER, request.user, "view")
    context = enterprise_frame(request, key, "staff")
    rows = REGISTER.rows(request.user).filter(employer=context["enterprise"]).order_by(*REGISTER.order)
    context["people"] = rows[:STAFF_SHOWN]
    context["may_add"] = REGISTER.may(request.user, "add")
    return render(request, "people/of_enterprise.html", context)


def forecasts(record: RetentionRule, user: Any) -> Sections:
    """What this edition would do today, before anybody switches it on; figures of the province, for who sets it."""
    if not registry[RetentionRuleRegister.name].may(user, "add"):
        return []
    told = forecast(record, timezone.localdate())
    facts = [line("可去标识", f"{told.due}人"), *(line(f"保留：{label}", f"{count}人") for label, count in told.kept)]
    note = "按今天的登记测算；一人可有多个保留原因" + ("" if record.is_on else "。本版没有启用，不去除任何内容")
    return [{"title": "测算", "facts": facts, "note": note}]


retention_page = edition_page(registry[RetentionRuleRegister.name], further=forecasts)
