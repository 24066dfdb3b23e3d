"""The tabs of a project's page.

An app above adds its own when it is ready, with a page that starts from `apps.projects.views.frame`:

    project_tabs.add(Tab("hazards", "隐患", "hazards:of_project", count=open_hazards), before="history")
"""

from typing import Any

from django.utils import timezone

from apps.core.tabs import Tab, Tabs
from apps.enterprises.models import Enterprise
from apps.projects.models import Project


def parties(project: Project, user: Any) -> int:
    return project.parties.current(timezone.localdate()).count()


def people(project: Project, user: Any) -> int:
    return project.members.current(timezone.localdate()).count()


def dangerous_works(project: Project, user: Any) -> int:
    return project.dangerous_works.filter(is_dangerous=True).count()


project_tabs = Tabs(
    "number",
    Tab("overview", "概况", "projects:detail"),
    Tab("parties", "参建单位", "projects:parties", count=parties),
    Tab("people", "人员", "projects:people", count=people),
    Tab("dangerous", "危大工程", "projects:dangerous", count=dangerous_works),
    Tab("history", "操作记录", "projects:history"),
)


def projects_of(enterprise: Enterprise, user: Any) -> int:
    """Projects among the user's own on which the enterprise has or had a part."""
    return Project.objects.visible_to(user).filter(parties__enterprise=enterprise).distinct().count()


OF_ENTERPRISE = Tab(
    "projects", "工程项目", "projects_of:enterprise", count=projects_of, permission="projects.view_project"
)
