"""Firms with something on their record, and the officers who proceed: proposals, notices, decisions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pgtrigger
from django.utils import timezone

from apps.accounts.models import User
from apps.core import files
from apps.core.workflow import Workflow
from apps.credit.models import Blacklisting, CreditEntry, CreditItem, EntryEvidence, ListType, PermitCase
from apps.credit.services.entries import record_entry
from apps.credit.services.evidence import add_evidence
from apps.credit.workflow import ENTRY, LISTING, PERMIT
from apps.enterprises.models import Enterprise
from tests.factories import EnterpriseFactory, PersonFactory
from tests.personas import CHANGAN, persona

FROZEN = ("decided_stays", "starts_on_its_day", "ends_by_a_move")
"""The triggers by which a decided entry keeps its days."""
PDF = b"%PDF-1.7 a scan"
FORGED, LARGER, ORDINARY, AWARD = "E-B05", "E-B02", "E-B01", "E-G01"


@dataclass
class Cast:
    """A firm with its director; an inspector who proposes, two officers of the county, two of the city and province."""

    firm: Enterprise = field(default_factory=EnterpriseFactory)
    inspector: User = field(default_factory=lambda: persona("inspector", at=CHANGAN))
    county: User = field(default_factory=lambda: persona("county_officer", at=CHANGAN))
    city: User = field(default_factory=lambda: persona("city_officer"))
    second_city: User = field(default_factory=lambda: persona("city_officer"))
    province: User = field(default_factory=lambda: persona("province_officer"))
    second_province: User = field(default_factory=lambda: persona("province_officer"))
    director: User = field(init=False)

    def __post_init__(self) -> None:
        self.director = persona("safety_director", organisation=self.firm.organisation)


def today() -> date:
    return timezone.localdate()


def item(code: str) -> CreditItem:
    return CreditItem.objects.get(code=code)


def proposed(cast: Cast, code: str = ORDINARY, **told: Any) -> CreditEntry:
    facts: dict[str, Any] = {
        "enterprise": cast.firm,
        "office": cast.inspector.organisation,
        "by": cast.inspector,
        "happened_on": today() - timedelta(days=3),
        "facts": "经核查，行为属实",
        "evidence": "询问笔录和现场照片",
        "decision_number": "示例认〔2026〕1号",
    }
    return record_entry(item(code), **facts | told)


def checked(cast: Cast, code: str = ORDINARY, **told: Any) -> CreditEntry:
    return ENTRY.perform(proposed(cast, code, **told), "check", by=cast.county, opinion="证据齐全")


def notified(cast: Cast, code: str = ORDINARY, **told: Any) -> CreditEntry:
    return tell(ENTRY, checked(cast, code, **told), cast.county)


def heard(cast: Cast, code: str = ORDINARY, **told: Any) -> CreditEntry:
    """Notified, and the time for objections is over."""
    return after_objections(notified(cast, code, **told))


def effective(cast: Cast, code: str = ORDINARY, **told: Any) -> CreditEntry:
    entry = checked(cast, code, **told) if item(code).nature == "good" else heard(cast, code, **told)
    return ENTRY.perform(entry, "take_effect", by=cast.city)


def published(cast: Cast, code: str = ORDINARY, months: int = 12, **told: Any) -> CreditEntry:
    return ENTRY.perform(effective(cast, code, **told), "publish", by=cast.city, months=months)


def of_a_person(cast: Cast) -> CreditEntry:
    """In effect, of a chief supervising engineer of the firm."""
    return effective(cast, "R-B03", person=PersonFactory(employer=cast.firm))


def by_hand(firm: Enterprise, by: User, **told: str) -> CreditEntry:
    """A proposal of today, whoever makes it."""
    facts: dict[str, Any] = {"facts": "行为属实", "evidence": "询问笔录", "happened_on": today()}
    facts["decision_number"] = "示例认〔2026〕2号"
    return record_entry(item(ORDINARY), enterprise=firm, office=by.organisation, by=by, **facts | told)


def with_file(entry: CreditEntry, by: User, name: str = "询问笔录.pdf", content: bytes = PDF) -> EntryEvidence:
    """A proposal with a scan."""
    add_evidence(entry, [files.store(BytesIO(content), name=name, by=by)], by=by)
    return entry.files.latest("added_at")


def objected(entry: CreditEntry, checker: User, director: User, said: str = "停工系因台风预警主动停工") -> CreditEntry:
    """The firm was told of the proposal, and objects."""
    entry = ENTRY.perform(entry, "check", by=checker, opinion="证据齐全")
    return ENTRY.perform(tell(ENTRY, entry, checker), "object", by=director, objection=said)


def tell(workflow: Workflow, finding: Any, by: User) -> Any:
    return workflow.perform(finding, "notify", by=by, served_on=today(), served_how="直接送达，安全总监签收")


def after_objections(finding: Any) -> Any:
    """As if the notice had been served long enough ago; the days are data, so they can be moved."""
    type(finding).objects.filter(pk=finding.pk).update(
        served_on=today() - timedelta(days=30), objection_until=today() - timedelta(days=1)
    )
    return type(finding).objects.get(pk=finding.pk)


def aged(entry: CreditEntry, days: int) -> CreditEntry:
    """As if it had been decided so many days ago: for tests alone may a decided entry be moved in time."""
    names = ("starts_on", "expires_on", "ends_on", "published_on", "publish_until", "happened_on")
    fresh = CreditEntry.objects.get(pk=entry.pk)
    moved = {n: day - timedelta(days=days) for n in names if (day := getattr(fresh, n))}
    with pgtrigger.ignore(*(f"credit.CreditEntry:{name}" for name in FROZEN)):
        CreditEntry.objects.filter(pk=entry.pk).update(**moved)
    return CreditEntry.objects.get(pk=entry.pk)


# Lists and permits ----------------------------------------------------------------------------------------------------


def market() -> ListType:
    return ListType.objects.get(code="market")


def proposal(cast: Cast, **told: Any) -> Blacklisting:
    """The one that a forged document asks for once its entry is in effect."""
    effective(cast, FORGED, **told)
    return Blacklisting.objects.get(enterprise=cast.firm, list_type=market())


def list_checked(cast: Cast) -> Blacklisting:
    return LISTING.perform(proposal(cast), "check", by=cast.province, opinion="符合列入情形")


def list_heard(cast: Cast) -> Blacklisting:
    return after_objections(tell(LISTING, list_checked(cast), cast.province))


def listed(cast: Cast, **told: Any) -> Blacklisting:
    return LISTING.perform(
        list_heard(cast), "put_on_list", by=cast.second_province, decision_number="冀建信黑〔2026〕14号", **told
    )


def list_aged(listing: Blacklisting, days: int) -> Blacklisting:
    fresh = Blacklisting.objects.get(pk=listing.pk)
    moved = {n: getattr(fresh, n) - timedelta(days=days) for n in ("listed_on", "listed_until", "happened_on")}
    with pgtrigger.ignore("credit.Blacklisting:listed_stays"):
        Blacklisting.objects.filter(pk=listing.pk).update(**moved)
    return Blacklisting.objects.get(pk=listing.pk)


def removable_after(kind: ListType, months: int) -> None:
    """As if the list had always let its subjects ask so early."""
    with pgtrigger.ignore("credit.ListType:used_stays"):
        ListType.objects.filter(pk=kind.pk).update(removable_after=months)


def suspended(case: PermitCase, cast: Cast, days: int) -> PermitCase:
    case = PERMIT.perform(case, "check", by=cast.province, opinion="属实")
    case = after_objections(tell(PERMIT, case, cast.province))
    return PERMIT.perform(case, "suspend", by=cast.second_province, decision_number="冀建安扣〔2026〕3号", days=days)
