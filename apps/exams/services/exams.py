"""Setting up examinations, and what the clock does with them."""

import secrets
from typing import Any

from django.db import transaction

from apps.core.db import db_now
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.enterprises.models import Enterprise
from apps.exams.models import Exam, ExamState
from apps.exams.papers import commitment_of
from apps.exams.workflow import EXAM, is_of_the_own

SEED_BYTES = 32
OPENED = "考试已经开放，不能修改；请新建一场考试"


@transaction.atomic
def save_exam(form: Any, *, by: Any, version: int | None = None) -> Exam:
    """Write an examination that is not open yet; a new one gets its seed here, and keeps it for ever."""
    exam: Exam = form.instance
    if exam._state.adding:
        exam.enterprise_id = by.own_firm_id
        firm = Enterprise.objects.filter(pk=exam.enterprise_id).first()
        exam.region_path = firm.region_path if firm else ""
        exam.seed = secrets.token_bytes(SEED_BYTES).hex()
        exam.seed_sha256 = commitment_of(exam.seed)
    elif reason := is_of_the_own(exam, by):
        raise TransitionRefused(reason)
    elif exam.state != ExamState.DRAFT:
        raise TransitionRefused(OPENED)
    return save_form(form, by=by, version=version)


def close_what_ran_out() -> int:
    """Close the examinations whose time is over and at which nobody writes any more; how many these were."""
    over = Exam.objects.filter(state=ExamState.OPEN, open_to__lte=db_now()).exclude(attempts__state="taking")
    return sum(EXAM.happen(exam, "run_out") is not None for exam in over.order_by("pk"))
