"""Invented hazards with a history that fits the transition table, written in bulk.

The moves carry invented times of the past; that is allowed to demonstrations alone, so the trigger that holds
events to the database's clock is switched off around the write.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.utils import timezone

from apps.accounts.models import User
from apps.core.canonical import plain
from apps.core.events import leaf_of
from apps.core.models import Event
from apps.dashboards.demo import words
from apps.hazards.models import FIVE_COMMITMENTS, Disposal, Grade, Hazard, RiskLevel, Source, State
from apps.hazards.services import next_numbers
from apps.projects.models import Project

Move = tuple[str, str, str]
RECORDED: tuple[Move, ...] = (("registered", "", State.DRAFT),)
ORDERED: tuple[Move, ...] = (*RECORDED, ("order", State.DRAFT, State.ORDERED))
RECEIVED: tuple[Move, ...] = (*ORDERED, ("receive", State.ORDERED, State.RECEIVED))
RECTIFYING: tuple[Move, ...] = (*RECEIVED, ("start", State.RECEIVED, State.RECTIFYING))
ANSWERED: tuple[Move, ...] = (*RECTIFYING, ("answer", State.RECTIFYING, State.ANSWERED))
CONFIRMED: tuple[Move, ...] = (*ANSWERED, ("confirm", State.ANSWERED, State.CONFIRMED))
VERIFIED: tuple[Move, ...] = (*CONFIRMED, ("verify", State.CONFIRMED, State.VERIFIED))
CLOSED: tuple[Move, ...] = (*VERIFIED, ("close", State.VERIFIED, State.CLOSED))
VOID: tuple[Move, ...] = (*RECORDED, ("discard", State.DRAFT, State.VOID))
PATHS: dict[str, tuple[Move, ...]] = {
    State.DRAFT: RECORDED,
    State.ORDERED: ORDERED,
    State.RECEIVED: RECEIVED,
    State.RECTIFYING: RECTIFYING,
    State.ANSWERED: ANSWERED,
    State.CONFIRMED: CONFIRMED,
    State.VERIFIED: VERIFIED,
    State.CLOSED: CLOSED,
    State.VOID: VOID,
}
OPEN_STATES = (
    State.DRAFT,
    State.ORDERED,
    State.RECEIVED,
    State.RECTIFYING,
    State.RECTIFYING,
    State.ANSWERED,
    State.CONFIRMED,
    State.CONFIRMED,
    State.VERIFIED,
)


@dataclass(frozen=True)
class Hands:
    """Who acts in the story of one hazard; the second officer closes what the first has verified."""

    inspector: User
    second: User
    director: User
    engineer: User

    def of(self, move: str) -> User:
        return {
            "receive": self.director,
            "start": self.director,
            "answer": self.director,
            "confirm": self.engineer,
            "close": self.second,
        }.get(move, self.inspector)


@dataclass
class Case:
    hazard: Hazard
    moves: tuple[Move, ...]
    times: list[datetime]
    hands: Hands


def tell(rng: random.Random, project: Project, hands: Hands, state: str, found: date) -> Case:
    """One hazard that has come as far as `state`."""
    category, risk, text, clause, demands, measures = rng.choice(words.FINDINGS)
    description = described(rng, text)
    grade = Grade.MAJOR if risk == RiskLevel.MAJOR else Grade.ORDINARY
    moves = PATHS[state]
    times = timeline(rng, found, len(moves))
    hazard = Hazard(
        source=rng.choice((Source.DAILY, Source.DAILY, Source.RANDOM, Source.SPECIAL, Source.REPORT)),
        project=project,
        region_path=project.region_path,
        enterprise=project.enterprise,
        responsible_person=hands.director.name,
        building=f"{rng.randint(1, 12)}# 楼",
        floor=f"{rng.randint(1, 18)} 层",
        axis=rng.choice(("①–③/A–C 轴", "⑤–⑧/B–D 轴", "")),
        category=category,
        grade=grade,
        risk_level=risk,
        description=description,
        clause=clause,
        demands=demands,
        disposal=Disposal.STOP_PART if grade == Grade.MAJOR else Disposal.RECTIFY,
        found_on=found,
        inspecting_body=hands.inspector.organisation.name,
        inspectors=hands.inspector.name,
        organisation=hands.inspector.organisation,
        recorded_by=hands.inspector,
        created_at=times[0],
        state=state,
        version=len(moves),
    )
    case = Case(hazard, moves, times, hands)
    live(case, rng, measures)
    return case


def described(rng: random.Random, text: str) -> str:
    """The description of a finding with its numbers filled in."""
    return text.format(
        floor=f"{rng.randint(2, 18)} 层",
        n=rng.randint(2, 9),
        a=rng.randint(3, 6),
        b=rng.randint(7, 11),
        m=rng.randint(1, 4),
        d=f"0.{rng.randint(3, 9)}",
        side=rng.choice(words.SIDES),
    )


def timeline(rng: random.Random, found: date, count: int) -> list[datetime]:
    """Times of the moves from the day of finding on, in office hours, none in the future."""
    opening = timezone.make_aware(datetime.combine(found, time(8)))
    start = opening + timedelta(minutes=rng.randint(0, 500))
    latest = timezone.now() - timedelta(minutes=5 * count)
    at, times = min(start, latest), []
    for _ in range(count):
        times.append(at)
        at = min(at + timedelta(minutes=rng.randint(12, 2600)), latest + timedelta(minutes=5 * len(times)))
    return times


def live(case: Case, rng: random.Random, measures: str) -> None:
    """Put on the hazard what each move of its story leaves there."""
    hazard = case.hazard
    for (move, _, _), at in zip(case.moves, case.times, strict=True):
        who = case.hands.of(move)
        if move == "order":
            hazard.ordered_at = at
            hazard.deadline = hazard.found_on + timedelta(days=rng.choice((3, 3, 7, 15)))
        elif move == "receive":
            hazard.received_at = at
        elif move == "answer":
            hazard.answered_at, hazard.answered_by, hazard.measures = at, who, measures
            hazard.funds = Decimal(rng.randint(0, 80) * 100)
            hazard.rectified_on = timezone.localdate(at)
            if hazard.is_major:
                hazard.commitments = {key: words.COMMITMENTS[key] for key in FIVE_COMMITMENTS}
        elif move == "confirm":
            hazard.confirmed_at, hazard.confirmed_by = at, who
        elif move == "verify":
            hazard.verified_at, hazard.verified_by = at, who
            hazard.opinion = "现场复查，整改符合要求，同类部位已抽查。"
        elif move == "close":
            hazard.closed_at, hazard.closed_by = at, who
        elif move == "discard":
            hazard.void_reason = "与同日登记的另一条重复"
    hazard.next_reminder_on = timezone.localdate() if hazard.state in State.OPEN else None


def write(cases: Sequence[Case], batch: int = 2000) -> None:
    """Hazards and their events, in batches."""
    for start in range(0, len(cases), batch):
        part = cases[start : start + batch]
        for case, number in zip(part, next_numbers(len(part)), strict=True):
            case.hazard.number = number
        Hazard.objects.bulk_create([case.hazard for case in part])
        with pgtrigger.ignore("core.Event:clock"):
            Event.objects.bulk_create(events(part), batch_size=batch)


def events(cases: Iterable[Case]) -> list[Event]:
    told = []
    for case in cases:
        for step, ((move, before, after), at) in enumerate(zip(case.moves, case.times, strict=True), start=1):
            event = Event(
                record_type="hazards.hazard",
                record_id=str(case.hazard.pk),
                step=step,
                name=move,
                before=before,
                after=after,
                facts=plain(facts_of(move, case.hazard)),
                actor=case.hands.of(move),
                happened_at=at,
            )
            event.leaf = leaf_of(event)
            told.append(event)
    return told


def facts_of(move: str, hazard: Hazard) -> dict[str, Any]:
    names = {
        "registered": ("description", "category", "grade", "risk_level", "found_on"),
        "order": ("demands", "disposal", "deadline"),
        "answer": ("measures", "funds", "rectified_on"),
        "verify": ("opinion",),
        "discard": ("void_reason",),
    }
    return {name: getattr(hazard, name) for name in names.get(move, ())}
