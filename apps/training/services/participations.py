"""What an examination says of somebody's part in a training; examinations (apps.exams) end here."""

from datetime import date
from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.workflow import TransitionRefused
from apps.training.models import Participation, Result, SessionState

NOT_THERE = "未签到参加本次培训，不能登记考核结果"
CANCELLED = "本次培训已取消，不能登记考核结果"
COUNTS_ALREADY = "本次培训不需要考核，已计入学时"


@transaction.atomic
def record_result(participation: Participation, *, score: int | None, passed: bool, on: date, by: Any) -> Participation:
    """Write the result; who has passed is credited with the hours from `on`, the day of the examination.

    `score` is of 100, None where there was none.  What has been passed stays passed, whatever a later attempt says.
    The scope is the caller's to ask for: somebody without an account may take an examination, then `by` is None.
    Raises TransitionRefused for who was not there.
    """
    rows = Participation.objects.select_for_update(of=("self",)).select_related("session")
    fresh = rows.get(pk=participation.pk)
    if fresh.session.state == SessionState.CANCELLED:
        raise TransitionRefused(CANCELLED)
    if fresh.signed_in_at is None:
        raise TransitionRefused(NOT_THERE)
    if fresh.result == Result.PASSED:
        return fresh
    if fresh.credited_on and not passed:
        raise TransitionRefused(COUNTS_ALREADY)
    fresh.score, fresh.result = score, Result.PASSED if passed else Result.FAILED
    if passed and fresh.credited_on is None:
        fresh.credited_on = on
    fresh.version += 1
    fresh.save(update_fields=["score", "result", "credited_on", "version"])
    facts = {"score": score, "passed": passed, "credited_on": fresh.credited_on}
    record_event(fresh, "examined", by=by, facts=facts)
    return fresh
