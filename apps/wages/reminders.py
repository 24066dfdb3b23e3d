"""Telling contractors and offices of wages that are not as they should be: each matter once."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.accounts.holders import of_roles
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.projects.models import Project
from apps.wages.models import WageMonth, WageRule, WarningKind, WarningLevel
from apps.wages.selectors import OF_MONTHS, lacks_account, lacks_report, month_due, rules, warned_of

OF_FIRMS, OF_OFFICES = ("safety_director",), ("station_head",)
LEVELS = {
    WarningLevel.YELLOW: Level.REMINDER,
    WarningLevel.ORANGE: Level.MUST_DO,
    WarningLevel.RED: Level.MUST_DO,
}
TO_DO = {
    WarningKind.NO_ACCOUNT: "施工总承包单位应当开设农民工工资专用账户（条例第二十六条）",
    WarningKind.NOT_PAID_IN: "建设单位应当及时足额拨付人工费用，周期不超过1个月（条例第二十四条、第二十九条）",
    WarningKind.SHORT: "施工总承包单位应当按月足额代发工资，并对欠薪先行清偿（条例第三十条、第三十一条）",
    WarningKind.FEWER: "代发人数少于当月考勤人数，请核对工资表和考勤（条例第三十一条）",
    WarningKind.NO_REPORT: "施工总承包单位应当按月代发并留存工资支付台账，请填报工资月报（条例第十五条、第三十一条）",
}


def remind(day: date | None = None) -> int:
    """Run as often as one likes; answers how many messages are new."""
    today = day or timezone.localdate()
    known = rules(today)
    return notify_all([*of_months(today, known), *of_accounts(today, known), *of_reports(today, known)])


def of_months(today: date, known: Mapping[str, WageRule]) -> Iterator[Notice]:
    for kind in OF_MONTHS:
        if rule := known.get(kind):
            rows = (
                WageMonth.objects.filter(warned_of(kind, today, dict(known))).select_related("project").order_by("pk")
            )
            told = [(row.project, f"{row.month:%Y-%m}", row.get_absolute_url()) for row in rows]
            yield from notices(rule, told)


def of_accounts(today: date, known: Mapping[str, WageRule]) -> Iterator[Notice]:
    if rule := known.get(WarningKind.NO_ACCOUNT):
        rows = Project.objects.filter(lacks_account(today)).order_by("pk")
        yield from notices(rule, [(row, "", reverse("project_wages", args=[row.number])) for row in rows])


def of_reports(today: date, known: Mapping[str, WageRule]) -> Iterator[Notice]:
    if rule := known.get(WarningKind.NO_REPORT):
        month = f"{month_due(today, rule):%Y-%m}"
        rows = Project.objects.filter(lacks_report(today)).order_by("pk")
        yield from notices(rule, [(row, month, reverse("project_wages", args=[row.number])) for row in rows])


def notices(rule: WageRule, told: list[tuple[Project, str, str]]) -> Iterator[Notice]:
    """For the firm's directors; from orange on also for the head of the office to which the site belongs."""
    projects = [project for project, _, _ in told]
    directors = of_roles(OF_FIRMS, "organisation", {p.enterprise_id for p in projects if p.enterprise_id})
    above = set() if rule.level == WarningLevel.YELLOW else {project.region_path for project in projects}
    heads = of_roles(OF_OFFICES, "organisation__region_path", above)
    for project, month, url in told:
        hearers: list[Any] = [*directors.get(project.enterprise_id, []), *heads.get(project.region_path, [])]
        label = f"{month}{rule.get_kind_display()}"
        for hearer in dict.fromkeys(hearers):
            yield Notice(
                hearer,
                f"wages_{rule.kind}",
                f"{project.name}：{label}",
                url,
                f"wages:{rule.kind}:{project.pk}:{month}",
                LEVELS[WarningLevel(rule.level)],
                f"{rule.get_level_display()}。{TO_DO[WarningKind(rule.kind)]}",
            )
