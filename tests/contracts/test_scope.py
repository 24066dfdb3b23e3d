"""Nobody sees, counts or finds what lies outside their reach, whatever page they ask and however they ask it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.registers import Register, registry
from tests.contracts.addresses import OPEN_REGISTERS, PUBLIC, Address, addresses
from tests.contracts.planting import BATCH, NEVER, PROBE, Planted, body, contractor_of, heard, plant
from tests.hazards import stories
from tests.personas import CHANGAN, LUBEI, QIAOXI, city_officer, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

TANGSHAN = "130200"
# What of an answer differs from one request to the next though nothing is said by it.
PASSING = re.compile(
    rb'[0-9a-f]{32}|name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|\d\d:\d\d(:\d\d)?'
    rb'|"X-CSRFToken": "\w+"|"csrf":"\w+"'
)
ACCOUNTS = frozenset({"account", "organisation", "firm", "grantee"})


@dataclass(frozen=True)
class Reader:
    """Somebody with rows of their own, and the kinds of planted rows that their office lets them see.

    The thorough ask every list by every tab, order and filter; the others see to it that scope by region, by
    firm and by project all hold.
    """

    user: User
    site: stories.Site | None = None
    sees: frozenset[str] = frozenset()
    thorough: bool = False

    @property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user)
        return client


def on_site(who: str, at: str, *, thorough: bool = False) -> Reader:
    site = stories.site(at)
    stories.taken_to("answered", site)
    return Reader(getattr(site, who), site, thorough=thorough)


READERS: dict[str, Callable[[], Reader]] = {
    "station head of the next county": lambda: on_site("head", QIAOXI, thorough=True),
    "officer of another city": lambda: Reader(city_officer(TANGSHAN), on_site("head", LUBEI).site),
    "safety director of a rival": lambda: on_site("director", CHANGAN, thorough=True),
    "manager of another project": lambda: on_site("manager", CHANGAN),
    "expert without a grant": lambda: Reader(persona("expert")),
    "system administrator": lambda: Reader(persona("system_admin"), sees=ACCOUNTS),
    "security administrator": lambda: Reader(persona("security_admin"), sees=ACCOUNTS | {"grant", "project"}),
}
everybody = pytest.mark.parametrize("who", READERS)
# Walking all pages takes seconds; the officer's scope is of the same kind as the station head's.
walkers = pytest.mark.parametrize("who", [who for who in READERS if not who.startswith("officer")])


# The questions --------------------------------------------------------------------------------------------------------


def questions(register: Register, reader: Reader) -> Iterator[str]:
    """Ways to ask a list: its tabs with its orders, the key word, each filter with what would find a planted row."""
    yield ""
    if not register.may(reader.user, "view"):
        return
    yield urlencode({"q": PROBE})
    sorts = [c.name for c in register.columns if c.sortable] if reader.thorough else []
    views = ["all", *(view.name for view in register.views)] if reader.thorough else ["all"]
    for view, sort in zip_longest(views, sorts, fillvalue="all"):
        yield urlencode({"view": view, "sort": sort, "size": 100})
    for name, value in matching(register, reader.user) if reader.thorough else ():
        yield urlencode({name: value, "view": "all"})


def matching(register: Register, user: User) -> Iterator[tuple[str, Any]]:
    for column in register.columns_for(user):
        match column.filter:
            case "icontains":
                yield column.name, "1" if column.name in ("number", "uscc") else PROBE
            case "range":
                yield f"{column.name}_after", "2020-01-01"
            case "choice" if column.path.startswith("import_batch"):
                yield column.name, BATCH
            case "choice":
                yield column.name, CHANGAN
            case "exact":
                yield column.name, next(iter(register.labels_of_choices.get(column.path) or ["true"]))


def free_pages(reader: Reader) -> Iterator[str]:
    """Every address that names no record, with the questions to lists, the search box and the workbench's tabs."""
    for address in addresses():
        if address.space not in OPEN_REGISTERS and address.name not in PUBLIC:
            yield from (address.at(values) for values in address.free())
    for register in registry.values():
        if register.name not in OPEN_REGISTERS:
            yield from (f"{reverse(f'{register.name}:list')}?{asked}" for asked in questions(register, reader))
    yield from (f"/search/?q={PROBE}", "/search/?q=YH-", "/search/?q=9113", "/messages/?tab=unread")
    yield from (f"/?tab={tab}" for tab in ("receive", "answer", "confirm", "verify", "close", "order"))


def own_pages(site: stories.Site | None) -> Iterator[str]:
    """Pages of the reader's own records, on which something of a neighbour might appear."""
    if site is None:
        return
    yield f"/hazards/new/?project={site.project.pk}&draft=1"
    hazard, firm = site.project.hazards.order_by("pk")[0], contractor_of(site)
    project = f"/projects/{site.project.number}/"
    yield from (
        project,
        *(f"{project}{tab}/" for tab in ("edit", "parties", "people", "roster", "training", "coverage")),
        *(f"{project}{tab}/" for tab in ("duty", "wages", "dangerous", "history")),
    )
    yield from (f"/training/new/?project={site.project.number}", f"/training/plans/new/?project={site.project.number}")
    yield from (f"{project}risks/", f"{project}risks/notice/", f"/risks/new/?project={site.project.pk}")
    yield f"/accidents/new/?project={site.project.pk}"
    yield f"/commitments/new/?project={site.project.number}"
    yield from (f"/m/{page}/{site.project.number}/" for page in ("duty", "safety-log", "leave"))
    yield from (f"{project}parties/new/", f"{project}people/new/?firm={firm.pk}")
    yield from (f"{hazard.get_absolute_url()}?from=/hazards/%3Fview%3Dall", f"{hazard.get_absolute_url()}return/")
    yield from (f"/enterprises/{firm.uscc}/{tab}" for tab in ("", "edit/", "people/", "projects/", "history/"))
    yield from (f"/api/hazards/{hazard.number}/", f"/api/hazards/{hazard.number}/moves/")


def pages_asked_with_keys(planted: Planted) -> Iterator[str]:
    """Pages that take a record by a parameter: they may ignore it, but tell nothing of it."""
    project, hazard = planted.site.project, planted.keys.hazard
    yield from (f"/hazards/new/?project={project.pk}", f"/hazards/sites/given/?project={project.pk}")
    yield from (f"/risks/new/?project={project.pk}", f"/hazards/new/?risk={planted.keys.risk}")
    yield f"/hazards/?view=all&risk_point={planted.keys.risk}"
    yield f"/accidents/new/?project={project.pk}"
    yield from (f"/{page}/new/?project={planted.keys.project}" for page in ("commitments", "site-inspectors"))
    yield from (f"/training/{page}new/?project={planted.keys.project}" for page in ("", "plans/"))
    yield f"/training/new/?course={planted.keys.course}"
    yield f"/training/participations/?view=all&of_session={planted.keys.training}"
    yield f"/training/?view=all&of_course={planted.keys.course}"
    yield f"/exam-attempts/?view=all&exam={planted.keys.exam}"
    yield f"/exam-attempts/?view=all&wrong={planted.keys.question}"
    yield f"/credit/certificates/new/?enterprise={planted.keys.firm}"
    yield f"/inspections/planning/?project={planted.keys.project}&campaign={planted.keys.campaign}"
    yield from (f"/inspections/{page}?region={CHANGAN}" for page in ("reports/", "calendar/", "follow-ups/"))
    yield f"/inspections/route/?inspector={planted.keys.inspector}&day={timezone.localdate()}"
    yield f"/inspections/?view=all&campaign={planted.keys.campaign}"
    yield f"/inspections/findings/?view=all&visit__campaign={planted.keys.campaign}"
    yield from (
        f"/hazards/sites/?q={PROBE}",
        f"/hazards/new/?find={PROBE}",
        f"/search/?q={hazard}",
        "/search/?q=CANARY7Q",
    )
    yield from (f"/hazards/sites/?lat={project.latitude}&lon={project.longitude}", f"/hazards/?number={hazard[:-1]}")


def quiet(raw: bytes) -> bytes:
    return PASSING.sub(b"", raw)


# Reading --------------------------------------------------------------------------------------------------------------


@walkers
def test_no_page_says_or_shows_anything_of_a_foreign_county(who: str) -> None:
    """Each page is the same to the byte before and after the county is there: names, counts, order, choices."""
    reader = READERS[who]()
    client = reader.client
    pages = list(free_pages(reader))
    before = {page: quiet(body(client.get(page))) for page in pages}
    planted = plant()
    changed, leaks = [], {}
    for page in pages:
        answer = client.get(page)
        told = body(answer)
        if said := heard(answer, planted) - reader.sees:
            leaks[page] = said
        elif not heard(answer, planted) and quiet(told) != before[page] and not is_for(reader, page):
            changed.append(page)
    for page in [*own_pages(reader.site), *pages_asked_with_keys(planted)]:
        if said := heard(client.get(page), planted, asked=page.rpartition("=")[2]) - reader.sees:
            leaks[page] = said
    assert (leaks, changed) == ({}, [])


def is_for(reader: Reader, page: str) -> bool:
    """Pages on what this office keeps for the whole province; their counts follow every county."""
    return bool(reader.sees) and (page == "/" or page.startswith(("/system/", "/api/", "/imports/", "/?")))


@everybody
def test_foreign_record_answers_like_one_that_never_was(who: str) -> None:
    reader, planted = READERS[who](), plant()
    client = reader.client
    leaks, differing = {}, []
    for address in addresses():
        for there, nowhere in zip(address.keyed(planted.keys), address.keyed(NEVER), strict=True):
            url = address.at(there)
            answer, control = client.get(url), client.get(address.at(nowhere))
            if said := heard(answer, planted, asked=url) - reader.sees:
                leaks[url] = said
            if not heard(answer, planted, asked=url) and not alike(answer, control):
                differing.append((url, answer.status_code, control.status_code))
    assert (leaks, differing) == ({}, [])


def alike(answer: Any, control: Any) -> bool:
    return (
        answer.status_code in (403, 404, 405)
        and answer.status_code == control.status_code
        and quiet(body(answer)) == quiet(body(control))
    )


@everybody
def test_no_export_holds_a_foreign_row(who: str) -> None:
    reader, planted = READERS[who](), plant()
    client, leaks = reader.client, {}
    for register in registry.values():
        for told in ({"view": "all"}, {"q": PROBE}, *({"layout": name} for name in register.layouts)):
            for ticked in ({}, {"keys": planted_key(register, planted)}):
                answer = client.post(f"/{path_of(register)}/export/?{urlencode(told)}", ticked | told)
                if said := heard(answer, planted) - reader.sees:
                    leaks[register.name] = said
    assert leaks == {}


def path_of(register: Register) -> str:
    return reverse(f"{register.name}:list").strip("/")


def planted_key(register: Register, planted: Planted) -> Any:
    keys = planted.keys
    of_register = {
        "hazards": keys.hazard,
        "risks": keys.risk,
        "projects": keys.project,
        "enterprises": keys.firm,
        "enterprise_merges": keys.merge,
        "people": keys.person,
        "roster": keys.engagement,
        "attendance": keys.attendance,
        "duty_days": keys.duty_day,
        "leaves": keys.leave,
        "safety_logs": keys.safety_log,
        "commitments": keys.commitment,
        "safety_directors": keys.safety_director,
        "site_inspectors": keys.site_inspector,
        "director_needs": keys.firm,
        "site_needs": keys.project,
        "duty_months": keys.duty_month,
        "firm_duty_months": keys.firm_duty_month,
        "attendance_faults": keys.attendance_fault,
        "wages": keys.wage_month,
        "wage_accounts": keys.wage_account,
        "coverage_days": keys.coverage_day,
        "coverage_gaps": keys.coverage_gap,
        "courses": keys.course,
        "training_plans": keys.training_plan,
        "trainings": keys.training,
        "questions": keys.question,
        "exams": keys.exam,
        "attempts": keys.attempt,
        "participations": keys.participation,
        "trainees": keys.engagement,
        "dangerous_works": keys.work,
        "users": keys.account,
        "organisations": keys.organisation,
        "grants": keys.grant,
        "events": keys.event,
        "deliveries": keys.delivery,
        "list_snapshots": keys.snapshot,
        "list_reconciliations": keys.reconciliation,
        "list_differences": keys.difference,
        "papers": keys.paper,
        "draws": keys.draw,
        "accidents": keys.accident,
        "blacklistings": keys.blacklisting,
        "joint_measures": keys.joint_measure,
        "credit_entries": keys.credit_entry,
        "credit": keys.standing,
        "personal_credit": keys.person,
        "permits": keys.firm,
        "permit_cases": keys.permit_case,
        "credit_repairs": keys.credit_repair,
        "appeals": keys.appeal,
        "credit_certificates": keys.credit_certificate,
    }
    return of_register.get(register.name, "1")


# Anonymous ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_stranger_is_sent_to_the_sign_in_page(method: str) -> None:
    planted, ask = plant(), getattr(Client(), method)
    wrong = {}
    for address in addresses():
        for values in [*address.free(), *address.keyed(planted.keys)]:
            url = address.at(values)
            answer = ask(url)
            if heard(answer, planted, asked=url) or not turned_away(address, url, answer):
                wrong[url] = answer.status_code
    assert wrong == {}


def turned_away(address: Address, url: str, answer: Any) -> bool:
    if address.name in PUBLIC:
        return answer.status_code in (200, 302, 400, 405, 415, 422, 503)
    if url.startswith("/api/"):
        return answer.status_code == 401
    return answer.status_code == 302 and answer["Location"].startswith("/login/?next=")


# The control ----------------------------------------------------------------------------------------------------------

SHOWN = {
    "hazards": {"hazard", "project", "firm"},
    "risks": {"risk", "project"},
    "projects": {"project", "firm"},
    "dangerous_works": {"work", "project"},
    "enterprises": {"firm"},
    "enterprise_merges": {"firm"},
    "people": {"person", "post", "firm"},
    "roster": {"person", "project", "firm", "job"},
    "attendance": {"person", "project"},
    "duty_days": {"leader", "project", "firm"},
    "leaves": {"leader", "deputy", "leave", "project"},
    "safety_logs": {"project", "firm"},
    "commitments": {"leader", "promise", "project", "firm"},
    "safety_directors": {"head", "director", "firm"},
    "site_inspectors": {"sent", "project"},
    "director_needs": {"firm", "head"},
    "site_needs": {"project", "firm", "sent"},
    "duty_months": {"project", "firm"},
    "firm_duty_months": {"firm"},
    "attendance_faults": {"stranger", "project"},
    "wages": {"project"},
    "wage_accounts": {"project", "bank"},
    "coverage_days": {"project"},
    "coverage_gaps": {"person", "project", "stranger"},
    "training_plans": {"course", "project", "firm"},
    "trainings": {"course", "project", "firm", "trainer"},
    "questions": {"question", "topic", "firm"},
    "exams": {"exam", "course", "firm"},
    "attempts": {"person", "exam", "firm"},
    "participations": {"course", "project", "firm", "person"},
    "trainees": {"person", "project"},
    "users": {"account", "organisation"},
    "organisations": {"organisation"},
    "grants": {"grantee", "project"},
    "list_snapshots": {"organisation"},
    "list_reconciliations": {"organisation", "firm"},
    "list_differences": {"hazard", "firm"},
    "papers": {"paper", "organisation"},
    "draws": {"campaign"},
    "accidents": {"accident", "project", "firm"},
    "blacklistings": {"blacklisting", "firm"},
    "joint_measures": {"blacklisting", "firm"},
    "permits": {"firm"},
    "permit_cases": {"permit", "firm"},
    "credit_entries": {"entry", "firm"},
    "credit_repairs": {"repair", "firm"},
    "appeals": {"appeal", "firm"},
    "credit_certificates": {"certificate", "firm"},
}


@pytest.mark.parametrize("name", SHOWN)
def test_canary_sings_where_it_may_be_heard(name: str) -> None:
    """The same questions, asked by those who may: each list, detail and export names the planted row."""
    planted, register = plant(), registry[name]
    client = Reader(persona("auditor")).client
    base = reverse(f"{name}:list")
    assert SHOWN[name] <= heard(client.get(f"{base}?view=all&size=100"), planted)
    assert SHOWN[name] <= heard(client.get(f"{base}?q={PROBE}&view=all"), planted)
    detail = reverse(f"{name}:detail", args=[planted_key(register, planted)])
    assert heard(client.get(detail), planted) & SHOWN[name]
    books = [client.post(f"{base}export/?view=all&layout={layout}") for layout in ("", *register.layouts)]
    assert SHOWN[name] <= set().union(*(heard(book, planted) for book in books))


def test_owner_finds_all_of_it() -> None:
    planted = plant()
    client, keys = Reader(planted.site.inspector).client, planted.keys
    pages = {
        "/jobs/": {"job"},
        f"/jobs/{keys.job}/": {"job"},
        f"/jobs/{keys.job}/file/": {"file"},
        "/exports/": {"job"},
        "/imports/": {"file"},
        f"/imports/{keys.batch}/": {"file"},
        "/hazards/new/?draft=1": {"draft", "project"},
        "/messages/": {"message"},
        f"/messages/digests/{keys.day}/": {"digest"},
        f"/search/?q={PROBE}": {"hazard", "project", "firm", "person"},
        "/": {"hazard", "project"},
        f"/hazards/photos/{keys.photo}/original/": {"photo"},
    }
    silent = {page: kinds for page, kinds in pages.items() if not kinds <= heard(client.get(page), planted)}
    assert silent == {}


def test_identity_number_stands_on_no_page_of_anybody() -> None:
    """Not even of those who may ask for it: that is a page of its own, with a reason, and asked by POST."""
    planted = plant()
    for user in (planted.site.inspector, planted.site.director, persona("auditor"), persona("province_officer")):
        client = Reader(user).client
        for page in ("/people/?view=all", f"/people/{planted.keys.person}/", f"/people/{planted.keys.person}/history/"):
            assert "identity" not in heard(client.get(page), planted), page
        assert "identity" not in heard(client.post("/people/export/?view=all"), planted)


def test_every_name_is_asked_about_once() -> None:
    """An address without a name could not be walked."""
    assert [a.route for a in addresses() if a.name.endswith("None")] == []
