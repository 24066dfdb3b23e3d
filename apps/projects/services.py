"""Verbs that write projects and what hangs on them."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.core.crypto import blind_index
from apps.core.events import record_event
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused, lock
from apps.enterprises.models import Enterprise
from apps.projects.dangerous import classify
from apps.projects.models import REACHING, DangerousWork, PartyRole, Project, ProjectMember, ProjectParty
from apps.projects.selectors import works_on

PREFIX = "XM"


@transaction.atomic
def save_project(form: Any, *, by: Any, version: int | None = None) -> Project:
    """Write a project and, where the form names them, its owner, general contractor and supervision firm."""
    project: Project = form.instance
    if not project._state.adding:
        refuse_strangers(project, by)
    project.region_path = project.region.path
    if not project.number:
        give_number(project)
    parties = form.named_parties()
    if PartyRole.GENERAL_CONTRACTOR in parties:
        project.enterprise = parties[PartyRole.GENERAL_CONTRACTOR]["enterprise"]
    save_form(form, by=by, version=version)
    for role, party in parties.items():
        set_party(project, role, by=by, **party)
    return project


def refuse_strangers(project: Project, by: Any) -> None:
    if not works_on(by, project):
        raise TransitionRefused("您不在本项目任职，只能查看")


def give_number(project: Project) -> None:
    """A number of the platform's own for a project that has none yet: XM, division, running number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('projects_project', 'id'))")
        project.pk = cursor.fetchone()[0]
    project.number = f"{PREFIX}{project.region.code}-{project.pk:06d}"


def set_party(
    project: Project, role: str, *, enterprise: Enterprise | None, leader: str, phone: str, by: Any
) -> ProjectParty | None:
    """Make the enterprise the one that holds this role from today; the one before leaves today."""
    current = project.parties.select_for_update(of=("self",)).filter(role=role, ended_on=None).order_by("pk").first()
    if current and current.enterprise == enterprise:
        return correct_party(current, leader, phone, by)
    if current:
        end_party(current, by)
    if enterprise is None:
        return None
    started_on = timezone.localdate() if current else project.started_on
    party = ProjectParty(
        project=project, role=role, enterprise=enterprise, leader=leader, phone=phone, started_on=started_on
    )
    party.save()
    facts = {"enterprise": enterprise.pk, "leader": leader, "phone": told_of(phone)}
    record_event(party, "registered", by=by, facts=facts)
    return party


def told_of(phone: str) -> str:
    """The ledger of events only grows, so a telephone enters it as its blind index, as from any form."""
    return blind_index(phone) if phone else ""


def correct_party(party: ProjectParty, leader: str, phone: str, by: Any) -> ProjectParty:
    if (party.leader, party.phone) != (leader, phone):
        facts = {"leader": [party.leader, leader], "phone": [told_of(party.phone), told_of(phone)]}
        party.leader, party.phone = leader, phone
        party.version += 1
        party.save()
        record_event(party, "changed", by=by, facts={name: pair for name, pair in facts.items() if pair[0] != pair[1]})
    return party


def end_party(party: ProjectParty, by: Any) -> None:
    today = timezone.localdate()
    party.ended_on = max(today, party.started_on or today)
    party.version += 1
    party.save()
    record_event(party, "left", by=by, facts={"ended_on": party.ended_on})


@transaction.atomic
def save_party(form: Any, *, by: Any, version: int | None = None) -> ProjectParty:
    """Write one party from its own form; the project's scope key follows the general contractor."""
    party: ProjectParty = form.instance
    refuse_strangers(party.project, by)
    refuse_if_not_theirs(party, by)
    save_form(form, by=by, version=version)
    follow_general_contractor(party.project, by)
    return party


def refuse_if_not_theirs(party: ProjectParty, by: Any) -> None:
    """Who owns, builds and supervises decides who reaches the project, so authorities alone say that."""
    if party.role in REACHING and by.role_definition.side != "regulator":
        raise TransitionRefused("建设、施工总承包和监理单位由住建部门登记，您可以登记其他参建单位")


def follow_general_contractor(project: Project, by: Any) -> None:
    """Keep `Project.enterprise` equal to the party row; the change is an event of the project."""
    contractor = project.parties.filter(role=PartyRole.GENERAL_CONTRACTOR, ended_on=None).first()
    enterprise_id = contractor.enterprise_id if contractor else None
    fresh = lock(project, by)
    if fresh.enterprise_id == enterprise_id:
        return
    facts = {"enterprise": [fresh.enterprise_id, enterprise_id]}
    fresh.enterprise_id = enterprise_id
    fresh.version += 1
    fresh.save()
    record_event(fresh, "contractor_changed", by=by, facts=facts)


def save_member(form: Any, *, by: Any, version: int | None = None) -> ProjectMember:
    """Write one post; a firm's people may only fill posts with their own staff."""
    member: ProjectMember = form.instance
    refuse_strangers(member.project, by)
    if by.role_definition.side != "regulator" and member_firm(member) != by.organisation_id:
        raise TransitionRefused("您只能登记本企业的项目人员")
    return save_form(form, by=by, version=version)


def member_firm(member: ProjectMember) -> int | None:
    if member.person:
        return member.person.employer_id
    return member.user.organisation_id if member.user else None


def save_dangerous_work(form: Any, *, by: Any, version: int | None = None) -> DangerousWork:
    """Write a dangerous work; whether it is one, and of super scale, is judged here and nowhere else."""
    work: DangerousWork = form.instance
    refuse_strangers(work.project, by)
    verdict = classify(work.category, work.parameters)
    work.is_dangerous, work.is_super = verdict.is_dangerous, verdict.is_super
    work.criterion = "\n".join(verdict.reasons)
    return save_form(form, by=by, version=version)
