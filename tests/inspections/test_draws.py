"""The life of a draw: two commit, it is announced, two disclose, it is drawn; what is not in order is refused."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import files
from apps.core.canonical import sha256_of
from apps.core.models import Event, StoredFile
from apps.core.registers import registry
from apps.core.workflow import TransitionRefused
from apps.enterprises.models import Enterprise
from apps.inspections.bundles import bundle_of, load_bundle
from apps.inspections.drawing.bundle import drawn_bundle
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import (
    DRAW_CHANGES,
    Absence,
    Avoidance,
    Draw,
    Inspector,
    PoolEntry,
    PoolInspector,
    Quota,
    Visit,
)
from apps.inspections.pools import key_of, prospect
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.services.plans import projects_of
from apps.inspections.verifiers.verify_draw import problems
from apps.inspections.workflow.draw import DRAW
from apps.notifications.models import Message, MessageKind
from apps.projects.models import Project
from tests.factories import DangerousWorkFactory
from tests.inspections import draw_stories as stories
from tests.personas import LUBEI, QIAOXI, persona, region

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def refused(draw: Draw, move: str, by: Any, **facts: Any) -> str:
    with pytest.raises(TransitionRefused) as refusal, transaction.atomic():
        DRAW.perform(draw, move, by=by, **facts)
    return refusal.value.messages[0]


def kept(stored: StoredFile | None) -> Path:
    assert stored
    return files.path_of(stored)


def builder(project: Project) -> Enterprise:
    assert project.enterprise
    return project.enterprise


def excluded(draw: Draw) -> dict[str, str]:
    return {line["project"]: line["reason"] for line in prospect(draw).terms["excluded"]}


# The way --------------------------------------------------------------------------------------------------------------


def test_the_table_of_moves_and_the_trigger_of_the_database_say_the_same() -> None:
    changes = {(source, t.target) for t in DRAW.transitions if t.target for source in t.sources}
    assert changes == {(str(a), str(b)) for a, b in DRAW_CHANGES}


def test_a_draw_goes_from_commitment_to_visits_and_every_stranger_can_check_it() -> None:
    place = stories.office()
    draw = stories.held(place)
    bundle = load_bundle(draw)
    assert problems(bundle) == []
    assert (bundle["seed"], bundle["result_sha256"]) == (draw.seed, draw.result_sha256)
    assert sha256_of(draw.result) == draw.result_sha256
    chosen = PoolEntry.objects.filter(draw=draw, is_chosen=True)
    assert chosen.count() == len(draw.result["visits"]) == 4  # 2 of E, half of C and of D
    visits = Visit.objects.filter(draw=draw)
    assert {visit.project for visit in visits} == {entry.project for entry in chosen}
    for visit in visits:
        assert (visit.kind, visit.round, visit.campaign) == ("random", 1, place.campaign)
        assert visit.team.count() == 2
        assert draw.terms["visits_from"] <= visit.planned_on.isoformat() <= draw.terms["visits_until"]
    assert sum(PoolInspector.objects.filter(draw=draw).values_list("assigned", flat=True)) == 2 * visits.count()


def test_what_is_published_with_the_announcement_stays_what_it_was() -> None:
    place = stories.office()
    draw = stories.announced(place)
    told = load_bundle(draw)
    assert (told["secrets"], told["result"], problems(told)) == (None, None, [])
    assert kept(draw.pool_file).read_bytes().decode() == "".join(f"{line}\n" for line in told["pool"])
    with stories.the_time_has_come(draw) as draw:
        for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
            draw = DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
    stories.project()  # comes too late
    Inspector.objects.all().update(is_active=False)
    draw = DRAW.perform(draw, "hold_draw", by=place.officer, public_value="1")
    assert problems(load_bundle(draw), told) == []
    assert draw.pool_size == len(told["pool"]) == 10


def test_numbers_have_no_gap_after_announcements_that_were_refused() -> None:
    place = stories.office()
    first = stories.announced(place)
    empty = stories.committed(place, round=2)
    with pgtrigger.ignore():
        place.campaign.scope = {"kinds": ["rail"]}
        place.campaign.save()
        assert "抽不出任何项目" in refused(empty, "announce_draw", place.officer)
        place.campaign.scope = {}
        place.campaign.save()
    second = DRAW.perform(empty, "announce_draw", by=place.officer)
    assert [int(d.number[-7:-1]) for d in (first, second) if d.number] == [1, 2]
    assert first.number and "抽〔" in first.number


# Refused --------------------------------------------------------------------------------------------------------------


def test_nothing_is_announced_before_both_have_committed_nor_after_its_time() -> None:
    place = stories.office()
    draw = stories.prepared(place)
    draw = DRAW.perform(draw, "commit_secret", by=place.custodians[0], commitment=commitment_of(stories.SECRETS[0]))
    assert refused(draw, "announce_draw", place.officer) == "两名保管人都交存承诺值后才能公告"
    draw = DRAW.perform(draw, "commit_secret", by=place.custodians[1], commitment=commitment_of(stories.SECRETS[1]))
    Draw.objects.filter(pk=draw.pk).update(draw_at=timezone.now())
    assert refused(draw, "announce_draw", place.officer) == "抽取时间已过，请先修改抽取时间"
    assert Draw.objects.get(pk=draw.pk).number is None


def test_nobody_discloses_before_the_time_nor_for_another_nor_anything_else() -> None:
    place = stories.office()
    draw = stories.announced(place)
    first = place.custodians[0]
    assert "到时才能办理" in refused(draw, "reveal_secret", first, secret=stories.SECRETS[0])
    with stories.the_time_has_come(draw) as draw:
        assert "保管人本人" in refused(draw, "reveal_secret", place.officer, secret=stories.SECRETS[0])
        assert "不符" in refused(draw, "reveal_secret", first, secret=stories.SECRETS[1])
        draw = DRAW.perform(draw, "reveal_secret", by=first, secret=stories.SECRETS[0])
        assert refused(draw, "reveal_secret", first, secret=stories.SECRETS[0]) == "您已公开密语"
        assert "都公开密语后" in refused(draw, "hold_draw", place.officer, public_value="1")


def test_a_secret_stands_in_no_event() -> None:
    draw = stories.held(stories.office())
    told = json.dumps(list(Event.objects.of(draw).values_list("facts", flat=True)), ensure_ascii=False)
    assert not [secret for secret in stories.SECRETS if secret in told]
    assert stories.PUBLIC_VALUE in told


def test_a_bundle_that_was_altered_on_disk_is_not_drawn_from() -> None:
    place = stories.office()
    draw = stories.revealed(place)
    path = kept(draw.bundle)
    bundle = json.loads(path.read_bytes())
    bundle["pool"][0] = bundle["pool"][0].replace('"name":"', '"name":"另')
    bundle_of.cache_clear()
    path.chmod(0o644)
    path.write_text(json.dumps(bundle))
    assert "核验不符" in refused(draw, "hold_draw", place.officer, public_value="1")
    assert not Visit.objects.filter(draw=draw).exists()


def test_offices_above_and_below_see_a_draw_and_do_not_make_it() -> None:
    place = stories.office()
    draw = stories.committed(place)
    city = persona("city_officer")
    assert Draw.objects.visible_to(city).filter(pk=draw.pk).exists()
    assert refused(draw, "announce_draw", city) == "由抽取单位办理"
    for stranger in (persona("county_officer", at=QIAOXI), persona("city_officer", at="130200")):
        with pytest.raises(Http404):
            DRAW.perform(draw, "announce_draw", by=stranger)


def test_one_round_has_one_standing_draw() -> None:
    place = stories.office()
    stories.prepared(place)
    with pytest.raises(ValidationError, match="该轮次已有抽取"), transaction.atomic():
        stories.prepared(place)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"round": 3}, "round"),
        ({"draw_at": "2020-01-01T10:00"}, "draw_at"),
        ({"draw_at": "soon"}, "draw_at"),
        ({"visits_from": "2020-01-01"}, "visits_from"),
        ({"visits_until": "2098-01-01"}, "visits_until"),
        ({"rate_e": 101}, "rate_e"),
        (dict.fromkeys(("rate_a", "rate_b", "rate_c", "rate_d", "rate_e"), 0), "rate_a"),
        ({"custodian_b": 0}, "custodian_b"),
        ({"recent_days": -1}, "recent_days"),
        ({"public_source": ""}, "public_source"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(changes: dict[str, Any], field: str) -> None:
    place = stories.office(grades="C")
    form = registry["draws"].form(place.officer, stories.said(place, **changes))
    assert field in form.errors


def test_two_custodians_are_two_and_of_the_offices_own() -> None:
    place = stories.office(grades="C")
    twice = registry["draws"].form(place.officer, stories.said(place, custodian_b=place.custodians[0].pk))
    assert twice.errors["custodian_b"] == ["两名保管人必须是不同的人"]
    foreign = persona("inspector", at=QIAOXI)
    other = registry["draws"].form(place.officer, stories.said(place, custodian_b=foreign.pk))
    assert "custodian_b" in other.errors


def test_another_custodian_has_to_commit_anew_and_nothing_is_edited_once_announced() -> None:
    place = stories.office()
    draw, register = stories.committed(place), registry["draws"]
    other = persona("inspector")
    form = register.form(place.officer, stories.said(place, custodian_b=other.pk), instance=draw)
    assert form.is_valid()
    draw = register.save(form, by=place.officer)
    assert (draw.commitment_a, draw.commitment_b) == (commitment_of(stories.SECRETS[0]), "")
    draw = DRAW.perform(draw, "commit_secret", by=other, commitment=commitment_of("x"))
    draw = DRAW.perform(draw, "announce_draw", by=place.officer)
    assert register.locked(draw)


# Void -----------------------------------------------------------------------------------------------------------------


def test_a_draw_is_voided_by_two_with_a_reason_stays_and_is_replaced() -> None:
    place = stories.office()
    draw = stories.held(place)
    assert refused(draw, "void_draw", place.head) == "没有人申请作废"
    draw = DRAW.perform(draw, "request_void_draw", by=place.officer, void_reason="来源公布有误")
    assert refused(draw, "void_draw", place.officer) == "申请作废和批准作废须由不同的人办理"
    draw = DRAW.perform(draw, "void_draw", by=place.head)
    assert (draw.state, draw.void_requested_by, draw.voided_by) == ("voided", place.officer, place.head)
    assert draw.result and problems(load_bundle(draw)) == []
    assert set(Visit.objects.filter(draw=draw).values_list("state", flat=True)) == {"cancelled"}
    again = stories.prepared(place)
    assert again.replaces == draw


def test_a_request_that_was_refused_leaves_the_draw_as_it_was() -> None:
    place = stories.office()
    draw = DRAW.perform(stories.announced(place), "request_void_draw", by=place.officer, void_reason="来源公布有误")
    with stories.the_time_has_come(draw):
        assert "已有人申请作废" in refused(draw, "hold_draw", place.officer, public_value="1")
    draw = DRAW.perform(draw, "refuse_void_draw", by=place.head, opinion="来源没有问题")
    assert (draw.state, draw.void_reason, draw.void_requested_by) == ("announced", "", None)


def test_the_database_itself_keeps_what_was_announced_drawn_and_voided() -> None:
    announced = stories.announced(stories.office(QIAOXI))
    drawn, void = stories.held(stories.office()), stories.voided(stories.office(LUBEI))
    attempts: list[tuple[Draw, dict[str, Any]]] = [
        (announced, {"pool_sha256": "0" * 64}),
        (announced, {"commitment_a": "0" * 64}),
        (announced, {"state": "prepared"}),
        (drawn, {"seed": "0" * 64}),
        (drawn, {"bundle": drawn.pool_file}),
        (drawn, {"state": "announced"}),
        (void, {"void_reason": "别的理由"}),
        (void, {"state": "drawn"}),
    ]
    for draw, change in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**change)
    entry = PoolEntry.objects.filter(draw=drawn, is_chosen=False).first()
    assert entry
    changes: list[dict[str, Any]] = [{"is_chosen": True}, {"rank": 1, "is_chosen": True}, {"stratum_size": 99}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            PoolEntry.objects.filter(pk=entry.pk).update(**change)
    for row in (drawn, entry):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


# The pool -------------------------------------------------------------------------------------------------------------


def test_who_is_left_out_is_told_with_the_reason() -> None:
    place = stories.office(grades="CCC")
    recent, *_ = place.projects
    stories.visited(place, recent, place.inspectors[:2], days_ago=89)
    stories.visited(place, place.projects[1], place.inspectors[:2], days_ago=91)
    done, halted, early = (stories.project() for _ in range(3))
    for project, stage in ((done, "completed"), (halted, "suspended"), (early, "not_started")):
        type(project).objects.filter(pk=project.pk).update(stage=stage)
    draw = stories.prepared(place)
    assert excluded(draw) == {
        recent.number: "recent",
        done.number: "completed",
        halted.number: "suspended",
        early.number: "not_started",
    }
    assert [line["project"] for line in prospect(draw).pool] == sorted(p.number for p in place.projects[1:])


def test_a_campaign_on_some_kinds_has_no_others_in_its_pool() -> None:
    place = stories.office(grades="CC", scope={"kinds": ["rail"], "stages": ["suspended"]})
    wanted = stories.project(kind="rail")
    type(wanted).objects.filter(pk=wanted.pk).update(stage="suspended")
    found = prospect(stories.prepared(place))
    assert ([line["project"] for line in found.pool], found.terms["excluded"]) == ([wanted.number], [])


def test_a_draw_is_of_the_projects_that_its_campaign_counts() -> None:
    """A pit that is filled in again is no hazardous work any more: neither quotas nor draws have it in mind."""
    place = stories.office(grades="CCC", scope={"categories": ["pit"]})
    with_pit, filled_in, _ = place.projects
    DangerousWorkFactory(project=with_pit)
    DangerousWorkFactory(project=filled_in, started_on=date(2026, 3, 2), ended_on=date(2026, 5, 29))
    drawn = {line["project"] for line in prospect(stories.prepared(place)).pool}
    assert drawn == {with_pit.number} == {project.number for project in projects_of(place.campaign)}


def test_counties_with_a_number_give_so_many_and_others_are_left_out_with_the_reason() -> None:
    city = persona("city_officer")
    here, there = stories.project("130102", "E"), stories.project("130104")
    more = [stories.project("130102") for _ in range(4)]
    keepers = (persona("city_officer"), persona("city_officer"))
    place = stories.Office(city, city, keepers, stories.campaign(city), [], [], "130100")
    Quota.objects.create(campaign=place.campaign, round=1, region=region("130102"), count=2)
    Quota.objects.create(campaign=place.campaign, round=2, region=region("130104"), count=9)
    draw = stories.prepared(place)
    found = prospect(draw)
    assert excluded(draw) == {there.number: "no_count"}
    assert found.terms["strata"] == [
        {"stratum": "130102/C", "size": 4, "chosen": 1, "more": 0},
        {"stratum": "130102/E", "size": 1, "chosen": 1, "more": 0},
    ]
    assert {line["project"] for line in found.pool} == {here.number, *(p.number for p in more)}


def city() -> stories.Office:
    """A city that draws of its counties by rates alone: one has a single project, the other five."""
    officer = persona("city_officer")
    for county, count in (("130102", 1), ("130104", 5)):
        for _ in range(count):
            stories.project(county)
    keepers = (persona("city_officer"), persona("city_officer"))
    return stories.Office(officer, officer, keepers, stories.campaign(officer), [], [], "130100")


def test_a_project_of_a_small_county_has_no_greater_chance_than_another_of_its_class() -> None:
    draw = stories.held(city())
    assert draw.terms["strata"] == [
        {"stratum": "130102/C", "size": 1, "chosen": 0, "more": 50},
        {"stratum": "130104/C", "size": 5, "chosen": 2, "more": 50},
    ]
    assert set(PoolEntry.objects.filter(draw=draw).values_list("chosen_of", "stratum_size")) == {(1, 2)}
    assert len(draw.result["visits"]) == 3  # half of six; which county has the odd one, the seed decides
    assert (draw.algorithm, problems(load_bundle(draw))) == ("hebei-draw/2", [])


def test_a_draw_that_hits_nobody_is_drawn_and_told_like_any_other() -> None:
    place = stories.office(grades="C", staff=2)
    draw = stories.revealed(place)
    values = (str(n) for n in range(100))
    nobody = next(v for v in values if not drawn_with(draw, v)["visits"])
    draw = DRAW.perform(draw, "hold_draw", by=place.officer, public_value=nobody)
    assert (draw.state, draw.result["visits"], problems(load_bundle(draw))) == ("drawn", [], [])
    assert "这次没有抽中项目" in Client().get(reverse("public_draw", args=[draw.pk])).content.decode()


def drawn_with(draw: Draw, public_value: str) -> dict[str, Any]:
    """What the draw would give with this public value."""
    secrets = (draw.secret_a, draw.secret_b)
    result: dict[str, Any] = drawn_bundle(load_bundle(draw), secrets, public_value, drawn_at=timezone.now())["result"]
    return result


def test_projects_of_other_counties_are_in_nobody_elses_pool() -> None:
    place = stories.office(grades="CC")
    stories.project(QIAOXI)
    assert len(prospect(stories.prepared(place)).pool) == 2


# Inspectors -----------------------------------------------------------------------------------------------------------


def test_who_cannot_be_sent_is_not_and_the_project_says_why() -> None:
    """Of six inspectors one may go: the project is drawn all the same, has no visit, and says why."""
    place = stories.office(grades="E", staff=5)
    draw = stories.prepared(place)
    first = timezone.localdate() + timedelta(days=3)
    expired, away, kin, twice, _ = place.inspectors
    Inspector.objects.filter(pk=expired.pk).update(valid_until=first)
    Absence.objects.create(inspector=away, starts_on=first, ends_on=first)
    project = place.projects[0]
    Avoidance.objects.create(inspector=kin, enterprise=builder(project), reason="kin")
    for days in (100, 200):
        stories.visited(place, project, [twice], days_ago=days)
    for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))
    draw = DRAW.perform(draw, "announce_draw", by=place.officer)
    with stories.the_time_has_come(draw) as draw:
        for keeper, secret in zip(place.custodians, stories.SECRETS, strict=True):
            draw = DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
    draw = DRAW.perform(draw, "hold_draw", by=place.officer, public_value="1")
    (visit,) = draw.result["visits"]
    assert visit == {"ordinal": 1, "team": [], "lacking": {"away": 1, "barred": 2, "certificate": 1, "fit": 1}}
    assert not Visit.objects.filter(draw=draw).exists()
    assert problems(load_bundle(draw)) == []


def test_an_avoided_supervision_firm_bars_as_the_builder_does_and_an_avoidance_that_has_ended_does_not() -> None:
    place = stories.office(grades="C", staff=3)
    project = place.projects[0]
    other = builder(stories.project())
    project.parties.create(role="supervision_firm", enterprise=other)
    kin, free, late = place.inspectors
    Avoidance.objects.create(inspector=kin, enterprise=other, reason="kin")
    yesterday = timezone.localdate() - timedelta(days=1)
    Avoidance.objects.create(inspector=late, enterprise=other, reason="kin", until=yesterday)
    draw = stories.prepared(place)
    barred = {line["key"]: line["barred"] for line in prospect(draw).inspectors}
    assert project.number in barred[key_of(draw, kin)]
    assert barred[key_of(draw, free)] == barred[key_of(draw, late)] == []


def test_nobody_who_was_there_once_or_not_the_last_time_is_barred() -> None:
    place = stories.office(grades="C", staff=3)
    project = place.projects[0]
    often, last, _ = place.inspectors
    for days, team in ((300, [often]), (200, [often]), (100, [last])):
        stories.visited(place, project, team, days_ago=days)
    found = prospect(stories.prepared(place, recent_days=0))
    assert {len(line["barred"]) for line in found.inspectors} == {0}


def test_an_absence_entered_after_the_announcement_is_no_veto_and_the_office_is_told() -> None:
    place = stories.office(grades="E", staff=2)
    draw = stories.revealed(place)
    Absence.objects.create(
        inspector=place.inspectors[0],
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=30),
    )
    draw = DRAW.perform(draw, "hold_draw", by=place.officer, public_value="1")
    assert (draw.state, Visit.objects.filter(draw=draw).count()) == ("drawn", 0)
    told = Message.objects.get(recipient=place.officer, kind="draw_unplanned")
    assert place.projects[0].name in told.body


# What is told ---------------------------------------------------------------------------------------------------------


def test_the_published_bundle_holds_what_is_allowed_and_no_name_of_an_inspector() -> None:
    place = stories.office(staff=3)
    Inspector.objects.filter(pk=place.inspectors[0].pk).update(longitude="114.512345", latitude="38.045678")
    Avoidance.objects.create(
        inspector=place.inspectors[0], enterprise=builder(place.projects[0]), reason="kin", note="妻子在该企业任职"
    )
    draw = stories.held(place)
    bundle = load_bundle(draw)
    assert set(bundle) == {
        *("format", "terms", "terms_sha256", "pool", "pool_sha256", "inspectors", "commitments", "announced_at"),
        *("secrets", "public_value", "seed", "drawn_at", "result", "result_sha256"),
    }
    assert set(bundle["terms"]) == {
        *("algorithm", "number", "organisation", "campaign", "campaign_title", "round", "draw_at", "public_source"),
        *("inspectors_each", "theme", "recent_days", "visits_from", "visits_until", "rates", "groups", "strata"),
        *("excluded", "inspectors_sha256"),
    }
    assert set(json.loads(bundle["pool"][0])) == {
        *("ordinal", "project", "name", "enterprise", "enterprise_name", "grade", "path", "place"),
    }
    assert set(bundle["inspectors"][0]) == {"key", "area", "place", "fields", "load", "barred", "unfit"}
    assert [114510000, 38050000] in [person["place"] for person in bundle["inspectors"]]
    text = json.dumps(bundle, ensure_ascii=False)
    told = [word for i in place.inspectors for word in (i.user.name, i.user.username, i.certificate) if word in text]
    assert (told, "妻子" in text, '"kin"' in text) == ([], False, False)


def cells(page: str) -> set[tuple[str, ...]]:
    """The rows of all tables of a page."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return {tuple(re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", row)) for row in rows}


def test_before_it_is_drawn_the_public_page_tells_algorithm_time_numbers_and_chances() -> None:
    draw = stories.announced(city())
    page = Client().get(reverse("public_draw", args=[draw.pk])).content.decode()
    facts = dict(re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>\s*(.*?)\s*</dd>", page, re.DOTALL))
    assert "抽取尚未进行" in page
    assert facts["算法版本"] == draw.terms["algorithm"] == "hebei-draw/2"
    assert facts["抽取时间"] == f"{timezone.localtime(draw.draw_at):%Y-%m-%d %H:%M}"
    assert facts["抽取比例"] == "A 类 0%，B 类 0%，C 类 50%，D 类 50%，E 类 100%"
    strata = {(region("130102").name, "C", "1", "0 或 1"), (region("130104").name, "C", "5", "2 或 3")}
    assert {(*row, "1/2（50.0%）") for row in strata} <= cells(page)
    assert page.count("1/2（50.0%）") == 2 + 6  # each stratum, each candidate


def test_before_it_is_drawn_the_public_page_tells_the_numbers_that_were_set_for_counties() -> None:
    place = city()
    for county, count in (("130102", 1), ("130104", 2)):
        Quota.objects.create(campaign=place.campaign, round=1, region=region(county), count=count)
    draw = stories.announced(place)
    page = Client().get(reverse("public_draw", args=[draw.pk])).content.decode()
    strata = {("130102", "1", "1", "1/1（100.0%）"), ("130104", "5", "2", "2/5（40.0%）")}
    assert {(region(code).name, "C", *told) for code, *told in strata} <= cells(page)


def test_an_inspector_has_another_key_in_every_draw() -> None:
    place = stories.office(grades="C")
    one, other = stories.prepared(place), stories.prepared(place, round=2)
    assert key_of(one, place.inspectors[0]) != key_of(other, place.inspectors[0])


def titles(user: Any) -> list[str]:
    return list(Message.objects.visible_to(user).order_by("pk").values_list("kind", flat=True))


def test_custodians_office_and_inspectors_are_told_once_of_what_concerns_them() -> None:
    place = stories.office(grades="E", staff=2)
    draw = stories.held(place)
    assert titles(place.custodians[0]) == ["draw_prepared", "draw_announce_draw", "draw_hold_draw"]
    assert titles(place.head) == ["draw_commit_secret", "draw_reveal_secret"]
    assert titles(place.inspectors[0].user) == ["visit_planned"]
    draw = DRAW.perform(draw, "request_void_draw", by=place.officer, void_reason="来源公布有误")
    assert titles(place.head)[-1] == "draw_request_void_draw"
    DRAW.perform(draw, "void_draw", by=place.head)
    assert titles(place.officer)[-1] == "draw_void_draw"
    assert titles(place.inspectors[0].user)[-1] == "visit_call_off"
    assert set(Message.objects.values_list("kind", flat=True)) <= set(
        MessageKind.objects.values_list("kind", flat=True)
    )


def test_what_waits_for_somebody_stands_on_their_list() -> None:
    place = stories.office(grades="E", staff=2)
    draw = stories.prepared(place)
    register, keeper = registry[DrawRegister.name], place.custodians[0]

    def waiting(user: Any) -> set[str]:
        counts = register.view_counts(user)
        return {view.name for view in register.views_for(user) if view.todo and counts[view.name]}

    assert (waiting(keeper), waiting(place.officer)) == ({"to_commit"}, set())
    for person, secret in zip(place.custodians, stories.SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=person, commitment=commitment_of(secret))
    assert (waiting(keeper), waiting(place.officer)) == (set(), {"to_announce"})
    draw = DRAW.perform(draw, "announce_draw", by=place.officer)
    assert (waiting(keeper), waiting(place.officer)) == (set(), set())
    with stories.the_time_has_come(draw) as draw:
        assert waiting(keeper) == {"to_reveal"}
        for person, secret in zip(place.custodians, stories.SECRETS, strict=True):
            draw = DRAW.perform(draw, "reveal_secret", by=person, secret=secret)
        assert (waiting(keeper), waiting(place.officer)) == (set(), {"to_hold"})
    DRAW.perform(draw, "request_void_draw", by=place.officer, void_reason="来源公布有误")
    assert (waiting(place.head), waiting(place.officer)) == ({"to_judge"}, set())
