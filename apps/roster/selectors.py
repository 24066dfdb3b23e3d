"""Questions about rosters."""

from datetime import date
from typing import Any

from apps.people.models import Person
from apps.projects.models import Project
from apps.projects.selectors import works_on
from apps.roster.models import Engagement


def keeps_roster(user: Any, project: Project) -> bool:
    """Whether the user writes this project's roster: people of its general contractor, or who hold a post there."""
    if user.role_definition.side == "regulator":
        return False
    return user.organisation_id == project.enterprise_id or works_on(user, project)


def elsewhere(person: Person, project: Project, day: date) -> int:
    """On how many other projects the person is entered on this day; which they are is not told."""
    return (
        Engagement.objects.on(day).filter(person=person).exclude(project=project).values("project").distinct().count()
    )


def on_site(project: Project, user: Any) -> int:
    """How many are entered and have not left, as far as the roster says."""
    return Engagement.objects.visible_to(user).filter(project=project, left_on=None).count()
