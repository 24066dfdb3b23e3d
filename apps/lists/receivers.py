"""What follows from a signature under a frozen list: the next signers are told, those before are no longer asked."""

from typing import Any

from django.dispatch import receiver

from apps.accounts.models import User
from apps.core.workflow import transitioned
from apps.lists.models import ListSnapshot
from apps.lists.services.freezing import tell_signers
from apps.notifications.services import settle


@receiver(transitioned, sender=ListSnapshot, dispatch_uid="lists.signed")
def signed(record: ListSnapshot, **kwargs: Any) -> None:
    people = User.objects.filter(organisation=record.organisation_id).values_list("pk", flat=True)
    settle(people, record.get_absolute_url(), kind="list_to_sign")
    tell_signers(record)
