"""A major hazard that is overdue, and those who watch over it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apps.accounts.models import User
from apps.hazards.models import Grade, Hazard
from apps.supervision import services
from apps.supervision.models import Listing
from apps.supervision.workflow import LISTING
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
    return LISTING.perform(listed(place, level), "report_removal", by=place.site.director, report="已加固支护，监测稳定")
