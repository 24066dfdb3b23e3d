"""A major hazard that is overdue, and those who watch over it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.accounts.models import User
from apps.core.workflow import Transition
from apps.hazards.models import Grade, Hazard
from apps.supervision import services
from apps.supervision.models import Listing, Measure, StopWork, Transfer
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from tests.hazards import stories
from tests.personas import CHANGAN, persona

NOTICE: dict[str, Any] = {
    "content": "深基坑坑边堆载，支护变形超过报警值",
    "demands": "立即清除堆载并加固支护",
    "release_procedure": "提交治理报告，现场核查通过后解除",
}


@dataclass
class Watch:
    site: stories.Site
    hazard: Hazard
    county: User
    city: User
    province: User


def watch(state: str = "ordered") -> Watch:
    site = stories.site()
    hazard = stories.taken_to(state, site, grade=Grade.MAJOR)
    return Watch(
        site,
        hazard,
        persona("county_officer", at=CHANGAN),
        persona("city_officer"),
        persona("province_officer"),
    )


def proposed(place: Watch, level: str = "county") -> Listing:
    return services.propose(place.hazard, by=place.site.inspector, level=level, basis="整改期限已过仍未消除")


def notice(days: int = 10) -> dict[str, Any]:
    return NOTICE | {"deadline": stories.today() + timedelta(days=days)}


def listed(place: Watch, level: str = "county") -> Listing:
    by = {"county": place.county, "city": place.city, "province": place.province}[level]
    return LISTING.perform(proposed(place, level), "list_publicly", by=by, **notice())


def reported(place: Watch, level: str = "county") -> Listing:
    return LISTING.perform(
        listed(place, level), "report_removal", by=place.site.director, report="已加固支护，监测稳定"
    )


def stopped(place: Watch) -> StopWork:
    told = {"extent": "part", "part": "3号楼塔式起重机", "reason": "附着装置缺失", "demands": ""}
    return services.stop_work(place.hazard, by=place.site.inspector, **told)


def transferred(place: Watch) -> Transfer:
    told = {"addressee": "综合执法局", "reason": "逾期未整改重大隐患", "evidence": "通知书及送达回证"}
    return services.transfer(place.hazard, by=place.site.inspector, kind="enforcement", **told)


FILED_ON = date(2026, 11, 1)


def before_move(register: str, move: Transition, place: Watch) -> Measure:
    """A measure from which the move can be made by somebody of the place."""
    match register, move.sources[0]:
        case "listings", "proposed":
            return proposed(place)
        case "listings", "listed":
            return listed(place)
        case "listings", _:
            return verified_and_reported(place)
        case "stop_works", "stopped":
            return stopped(place)
        case "stop_works", _:
            return STOP_WORK.perform(stopped(place), "request_resume", by=place.site.director, report="具备复工条件")
    case = transferred(place)
    for step in {"filed": (FILE,), "decided": (FILE, DECIDE)}.get(move.sources[0], ()):
        case = TRANSFER.perform(case, step[0], by=place.site.inspector, **step[1])
    return case


FILE: tuple[str, dict[str, Any]] = ("file", {"case_number": "示例立〔2026〕1号", "filed_on": FILED_ON})
DECIDE: tuple[str, dict[str, Any]] = (
    "decide",
    {"decision_number": "示例罚〔2026〕1号", "decided_on": FILED_ON, "decision": "罚款三万元"},
)


def verified_and_reported(place: Watch) -> Listing:
    listing = reported(place)
    stories.advanced(Hazard.objects.get(pk=place.hazard.pk), "verified", place.site)
    return Listing.objects.get(pk=listing.pk)
