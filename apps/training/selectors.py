"""Questions about training."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.core.scoping import scope_of
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Engagement
from apps.roster.selectors import keeps_roster
from apps.training.models import HoursRule, Participation, Session, SessionState


def hours_in_force(day: date) -> dict[str, Decimal]:
    """By class of workers or level of induction, the hours that the edition of the day asks for."""
    return dict(HoursRule.objects.in_force(day).values_list("subject", "hours"))


def runs_training(user: Any, enterprise_id: int | None, project: Project | None) -> bool:
    """Whether the user plans and holds trainings there: people of the firm, for a project those who keep its roster."""
    if user.role_definition.side != "enterprise":
        return False
    if project is not None:
        return keeps_roster(user, project)
    # The staff of one site do not speak for the whole firm.
    return enterprise_id in scope_of(user).firm_ids


def organises(user: Any, session: Session) -> bool:
    return runs_training(user, session.enterprise_id, session.project)


def belongs(person: Person, session: Session) -> bool:
    """Whether somebody may sign in: on the list, on the project's roster that day, or on the firm's staff."""
    if Participation.objects.filter(session=session, person=person).exists():
        return True
    if session.project_id:
        return Engagement.objects.on(session.day).filter(project=session.project_id, person=person).exists()
    return person.employer_id == session.enterprise_id


def still_to_come(project: Project, user: Any) -> int:
    """Trainings of the project that are planned or under way."""
    return Session.objects.visible_to(user).filter(project=project, state__in=SessionState.RUNNING).count()
