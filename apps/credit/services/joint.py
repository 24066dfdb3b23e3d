"""Asking other offices for joint measures when somebody is listed."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.db import db_now
from apps.core.events import record_event
from apps.credit.clocks import FEEDBACK
from apps.credit.models import Blacklisting, JointMeasure, OfficeKind
from apps.credit.recipients import asked_of
from apps.notifications.services import notify


def send_measures(listing: Blacklisting, *, by: Any) -> list[JointMeasure]:
    """Those of the list's type, numbered after the listing; offices of the platform get a message."""
    return [send(listing, n, one, by=by) for n, one in enumerate(listing.list_type.measures, 1)]


def send(listing: Blacklisting, n: int, told: Mapping[str, str], *, by: Any) -> JointMeasure:
    """One of `ListType.measures`; its answer is awaited within the term of the dictionary."""
    office, text = told["office"], told["text"]
    measure = JointMeasure(
        number=f"{listing.number}-{n}",
        listing=listing,
        kind=told.get("kind", OfficeKind.OTHER),
        office=office,
        addressee=Organisation.objects.filter(name=office, is_active=True).exclude(kind="enterprise").first(),
        text=text,
        sent_at=db_now(),
        sent_by=by,
        feedback_by=FEEDBACK.from_day(timezone.localdate()).due,
    )
    measure.save(force_insert=True)
    facts = {"office": office, "sanction": text, "feedback_by": measure.feedback_by}
    record_event(measure, "sent", by=by, after=measure.state, facts=facts)
    notify(
        asked_of(measure),
        kind="jointmeasure_sent",
        title=f"请落实联合惩戒：{listing.subject}",
        body=f"{measure.number}　{text}　{timezone.localdate()} 起，请于 {measure.feedback_by} 前反馈",
        url=measure.get_absolute_url(),
        level="must_do",
        dedupe_key=f"joint:{measure.pk}:sent",
    )
    return measure
