"""Whom the moves of campaigns concern, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.core.models import Event
from apps.core.scoping import at_or_below
from apps.core.workflow import Transition, transitioned
from apps.inspections.models import Campaign
from apps.inspections.services.zero_reports import REPORTS
from apps.notifications.services import notify, settle

MUST_DO = {"start_campaign"}


@receiver(transitioned, sender=Campaign)
def tell_the_offices(record: Campaign, move: Transition, event: Event, **kwargs: Any) -> None:
    """The offices at and below the campaign's place; one that is over asks for nothing more."""
    if "below" not in move.notify:
        return
    below = User.objects.holding(*roles_holding(REPORTS)).filter(
        at_or_below("organisation__region_path", record.region_path)
    )
    people = set(below.values_list("pk", flat=True)) - {event.actor_id}
    if move.name not in MUST_DO:
        settle(people, record.get_absolute_url())
    days = f"{record.starts_on} 至 {record.ends_on}"
    notify(
        people,
        kind=f"campaign_{move.name}",
        title=f"{'检查任务启动' if move.name in MUST_DO else '检查任务结束'}：{record.title}",
        body=f"{record.number}　{record.organisation.name}　{days}",
        url=record.get_absolute_url(),
        level="must_do" if move.name in MUST_DO else "info",
        dedupe_key=f"campaign:{record.pk}:{event.step}",
    )
