"""Coverage of one project, as a tab of its page, and of one person on it: why not, and what to do."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.tabs import Tab
from apps.coverage import figures
from apps.coverage.models import CoverageDay, CoverageGap, CoverageRule, Denominator
from apps.coverage.needs import ADVICE, needs_of
from apps.coverage.period import Period, asked_period, month_of, offered, refusal
from apps.coverage.registers import CoverageDayRegister, CoverageGapRegister
from apps.coverage.services.sweeping import look
from apps.coverage.wording import in_words, rule_of
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.roster.models import Engagement
from apps.roster.selectors import keeps_roster

DAYS, GAPS = registry[CoverageDayRegister.name], registry[CoverageGapRegister.name]
PEOPLE_SHOWN, DAYS_SHOWN = 200, 60


@require_GET
def project_page(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    need(DAYS, user, "view")
    context = frame(request, key, "coverage")
    project: Project = context["project"]
    period = asked_period(request.GET)
    days = CoverageDay.objects.visible_to(user).filter(project=project)
    figure = figures.of_days(figures.within(days, period))
    gaps = figures.within(CoverageGap.objects.visible_to(user).filter(project=project), period)
    cut = {"day_after": period.first, "day_before": period.last}
    own = urlencode({"view": "all", "project__name": project.name, **cut})
    context |= {
        "period": period,
        "periods": offered(period),
        "refusal": refusal(request.GET),
        "figure": figure,
        "before": figures.of_days(figures.within(days, period.before)),
        "rule": (rule := rule_of(period.last)),
        "rule_words": in_words(rule, period.last),
        "others": by_other_definitions(project, period, rule),
        "reasons": figures.by_reason(gaps),
        "people": people(gaps, project),
        "list_url": f"{reverse('coverage_gaps:list')}?{own}",
        "month": figures.within(days, month_of(period.last)).order_by("-day"),
        "frozen": figures.frozen(user, period, figure, project=project),
        "waiting": figures.is_waiting(),
        "training_url": training_url(project, user) if figure.gaps else "",
    }
    return render(request, "coverage/of_project.html", context)


def people(gaps: Any, project: Project) -> list[dict[str, Any]]:
    """Everybody who is not covered, the latest and strangers first: the last of their days, and how many they are."""
    whose = (F("person"), F("fault__id_index"))
    rows = gaps.select_related("person", "fault", "engagement__team", "engagement__employer__organisation")
    told = rows.defer("person__id_number", "person__phone").annotate(
        nth=Window(RowNumber(), partition_by=whose, order_by=(F("day").desc(), F("pk").desc())),
        days=Window(Count("pk"), partition_by=whose),
    )
    newest = told.filter(nth=1).order_by("-day", "-off_roster", "person__name", "pk")
    return [{"gap": gap, "url": address_of_gap(gap, project)} for gap in newest[:PEOPLE_SHOWN]]


def address_of_gap(gap: CoverageGap, project: Project) -> str:
    """Of somebody on the roster the page that says why; of a stranger the fault, which is to be settled."""
    if gap.person_id:
        return reverse("coverage_person", args=[project.number, gap.person_id])
    return reverse("attendance_faults:detail", args=[gap.fault_id])


def by_other_definitions(project: Project, period: Period, rule: CoverageRule) -> list[tuple[str, figures.Figure]]:
    """Of a single day, what it would be by each other denominator."""
    if not period.is_day:
        return []
    others = [other for other in Denominator if other != rule.denominator]
    return [(other.label, figures.of_one(*look(project.pk, period.first, other))) for other in others]


@require_GET
def person_page(request: HttpRequest, key: str, person: int) -> HttpResponse:
    """Why this person is not covered on this project, day by day, and what is to be done."""
    user: Any = request.user
    need(GAPS, user, "view")
    context = frame(request, key, "coverage")
    project: Project = context["project"]
    rows = (
        Engagement.objects.select_related("person", "team", "employer__organisation")
        .defer("person__id_number", "person__phone")
        .order_by("-entered_on", "-pk")
    )
    engagement = get_visible_or_404(rows, user, project=project, person=person)
    gaps = list(
        CoverageGap.objects.visible_to(user).filter(project=project, person=person).order_by("-day")[:DAYS_SHOWN]
    )
    today = timezone.localdate()
    day = min(today, engagement.left_on or today)
    lacking = gaps[0].reasons if gaps else []
    context |= {
        "title": f"{engagement.person.name}：培训覆盖情况",
        "engagement": engagement,
        "gaps": gaps,
        "day": day,
        "needs": needs_of(engagement, day, user),
        "advice": [ADVICE[name] for name in lacking],
        "rule_words": in_words(rule_of(day), day),
        "training_url": training_url(project, user) if lacking else "",
    }
    return render(request, "coverage/person.html", context)


def training_url(project: Project, user: Any) -> str:
    """Where this user may plan a training for the project."""
    trains = user.has_perm("training.add_session") and keeps_roster(user, project)
    return f"{reverse('trainings:new')}?{urlencode({'project': project.number})}" if trains else ""


def uncovered_today(project: Project, user: Any) -> int | None:
    """Beside the tab: how many of today are not covered; nothing where nobody was there."""
    day = CoverageDay.objects.visible_to(user).filter(project=project, day=timezone.localdate()).first()
    return day.counted - day.covered if day else None


project_tabs.add(
    Tab("coverage", "培训覆盖率", "project_coverage", count=uncovered_today, permission="coverage.view_coverageday"),
    before="dangerous",
)
