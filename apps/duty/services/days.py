"""Writing a leader's day, taking it back, and asking for leave."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused, lock
from apps.duty.folding import fold
from apps.duty.models import DutyDay, DutyKind, Leave, Term
from apps.duty.selectors import heads_on, leaders_on, leaves_on, owners_people
from apps.duty.terms import may_deputise, number_on
from apps.enterprises.models import Enterprise
from apps.notifications.services import notify
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.selectors import keeps_roster

NOT_YOURS = "您不负责本项目：由施工总承包单位或在本项目任职的人员填写"
NO_FIRM = "本项目还没有登记施工总承包单位，请先登记参建单位"
IN_FUTURE = "日期不能晚于今天"
WITHDRAWN = "这条带班记录已经撤销"


def of_site(project: Project, by: Any) -> Enterprise:
    """The general contractor of a project that this user writes for.  Raises TransitionRefused."""
    if not keeps_roster(by, project):
        raise TransitionRefused(NOT_YOURS)
    if project.enterprise is None:
        raise TransitionRefused(NO_FIRM)
    return project.enterprise


@transaction.atomic
def write_duty_day(project: Project, *, by: Any, kind: str, person: Person, day: date, **told: Any) -> DutyDay:
    """Enter who was on duty; later than the term allows it is marked as entered late."""
    firm, today = of_site(project, by), timezone.localdate()
    if day > today:
        raise TransitionRefused(IN_FUTURE)
    known = heads_on(firm, day) if kind == DutyKind.HEAD else leaders_on(project, day)
    if not known.filter(pk=person.pk).exists():
        raise TransitionRefused(
            f"{person.name}当天不是{DutyKind(kind).label.removesuffix('带班检查')}，请核对日期和人员"
        )
    leave = leaves_on(project, day).filter(deputy=person).first() if kind == DutyKind.LEADER else None
    record = inserted(
        DutyDay(
            project=project,
            region_path=project.region_path,
            enterprise=firm,
            kind=kind,
            person=person,
            leave=leave,
            day=day,
            is_late=(today - day).days > number_on(Term.LATE_AFTER, today),
            written_by=by,
            **told,
        )
    )
    facts = {"project": project.pk, "person": person.pk, "day": day, "kind": kind, **told}
    record_event(record, "registered", by=by, facts=facts)
    fold(day, [project.pk])
    return record


@transaction.atomic
def withdraw_duty_day(record: DutyDay, *, by: Any, reason: str) -> DutyDay:
    """It was written in error: it stays on record with the reason and counts nowhere."""
    fresh: Any = lock(record, by)
    of_site(fresh.project, by)
    if fresh.withdrawn_at is not None:
        raise TransitionRefused(WITHDRAWN)
    fresh.withdrawn_at, fresh.withdrawn_by, fresh.reason = db_now(), by, reason
    fresh.version += 1
    fresh.save(update_fields=["withdrawn_at", "withdrawn_by", "reason", "version"])
    record_event(fresh, "duty_day_withdrawn", by=by, facts={"reason": reason}, at=fresh.withdrawn_at)
    fold(fresh.day, [fresh.project_id])
    return fresh


@transaction.atomic
def ask_for_leave(project: Project, *, by: Any, person: Person, deputy: Person, **told: Any) -> Leave:
    """Ask the owner; the deputy must be fit by the term in force on the first day."""
    of_site(project, by)
    if not leaders_on(project, told["starts_on"]).filter(pk=person.pk).exists():
        raise TransitionRefused(f"{person.name}不是本项目的项目负责人")
    if not may_deputise(deputy, told["starts_on"]):
        raise TransitionRefused(f"{deputy.name}不符合代理人条件，请改选")
    leave = inserted(Leave(project=project, person=person, deputy=deputy, asked_by=by, **told))
    facts = {"project": project.pk, "person": person.pk, "deputy": deputy.pk, **told}
    record_event(leave, "registered", by=by, after=leave.state, facts=facts)
    notify(
        owners_people(project),
        kind="leave_asked",
        title=f"带班请假待同意：{project.name} {leave}",
        body=f"代理人：{deputy.name}　事由：{leave.reason}",
        url=leave.get_absolute_url(),
        level="must_do",
        dedupe_key=f"leave:{leave.pk}:asked",
    )
    return leave
