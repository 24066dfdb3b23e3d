"""The training tab of a person and of a project."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.cases import line
from apps.core.pages import need
from apps.core.registers import as_text, registry
from apps.core.tabs import Tab
from apps.people.models import Person
from apps.people.tabs import person_tabs
from apps.people.views.persons import frame as person_frame
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame as project_frame
from apps.training.models import Session, SessionState
from apps.training.registers import ParticipationRegister, PlanRegister, SessionRegister, TraineeRegister
from apps.training.registers.people import credit_cell, few_hours, hours_cell, no_induction, result_cell
from apps.training.registers.sessions import state_cell
from apps.training.selectors import runs_training, still_to_come

MOST_SHOWN = 100
FEW = 10
TRAINEES = registry[TraineeRegister.name]
PARTICIPATIONS = registry[ParticipationRegister.name]
SESSIONS = registry[SessionRegister.name]
PLANS = registry[PlanRegister.name]


# A person -------------------------------------------------------------------------------------------------------------


@require_GET
def person_page(request: HttpRequest, key: str) -> HttpResponse:
    """On each site where they are: induction and hours; and all that they took part in."""
    need(PARTICIPATIONS, request.user, "view")
    context = person_frame(request, key, "training")
    person: Person = context["person"]
    rows = PARTICIPATIONS.rows(request.user).filter(person=person).order_by("-session__starts_at", "-pk")
    context |= {
        "sites": [site_of(one) for one in TRAINEES.rows(request.user).filter(person=person, left_on=None)],
        "lines": [
            {"line": one, "url": one.get_absolute_url(), "result": result_cell(one), "credit": credit_cell(one)}
            for one in rows[:MOST_SHOWN]
        ],
    }
    return render(request, "training/of_person.html", context)


def site_of(engagement: Any) -> dict[str, Any]:
    due = as_text(engagement.enough_until) if not engagement.lacks_hours else "已不足"
    return {
        "title": engagement.project.name,
        "facts": [
            line("人员类别", engagement.get_worker_class_display()),
            line("公司级三级教育", level_words(engagement, "company")),
            line("项目级三级教育", level_words(engagement, "project")),
            line("班组级三级教育", level_words(engagement, "team")),
            line("近12个月学时/应有学时", hours_cell(engagement)),
            line("学时有效至", due),
        ],
    }


def level_words(engagement: Any, name: str) -> str:
    hours, needed = getattr(engagement, f"hours_{name}"), getattr(engagement, f"needs_{name}")
    return f"{getattr(engagement, f'is_{name}')}（{hours.normalize():f}/{needed.normalize():f}学时）"


# A project ------------------------------------------------------------------------------------------------------------


@require_GET
def project_page(request: HttpRequest, key: str) -> HttpResponse:
    need(SESSIONS, request.user, "view")
    context = project_frame(request, key, "training")
    project: Project = context["project"]
    user: Any = request.user
    rows = SESSIONS.rows(user).filter(project=project)
    asked = urlencode({"project": project.number})
    context |= {
        "figures": figures_of(project, user),
        "running": drawn(rows.filter(state__in=SessionState.RUNNING).order_by("starts_at", "pk")),
        "held": drawn(rows.filter(state=SessionState.HELD).order_by("-starts_at", "-pk")),
        "runs": runs_training(user, project.enterprise_id, project),
        "new_url": f"{reverse('trainings:new')}?{asked}",
        "plan_url": f"{reverse('training_plans:new')}?{asked}",
        "import_url": reverse("imports:upload", args=["participations"]),
        "list_url": listed("trainings", project),
    }
    return render(request, "training/of_project.html", context)


def drawn(rows: QuerySet[Session]) -> list[dict[str, Any]]:
    return [{"session": session, "state": state_cell(session)} for session in rows[:FEW]]


def listed(register: str, project: Project, view: str = "all") -> str:
    """The list of a register, cut to this project."""
    return f"{reverse(f'{register}:list')}?{urlencode({'view': view, 'project__number': project.number})}"


def figures_of(project: Project, user: Any) -> list[dict[str, Any]]:
    """Each figure opens its rows."""
    here = TRAINEES.rows(user).filter(project=project, left_on=None).order_by()
    people = here.aggregate(
        all=Count("pk"), fresh=Count("pk", filter=no_induction(user)), short=Count("pk", filter=few_hours(user))
    )
    year = timezone.localdate().year
    plans = PLANS.rows(user).filter(project=project).order_by()
    late = plans.filter(is_late=True).count()
    return [
        {"label": "在场人员", "value": people["all"], "unit": "人", "url": listed("trainees", project, "present")},
        figure("三级教育未完成", people["fresh"], "人", listed("trainees", project, "no_induction")),
        figure("学时不足", people["short"], "人", listed("trainees", project, "few_hours")),
        {
            "label": f"{year}年计划",
            "value": plans.filter(year=year).count(),
            "unit": "项",
            "url": f"{listed('training_plans', project)}&of_year={year}",
        },
        figure("逾期计划", late, "项", listed("training_plans", project, "late")),
    ]


def figure(label: str, value: int, unit: str, url: str) -> dict[str, Any]:
    return {"label": label, "value": value, "unit": unit, "url": url, "tone": "bad" if value else ""}


project_tabs.add(
    Tab("training", "培训", "project_training", count=still_to_come, permission="training.view_session"),
    before="dangerous",
)
person_tabs.add(Tab("training", "培训", "person_training", permission="training.view_participation"), before="history")
