"""Telling in time of permits that run out, and of suspensions whose days are over: each occasion once."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.accounts.holders import holders_by, of_roles
from apps.core.scoping import lineage
from apps.credit.models import PermitCase, PermitState
from apps.credit.services.permits import with_standing
from apps.enterprises.models import Enterprise, EnterpriseKind, EnterpriseStatus
from apps.inspections.recipients import HEADS
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all

STEPS = (90, 60, 30, 7)
"""Days before a permit runs out on which its firm and the offices at its seat are told."""
PERMITS = ("permit_officer",)


def remind(day: date | None = None) -> int:
    """Run as often as one likes; answers how many messages are new."""
    today = day or timezone.localdate()
    return remind_of_expiry(today) + remind_of_suspensions(today)


def remind_of_expiry(today: date) -> int:
    """A permit that is taken for good needs no renewal."""
    ending = Enterprise.objects.filter(
        kind=EnterpriseKind.CONTRACTOR,
        status=EnterpriseStatus.ACTIVE,
        safety_licence_until__range=(today, today + timedelta(days=STEPS[0])),
    )
    rows = with_standing(ending, today).exclude(permit_state="revoked").select_related("organisation").order_by("pk")
    firms = list(rows)
    around = Around(firms)
    return notify_all(notice for firm in firms for notice in of_expiry(firm, around, today))


def of_expiry(firm: Any, around: "Around", today: date) -> Iterator[Notice]:
    until = firm.safety_licence_until
    left = (until - today).days
    step = min(step for step in STEPS if left <= step)
    when = f" {left} 天后到期" if left else "今天到期"
    for person in around.everybody(firm):
        yield Notice(
            person,
            "permit_expiry",
            f"{firm.name}的安全生产许可证{when}",
            reverse("permits:detail", args=[firm.uscc]),
            f"permit:{firm.pk}:{until}:{step}",
            Level.MUST_DO if step == STEPS[-1] else Level.REMINDER,
            f"{firm.safety_licence}　有效期至 {until}。期满前三个月办理延期，到期未延期的不得从事施工活动",
        )


def remind_of_suspensions(today: date) -> int:
    """Without a recheck the permit is not given back, however long ago the days were over."""
    over = PermitCase.objects.filter(state=PermitState.SUSPENDED, until__lt=today)
    cases = list(over.select_related("enterprise__organisation").order_by("pk"))
    around = Around([case.enterprise for case in cases])
    return notify_all(notice for case in cases for notice in of_suspension(case, around))


def of_suspension(case: PermitCase, around: "Around") -> Iterator[Notice]:
    firm = case.enterprise
    directors = set(around.directors(firm))
    for person in around.everybody(firm):
        yield Notice(
            person,
            "permit_days_over",
            f"{firm.name}的安全生产许可证暂扣期满，尚未申请复核",
            case.get_absolute_url(),
            f"permit:{case.pk}:{case.until}:over",
            Level.MUST_DO if person in directors else Level.REMINDER,
            f"{case}　暂扣至 {case.until}。整改后申请复核，复核合格才能发还，发还前不得承揽新的工程",
        )


class Around:
    """Who hears of a permit: directors of the firm, permit officers and heads of the nearest offices at its seat."""

    def __init__(self, firms: Iterable[Any]) -> None:
        found = list(firms)
        places = {place for firm in found for place in lineage(firm.region_path)}
        self._directors = holders_by("credit.object_permitcase", "organisation", {firm.pk for firm in found})
        self._officers = of_roles(PERMITS, "organisation__region_path", places)
        self._heads = of_roles(HEADS, "organisation__region_path", places)

    def directors(self, firm: Any) -> list[int]:
        return self._directors.get(firm.pk, [])

    def everybody(self, firm: Any) -> list[int]:
        offices = (nearest(people, firm.region_path) for people in (self._officers, self._heads))
        return list(dict.fromkeys([*self.directors(firm), *(key for found in offices for key in found)]))


def nearest(people: dict[Any, list[int]], seat: str) -> list[int]:
    return next((people[place] for place in reversed(lineage(seat)) if place in people), [])
