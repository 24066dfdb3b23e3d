"""Invented credit records of the demonstration: a past that scores are made of, and cases in every state of today."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pgtrigger
from django.utils import timezone

from apps.accounts.models import User
from apps.core import files
from apps.core.canonical import plain
from apps.core.events import leaf_of
from apps.core.models import Event, StoredFile
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditItem, EntryState, ListState, ListType, Nature, Subject
from apps.credit.services.entries import COPIED, record_entry
from apps.credit.services.joint import send_measures
from apps.credit.services.proposing import next_number
from apps.credit.services.standings import renew
from apps.credit.workflow import ENTRY
from apps.dashboards.demo.pictures import scene
from apps.enterprises.models import Enterprise
from apps.people.models import Person

NOON = time(11)
Move = tuple[str, str, str, datetime, User | None, dict[str, Any]]
"""Name, state before and after, when, who, and what was told."""
BAD = ("P-B02", "P-B03", "P-B04", "X-B01", "E-B08")
GOOD = ("P-G02", "P-G03", "E-G01", "E-G02")
FORGED = "E-B05"
FACTS = {
    "P-B02": "重大隐患逾期未整改，被挂牌督办",
    "P-B03": "起重机械带病运行，被责令停工",
    "P-B04": "监督检查评分 66.2 分，评定不合格",
    "X-B01": "未按专项方案施工，受到行政处罚",
    "E-B08": "拖欠农民工工资，经责令限期支付后支付",
    FORGED: "提供伪造的检测报告办理施工升降机使用登记",
}


@dataclass(frozen=True)
class Hands:
    """Those who proceed: an inspector proposes, the head of the station checks, an officer of the city decides."""

    inspector: User
    head: User
    city: User


class Records:
    """Writes what was decided in the past, with its events at their time, and begins what is open today."""

    def __init__(self, seed: int, today: date) -> None:
        self.rng = random.Random(seed)  # noqa: S311  (invented data, nothing is drawn by lot)
        self.today = today
        self.events: list[Event] = []
        self.items = {item.code: item for item in CreditItem.objects.filter(subject=Subject.ENTERPRISE)}

    def past_of(self, firm: Enterprise, hands: Hands) -> None:
        """A few bad and good deeds of the last two years."""
        codes = [*self.rng.sample(BAD, self.rng.randint(1, 3)), *self.rng.sample(GOOD, self.rng.randint(0, 2))]
        for code in codes:
            self.decided(firm, code, self.today - timedelta(days=self.rng.randint(40, 640)), hands)

    def decided(self, firm: Enterprise, code: str, starts: date, hands: Hands) -> CreditEntry:
        """An entry that was decided on this day, and is public or at an end by now as its terms have it."""
        item = self.items[code]
        expires = months_after(starts, item.valid_months)
        entry = CreditEntry(
            number=next_number(CreditEntry.PREFIX),
            item=item,
            enterprise=firm,
            region_path=firm.region_path,
            organisation=hands.inspector.organisation,
            office_path=hands.inspector.organisation.region_path,
            happened_on=starts - timedelta(days=32),
            facts=FACTS.get(code, f"{item.name}，已公布"),
            evidence=f"{item.evidence}（演示）",
            legal_basis=item.legal_basis,
            made_by=hands.inspector,
            checked_by=hands.head,
            checked_at=at(starts - timedelta(days=25)),
            opinion="证据齐全，事实清楚",
            decided_by=hands.city,
            decided_at=at(starts),
            starts_on=starts,
            expires_on=expires,
            ends_on=expires,
            **{name: getattr(item, name) for name in COPIED},
        )
        if item.nature == Nature.BAD:
            entry.served_on = starts - timedelta(days=20)
            entry.objection_until = starts - timedelta(days=12)
            entry.served_how, entry.notified_by = "直接送达，安全总监签收", hands.head
            entry.notified_at = at(entry.served_on)
        entry.state = self.published(entry, hands)
        moves = moves_of(entry)
        entry.version = len(moves)
        with pgtrigger.ignore("credit.CreditEntry:starts_on_its_day"):
            entry.save(force_insert=True)
        self.tell(entry, moves)
        return entry

    def published(self, entry: CreditEntry, hands: Hands) -> str:
        """Made public two days later for its usual term; the state that time has brought since."""
        starts, months = entry.starts_on or self.today, entry.item.publish_months
        if months:
            entry.published_on = starts + timedelta(days=2)
            entry.publish_until = months_after(entry.published_on, months)
            entry.published_by, entry.published_at = hands.city, at(entry.published_on)
        if entry.ends_on and entry.ends_on <= self.today:
            return EntryState.EXPIRED
        is_public = entry.publish_until is not None and entry.publish_until >= self.today
        return EntryState.PUBLISHED if is_public else EntryState.EFFECTIVE

    def tell(self, record: Any, moves: Sequence[Move]) -> None:
        for step, (name, before, after, when, who, facts) in enumerate(moves, 1):
            event = Event(
                record_type=record._meta.label_lower,
                record_id=str(record.pk),
                step=step,
                name=name,
                before=before,
                after=after,
                facts=plain(facts),
                actor=who,
                happened_at=when,
            )
            event.leaf = leaf_of(event)
            self.events.append(event)

    def open_ones(self, firm: Enterprise, hands: Hands, director: User) -> None:
        """One in each open state, begun today by the services themselves."""
        told: dict[str, Any] = {"enterprise": firm, "office": hands.inspector.organisation, "by": hands.inspector}
        for code, end in (("P-B04", "proposed"), ("X-B01", "checked"), ("E-B08", "notified"), ("P-B03", "objected")):
            item, happened = self.items[code], self.today - timedelta(days=self.rng.randint(3, 20))
            told |= {"files": self.proof(hands.inspector)}
            entry = record_entry(item, happened_on=happened, facts=FACTS[code], evidence=item.evidence, **told)
            if end == "proposed":
                continue
            entry = ENTRY.perform(entry, "check", by=hands.head, opinion="证据齐全，事实清楚")
            if end == "checked":
                continue
            how: dict[str, Any] = {"served_on": self.today, "served_how": "直接送达，安全总监签收"}
            entry = ENTRY.perform(entry, "notify", by=hands.head, **how)
            if end == "objected":
                ENTRY.perform(
                    entry, "object", by=director, objection="停工系因台风预警主动停工，附气象预警和停工通知。"
                )

    def proof(self, by: User) -> list[StoredFile]:
        """A drawing in place of a scan."""
        return [files.store(scene("edge", False, self.rng), name="现场照片（演示）.jpg", by=by)]

    def listed(self, firm: Enterprise, hands: Hands, province: Sequence[User]) -> None:
        """Two months ago on the list of the market for a forged document, decided by two officers of the province."""
        day = self.today - timedelta(days=62)
        entry = self.decided(firm, FORGED, day - timedelta(days=20), hands)
        kind, first, second = ListType.objects.get(code="market"), province[0], province[1]
        listing = Blacklisting(
            number=next_number(Blacklisting.PREFIX),
            list_type=kind,
            condition=kind.conditions[0]["text"],
            enterprise=firm,
            region_path=firm.region_path,
            organisation=first.organisation,
            office_path=first.organisation.region_path,
            happened_on=entry.happened_on,
            facts=entry.facts,
            evidence=f"信用记录 {entry.number}：{entry.evidence}",
            legal_basis=kind.legal_basis,
            state=ListState.LISTED,
            checked_by=first,
            checked_at=at(day - timedelta(days=18)),
            opinion="符合列入情形",
            served_on=day - timedelta(days=15),
            served_how="邮寄送达，本人签收",
            notified_by=first,
            notified_at=at(day - timedelta(days=15)),
            objection_until=day - timedelta(days=8),
            decided_by=second,
            decided_at=at(day),
            decision_number=f"冀建信黑〔{day.year}〕14号（演示）",
            listed_on=day,
            listed_until=months_after(day, kind.term_months) - timedelta(days=1),
            version=4,
        )
        with pgtrigger.ignore("credit.Blacklisting:listed_on_its_day"):
            listing.save(force_insert=True)
        self.tell(listing, moves_of_listing(listing))
        send_measures(listing, by=second)

    def of_person(self, person: Person, hands: Hands) -> None:
        """A project manager who was not where they had to be."""
        item = CreditItem.objects.get(code="R-B01")
        record_entry(
            item,
            enterprise=person.employer,
            person=person,
            office=hands.inspector.organisation,
            by=hands.inspector,
            happened_on=self.today - timedelta(days=6),
            facts="抽查当月带班记录，到岗天数不足",
            evidence="带班记录、考勤记录",
            files=self.proof(hands.inspector),
        )

    def finish(self) -> None:
        """The events at their own times, and the scores of everybody."""
        with pgtrigger.ignore("core.Event:clock"):
            Event.objects.bulk_create(self.events)
        renew()


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, NOON))


def moves_of(entry: CreditEntry) -> list[Move]:
    """How the entry came to be what it is, as its workflow would have told it."""
    starts: Any = entry.starts_on
    moves: list[Any] = [
        ("proposed", "", "proposed", at(starts - timedelta(days=30)), entry.made_by, {"facts": entry.facts}),
        ("check", "proposed", "checked", entry.checked_at, entry.checked_by, {"opinion": entry.opinion}),
    ]
    before = "checked"
    if entry.served_on:
        served = {"served_on": entry.served_on, "served_how": entry.served_how}
        moves.append(("notify", before, "notified", entry.notified_at, entry.notified_by, served))
        before = "notified"
    counted = {"starts_on": starts, "expires_on": entry.expires_on, "points": entry.points}
    moves.append(("take_effect", before, "effective", entry.decided_at, entry.decided_by, counted))
    if entry.published_on:
        public = {"published_on": entry.published_on, "publish_until": entry.publish_until}
        moves.append(("publish", "effective", "published", entry.published_at, entry.published_by, public))
        if entry.state != EntryState.PUBLISHED:
            ended = at(min(entry.publish_until or starts, timezone.localdate() - timedelta(days=1)) + timedelta(days=1))
            moves.append(("end_publication", "published", "effective", ended, None, {}))
    if entry.state == EntryState.EXPIRED:
        moves.append(("expire", "effective", "expired", at(entry.ends_on or starts), None, {}))
    return moves


def moves_of_listing(listing: Blacklisting) -> list[Move]:
    proposed = at(listing.happened_on + timedelta(days=32))
    served = {"served_on": listing.served_on, "objection_until": listing.objection_until}
    decided = {"decision_number": listing.decision_number}
    moves: list[Any] = [
        ("proposed", "", "proposed", proposed, None, {"facts": listing.facts}),
        ("check", "proposed", "checked", listing.checked_at, listing.checked_by, {"opinion": listing.opinion}),
        ("notify", "checked", "notified", listing.notified_at, listing.notified_by, served),
        ("put_on_list", "notified", "listed", listing.decided_at, listing.decided_by, decided),
    ]
    return moves
