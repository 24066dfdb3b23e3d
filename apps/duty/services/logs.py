"""Signing a day's safety log with the hazards it found, and adding to a signed one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from io import BytesIO
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.core import files
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused
from apps.duty.folding import fold
from apps.duty.models import Answer, LogItem, SafetyLog, SafetyLogAnswer, SafetyLogRemark
from apps.duty.selectors import is_officer
from apps.duty.services.days import IN_FUTURE, of_site
from apps.hazards.models import Grade, Hazard, RiskLevel, Source
from apps.hazards.services import record_hazard
from apps.notifications.services import settle
from apps.projects.models import Project
from apps.roster.models import Attendance

NOT_AN_OFFICER = "施工安全日志由本项目的专职安全员填写并签名"


@dataclass
class Line:
    """What is said of one item; `photos` are keys of photographs that wait for it."""

    item: LogItem
    answer: str
    note: str = ""
    at: time | None = None
    photos: list[str] = field(default_factory=list)


def headcount_of(project: Project, day: date) -> int | None:
    """How many the attendance counts; None where it has nobody."""
    return Attendance.objects.filter(project=project, day=day).count() or None


@transaction.atomic
def sign_log(
    project: Project, *, by: Any, day: date, weather: str, summary: str, lines: Sequence[Line], signature: bytes
) -> SafetyLog:
    """Write the log of a day; each problem enters the hazard ledger as found by the firm itself."""
    firm = of_site(project, by)
    if not is_officer(by, project):
        raise TransitionRefused(NOT_AN_OFFICER)
    if day > timezone.localdate():
        raise TransitionRefused(IN_FUTURE)
    log = inserted(
        SafetyLog(
            project=project,
            region_path=project.region_path,
            enterprise=firm,
            day=day,
            weather=weather,
            headcount=headcount_of(project, day),
            summary=summary,
            problems=sum(line.answer == Answer.PROBLEM for line in lines),
            signature=files.store(BytesIO(signature), name="signature.png", by=by),
            written_by=by,
        )
    )
    found = {line.item.pk: raised(log, line, by) for line in lines if line.answer == Answer.PROBLEM}
    SafetyLogAnswer.objects.bulk_create(
        SafetyLogAnswer(
            log=log, item=line.item, answer=line.answer, note=line.note, at=line.at, hazard=found.get(line.item.pk)
        )
        for line in lines
    )
    told = {"project": project.pk, "day": day, "hazards": [str(hazard) for hazard in found.values()]}
    record_event(log, "log_signed", by=by, facts=told)
    fold(day, [project.pk])
    settle([by], url_of(project, day))
    return log


def raised(log: SafetyLog, line: Line, by: Any) -> Hazard:
    """The problem as a hazard of the firm's own finding, with its photographs."""
    at = f"（{line.at:%H:%M}）" if line.at else ""
    return record_hazard(
        by=by,
        photos=line.photos,
        project=log.project,
        enterprise=log.enterprise,
        category=line.item.category,
        description=f"{line.item.name}{at}：{line.note}",
        source=Source.SELF_CHECK,
        grade=Grade.ORDINARY,
        risk_level=RiskLevel.GENERAL,
        found_on=log.day,
    )


@transaction.atomic
def remark(log: SafetyLog, *, by: Any, text: str) -> SafetyLogRemark:
    """Add to a signed log; who may is who writes for its site."""
    of_site(log.project, by)
    added = SafetyLogRemark.objects.create(log=log, text=text, written_by=by)
    record_event(log, "log_remarked", by=by, facts={"text": text})
    return added


def url_of(project: Project, day: date) -> str:
    """Where the log of this day is written."""
    return f"{reverse('site_duty:log', args=[project.number])}?day={day}"
