"""Questions over several apps: the figures of the workbench, what falls due, and what the frame tells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from apps.core.models import JOB_OPEN, Event, Job
from apps.core.registers import Register, registry
from apps.core.scoping import scope_of
from apps.dashboards.duties import count_duties
from apps.dashboards.todos import by_urgency, count_todos, counts_of
from apps.hazards.counting import COUNTED_AS_FOUND, WEEK, counts_in_region, found_in_month
from apps.hazards.models import Grade, Hazard, State
from apps.hazards.models.hazard import is_overdue
from apps.notifications.models import Message
from apps.projects.models import Project
from apps.regions.models import Region
from apps.risks.models import RiskLevel, RiskPoint
from apps.risks.models import State as RiskState
from apps.risks.models import is_overdue as risk_is_overdue
from apps.risks.workflow import APPROVE_RED

SHOWN = 6
SITES_KEPT_S = 60
VIEW_RISKS = "risks.view_riskpoint"
WEEKDAYS = "一二三四五六日"


def workbench_counts(user: Any, today: date) -> dict[str, int]:
    """All that the workbench counts: the figures, the hazards to do by their kinds, and the duties beside them."""
    return figures_in_region(user, today) or figures_of_own(user, today) | count_duties(user)


def figures_in_region(user: Any, today: date) -> dict[str, int] | None:
    """For an office: from the kept counts, its to-dos from the rows that are some; None for others."""
    counts = counts_in_region(user, cap=None)
    if counts is None:
        return None
    found = {"found_and_closed": 0, "found_and_open": 0} | count_duties(user, found_in_month(user, today))
    return counts | found | {"found": found["found_and_closed"] + found["found_and_open"]} | count_todos(user)


def figures_of_own(user: Any, today: date) -> dict[str, int]:
    """For a firm or a single site, whose hazards are few."""
    month = today.replace(day=1)
    return Hazard.objects.visible_to(user).aggregate(
        open=Count("pk", filter=Q(state__in=State.OPEN)),
        major=Count("pk", filter=Q(state__in=State.OPEN, grade=Grade.MAJOR)),
        overdue=Count("pk", filter=is_overdue(today)),
        week=Count("pk", filter=falls_due(today)),
        found=Count("pk", filter=Q(found_on__gte=month) & COUNTED_AS_FOUND),
        found_and_closed=Count("pk", filter=Q(found_on__gte=month, state=State.CLOSED)),
        **counts_of(user),
    )


def sites_underway(user: Any) -> int:
    """How many sites are being built on; kept for a minute, for it changes by the day."""
    asked = Project.objects.visible_to(user).underway()
    return cache.get_or_set(f"underway:{user.pk}", asked.count, SITES_KEPT_S) or 0


def figures(user: Any, today: date, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The strip of figures; each leads to the rows that make it."""
    rate = f"{counts['found_and_closed'] * 100 / counts['found']:.1f}" if counts["found"] else "—"
    ledger = reverse("hazards:list")
    return [
        {
            "label": "在建项目",
            "value": f"{sites_underway(user):,}",
            "unit": "个",
            "url": reverse("projects:list"),
            "desktop": True,
        },
        {
            "label": "未销号隐患",
            "value": f"{counts['open']:,}",
            "unit": "条",
            "note": f"重大 {counts['major']:,}·一般 {counts['open'] - counts['major']:,}",
            "url": f"{ledger}?view=open",
        },
        {
            "label": "超期未改",
            "value": f"{counts['overdue']:,}",
            "unit": "条",
            "tone": "bad" if counts["overdue"] else "",
            "note": "已过整改期限，企业还没有回复" if counts["overdue"] else "",
            "url": f"{ledger}?view=overdue",
        },
        {"label": "7 日内到期", "value": f"{counts['week']:,}", "unit": "条", "url": f"{ledger}?view=week"},
        {
            "label": "本月发现隐患销号率",
            "value": rate,
            "unit": "%" if counts["found"] else "",
            "note": f"发现 {counts['found']:,}，已销号 {counts['found_and_closed']:,}",
            "url": f"{ledger}?found_on_after={today.replace(day=1)}&state=closed",
            "desktop": True,
        },
    ]


def falls_due(today: date) -> Q:
    return Q(state__in=State.WITH_FIRM, deadline__range=(today, today + WEEK))


def major_hazards(user: Any) -> list[Hazard]:
    """The open ones, first those that should be done soonest."""
    rows = Hazard.objects.visible_to(user).open().filter(grade=Grade.MAJOR).select_related("project")
    return list(rows.order_by(F("deadline").asc(nulls_last=True), "pk")[:SHOWN])


def waiting_risks(user: Any) -> list[RiskPoint]:
    """Risk points that ask for something: a measure fails, a check is late, or an approval is this person's to give.

    For those who check and for the county that looks after them; higher offices have the figures by region.
    """
    if not (user.has_perm("risks.check_riskpoint") or (user.scope.region_is_leaf and user.has_perm(VIEW_RISKS))):
        return []
    asked = Q(state=RiskState.IN_FORCE, is_failing=True) | risk_is_overdue()
    if user.has_perm("risks.approve_riskpoint"):
        proposed = Q(state=RiskState.PROPOSED, measure_count__gt=0)
        asked |= proposed if user.has_perm(APPROVE_RED) else proposed & Q(level__lt=RiskLevel.MAJOR)
    rows = RiskPoint.objects.visible_to(user).filter(asked).select_related("project")
    return list(rows.order_by("-level", "next_check_on", "-pk")[:SHOWN])


def open_hazards(user: Any, most: int) -> list[Hazard]:
    """What is under way, for those who have nothing of their own to do about it; first what firms still owe.

    Two questions, since each ends as soon as enough are found; one over both would sort all that is open.
    """
    rows = Hazard.objects.visible_to(user).open().select_related("project", "enterprise__organisation")
    owed = list(by_urgency(rows.with_firm())[:most])
    return owed + list(by_urgency(rows.exclude(state__in=State.WITH_FIRM))[: most - len(owed)])


def agenda(user: Any, today: date) -> list[dict[str, Any]]:
    """What falls due within the week, day by day."""
    rows = Hazard.objects.visible_to(user).filter(falls_due(today)).select_related("project")
    found = rows.order_by("deadline", "-risk_level", "pk")[: SHOWN + 2]
    days = groupby(found, key=lambda h: h.deadline)
    return [{"day": day_words(day, today), "is_today": day == today, "hazards": list(due)} for day, due in days if day]


def day_words(day: date, today: date) -> str:
    """今天, 明天, or 周三 11-25."""
    if near := {0: "今天", 1: "明天"}.get((day - today).days):
        return near
    return f"周{WEEKDAYS[day.weekday()]} {day:%m-%d}"


@dataclass(frozen=True)
class Area:
    name: str
    count: int
    url: str


def overdue_by_area(user: Any, today: date) -> list[Area]:
    """Where overdue hazards gather, one level below the user's own: cities of the province, counties of a city."""
    path = scope_of(user).region_path
    level = path.count("/")
    if user.role_definition.side != "regulator" or level not in (2, 3):
        return []
    rows = Hazard.objects.visible_to(user).overdue(today).order_by().values_list("region_path")
    counts: Counter[str] = Counter()
    for below, count in rows.annotate(count=Count("*")):
        counts["/".join(below.split("/")[: level + 1]) + "/"] += count
    most = counts.most_common(SHOWN)
    regions = {r.path: r for r in Region.objects.filter(path__in=[p for p, _ in most])}
    ledger = reverse("hazards:list")
    return [
        Area(regions[p].name, n, f"{ledger}?view=overdue&project__region__name={regions[p].code}")
        for p, n in most
        if p in regions
    ]


# What a person keeps rather than works off: the home of those whose work is not a list of hazards --------------------


@dataclass(frozen=True)
class Card:
    """One ledger with its size and what stands out in it."""

    label: str
    icon: str
    url: str
    count: int
    note: str = ""


def cards(user: Any) -> list[Card]:
    """The ledgers this user keeps, in the order of the menu."""
    return [
        Card(kept.label, icon, reverse(f"{kept.name}:list"), kept.rows(user).count(), note_on(kept.name, user))
        for kept, icon in kept_ledgers(user)
    ]


SITE_LEDGERS = {
    "projects": "building-community",
    "dangerous_works": "alert-triangle",
    "enterprises": "building-factory-2",
    "people": "users",
}
SYSTEM_LEDGERS = {
    "users": "user-cog",
    "organisations": "sitemap",
    "grants": "key",
    "dictionaries": "book",
    "events": "history",
}


def kept_ledgers(user: Any) -> Iterable[tuple[Register, str]]:
    """Ledger and icon of each."""
    icons = SYSTEM_LEDGERS if user.role_definition.side == "system" else SITE_LEDGERS
    return [(registry[name], icon) for name, icon in icons.items() if registry[name].may(user, "view")]


def note_on(name: str, user: Any) -> str:
    """What to look at in a ledger today."""
    if name == "users":
        idle = registry["users"].rows(user).filter(role="", is_active=True).count()
        return f"{idle} 个账号未授予角色" if idle else "账号都已授予角色"
    if name == "grants":
        today = timezone.localdate()
        ending = registry[name].rows(user).filter(revoked_at=None, ends_on__range=(today, today + WEEK)).count()
        return f"{ending} 项 7 日内到期" if ending else ""
    if name == "events":
        since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return f"今天 {Event.objects.visible_to(user).filter(happened_at__gte=since).count()} 条"
    return ""


# What the frame of every page tells -----------------------------------------------------------------------------------


def unread_news(user: Any) -> list[Message]:
    return list(Message.objects.visible_to(user).unread().order_by("-pk")[:4])


# Written out: it runs at every request, and Django takes four times as long to make it as PostgreSQL to answer it.
NEWS = """
SELECT (SELECT count(*) FROM notifications_message WHERE recipient_id = %(user)s AND read_at IS NULL),
       (SELECT id FROM core_job WHERE created_by_id = %(user)s AND state = ANY(%(open)s)
         ORDER BY created_at DESC LIMIT 1)
"""


class News:
    """What the frame tells a user on every page: unread messages and a job under way, in one query."""

    def __init__(self, user: Any) -> None:
        self.user = user

    @cached_property
    def _facts(self) -> tuple[int, UUID | None]:
        with connection.cursor() as cursor:
            cursor.execute(NEWS, {"user": self.user.pk, "open": list(JOB_OPEN)})
            return cursor.fetchone()

    @property
    def unread(self) -> int:
        return self._facts[0]

    @cached_property
    def job(self) -> Job | None:
        key = self._facts[1]
        return Job.objects.get(pk=key) if key else None
