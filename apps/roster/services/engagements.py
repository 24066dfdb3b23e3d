"""Entering people on a site's roster, and their leaving."""

from typing import Any

from django.db import transaction

from apps.core.crypto import blind_index, blind_index_candidates
from apps.core.events import record_event
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.people.identity import masked
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Engagement, Team
from apps.roster.selectors import keeps_roster
from apps.roster.services.attendance import take_in_explained

NOT_YOURS = "您不负责本项目的名册：由施工总承包单位或在本项目任职的人员登记"
OTHER_NAME = "该身份证号码已登记，但姓名不同，请核对姓名和号码"


def registered(number: str) -> Person | None:
    """Whoever bears this number, wherever they are registered; the roster tells nothing else of them."""
    return Person.objects.filter(id_index__in=blind_index_candidates(number)).first()


@transaction.atomic
def save_engagement(form: Any, *, by: Any, version: int | None = None) -> Engagement:
    """Write who works on a site.  A person who is not registered yet is, with the employing firm; so is the team.

    Faults of the attendance that this explains are taken up.  Raises TransitionRefused with a sentence to show.
    """
    engagement: Engagement = form.instance
    project = engagement.project
    if not keeps_roster(by, project):
        raise TransitionRefused(NOT_YOURS)
    if engagement._state.adding:
        engagement.person = person_of(form, by)
        engagement.region_path = project.region_path
    engagement.team = team_of(project, engagement, form.cleaned_data.get("team_name", ""), by)
    save_form(form, by=by, version=version)
    take_in_explained(project.pk, engagement.person, by=by)
    return engagement


def person_of(form: Any, by: Any) -> Person:
    """The person with the number of the form, made where nobody has it."""
    told = form.cleaned_data
    number = told["id_number"]
    if person := registered(number):
        if person.name != told["name"]:
            raise TransitionRefused(OTHER_NAME)
        return person
    person = Person(
        name=told["name"],
        id_number=number,
        id_index=blind_index(number),
        id_masked=masked(number),
        phone=told.get("phone", ""),
        employer=told["employer"],
        post=told["job"],
    )
    person.save()
    facts = {"name": person.name, "employer": person.employer_id, "id_number": person.id_index}
    record_event(person, "registered", by=by, facts=facts)
    return person


def team_of(project: Project, engagement: Engagement, name: str, by: Any) -> Team | None:
    """The project's team of this name, made where there is none."""
    if not name:
        return None
    usual = {"employer": engagement.employer, "trade": engagement.job}
    team, is_new = Team.objects.get_or_create(project=project, name=name, defaults=usual)
    if is_new:
        record_event(team, "registered", by=by, facts={"project": project.pk, "name": name})
    return team
