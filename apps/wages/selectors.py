"""What is not as it should be with wages: conditions that lists, reminders and reports ask alike."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.core.months import month_before, next_month
from apps.projects.models import UNDERWAY, Project
from apps.roster.models import Attendance
from apps.wages.models import NextMonth, WageAccount, WageMonth, WageRule, WarningKind

OF_MONTHS = (WarningKind.SHORT, WarningKind.NOT_PAID_IN, WarningKind.FEWER)


def rules(day: date) -> dict[str, WageRule]:
    """By kind of warning; where the authority has set none, nothing is warned of."""
    return {rule.kind: rule for rule in WageRule.objects.in_force(day)}


def people_seen() -> Any:
    """How many people attended on the site in the month, counted by the database from the attendance."""
    days = Attendance._base_manager.filter(
        project=OuterRef("project"), day__gte=OuterRef("month"), day__lt=NextMonth(OuterRef("month"))
    )
    counted = days.order_by().values("project").annotate(people=Count("person", distinct=True)).values("people")
    return Coalesce(Subquery(counted), 0)


def is_wrong(kind: str) -> Q:
    """The months of which this is true, late or not yet."""
    return {
        WarningKind.SHORT: Q(wages_due__gt=F("paid_out") + F("paid_elsewhere")),
        WarningKind.NOT_PAID_IN: Q(labour_due__gt=F("paid_in")),
        WarningKind.FEWER: Q(people_paid__lt=people_seen()),
    }[WarningKind(kind)]


def month_due(day: date, rule: WageRule) -> date:
    """The first day of the latest month whose days of grace are over on this day."""
    return month_before(day - timedelta(days=rule.days))


def warned_of(kind: str, day: date, known: Mapping[str, WageRule] | None = None) -> Q:
    """The months that are warned of on this day: what is due was due so many days after the month's end."""
    rule = (rules(day) if known is None else known).get(kind)
    if rule is None:
        return Q(pk__in=[])
    return Q(month__lte=month_due(day, rule)) & is_wrong(kind)


def any_warning(day: date) -> Q:
    known, told = rules(day), Q(pk__in=[])
    for kind in OF_MONTHS:
        told |= warned_of(kind, day, known)
    return told


def with_warning(months: QuerySet) -> QuerySet:
    """Each month with `people_seen` and in `warning` the worst that is to be said of it, "" where nothing is."""
    today = timezone.localdate()
    known = rules(today)
    cases = [When(warned_of(kind, today, known), then=Value(kind.label)) for kind in OF_MONTHS]
    worst = Case(*cases, default=Value(""), output_field=CharField())
    return months.annotate(people_seen=people_seen(), warning=worst)


def has_account() -> Exists:
    return Exists(WageAccount._base_manager.filter(project=OuterRef("pk"), closed_on=None))


def lacks_account(day: date) -> Q:
    """Projects that have been building for longer than the rule allows without an open account."""
    rule = rules(day).get(WarningKind.NO_ACCOUNT)
    if rule is None:
        return Q(pk__in=[])
    return Q(stage__in=UNDERWAY, started_on__lt=day - timedelta(days=rule.days)) & ~Q(has_account())


def lacks_report(day: date) -> Q:
    """Projects on which people attended in the month that is due, and of whose wages nothing is told."""
    rule = rules(day).get(WarningKind.NO_REPORT)
    if rule is None:
        return Q(pk__in=[])
    month = month_due(day, rule)
    of_project = {"project": OuterRef("pk")}
    seen = Attendance._base_manager.filter(day__gte=month, day__lt=next_month(month), **of_project)
    told = WageMonth._base_manager.filter(month=month, **of_project)
    return Q(Exists(seen)) & ~Q(Exists(told))


def overdue_account(project: Project) -> str:
    """That the project's account is overdue, as a sentence, or ""."""
    rule = rule_missed(project, WarningKind.NO_ACCOUNT, lacks_account)
    return f"{project.started_on} 开工，已超过 {days_of(rule)}未开立工资专用账户" if rule else ""


def missing_report(project: Project) -> str:
    """That nothing is told of the wages of the month that is due, as a sentence, or ""."""
    rule = rule_missed(project, WarningKind.NO_REPORT, lacks_report)
    month = rule and month_due(timezone.localdate(), rule)
    return f"{month:%Y-%m} 有考勤，月末已过 {days_of(rule)}仍未填报工资月报" if rule else ""


def rule_missed(project: Project, kind: WarningKind, lacks: Callable[[date], Q]) -> WageRule | None:
    """The rule of today, if the project lacks what it asks for."""
    today = timezone.localdate()
    is_late = Project.objects.filter(lacks(today), pk=project.pk).exists()
    return rules(today)[kind] if is_late else None


def days_of(rule: WageRule) -> str:
    return f"{rule.days} 天{'（样例）' if rule.is_sample else ''}"
