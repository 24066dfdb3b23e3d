"""Telling a site's officers who came to work today and is not trained: each person and reason once a week."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from apps.accounts.holders import of_roles
from apps.coverage.models import REASONS, CoverageGap
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.projects.models import Post, Project
from apps.projects.selectors import members_by

KIND = "untrained_on_site"
DIRECTORS = ("safety_director",)
MANY = 10
"""From so many uncovered people of a site on, one message a day speaks of them together."""
PROJECTS = 500
"""Projects dealt with at a time."""


def tell(today: date | None = None) -> int:
    """Run as often as one likes; answers how many messages are new."""
    day = today or timezone.localdate()
    rows = CoverageGap.objects.filter(day=day).order_by("project")
    projects = list(rows.values_list("project", flat=True).distinct())
    return sum(tell_of(projects[start : start + PROJECTS], day) for start in range(0, len(projects), PROJECTS))


def tell_of(projects: Sequence[int], day: date) -> int:
    hearers = officers_of(projects, day)
    rows = CoverageGap.objects.filter(project__in=projects, day=day).select_related("project", "person", "fault")
    by_project: dict[Project, list[CoverageGap]] = defaultdict(list)
    for gap in rows.defer("person__id_number", "person__phone").order_by("project", "pk"):
        by_project[gap.project].append(gap)
    return notify_all(
        notice
        for project, gaps in by_project.items()
        for notice in (of_many if len(gaps) >= MANY else of_each)(project, gaps, hearers.get(project.pk, []))
    )


def of_each(project: Project, gaps: Sequence[CoverageGap], hearers: Sequence[int]) -> Iterator[Notice]:
    for gap in gaps:
        week = "{}-W{:02d}".format(*gap.day.isocalendar()[:2])
        who = gap.person_id or (gap.fault.id_index if gap.fault else "")
        for name in gap.reasons:
            key = f"untrained:{project.pk}:{who}:{name}:{week}"
            title = f"{gap.name}未受训上岗：{REASONS[name]}"
            body = f"{project.name}　{gap.day}。请安排培训，完成前不得上岗作业。"
            for hearer in hearers:
                yield Notice(hearer, KIND, title, address(project, gap.day), key, Level.MUST_DO, body)


def of_many(project: Project, gaps: Sequence[CoverageGap], hearers: Sequence[int]) -> Iterator[Notice]:
    day = gaps[0].day
    title = f"今天有 {len(gaps)} 人未受训上岗"
    body = f"{project.name}　{day}。名单见培训覆盖率页，请安排培训，完成前不得上岗作业。"
    for hearer in hearers:
        yield Notice(hearer, KIND, title, address(project, day), f"untrained:{project.pk}:{day}", Level.MUST_DO, body)


def address(project: Project, day: date) -> str:
    return f"{reverse('project_coverage', args=[project.number])}?period={day}"


def officers_of(projects: Sequence[int], day: date) -> Mapping[int, list[int]]:
    """Accounts of the safety officers of each project; where it has none, the contractor's safety directors."""
    found = members_by(projects, day, Post.PROJECT_SAFETY_OFFICER)
    rest = Project.objects.filter(pk__in=set(projects) - set(found), enterprise__isnull=False)
    firms = dict(rest.values_list("pk", "enterprise"))
    directors = of_roles(DIRECTORS, "organisation", firms.values())
    return found | {project: directors[firm] for project, firm in firms.items() if firm in directors}
