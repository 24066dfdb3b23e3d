"""零报告: which periods of a campaign are due, from whom, and who has not reported.

A unit's report counts whichever office of that very region hands it in; a county does not report for its city.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts.holders import holders_by
from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.scoping import at_or_below, get_visible_or_404
from apps.core.workdays import is_working
from apps.core.workflow import TransitionRefused
from apps.hazards.calendar import CALENDAR
from apps.inspections.coverage import start_of
from apps.inspections.models import Campaign, CampaignState, Finding, Visit, VisitState, ZeroReport, ZeroReportEvery
from apps.inspections.services.plans import units_of
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all, settle
from apps.regions.models import Region

REPORTS = "inspections.report_campaign"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """`code` is what the report carries: the ISO week, or the number of the round."""

    code: str
    label: str
    first: date
    last: date

    def is_due(self, today: date) -> bool:
        return self.last < today


def periods_of(campaign: Campaign) -> list[Period]:
    if campaign.zero_report == ZeroReportEvery.WEEK:
        return weeks(campaign.starts_on, campaign.ends_on)
    if campaign.zero_report == ZeroReportEvery.ROUND:
        return rounds(campaign.starts_on, campaign.ends_on, campaign.rounds)
    return []


def weeks(first: date, last: date) -> list[Period]:
    """The ISO weeks that a campaign touches, the first and the last cut to its days."""
    monday = first - timedelta(days=first.weekday())
    found = []
    while monday <= last:
        year, week, _ = monday.isocalendar()
        begins, ends = max(monday, first), min(monday + timedelta(days=6), last)
        found.append(
            Period(f"{year}-W{week:02d}", f"{year}年第{week}周（{begins:%m-%d} 至 {ends:%m-%d}）", begins, ends)
        )
        monday += timedelta(days=7)
    return found


def rounds(first: date, last: date, count: int) -> list[Period]:
    """The days of a campaign in as many parts as it has rounds, as nearly equal as whole days allow."""
    days = (last - first).days + 1
    starts = [first + timedelta(days=days * number // count) for number in range(count + 1)]
    return [
        Period(f"{number}", f"第{number}轮（{begins:%m-%d} 至 {ends - ONE_DAY:%m-%d}）", begins, ends - ONE_DAY)
        for number, (begins, ends) in enumerate(pairwise(starts), start=1)
    ]


def due_periods(campaign: Campaign, today: date) -> list[Period]:
    if campaign.state not in (CampaignState.RUNNING, CampaignState.FINISHED):
        return []
    return [period for period in periods_of(campaign) if period.is_due(today)]


def reports_of(campaign: Campaign) -> dict[tuple[str, str], ZeroReport]:
    """By path of the office's region and period, the report that stands: the latest."""
    rows = campaign.zero_reports.select_related("organisation", "made_by").order_by("pk")
    return {(report.region_path, report.period): report for report in rows}


def missing_of(campaign: Campaign, units: Sequence[Region], today: date) -> list[tuple[Region, Period]]:
    there = {(report.region_path, report.period) for report in campaign.zero_reports.all()}
    return [(u, p) for p in due_periods(campaign, today) for u in units if (u.path, p.code) not in there]


def unit_of(user: Any, units: Iterable[Region]) -> Region | None:
    """The unit for which this user's office reports."""
    return next((unit for unit in units if unit.pk == user.organisation.region_id), None)


def cannot_report(campaign: Campaign, user: Any, units: Sequence[Region]) -> str | None:
    if not user.has_perm(REPORTS):
        return "您没有报送零报告的权限"
    if not campaign.zero_report:
        return "该任务不要求零报告"
    if campaign.state != CampaignState.RUNNING:
        return f"任务{campaign.get_state_display()}，不能报送"
    return None if unit_of(user, units) else "零报告由任务分配到的同级单位报送"


def known_numbers(campaign: Campaign, path: str, period: Period) -> dict[str, int]:
    """What the platform knows of a unit's period: sites visited, hazards that were found there."""
    here = Q(at_or_below("region_path", path), campaign=campaign, state__in=VisitState.DONE)
    if campaign.zero_report == ZeroReportEvery.ROUND:
        here &= Q(round=int(period.code))
    else:
        here &= Q(submitted_at__gte=start_of(period.first), submitted_at__lt=start_of(period.last + ONE_DAY))
    visits = Visit.objects.filter(here)
    found = Finding.objects.filter(visit__in=visits.values("pk"), hazard__isnull=False, is_dropped=False)
    return {"visits": visits.aggregate(n=Count("project", distinct=True))["n"], "hazards": found.count()}


@transaction.atomic
def report(campaign: Campaign, *, by: Any, period: str, visits: int, hazards: int, note: str = "") -> ZeroReport:
    """Hand in a period; one handed in before stays and this one counts."""
    campaign = get_visible_or_404(Campaign, by, pk=campaign.pk)
    units = units_of(campaign)
    if reason := cannot_report(campaign, by, units):
        raise TransitionRefused(reason)
    if period not in {p.code for p in periods_of(campaign) if p.first <= timezone.localdate()}:
        raise TransitionRefused("没有这个报告期，或它还没有开始")
    office: Organisation = by.organisation
    made = ZeroReport.objects.create(
        campaign=campaign,
        organisation=office,
        region_path=office.region_path,
        period=period,
        visits=visits,
        hazards=hazards,
        note=note,
        made_by=by,
    )
    facts = {"campaign": campaign.number, "period": period, "visits": visits, "hazards": hazards, "note": note}
    record_event(made, "zero_reported", by=by, facts=facts)
    if not any(unit.path == office.region_path for unit, _ in missing_of(campaign, units, timezone.localdate())):
        people = holders_by(REPORTS, "organisation__region", [office.region_id])[office.region_id]
        settle(people, campaign.get_absolute_url(), kind=KIND)
    return made


# Reminding ------------------------------------------------------------------------------------------------------------

KIND = "zero_report_due"


def remind_of_reports(day: date | None = None) -> int:
    """On each working day, tell the units whose report of a period that has ended is not there."""
    today = day or timezone.localdate()
    if not is_working(CALENDAR, today):
        return 0
    running = Campaign.objects.filter(state=CampaignState.RUNNING).exclude(zero_report="").order_by("pk")
    return sum(remind_of(campaign, today) for campaign in running.iterator())


def remind_of(campaign: Campaign, today: date) -> int:
    missing = missing_of(campaign, units_of(campaign), today)
    people = holders_by(REPORTS, "organisation__region", {unit.pk for unit, _ in missing})
    periods: dict[int, list[Period]] = {}
    for unit, period in missing:
        periods.setdefault(unit.pk, []).append(period)
    return notify_all(
        Notice(
            person,
            KIND,
            f"零报告未报：{campaign.title}",
            campaign.get_absolute_url(),
            f"campaign:{campaign.pk}:zero:{today}",
            Level.MUST_DO,
            "待报：" + "、".join(period.label for period in told),
        )
        for region, told in periods.items()
        for person in people.get(region, [])
    )
