"""Asking other offices for joint measures when somebody is listed."""

from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.db import db_now
from apps.core.events import record_event
from apps.credit.models import Blacklisting, JointMeasure
from apps.credit.recipients import asked_of
from apps.notifications.services import notify


def send_measures(listing: Blacklisting, *, by: Any) -> list[JointMeasure]:
    """Those of the list's type, numbered after the listing; offices of the platform get a message."""
    return [send(listing, n, one["office"], one["text"], by=by) for n, one in enumerate(listing.list_type.measures, 1)]


def send(listing: Blacklisting, n: int, office: str, text: str, *, by: Any) -> JointMeasure:
    measure = JointMeasure(
        number=f"{listing.number}-{n}",
        listing=listing,
        office=office,
        addressee=Organisation.objects.filter(name=office, is_active=True).exclude(kind="enterprise").first(),
        text=text,
        sent_at=db_now(),
        sent_by=by,
    )
    measure.save(force_insert=True)
    record_event(measure, "sent", by=by, after=measure.state, facts={"office": office, "sanction": text})
    notify(
        asked_of(measure),
        kind="jointmeasure_sent",
        title=f"请落实联合惩戒：{listing.subject}",
        body=f"{measure.number}　{text}　{timezone.localdate()} 起",
        url=measure.get_absolute_url(),
        level="must_do",
        dedupe_key=f"joint:{measure.pk}:sent",
    )
    return measure
