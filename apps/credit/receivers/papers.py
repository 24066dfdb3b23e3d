"""A notice that was served tells the firm: the finding it is about is notified from the day of its service."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, Workflow, transitioned
from apps.credit.models import Blacklisting, CreditEntry, PermitCase, Proceeding
from apps.credit.papers import NOTICE
from apps.credit.workflow import ENTRY, LISTING, PERMIT
from apps.documents.models import Paper

MOVED: dict[str, tuple[type[Proceeding], Workflow]] = {
    model._meta.label_lower: (model, workflow)
    for model, workflow in ((CreditEntry, ENTRY), (Blacklisting, LISTING), (PermitCase, PERMIT))
}
LONGEST = 200


@receiver(transitioned, sender=Paper, dispatch_uid="credit.notice_served")
def notify_by_paper(record: Paper, move: Transition, event: Event, facts: dict[str, Any], **kwargs: Any) -> None:
    """By the first service, and by the officer who registers it; who may not notify only serves the paper."""
    if move.name != "serve" or record.kind != NOTICE or record.services.count() > 1:
        return
    model, workflow = MOVED.get(record.record_type, (None, None))
    if model is None or workflow is None:
        return
    finding: Any = model._default_manager.visible_to(event.actor).filter(pk=record.record_id).first()
    if finding is None or not is_for(record, finding) or workflow.refusal(finding, "notify", event.actor):
        return
    told = {"served_on": facts["served_on"], "served_how": how(record, facts)}
    # A refusal, such as of a day before the proposal, takes nothing back but the move.
    with suppress(ValidationError), transaction.atomic():
        workflow.perform(finding, "notify", by=event.actor, **told)


def is_for(paper: Paper, finding: Any) -> bool:
    """Whether the firm is one of those whom the paper names: nobody is told by what was sent to others."""
    firm = finding.enterprise
    return any(line["organisation"] == firm.pk or line["name"] == firm.name for line in paper.addressees)


def how(paper: Paper, facts: dict[str, Any]) -> str:
    """直接送达，李某签收，冀石建安告〔2026〕000001号"""
    signed = f"{facts['recipient']}签收" if facts.get("recipient") else ""
    refused = f"拒绝签收（见证人：{facts['witnesses']}）" if facts.get("is_refused") else ""
    return "，".join(filter(None, (facts["manner"], refused or signed, str(paper.number))))[:LONGEST]
