"""Examinations on the trainer's device, for workers who have no account."""

import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts.services.tokens import digest_of
from apps.core.crypto import blind_index_candidates
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import TransitionRefused
from apps.exams.models import Exam, ExamState, Kiosk
from apps.exams.selectors import at_the_kiosk
from apps.people.identity import normalised
from apps.people.models import Person

NOBODY = "没有找到可以参加本场考试的人员：请核对姓名和身份证号码，须已签到、培训已确认完成且尚未合格"
SHUT = "连续多次核对不上，本终端已关闭，请监考人员重新开启"


@transaction.atomic
def open_kiosk(exam: Exam, *, by: Any) -> tuple[Kiosk, str]:
    """A kiosk and the secret of its address in clear, for this one time."""
    now = db_now()
    if exam.state != ExamState.OPEN or now >= exam.open_to:
        raise TransitionRefused("考试开放后才能开启终端")
    clear = secrets.token_urlsafe(32)
    until = min(exam.open_to, now + settings.KIOSK_LIFETIME)
    kiosk = Kiosk.objects.create(exam=exam, token_sha256=digest_of(clear), opened_by=by, valid_until=until)
    record_event(kiosk, "kiosk_opened", by=by, facts={"exam": exam.pk})
    return kiosk, clear


def find_kiosk(clear: str) -> Kiosk | None:
    """The kiosk of this secret, closed or not; None for a secret that is nobody's."""
    rows = Kiosk.objects.select_related("exam__course", "opened_by__organisation")
    return rows.filter(token_sha256=digest_of(clear)).first()


def is_open(kiosk: Kiosk) -> bool:
    return kiosk.closed_at is None and kiosk.valid_until > db_now()


@transaction.atomic
def close_kiosk(kiosk: Kiosk, *, by: Any) -> None:
    """Nobody sits down there any more; who is writing goes on until their time is over."""
    if Kiosk.objects.filter(pk=kiosk.pk, closed_at=None).update(closed_at=db_now()):
        record_event(kiosk, "kiosk_closed", by=by)


def known(kiosk: Kiosk, name: str, number: str) -> Person:
    """Whoever bears this name and number and may sit this examination here; the number is compared and forgotten.

    Raises TransitionRefused with one sentence whatever does not fit; too many in a row close the kiosk.
    """
    indexes = blind_index_candidates(normalised(number))
    rows = at_the_kiosk(kiosk.exam, kiosk.opened_by).filter(person__id_index__in=indexes, person__name=name)
    if found := rows.select_related("person").first():
        Kiosk.objects.filter(pk=kiosk.pk).update(failures=0)
        return found.person
    failed(kiosk)
    raise TransitionRefused(NOBODY)


def failed(kiosk: Kiosk) -> None:
    Kiosk.objects.filter(pk=kiosk.pk).update(failures=F("failures") + 1)
    kiosk.refresh_from_db(fields=["failures"])
    if kiosk.failures >= settings.KIOSK_FAILURES:
        close_kiosk(kiosk, by=None)
        raise TransitionRefused(SHUT)
