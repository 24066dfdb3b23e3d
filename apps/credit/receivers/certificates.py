"""Who had a certificate made is told when it is revoked."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.credit.models import CreditCertificate
from apps.credit.recipients import ROLES
from apps.notifications.services import notify


@receiver(transitioned, sender=CreditCertificate, dispatch_uid="credit.certificate")
def tell_of_revocation(record: CreditCertificate, move: Transition, event: Event, **kwargs: Any) -> None:
    people = {person for role in move.notify for person in ROLES[role](record)}
    notify(
        people - {event.actor_id},
        kind=f"creditcertificate_{move.name}",
        title=f"信用证明已撤销：{record.enterprise}",
        body=f"{record}　{record.reason}",
        url=record.get_absolute_url(),
        level="info",
        dedupe_key=f"creditcertificate:{record.pk}:{event.step}",
    )
