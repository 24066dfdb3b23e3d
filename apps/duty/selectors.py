"""Who may be on duty where, and what a site's month looked like day by day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.months import last_of, next_month
from apps.duty.models import Answer, DutyDay, DutyKind, Leave, LeaveState, SafetyLog, SafetyLogAnswer
from apps.enterprises.models import Enterprise
from apps.hazards.models import Grade, Hazard, State
from apps.people.models import Certificate, CertificateKind, Person
from apps.projects.models import PartyRole, Post, Project, ProjectMember
from apps.projects.selectors import staff_of
from apps.roster.models import Attendance


def leaders_on(project: Project, day: date) -> QuerySet[Person]:
    """The project's leaders of this day, and who stands in for one on agreed leave."""
    led = project.members.current(day).filter(post=Post.PROJECT_MANAGER, person__isnull=False)
    standing_in = leaves_on(project, day).values("deputy")
    return Person.objects.filter(Q(pk__in=led.values("person")) | Q(pk__in=standing_in))


def leaves_on(project: Project, day: date) -> QuerySet[Leave]:
    return Leave.objects.filter(project=project, state=LeaveState.AGREED, starts_on__lte=day, ends_on__gte=day)


def heads_on(firm: Enterprise, day: date) -> QuerySet[Person]:
    """Who of a firm counts as its head: staff with an A certificate in force (住建部令第17号), its safety director."""
    certified = Certificate.objects.in_force(day).filter(kind=CertificateKind.PRINCIPAL).values("person")
    appointed = firm.directors.current(day).values("person")
    return Person.objects.filter(Q(pk__in=certified) | Q(pk__in=appointed), employer=firm)


def is_officer(user: Any, project: Project) -> bool:
    """Whether the user holds the post of full-time safety officer on the project today."""
    held = project.members.current(timezone.localdate())
    return held.filter(post=Post.PROJECT_SAFETY_OFFICER, user=user).exists()


def own_posts(user: Any, day: date) -> Iterator[tuple[int, bool]]:
    """The projects on which the user holds a post, and whether it is that of the full-time safety officer."""
    held = ProjectMember.objects.current(day).filter(user=user).order_by()
    is_post = BoolOr(Q(post=Post.PROJECT_SAFETY_OFFICER))
    yield from held.values_list("project").annotate(is_officer=is_post)


def is_owner(user: Any, project: Project) -> bool:
    """Whether the user's firm is the owner of the project today."""
    owners = project.parties.current(timezone.localdate()).filter(role=PartyRole.OWNER)
    return owners.filter(enterprise=user.organisation_id).exists()


def owners_people(project: Project) -> QuerySet[User]:
    return staff_of(project, PartyRole.OWNER, "owner")


def within(first: date) -> dict[str, str]:
    """A month as the filter of a list asks for it."""
    return {"day_after": str(first), "day_before": str(last_of(first))}


@dataclass
class SiteDay:
    """One day with attendance: how many came, who was on duty, what made a head's coming a must, the log."""

    day: date
    people: int
    leaders: list[DutyDay] = field(default_factory=list)
    heads: list[DutyDay] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    log: SafetyLog | None = None

    @property
    def is_missed(self) -> bool:
        return bool(self.reasons) and not self.heads


def days_of(project: Project, first: date, user: Any) -> list[SiteDay]:
    """The days of a month on which the project had attendance, the latest first; as far as the user sees them."""
    after = next_month(first)
    within: dict[str, Any] = {"project": project, "day__gte": first, "day__lt": after}
    came = Attendance.objects.visible_to(user).filter(**within).order_by().values_list("day").annotate(Count("pk"))
    days = {day: SiteDay(day, people) for day, people in came}
    for duty in DutyDay.objects.visible_to(user).filter(**within, withdrawn_at=None).select_related("person"):
        if duty.day in days:
            there = days[duty.day]
            (there.heads if duty.kind == DutyKind.HEAD else there.leaders).append(duty)
    for log in SafetyLog.objects.visible_to(user).filter(**within):
        if log.day in days:
            days[log.day].log = log
    for start, end, words, url in reasons_in(project, first, after, user):
        for day, told in days.items():
            if start <= day and (end is None or day <= end):
                told.reasons.append((words, url))
    return [days[day] for day in sorted(days, reverse=True)]


def reasons_in(project: Project, first: date, after: date, user: Any) -> Iterator[tuple[date, date | None, str, str]]:
    """From when to when, and what: over-scale works under way, major hazards open, and accidents or near misses told.

    What the log asks to the minute is one of these (险情, 建质〔2011〕111号第八条).
    """
    works = project.dangerous_works.visible_to(user).filter(is_super=True, started_on__lt=after)
    for work in works.filter(Q(ended_on=None) | Q(ended_on__gte=first)).order_by("pk"):
        yield work.started_on, work.ended_on, f"超危大：{work.name}", reverse("dangerous_works:detail", args=[work.pk])
    hazards = Hazard.objects.visible_to(user).filter(project=project, grade=Grade.MAJOR, found_on__lt=after)
    hazards = hazards.exclude(state__in=(State.DRAFT, State.VOID)).exclude(state=State.CLOSED, closed_at=None)
    for hazard in hazards.filter(Q(closed_at=None) | Q(closed_at__date__gte=first)).order_by("pk"):
        end = timezone.localdate(hazard.closed_at) if hazard.closed_at else None
        yield hazard.found_on, end, f"重大隐患 {hazard.number}", hazard.get_absolute_url()
    told = SafetyLogAnswer.objects.visible_to(user).filter(answer=Answer.PROBLEM, item__asks_time=True)
    told = told.filter(log__project=project, log__day__gte=first, log__day__lt=after)
    for answer in told.select_related("log", "item").order_by("pk"):
        yield answer.log.day, answer.log.day, answer.item.name, answer.log.get_absolute_url()
