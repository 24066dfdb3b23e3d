"""What a move of a paper causes beside itself: firms that it is addressed to are told."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import Organisation, User
from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.documents.models import Paper
from apps.notifications.models import Level
from apps.notifications.services import notify

TITLES = {
    "issue": "收到{kind}：{number}",
    "serve": "{kind}已登记送达：{number}",
    "replace": "{kind}已被替换：{number}",
    "void": "{kind}已作废：{number}",
}


@receiver(transitioned, sender=Paper)
def tell_the_addressees(record: Paper, move: Transition, event: Event, **kwargs: Any) -> None:
    """Safety directors of the firms named on the paper, or of those that these were merged into.

    Authorities get theirs by the paper itself.
    """
    if move.name not in TITLES:
        return
    named = [line["organisation"] for line in record.addressees if line["organisation"]]
    firms = {*named, *Organisation.objects.filter(absorbed__in=named).values_list("pk", flat=True)}
    directors = User.objects.holding("safety_director").filter(organisation__in=firms)
    notify(
        directors.exclude(pk=event.actor_id).order_by(),
        kind=f"paper_{move.name}",
        title=TITLES[move.name].format(kind=record.get_kind_display(), number=record.number),
        url=record.get_absolute_url(),
        level=Level.MUST_DO if move.name == "issue" and record.definition.starts_clock else Level.INFO,
        dedupe_key=f"paper:{record.pk}:{event.step}",
    )
