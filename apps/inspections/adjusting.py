"""What is changed by hand of visits that came out of a draw: the reason is public, the names of persons are not."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.inspections.models import Draw, Inspector, PoolInspector, Visit

TELLS_ALL = "该检查由随机抽取产生，理由在抽取公示页公开，不要写人员姓名"
CHANGES = {"inspectors": "人员调整", "planned_on": "日期调整"}
CANCELLED = "取消检查"


def must_be_fit_to_publish(reason: str, visit: Visit, others: Iterable[Inspector] = ()) -> None:
    """A reason there is, and it names nobody who went, goes or might have gone: the draw's page has codes for them."""
    if not reason.strip():
        raise TransitionRefused("该检查由随机抽取产生，调整须写明理由，理由在抽取公示页公开")
    drawn_from = PoolInspector.objects.filter(draw=visit.draw_id).values("inspector")
    known = Q(pk__in=drawn_from) | Q(tasks__visit=visit) | Q(pk__in=[one.pk for one in others])
    names = Inspector.objects.filter(known).values_list("user__name", flat=True)
    if any(name and name in reason for name in names):
        raise TransitionRefused("理由在抽取公示页公开，请不要写检查人员姓名")


def adjustments(draw: Draw) -> list[dict[str, Any]]:
    """Project, day, what and why, oldest first; who went before and who goes now stays inside."""
    visits = {str(visit.pk): visit for visit in Visit.objects.filter(draw=draw).select_related("project")}
    events = Event.objects.of_type(Visit).filter(record_id__in=visits, name__in=("reassigned", "cancel"))
    return [
        {
            "name": visits[event.record_id].project.name,
            "project": visits[event.record_id].project.number,
            "on": timezone.localdate(event.happened_at),
            "what": CANCELLED if event.name == "cancel" else change_words(event.facts),
            "reason": event.facts.get("cancel_reason") or event.facts.get("reason", ""),
        }
        for event in events.order_by("pk")
    ]


def change_words(facts: Mapping[str, Any]) -> str:
    """What changed of day and team; where neither shows, somebody of the same name went instead."""
    changed = [words for name, words in CHANGES.items() if len(set(facts.get(name, ()))) > 1]
    return "、".join(changed) or CHANGES["inspectors"]
