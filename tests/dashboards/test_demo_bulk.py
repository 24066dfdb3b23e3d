"""The bulky demonstration: as lawful as a ledger that people have kept, and the same for the same seed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.core.events import altered_events
from apps.core.models import Event
from apps.credit.models import CreditEntry, CreditStanding
from apps.credit.services.standings import differences
from apps.dashboards.demo import loading
from apps.dashboards.demo.build import Demo, demo_categories
from apps.dashboards.demo.bulk import NO_PASSWORD, Amounts, Bulk
from apps.dashboards.management.commands.check_invariants import INVARIANTS
from apps.enterprises.models import Enterprise, EnterprisePresence
from apps.hazards.models import Grade, Hazard, State
from apps.hazards.workflow import HAZARD
from apps.people.identity import problem
from apps.people.models import Certificate, Person, PersonPresence
from apps.projects.models import Project, ProjectMember, ProjectParty
from apps.roster.models import Attendance

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AMOUNTS = Amounts(hazards=3_000, projects=120, enterprises=400, persons=300, credit_entries=1_500)
JUST_BELOW_A_MILLION = 998_500


def build(seed: int = 1) -> Demo:
    """What `--size l` does, with smaller amounts."""
    demo = Demo("s", seed)
    with transaction.atomic():
        demo.build()
        bulk = Bulk(demo.rng, demo.names, demo.staff, demo.today)
        bulk.fill(AMOUNTS, seed, present=Hazard.objects.count(), categories=demo_categories())
    return demo


def asked(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def makings() -> set[tuple[str, ...]]:
    """Indexes, constraints and triggers of the tables that are loaded bare."""
    tables = "IN ('hazards_hazard'::regclass, 'core_event'::regclass, 'credit_creditentry'::regclass)"
    indexes = asked(f"SELECT pg_get_indexdef(indexrelid), indisvalid::text FROM pg_index WHERE indrelid {tables}")
    return {
        # PostgreSQL spells the list of an IN in one of two ways, before and after it has read its own spelling.
        *((re.sub(r"::(text|character varying)(\[\])?|[()]", "", definition), valid) for definition, valid in indexes),
        *asked(f"SELECT pg_get_constraintdef(oid), convalidated::text FROM pg_constraint WHERE conrelid {tables}"),
        *asked(
            "SELECT pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger"
            f" WHERE tgrelid {tables} AND NOT tgisinternal"
        ),
    }


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    """Built once for the tests of this file, all of which only look."""
    with django_db_blocker.unblock(), numbers_from(JUST_BELOW_A_MILLION), transaction.atomic():
        before = makings()
        made = build()
        made.makings = (before, makings())  # type: ignore[attr-defined]
        yield made
        transaction.set_rollback(True)


@contextmanager
def numbers_from(start: int) -> Iterator[None]:
    """Hazards are numbered from here on; the sequence is set back at the end, for no rollback does."""
    ((last, _),) = asked(f"SELECT last_value, setval('hazards_number_seq', {start}) FROM hazards_number_seq")
    yield
    asked(f"SELECT setval('hazards_number_seq', {last})")


def test_amounts_are_those_that_were_asked_for(demo: Demo) -> None:
    models = (Hazard, Project, Enterprise, Person, CreditEntry)
    assert tuple(model.objects.count() for model in models) == tuple(AMOUNTS)
    assert ProjectParty.objects.count() == 3 * AMOUNTS.projects
    assert Certificate.objects.count() > AMOUNTS.persons / 4


def test_scores_are_those_of_the_entries_and_the_rules_of_the_database_hold_for_each(demo: Demo) -> None:
    assert differences() == {"enterprise": [], "person": []}
    assert CreditStanding.objects.count() == AMOUNTS.enterprises
    states = {state for (state,) in asked("SELECT DISTINCT state FROM credit_creditentry")}
    assert {"effective", "published", "expired", "revoked"} <= states


def test_numbers_go_on_beyond_a_million(demo: Demo) -> None:
    numbers = Hazard.objects.order_by("pk").values_list("number", flat=True)
    serials = [int(number.rpartition("-")[2]) for number in numbers]
    assert serials == list(range(JUST_BELOW_A_MILLION + 1, JUST_BELOW_A_MILLION + 1 + AMOUNTS.hazards))


def test_indexes_constraints_and_triggers_come_back(demo: Demo) -> None:
    before, after = demo.makings  # type: ignore[attr-defined]
    assert len(before) > 30
    assert after == before


def test_no_event_is_altered_and_no_invariant_broken(demo: Demo) -> None:
    assert Event.objects.of_type(Hazard).count() > 3 * AMOUNTS.hazards
    assert list(altered_events()) == []
    assert {name: asked(query)[0][0] for name, query in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, 0)


def test_every_history_follows_the_transition_table(demo: Demo) -> None:
    """Each move is one of the table, starts where the last one ended, and comes after it; none lies ahead."""
    legal = {(m.name, source, m.target or source) for m in HAZARD.transitions for source in m.sources} | {
        ("registered", "", State.DRAFT)
    }
    events = Event.objects.of_type(Hazard).order_by("record_id", "step")
    told = list(events.values_list("record_id", "step", "name", "before", "after", "happened_at"))
    assert {(name, before, after) for _, _, name, before, after, _ in told} <= legal
    for earlier, later in pairwise(told):
        if later[0] != earlier[0]:
            assert later[1] == 1
        else:
            assert (later[1], later[3]) == ((earlier[1] or 0) + 1, earlier[4])
            assert later[5] > earlier[5]
    assert max(at for *_, at in told) <= timezone.now()


def test_moves_are_made_by_those_who_may(demo: Demo) -> None:
    """Roles hold the permission of each move; nobody judges an own answer; two officers close a major hazard."""
    users = {user.pk: user for user in User.objects.select_related("organisation")}
    acted = set(Event.objects.of_type(Hazard).exclude(name="registered").values_list("name", "actor"))
    assert [(n, u) for n, u in acted if not users[u].has_perm(HAZARD.by_name[n].permission)] == []
    answers = dict(Event.objects.of_type(Hazard).filter(name="answer").values_list("record_id", "actor"))
    judged = Event.objects.of_type(Hazard).filter(name__in=("confirm", "verify", "close"))
    assert [key for key, actor in judged.values_list("record_id", "actor") if answers.get(key) == actor] == []
    majors = Hazard.objects.filter(grade=Grade.MAJOR, state=State.CLOSED)
    assert majors.exists()
    assert not [h for h in majors if h.closed_by_id == h.verified_by_id or len(h.commitments) != 5]


def test_times_and_persons_on_the_hazard_are_those_of_its_events(demo: Demo) -> None:
    told: dict[tuple[str, str], tuple[Any, Any]] = {}
    events = Event.objects.of_type(Hazard).order_by("record_id", "step")
    for key, name, actor, at in events.values_list("record_id", "name", "actor", "happened_at"):
        told[key, name] = actor, at
        if name == "return":  # what had been answered is to be answered anew
            for step in ("answer", "confirm", "verify"):
                told.pop((key, step), None)
    for hazard in Hazard.objects.all():
        for name, on in (("answer", "answered"), ("confirm", "confirmed"), ("verify", "verified"), ("close", "closed")):
            move = "fix_on_spot" if name == "verify" and (str(hazard.pk), name) not in told else name
            event = told.get((str(hazard.pk), move), (None, None))
            assert (getattr(hazard, f"{on}_by_id"), getattr(hazard, f"{on}_at")) == event


def test_ledger_looks_like_one(demo: Demo) -> None:
    """Mostly closed, a tenth open and much of that overdue; few grave; a few sites with very many."""
    total = Hazard.objects.count()
    unclosed = Hazard.objects.open()
    assert 0.06 < unclosed.count() / total < 0.2
    assert Hazard.objects.overdue().count() > unclosed.count() / 5
    assert Hazard.objects.filter(grade=Grade.MAJOR).count() < total / 8
    in_shijiazhuang, in_chengde = (Hazard.objects.filter(region_path__startswith=p) for p in ("/13/1301/", "/13/1308/"))
    assert in_shijiazhuang.count() > 2 * in_chengde.count()
    ((most, middle),) = asked(
        "SELECT max(n), percentile_cont(0.5) WITHIN GROUP (ORDER BY n)"
        " FROM (SELECT count(*) AS n FROM hazards_hazard GROUP BY project_id) counted"
    )
    assert most > 5 * middle
    winter, summer = (Hazard.objects.filter(found_on__month=month).count() for month in (2, 6))
    assert summer > 2 * winter


def test_persons_are_nobody_and_presences_are_kept(demo: Demo) -> None:
    numbers = [person.id_number for person in Person.objects.all()[:50]]
    assert all(
        problem(number, timezone.localdate()) is None and number.startswith(("1399", "130000")) for number in numbers
    )
    assert PersonPresence.objects.filter(project_id=None).count() == AMOUNTS.persons
    assert EnterprisePresence.objects.filter(project_id=None).count() == AMOUNTS.enterprises
    assert ProjectMember.objects.filter(user=None).count() == 0


def test_names_are_found_by_their_initials(demo: Demo) -> None:
    for model in (Project, Organisation, Person):
        assert model.objects.exists()
        assert not model.objects.filter(initials="").exists()


def test_only_accounts_of_the_file_have_a_password(demo: Demo) -> None:
    named = {account["username"] for account in demo.staff.accounts}
    assert set(User.objects.exclude(password=NO_PASSWORD).values_list("username", flat=True)) == named


def test_next_number_and_keys_go_on_behind_the_load(demo: Demo) -> None:
    """A hazard entered after the load meets none of its numbers."""
    ((number, last, key, most),) = asked(
        "SELECT nextval('hazards_number_seq'), (SELECT max(split_part(number, '-', 3)::int) FROM hazards_hazard),"
        " nextval(pg_get_serial_sequence('hazards_hazard', 'id')), (SELECT max(id) FROM hazards_hazard)"
    )
    assert (number > last, key > most) == (True, True)


def test_indexes_made_anew_are_those_of_before() -> None:
    table = Hazard._meta.db_table
    with connection.cursor() as cursor:
        before = loading.makings(cursor, table)
        assert [name for name, made, _ in before if "SET STATISTICS 500" in made] == ["hazard_text"]
        with loading.bare(table):
            assert loading.makings(cursor, table) == []
        after = loading.makings(cursor, table)
        assert sorted(map(without_casts, after)) == sorted(map(without_casts, before))
        with loading.bare(table):
            pass
        assert sorted(loading.makings(cursor, table)) == sorted(after)


def test_indexes_of_a_table_in_parts_come_back_on_every_part() -> None:
    """What PostgreSQL writes of such an index is that of the whole alone, which no query can use."""
    table = Attendance._meta.db_table
    before = indexes_of_the_parts(table)
    assert len(before) > 2
    with loading.bare(table):
        assert len(indexes_of_the_parts(table)) < len(before)
    assert indexes_of_the_parts(table) == before
    assert asked(f"SELECT count(*) FROM pg_index WHERE indrelid = '{table}'::regclass AND NOT indisvalid") == [(0,)]


def indexes_of_the_parts(table: str) -> list[tuple[str, ...]]:
    return asked(
        "SELECT inhrelid::regclass::text, regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', '') AS of"
        f" FROM pg_inherits JOIN pg_index ON indrelid = inhrelid WHERE inhparent = '{table}'::regclass ORDER BY 1, 2"
    )


def without_casts(making: tuple[str, ...]) -> list[str]:
    """PostgreSQL writes the casts of a list of codes otherwise once it has read its own words."""
    return [re.sub(r"::(?:text|character varying)(?:\[\])?|[()]", "", part) for part in making]
