"""Nobody changes what lies outside their reach, nor hangs anything of their own on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.hazards.models import Hazard
from apps.people.models import Person
from tests.contracts.addresses import addresses
from tests.contracts.planting import Planted, contractor_of, heard, plant
from tests.contracts.test_scope import READERS, Reader
from tests.factories import PersonFactory
from tests.hazards import stories
from tests.personas import CHANGAN, QIAOXI, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# What changes by merely asking.
OF_THE_VISIT = {"accounts.session", "core.preference"}
SEEN = ("last_seen_at", "last_login")


def everything() -> dict[str, str]:
    """A digest of each table of ours."""
    ours = [model._meta for model in apps.get_models() if model.__module__.startswith("apps.")]
    tables = [meta.db_table for meta in ours if meta.label_lower not in OF_THE_VISIT]
    with connection.cursor() as cursor:
        return {table: digest_of(table, cursor) for table in tables}


def digest_of(table: str, cursor: Any) -> str:
    row = f"(to_jsonb(t) - '{SEEN[0]}' - '{SEEN[1]}')::text"
    cursor.execute(f"SELECT md5(coalesce(string_agg({row}, chr(10) ORDER BY {row}), '')) FROM \"{table}\" t")
    return cursor.fetchone()[0]


def changed(before: dict[str, str]) -> list[str]:
    now = everything()
    return [table for table, digest in before.items() if now[table] != digest]


@pytest.mark.parametrize("who", READERS)
def test_nothing_foreign_is_changed_by_any_post(who: str) -> None:
    reader, planted = READERS[who](), plant()
    client, taken = reader.client, {}
    before = everything()
    said = {"reason": "理由写在这里，足够长", "name": "改名", "version": "1", "confirm": "1", "discard": "1"}
    for address in addresses():
        for values in address.keyed(planted.keys) if may_try(address.space, reader) else ():
            url = address.at(values)
            answer = client.post(url, said)
            if answer.status_code not in (403, 404, 405, 415) or heard(answer, planted, asked=url):
                taken[url] = answer.status_code
    assert (taken, changed(before)) == ({}, [])


def may_try(space: str, reader: Reader) -> bool:
    """All but the own drafts, which have names and no owner in the address, and what the office looks after."""
    return space != "drafts" and not (reader.sees and space in ("users", "organisations", "grants"))


# Own forms with foreign keys in them ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """The forger: a county of their own, with a draft, a hazard being rectified, and staff."""

    site: stories.Site
    draft: Hazard
    rectifying: Hazard
    person: Person


def own_county() -> Own:
    site = stories.site(QIAOXI)
    person = PersonFactory(employer=site.project.enterprise)
    return Own(site, stories.draft(site), stories.taken_to("rectifying", site), person)


@dataclass(frozen=True)
class Forgery:
    """A form as `user` may send it, but for `lies`."""

    name: str
    user: User
    url: str
    lies: dict[str, Any]


ACCIDENT = {
    "occurred_at": "2026-11-01T09:30",
    "place": "3号楼",
    "category": "fall",
    "deaths": "1",
    "serious_injuries": "0",
    "summary": "四层临边坠落",
}
# What a refused form may repeat: the key that was typed into it, and nothing that the key stands for.
ECHOED = ("account", "project", "employer")


def forgeries(own: Own, planted: Planted) -> Iterator[Forgery]:
    site, keys, theirs = own.site, planted.keys, planted.site
    inspector, head, director = site.inspector, site.head, site.director
    project, new = f"/projects/{site.project.number}/", "/hazards/new/"
    hazard = {"project": site.project.pk, "description": "临边无防护", "demands": "立即整改", "order": "1"}
    firm, waiting = contractor_of(site), str(keys.waiting)
    their_person = Person.objects.get(pk=keys.person)
    yield Forgery("a hazard on a foreign project", inspector, new, hazard | {"project": theirs.project.pk})
    yield Forgery("a hazard of a foreign firm", inspector, new, hazard | {"enterprise": theirs.project.enterprise_id})
    yield Forgery("a hazard with another's photograph", inspector, new, hazard | {"kept_photos": waiting})
    yield Forgery(
        "a draft moved to a foreign project",
        inspector,
        f"/hazards/{own.draft.number}/edit/",
        {"project": theirs.project.pk},
    )
    yield Forgery(
        "an answer with another's photograph",
        director,
        f"/hazards/{own.rectifying.number}/answer/",
        {"measures": "已整改", "funds": "0", "kept_photos": waiting},
    )
    yield Forgery("a project moved into a foreign county", inspector, f"{project}edit/", {"region": CHANGAN})
    yield Forgery(
        "a project in a foreign county",
        inspector,
        "/projects/new/",
        {"name": "某工程", "region": CHANGAN, "kind": "residential", "stage": "structure"},
    )
    yield Forgery(
        "an accident on a foreign project",
        inspector,
        "/accidents/new/",
        ACCIDENT | {"project": theirs.project.number},
    )
    lesson = {"course": keys.course, "starts_at": "2026-11-26T08:00", "ends_at": "2026-11-26T10:00", "place": "某处"}
    yield Forgery(
        "a training of a foreign firm's course on a foreign project",
        director,
        "/training/new/",
        lesson | {"project": theirs.project.number, "trainer": "某人"},
    )
    yield Forgery(
        "a plan for a foreign project",
        director,
        "/training/plans/new/",
        {"course": keys.course, "project": keys.project, "year": "2026", "month": "11", "people_planned": "1"},
    )
    staff = f"{project}people/new/?firm={firm.pk}"
    yield Forgery(
        "a foreign person on the project",
        inspector,
        staff,
        {"person": their_person.pk, "post": "project_safety_officer"},
    )
    yield Forgery(
        "a foreign account on the project", inspector, staff, {"account": keys.account, "post": "project_manager"}
    )
    yield Forgery(
        "staff of a firm that is no party",
        inspector,
        f"{project}people/new/?firm={theirs.project.enterprise_id}",
        {"person": their_person.pk, "post": "project_safety_officer"},
    )
    yield Forgery(
        "a dangerous work of a foreign project",
        inspector,
        "/dangerous-works/new/",
        {"project": keys.project, "category": "pit"},
    )
    yield Forgery(
        "a person bound to a foreign account",
        director,
        f"/people/{own.person.pk}/edit/",
        {"account": keys.account},
    )
    permits = persona("permit_officer", at=QIAOXI)
    newcomer = {"name": "某人", "id_number": "11010519491231002X"}
    yield Forgery(
        "a person registered into a foreign firm",
        permits,
        "/people/new/",
        newcomer | {"employer": firm_code(theirs)},
    )
    yield Forgery(
        "a person moved into a foreign firm",
        permits,
        f"/people/{own.person.pk}/edit/",
        {"employer": firm_code(theirs)},
    )
    yield Forgery(
        "an account in a foreign office",
        head,
        "/system/users/new/",
        {"username": "forged-one", "name": "某人", "organisation": keys.organisation, "role": "inspector"},
    )
    yield Forgery(
        "an office in a foreign county",
        head,
        "/system/organisations/new/",
        {"kind": "station", "name": "伪造监督站", "region": region_key(theirs), "parent": head.organisation_id},
    )
    yield Forgery(
        "an office under a foreign office",
        head,
        "/system/organisations/new/",
        {"kind": "station", "name": "伪造监督站", "region": region_key(site), "parent": keys.organisation},
    )


def firm_code(site: stories.Site) -> str:
    assert site.project.enterprise
    return site.project.enterprise.uscc


def region_key(site: stories.Site) -> str:
    return site.project.region.code


def test_no_form_takes_a_foreign_key() -> None:
    own, planted = own_county(), plant()
    taken = {}
    for forgery in forgeries(own, planted):
        client = Reader(forgery.user).client
        before = everything()
        answer = client.post(forgery.url, filled(client, forgery.url) | forgery.lies)
        typed = next((str(forgery.lies[name]) for name in ECHOED if name in forgery.lies), "")
        told = heard(answer, planted, asked=typed)
        if answer.status_code not in (404, 422) or changed(before) or told:
            taken[forgery.name] = answer.status_code, changed(before), told
    assert taken == {}


def test_forms_of_the_forgeries_are_taken_without_the_lie() -> None:
    """The control: with true keys the same forms are accepted, so it was the lie that was refused above."""
    own, planted = own_county(), plant()
    photo = stories.photo(own.site.inspector, stories.PhotoStage.BEFORE)
    after = stories.photo(own.site.director)
    truth: dict[str, dict[str, Any]] = {
        "a hazard on a foreign project": {"project": own.site.project.pk, "kept_photos": photo},
        "a draft moved to a foreign project": {"project": own.site.project.pk},
        "an answer with another's photograph": {"kept_photos": after},
        "a project in a foreign county": {"region": QIAOXI},
        "an accident on a foreign project": {"project": own.site.project.number},
        "a foreign person on the project": {"person": own.person.pk},
        "a dangerous work of a foreign project": {"project": own.site.project.number},
        "a person bound to a foreign account": {"account": own.site.manager.username},
        "a person registered into a foreign firm": {"employer": firm_code(own.site)},
        "a person moved into a foreign firm": {"employer": firm_code(own.site)},
        "an account in a foreign office": {"organisation": own.site.head.organisation_id},
        "an office in a foreign county": {"region": region_key(own.site)},
    }
    refused = {}
    for forgery in forgeries(own, planted):
        if forgery.name in truth:
            client = Reader(forgery.user).client
            answer = client.post(forgery.url, filled(client, forgery.url) | forgery.lies | truth[forgery.name])
            if answer.status_code != 302:
                refused[forgery.name] = answer.context["form"].errors.as_data()
    assert refused == {}


def filled(client: Client, url: str) -> dict[str, Any]:
    """The form on this page with what already stands in it, and with the first of every choice that must be made."""
    form: Any = form_on(client, url)
    values = {bound.html_name: bound.value() or first_choice(bound.field) for bound in form or ()}
    return {name: value for name, value in values.items() if isinstance(value, (str, int, date)) and value != ""}


def form_on(client: Client, url: str) -> Any:
    """The form that the page at this address draws, if it draws one."""
    context = client.get(url).context
    return context.get("form") if context else None


def first_choice(field: Any) -> Any:
    choices = [code for code, _ in getattr(field, "choices", ()) if code] if field.required else []
    return choices[0] if choices and isinstance(choices[0], str) else ""


def test_message_of_another_stays_unread() -> None:
    planted = plant()
    client, before = Reader(stories.site(QIAOXI).inspector).client, everything()
    client.post("/messages/read/", {"message": planted.keys.message})
    client.post("/messages/read/", {"all": "1"})
    assert changed(before) == []
