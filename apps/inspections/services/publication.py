"""Publication of results (公示): what is proposed, corrections, reminders."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.accounts.holders import holders_by
from apps.core.events import record_event
from apps.core.workdays import is_working
from apps.core.workflow import StaleRecord, TransitionRefused, lock
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import Grade
from apps.inspections.models import Correction, Visit, VisitState
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all

BEFORE = 3
"""Calendar days before the last one on which the office is reminded first."""
PUBLISHES = "inspections.publish_visit"


# What is proposed -----------------------------------------------------------------------------------------------------


def proposed_result(visit: Visit) -> str:
    """The public sentence as the record gives it: no names of persons."""
    day = timezone.localdate(visit.submitted_at) if visit.submitted_at else visit.planned_on
    firm = f"（施工单位：{visit.enterprise.name}）" if visit.enterprise else ""
    score = f"检查得分 {visit.score:.1f}，评定为{visit.grade}。" if visit.score is not None and visit.grade else ""
    return (
        f"{day:%Y年%-m月%-d日}，{visit.organisation.name}对“{visit.project.name}”{firm}"
        f"开展{visit.get_kind_display()}。{score}{found_in_words(visit)}"
    )


def found_in_words(visit: Visit) -> str:
    major = Count("pk", filter=Q(grade=Grade.MAJOR))
    counted = visit.findings.filter(is_dropped=False).aggregate(n=Count("pk"), major=major)
    if not counted["n"]:
        return "未发现事故隐患。"
    of_them = f"，其中重大事故隐患 {counted['major']} 条" if counted["major"] else ""
    return f"发现事故隐患 {counted['n']} 条{of_them}，已责令整改。"


# Correcting -----------------------------------------------------------------------------------------------------------


def cannot_correct(visit: Visit, user: Any) -> str | None:
    if not user.has_perm(PUBLISHES):
        return "您没有公示检查结果的权限"
    if visit.state != VisitState.PUBLISHED:
        return f"{visit} {visit.get_state_display()}，没有公示内容可更正"
    return None if visit.organisation_id == user.organisation_id else f"由{visit.organisation}更正"


@transaction.atomic
def correct(visit: Visit, *, by: Any, after: str, reason: str, version: int | None = None) -> Correction:
    """Put another text in the public one's place; what stood there stays public beside it, with the reason."""
    visit = lock(visit, by)
    if version is not None and version != visit.version:
        raise StaleRecord(visit)
    if refusal := cannot_correct(visit, by):
        raise TransitionRefused(refusal)
    if after == visit.public_result:
        raise ValidationError({"after": "与现在的公示内容相同"})
    made = Correction.objects.create(visit=visit, before=visit.public_result, after=after, reason=reason, made_by=by)
    facts = {"before": visit.public_result, "after": after, "reason": reason}
    visit.public_result = after
    visit.version += 1
    visit.save(update_fields=["public_result", "version"])
    record_event(visit, "result_corrected", by=by, facts=facts)
    return made


# Reminding ------------------------------------------------------------------------------------------------------------


def is_to_publish() -> Q:
    return Q(state=VisitState.SUBMITTED)


def is_late_to_publish(today: date) -> Q:
    return Q(state=VisitState.SUBMITTED, publish_by__lt=today)


def remind_of_publication(day: date | None = None) -> int:
    """Three days before, on the day, and after it on each working day; each said once, however often this runs."""
    today = day or timezone.localdate()
    waiting = Visit.objects.filter(state=VisitState.SUBMITTED, publish_by__lte=today + timedelta(days=BEFORE))
    visits = list(waiting.select_related("project", "organisation").order_by("pk"))
    people = holders_by(PUBLISHES, "organisation", {visit.organisation_id for visit in visits})
    return notify_all(
        notice
        for visit in visits
        if (occasion := occasion_of(visit.publish_by, today))
        for notice in notices_of(visit, occasion, today, people.get(visit.organisation_id, []))
    )


def occasion_of(last: date | None, today: date) -> str:
    """On which occasion this day speaks, "" where it is silent."""
    if last is None or today < last - timedelta(days=BEFORE):
        return ""
    if today < last:
        return "before"
    if today == last:
        return "due"
    return today.isoformat() if is_working(CALENDAR, today) else ""


def notices_of(visit: Visit, occasion: str, today: date, people: list[int]) -> Iterator[Notice]:
    days = (visit.publish_by - today).days if visit.publish_by else 0
    words = f"{days} 天后到期" if days > 0 else "今天到期" if not days else f"超期 {-days} 天"
    for person in people:
        yield Notice(
            person,
            "visit_to_publish",
            f"检查结果待公示，{words}：{visit.project.name}",
            visit.get_absolute_url(),
            f"visit:{visit.pk}:publish:{occasion}",
            Level.REMINDER if days > 0 else Level.MUST_DO,
            f"{visit.number}　公示期限 {visit.publish_by}",
        )
