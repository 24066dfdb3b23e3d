"""What follows from the moves of a draw, in the same transaction: visits, and whom it concerns."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver
from django.http import Http404
from django.utils import timezone

from apps.accounts.holders import holders_by
from apps.core.models import Event
from apps.core.scoping import lineage
from apps.core.workflow import Transition, transitioned
from apps.inspections.models import Draw, Inspector, PoolEntry, PoolInspector, Visit, VisitState
from apps.inspections.pools import days_of, key_of
from apps.inspections.services.draws import office_of
from apps.inspections.services.visits import plan_visit
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.visit import VISIT
from apps.notifications.services import notify, settle
from apps.projects.models import Project

OWN_PART = {"commit_secret", "reveal_secret"}
MUST_DO = {"commit_secret", "reveal_secret", "request_void_draw"}


@receiver(transitioned, sender=Draw)
def follow(record: Draw, move: Transition, event: Event, **kwargs: Any) -> None:
    """Visits come of the result, and are called off with it while nobody has set out."""
    if move.name == "hold_draw":
        plan_visits(record, event.actor)
    elif move.name == "void_draw":
        call_off(record, event.actor)


def plan_visits(draw: Draw, by: Any) -> None:
    """A visit for every chosen project that has a team, spread over the days in drawn order.

    Who cannot be sent any more, since what was announced, does not hinder the draw: else an absence entered once the
    secrets are open would be a veto.  The case file shows which visits are missing.
    """
    rows = PoolInspector.objects.filter(draw=draw).select_related("inspector__user")
    people = {key_of(draw, row.inspector): row.inspector for row in rows}
    entries = PoolEntry.objects.filter(draw=draw, is_chosen=True).select_related("project")
    projects = {entry.ordinal: entry.project for entry in entries}
    days, staffed = days_of(draw.terms), [visit for visit in draw.result["visits"] if visit["team"]]
    refused = []
    for number, visit in enumerate(staffed):
        team = [people[key] for key in visit["team"]]
        try:
            plan_one(draw, by, projects[visit["ordinal"]], team, days[number % len(days)])
        except ValidationError as refusal:
            refused.append(f"{projects[visit['ordinal']]}：{'；'.join(refusal.messages)}")
    if refused:
        tell_unplanned(draw, refused)


def plan_one(draw: Draw, by: Any, project: Project, team: list[Inspector], day: date) -> None:
    plan_visit(
        project=project,
        kind=draw.campaign.kind,
        planned_on=day,
        inspectors=team,
        checklists=draw.campaign.checklists,
        by=by,
        organisation=draw.organisation,
        campaign=draw.campaign,
        draw=draw,
        round_number=draw.round,
    )


def tell_unplanned(draw: Draw, refused: list[str]) -> None:
    notify(
        office_of(draw, "inspections.draw_draw"),
        kind="draw_unplanned",
        title=f"{len(refused)} 个抽中的项目未能安排检查：{draw.campaign}",
        body="\n".join(refused)[:2000],
        url=draw.get_absolute_url(),
        level="must_do",
        dedupe_key=f"draw:{draw.pk}:unplanned",
    )


def call_off(draw: Draw, by: Any) -> None:
    for visit in Visit.objects.filter(draw=draw, state=VisitState.PLANNED).order_by("pk"):
        VISIT.perform(visit, "call_off", by=by, cancel_reason=f"随机抽取 {draw} 已作废")


# Messages -------------------------------------------------------------------------------------------------------------


@receiver(transitioned, sender=Draw)
def tell_the_people(record: Draw, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message a person, and none that asks for what has been done; inspectors hear of each of their visits."""
    settle(those_done(record, move, event), record.get_absolute_url())
    if not asks_for_more(record, move):
        return
    told = {person for role in move.notify for person in people_of(record, role)}
    notify(told - {event.actor_id, None}, **words_of(record, move, event))


def those_done(draw: Draw, move: Transition, event: Event) -> list[int | None]:
    """Whom nothing waits for any more: a custodian does the own part alone, every other move is done for all."""
    if move.name in OWN_PART:
        return [event.actor_id]
    return [*people_of(draw, "custodians"), *people_of(draw, "office"), *office_of(draw, "inspections.void_draw")]


def asks_for_more(draw: Draw, move: Transition) -> bool:
    """The office acts once both custodians have done their part."""
    match move.name:
        case "commit_secret":
            return both_committed(draw) and not draw.announces_itself
        case "reveal_secret":
            return bool(draw.secret_a and draw.secret_b)
    return True


def both_committed(draw: Draw) -> bool:
    return bool(draw.commitment_a and draw.commitment_b)


def people_of(draw: Draw, role: str) -> Iterable[int | None]:
    match role:
        case "custodians":
            return draw.custodian_a_id, draw.custodian_b_id
        case "office":
            return office_of(draw, "inspections.draw_draw")
        case "approvers":
            own = [pk for pk in office_of(draw, "inspections.void_draw") if pk != draw.void_requested_by_id]
            return own or above(draw)
        case "requester":
            asked = Event.objects.of(draw).filter(name="request_void_draw").order_by("-pk").first()
            return [asked.actor_id] if asked else []
    raise LookupError(role)


def above(draw: Draw) -> list[int]:
    found = holders_by("inspections.void_draw", "organisation__region_path", lineage(draw.region_path))
    return [person for people in found.values() for person in people]


def words_of(draw: Draw, move: Transition, event: Event) -> dict[str, str]:
    said = {
        "commit_secret": "两名保管人都已交存承诺值，可以公告",
        "announce_draw": f"抽取时间 {timezone.localtime(draw.draw_at):%Y-%m-%d %H:%M}，到时请公开您的密语",
        "reveal_secret": "两名保管人都已公开密语，可以填写公开随机值并抽取",
        "request_void_draw": f"理由：{draw.void_reason}　须由另一人批准",
        "void_draw": f"理由：{draw.void_reason}",
    }
    return {
        "kind": f"draw_{move.name}",
        "title": f"随机抽取{move.label}：{draw.campaign}",
        "body": "　".join(filter(None, (draw.number, f"第 {draw.round} 轮", said.get(move.name, "")))),
        "url": draw.get_absolute_url(),
        "level": "must_do" if move.name in MUST_DO else "info",
        "dedupe_key": f"draw:{draw.pk}:{event.step}",
    }


# Announcing by order --------------------------------------------------------------------------------------------------


@receiver(transitioned, sender=Draw)
def announce_by_order(record: Draw, move: Transition, event: Event, **kwargs: Any) -> None:
    """Who prepared the draw may have ordered that it is announced once both have committed; else the office does it.

    After the messages of the commitment, which the announcement settles.  What refuses it is told and hinders nobody.
    """
    if move.name != "commit_secret" or not (record.announces_itself and both_committed(record)):
        return
    try:
        with transaction.atomic():
            DRAW.perform(record, "announce_draw", by=record.prepared_by)
        record.refresh_from_db()
    except (ValidationError, Http404) as refusal:
        tell_unannounced(record, event, "；".join(getattr(refusal, "messages", ["拟定人已无权办理"])))


def tell_unannounced(draw: Draw, event: Event, reason: str) -> None:
    notify(
        office_of(draw, "inspections.draw_draw"),
        kind="draw_commit_secret",
        title=f"随机抽取未能自动公告：{draw.campaign}",
        body=f"第 {draw.round} 轮，两名保管人都已交存承诺值。{reason}",
        url=draw.get_absolute_url(),
        level="must_do",
        dedupe_key=f"draw:{draw.pk}:{event.step}:unannounced",
    )
