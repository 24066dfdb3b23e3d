"""Whatever is put into an address or a form, the answer is a page for people and never a fault of ours.

What is sent to the API has its own test (test_api_fuzz.py).
"""

import re
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accidents.workflow import ACCIDENT
from apps.accounts.models import User
from apps.core.listing import CONTROL
from apps.core.registers import Register, registry
from apps.credit.workflow import PERMIT, REPAIR
from apps.documents.kinds import KINDS as PAPER_KINDS
from apps.documents.workflow import PAPER
from apps.enterprises.workflow import MERGE
from apps.hazards.models import Hazard, Photo
from apps.hazards.workflow import HAZARD
from apps.risks.workflow import RISK
from apps.training.workflow import SESSION
from tests.accidents import stories as accidents
from tests.contracts.addresses import addresses
from tests.contracts.planting import contractor_of
from tests.contracts.test_scope_writing import everything, filled, form_on
from tests.core.pictures import huge_png, jpeg, text_bomb_png
from tests.credit import certificate_stories as certified
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit.stories import Cast
from tests.documents import stories as papers
from tests.enterprises import merging_stories as merging
from tests.exams import stories as exams
from tests.hazards import stories
from tests.lists.shelf import shipped
from tests.personas import persona
from tests.risks import stories as risks
from tests.training import stories as trainings

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# As bytes, for some are no text: NUL, half a surrogate pair, broken UTF-8, text that runs backwards.
NASTY: dict[str, bytes] = {
    "nul": b"a\x00b",
    "lone surrogate": b"\xed\xa0\x80",
    "broken utf-8": b"\xff\xfe\x80",
    "backwards": "\u202e\u2066abc\u2069".encode(),
    "digits without end": b"9" * 400,
    "more than a bigint": b"9" * 19,
    "negative": b"-1",
    "long name": "长".encode() * 300,
    "very long": b"x" * 6000,
    "quotes": b"'\"--;<script>alert(1)</script>{{7*7}}%s",
    "no day": b"2026-02-30",
    "a day far off": b"99999-12-31",
    "not a number": b"NaN",
    "other digits": "１２３٤".encode(),
    "path": b"../../etc/passwd",
}
KINDS = tuple(NASTY)
# Those that get past a field's own check more easily, for fields one at a time.
ALONE = ("nul", "more than a bigint", "a day far off")


def visitor(user: User) -> Client:
    """A browser that shows the page of a fault instead of raising it."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def asked(client: Client, path: str, query: bytes) -> int:
    """The status for a query string of raw bytes."""
    return client.get(path, QUERY_STRING=query.decode("latin-1")).status_code


def pair(name: str, value: bytes) -> bytes:
    return name.encode() + b"=" + quote_from_bytes(value, safe="").encode()


# Addresses ------------------------------------------------------------------------------------------------------------


def parameters(register: Register, user: User) -> list[str]:
    names = list(register.filterset(user, {}).form.fields)
    ranges = [
        f"{column.name}_{end}" for column in register.columns for end in ("after", "before") if column.filter == "range"
    ]
    return [*names, *ranges, *sorted(CONTROL), "layout", "nobody_knows"]


@pytest.mark.parametrize("name", registry)
def test_list_bears_any_query(name: str) -> None:
    user = persona("auditor")
    client, path, register = visitor(user), reverse(f"{name}:list"), registry[name]
    names = parameters(register, user)
    queries = [b"&".join(pair(n, value) for n in names) for value in NASTY.values()]
    queries += [pair(n, NASTY[kind]) for n in names for kind in ALONE]
    assert {q: status for q in queries if (status := asked(client, path, q)) >= 500} == {}


@pytest.mark.parametrize("name", registry)
def test_export_bears_any_query(name: str) -> None:
    user = persona("auditor")
    client, path = visitor(user), reverse(f"{name}:export")
    wrong = {}
    for kind, value in NASTY.items():
        text = value.decode("utf-8", "replace")
        query = b"&".join(pair(n, value) for n in parameters(registry[name], user)).decode()
        for answer in (client.post(f"{path}?{query}"), client.post(path, {"keys": [text, "1"], "layout": text})):
            if answer.status_code >= 500:
                wrong[kind] = answer.status_code
    assert wrong == {}


WORDS = (
    "q",
    "tab",
    "page",
    "project",
    "draft",
    "next",
    "find",
    "from",
    "lat",
    "lon",
    "on",
    "category",
    "firm",
    "risk",
    "region",
    "method",
)


def test_no_page_falls_over_a_query() -> None:
    """Every address without a key; the lists have their own test."""
    client, wrong = visitor(persona("station_head")), {}
    for address in addresses():
        if not address.parameters and not address.name.endswith(":list"):
            for at in range(0, len(KINDS), 3):
                query = b"&".join(pair(n, NASTY[KINDS[(at + i) % len(KINDS)]]) for i, n in enumerate(WORDS))
                if (status := asked(client, address.at({}), query)) >= 500:
                    wrong[address.name, query] = status
    assert wrong == {}


@pytest.mark.parametrize("path", ["/", "/hazards/new/", "/hazards/sites/", "/messages/", "/risks/overview/"])
def test_page_falls_over_no_part_of_a_query(path: str) -> None:
    client = visitor(persona("station_head"))
    queries = [pair(n, NASTY[kind]) for n in WORDS for kind in ALONE]
    assert {q: status for q in queries if (status := asked(client, path, q)) >= 500} == {}


def test_no_address_falls_over_a_key_that_cannot_be_one() -> None:
    """Each parameter in turn gets what its converter lets through; the rest is 404 before any view."""
    clients = [visitor(persona(role)) for role in ("auditor", "security_admin")]
    keys = ["a\x00b", "9" * 40, "长" * 300, "%", " ", "１２"]
    wrong = {}
    for address in addresses():
        for key in keys:
            url = "/" + re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)", quote_from_bytes(key.encode()), address.route).strip("^$")
            url = url.replace("^", "").replace("$", "")
            for client in clients if address.parameters else ():
                if (status := client.get(url).status_code) >= 500:
                    wrong[url] = status
    assert wrong == {}


RISK_VALUES = {"likelihood": "3", "exposure": "6", "consequence": "15"}

ACCIDENT_VALUES = {
    "occurred_at": "2026-11-01T09:30",
    "place": "3号楼",
    "category": "fall",
    "deaths": "1",
    "summary": "四层临边坠落",
}
DECISION = {"determination_number": "1号", "is_liability": "false", "determination": "不属于责任事故"}

# Forms ----------------------------------------------------------------------------------------------------------------


def forms_of(site: stories.Site) -> Iterator[tuple[User, str]]:
    """Every form of the platform that a person of the site may fill, at a hazard in the state that it needs."""
    project = f"/projects/{site.project.number}/"
    yield from ((site.head, reverse(f"{name}:new")) for name, r in registry.items() if r.form_class)
    yield from (
        (persona("security_admin"), "/system/grants/new/"),
        (persona("system_admin"), "/system/dictionaries/new/"),
    )
    yield from ((site.director, f"/risks/new/?method={method}") for method in ("lec", "ls"))
    yield from (
        (persona("system_admin"), "/risk-rules/new/"),
        (site.manager, f"/risks/{risks.proposed(site).number}/edit/"),
    )
    yield from ((site.head, f"{project}{tab}") for tab in ("edit/", "parties/new/", "dangerous/new/?category=pit"))
    yield from ((site.head, f"/documents/new/?kind={kind}") for kind in PAPER_KINDS)
    yield site.head, "/accidents/new/"
    yield from ((site.director, f"/training/{page}new/") for page in ("", "courses/", "plans/"))
    yield from ((site.director, f"/training/{planned.pk}/edit/") for planned in (trainings.planned(site),))
    yield site.director, f"/training/{trainings.planned(site).pk}/evidence/"
    exam = exams.drafted(exams.training(site))
    yield from ((site.director, f"/exams/{page}") for page in ("new/", f"{exam.pk}/edit/"))
    yield from (
        (site.director, f"/questions/{page}") for page in ("new/", f"{exams.question(exam.enterprise).pk}/edit/")
    )
    yield site.director, trainings.token(trainings.opened(site))
    yield persona("province_officer"), "/system/hours-rules/new/"
    yield site.head, "/credit/certificates/new/"
    one, province = certified.agency()[0], persona("province_officer")
    yield from ((province, "/system/agencies/new/"), (province, f"{one.get_absolute_url()}token/"))
    settings = ("permit-rules/new/", "repair-terms/new/", "list-types/new/", "credit-items/new/")
    yield from ((persona("province_officer"), f"/system/{address}") for address in settings)
    yield site.head, f"/enterprises/{contractor_of(site).uscc}/merge/"
    yield from ((site.head, "/documents/prefix/"), (persona("province_officer"), "/system/paper-templates/new/"))
    yield from papers_of(site)
    yield site.head, f"{project}people/new/?firm={site.project.enterprise_id}"
    yield from ((site.director, "/people/new/"), (site.head, "/people/find/"), (site.head, "/account/contact/"))
    duties = shipped("duties")
    yield from (
        (persona("system_admin"), f"/system/lists/lists/{duties.pk}/"),
        (persona("system_admin"), f"/system/lists/{duties.list_set_id}/new/"),
        (persona("system_admin"), f"/system/lists/{duties.list_set_id}/names/"),
        (site.head, "/lists/show/duties/freeze/"),
    )
    yield from ((site.head, "/password/"), (site.head, "/account/second-factor/"), (site.head, "/search/"))


def papers_of(site: stories.Site) -> Iterator[tuple[User, str]]:
    """Forms of the moves of papers, each at a paper in the state that it needs."""
    for move in PAPER.transitions:
        paper = papers.draft(site.head) if "drafted" in move.sources else papers.issued(site.head)
        yield site.head, f"{paper.get_absolute_url()}{move.name}/"
    yield site.head, f"{papers.draft(site.head).get_absolute_url()}edit/"


def moves_of(site: stories.Site) -> Iterator[tuple[User, str]]:
    users = (site.inspector, site.second, site.head, site.director, site.engineer)
    for move in HAZARD.transitions:
        hazard = stories.before_move(move, site)
        by = next(user for user in users if HAZARD.refusal(hazard, move.name, user) is None)
        yield by, f"{hazard.get_absolute_url()}{move.name}/"
    for move in RISK.transitions:
        risk = risks.before_move(move, site)
        by = next(user for user in users if RISK.refusal(risk, move.name, user) is None)
        yield by, f"{risk.get_absolute_url()}{move.name}/"
    for move in ACCIDENT.transitions:
        yield site.head, f"{accidents.reported(site).get_absolute_url()}{move.name}/"
    for move in SESSION.offered:
        session = trainings.planned(site) if "planned" in move.sources else trainings.opened(site)
        yield site.director, f"{session.get_absolute_url()}{move.name}/"
    yield from credit_moves()
    for move in MERGE.transitions:
        merge = merging.before_move(move, firms := merging.twice())
        yield merging.by_for(merge, move, firms), f"{merge.get_absolute_url()}{move.name}/"


def credit_moves() -> Iterator[tuple[User, str]]:
    """Cases about permits and applications for repair, each at a state in which the move is open."""
    cast = Cast()
    for move in PERMIT.offered:
        case = permits.before_move(move, stage := permits.Stage())
        people = (stage.province, stage.second, stage.director)
        by = next(user for user in people if PERMIT.refusal(case, move.name, user) is None)
        yield by, f"{case.get_absolute_url()}{move.name}/"
    for move in REPAIR.offered:
        repair = repairs.before_move(move, cast)
        people = (cast.city, cast.second_city, cast.director)
        by = next(user for user in people if REPAIR.refusal(repair, move.name, user) is None)
        yield by, f"{repair.get_absolute_url()}{move.name}/"
    yield cast.director, f"/credit/entries/{repairs.public(cast)}/repair/"
    certificate = certified.made(cast.firm, cast.director)
    yield cast.province, f"{certificate.get_absolute_url()}revoke_certificate/"


def spoiled(client: Client, url: str, *, one_by_one: bool = False, **given: str) -> dict[str, int]:
    """Which nonsense the form at this address falls over, and with what status.

    Every field gets a third of the kinds, each field at another one than its neighbours at the same time; and, one
    by one, nonsense in a form that is sound with what is `given`, so that it may come as far as the database.
    """
    sound, names = filled(client, url) | given, field_names(client, url)
    posts = {f"round {at}": {n: nonsense(at + i) for i, n in enumerate(names)} for at in range(0, len(KINDS), 3)}
    if one_by_one:
        posts |= {f"{kind} as {n}": sound | {n: text_of(kind)} for n in names for kind in ALONE}
    statuses = {told: client.post(url, data).status_code for told, data in posts.items()}
    return {told: status for told, status in statuses.items() if status >= 500}


def nonsense(number: int) -> str:
    return text_of(KINDS[number % len(KINDS)])


def text_of(kind: str) -> str:
    return NASTY[kind].decode("utf-8", "replace")


def field_names(client: Client, url: str) -> list[str]:
    return [
        *(bound.html_name for bound in form_on(client, url) or ()),
        "version",
        "kept_photos",
        "photo_hint",
        "conclusion",
        "term",
    ]


def test_no_form_falls_over_nonsense() -> None:
    site, wrong = stories.site(), {}
    for user, url in forms_of(site):
        if found := spoiled(visitor(user), url):
            wrong[url] = found
    assert wrong == {}


def test_no_move_falls_over_nonsense() -> None:
    """Nothing of it reaches the hazard either: a move is made whole or not at all."""
    site, wrong = stories.site(), {}
    for user, url in moves_of(site):
        if found := spoiled(visitor(user), url):
            wrong[url] = found
    assert wrong == {}


def test_form_of_a_hazard_falls_over_no_field_alone() -> None:
    site = stories.site()
    client, url = visitor(site.inspector), f"/hazards/new/?project={site.project.pk}"
    assert client.post(url, filled(client, url) | {"description": "临边无防护"}).status_code == 302
    assert spoiled(client, url, one_by_one=True, description="临边无防护") == {}


def test_form_of_a_risk_point_falls_over_no_field_alone() -> None:
    site = stories.site()
    client, url = visitor(site.manager), f"/risks/new/?project={site.project.pk}"
    given = {"name": "基坑", "factors": "坍塌", "responsible_person": "李某", "keep": "1"}
    assert client.post(url, filled(client, url) | RISK_VALUES | given).status_code == 302
    assert spoiled(client, url, one_by_one=True, **RISK_VALUES, **given) == {}


def test_form_of_a_check_falls_over_no_field_alone() -> None:
    site = stories.site()
    risk = risks.in_force(site)
    assert spoiled(visitor(site.manager), f"{risk.get_absolute_url()}check/", one_by_one=True) == {}


def test_forms_of_an_accident_fall_over_no_field_alone() -> None:
    site = stories.site()
    client, accident = visitor(site.head), accidents.reported(site)
    assert spoiled(client, "/accidents/new/", one_by_one=True, project=site.project.number, **ACCIDENT_VALUES) == {}
    assert spoiled(client, f"{accident.get_absolute_url()}determine/", one_by_one=True, **DECISION) == {}


def test_form_of_an_answer_falls_over_no_field_alone() -> None:
    site = stories.site()
    hazard = stories.taken_to("rectifying", site)
    url = f"{hazard.get_absolute_url()}answer/"
    assert spoiled(visitor(site.director), url, one_by_one=True) == {}
    hazard.refresh_from_db()
    assert hazard.state == "rectifying"


@pytest.mark.parametrize("url", ["/hazards/new/", "/messages/read/", "/login/", "/accessibility/", "/hazards/columns/"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data; boundary="),
        (b'{"a": {"b": ' + b"[" * 5000, "application/json"),
        (b"\xff\x00=\xff&a=%00&%zz", "application/x-www-form-urlencoded"),
        (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
        (b"<a/>", "text/xml"),
    ],
)
def test_body_that_is_no_form_is_refused_or_empty(url: str, body: bytes, kind: str) -> None:
    answer = visitor(persona("inspector")).post(url, body, content_type=kind)
    assert answer.status_code < 500


# Files ----------------------------------------------------------------------------------------------------------------

PICTURES = {
    "no picture": ("现场.jpg", b"<script>alert(1)</script>"),
    "empty": ("现场.jpg", b""),
    "cut off": ("现场.jpg", jpeg().getvalue()[:900]),
    "twenty thousand by twenty thousand": ("现场.png", huge_png(20_000)),
    "comment that unpacks to 64 MB": ("现场.png", text_bomb_png()),
    "vector": ("现场.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "path in the name": ("../../../etc/\u202egpj.exe", b"MZ"),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_file_that_is_no_photograph_is_refused_in_chinese(kind: str) -> None:
    site = stories.site()
    client, (name, content) = visitor(site.inspector), PICTURES[kind]
    url = f"/hazards/new/?project={site.project.pk}"
    form, before = filled(client, url), everything()
    sound = form | {"description": "临边无防护", "demands": "立即整改", "order": "1"}
    answer = client.post(url, sound | {"photos": SimpleUploadedFile(name, content, "image/jpeg")})
    (told,) = answer.context["form"].errors["photos"]
    assert (answer.status_code, bool(re.search("[一-龥]", told))) == (422, True)
    assert "\u202e" not in answer.content.decode()
    assert (Hazard.objects.count(), Photo.objects.count(), everything()) == (0, 0, before)
