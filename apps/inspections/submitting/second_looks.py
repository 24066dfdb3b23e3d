"""Outcomes of second looks act on the ledger by its own table of moves, in the transaction of the submission."""

from collections.abc import Iterable
from typing import Any

from apps.hazards.models import Hazard, PhotoStage, State
from apps.hazards.services.closing import verify_and_close
from apps.hazards.workflow import HAZARD
from apps.inspections.models import LookEffect, LookOutcome, SecondLook
from apps.inspections.submitting.hazards import copies
from apps.inspections.submitting.record import Record

LOOK_AGAIN = "look_again"


def act_on_ledger(record: Record, by: Any) -> None:
    """Do what each outcome asks for, as far as the hazard stands there now and `by` may; `effect` says what was done.

    The hazards are locked first, in the order of their keys, so that none moves between the look and the move.
    """
    looks = sorted(record.second_looks, key=lambda look: look.hazard_id)
    rows = Hazard.objects.visible_to(by).filter(pk__in=[look.hazard_id for look in looks]).order_by("pk")
    hazards = {hazard.pk: hazard for hazard in rows.select_for_update(of=("self",))} if looks else {}
    for look in looks:
        look.effect = effect_of(record, look, hazards.get(look.hazard_id), by)
        look.save(update_fields=["effect"])


def effect_of(record: Record, look: SecondLook, hazard: Hazard | None, by: Any) -> str:
    if hazard is not None and hazard.state not in State.OPEN:
        return LookEffect.ENDED
    if not look.outcome:
        return ""
    if hazard is None or look.outcome == LookOutcome.UNSEEN:
        return LookEffect.KEPT
    act = put_right if look.outcome == LookOutcome.GOOD else send_back
    return act(record, look, hazard, by)


def put_right(record: Record, look: SecondLook, hazard: Hazard, by: Any) -> str:
    """Verified and, where the same officer may, closed; a major one stays at 待销号 for the second officer."""
    if not HAZARD.refusal(hazard, "verify", by):
        hazard = verify_and_close(hazard, by=by, opinion=said(look), photos=evidence(record, look, by))
        return LookEffect.CLOSED if hazard.state == State.CLOSED else LookEffect.VERIFIED
    effect = noted(record, look, hazard, by)
    if not HAZARD.refusal(hazard, "close", by):
        HAZARD.perform(hazard, "close", by=by)
        return LookEffect.CLOSED
    return effect


def send_back(record: Record, look: SecondLook, hazard: Hazard, by: Any) -> str:
    if HAZARD.refusal(hazard, "return", by):
        return noted(record, look, hazard, by)
    HAZARD.perform(hazard, "return", by=by, reason=said(look), photos=evidence(record, look, by))
    return LookEffect.RETURNED


def noted(record: Record, look: SecondLook, hazard: Hazard, by: Any) -> str:
    """Where no verdict can be given, as while the firm has not answered: the hazard's history tells what was seen."""
    if HAZARD.refusal(hazard, LOOK_AGAIN, by):
        return LookEffect.KEPT
    told: dict[str, Any] = {"visit": record.visit.number, "outcome": look.outcome, "remark": said(look)}
    HAZARD.perform(hazard, LOOK_AGAIN, by=by, **told, photos=evidence(record, look, by))
    return LookEffect.NOTED


def said(look: SecondLook) -> str:
    """The sentence for the hazard's own history."""
    words = f"检查 {look.visit.number} 现场复查：{look.get_outcome_display()}"
    return f"{words}。{look.remark}" if look.remark else words


def evidence(record: Record, look: SecondLook, by: Any) -> list[Any]:
    """Its photographs as ones of the hazard, waiting for the move that takes them."""
    return [photo.pk for photo in copies(photos_of(record, look), by, PhotoStage.VERIFICATION)]


def photos_of(record: Record, look: SecondLook) -> Iterable[Any]:
    return [photo for photo in record.photos if photo.second_look_id == look.pk]
