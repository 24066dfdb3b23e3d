"""A training is planned, opened for signing in, and confirmed as held or cancelled, as a table."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from apps.accounts.services.tokens import digest_of
from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, Workflow
from apps.training.codes import code_of
from apps.training.models import Result, Session, SessionState
from apps.training.selectors import organises

S = SessionState
CHANGES = "training.change_session"
NOT_YOURS = "由组织单位或在本项目任职的人员办理"


def organises_it(session: Session, user: Any) -> str | None:
    return None if organises(user, session) else NOT_YOURS


def not_before_its_day(session: Session, user: Any) -> str | None:
    day = timezone.localdate(session.starts_at)
    return f"培训当天（{day}）才能开始签到" if timezone.localdate() < day else None


def has_come_to_its_end(session: Session, user: Any) -> str | None:
    return f"培训于{session.day}结束，到那一天才能确认" if timezone.localdate() < session.day else None


def somebody_was_there(session: Session, user: Any) -> str | None:
    was_there = session.participations.filter(signed_in_at__isnull=False)
    return None if was_there.exists() else "没有人签到，不能确认完成；没有举办的请取消并写明原因"


def nobody_is_credited(session: Session, user: Any) -> str | None:
    """An examination may be passed before the training is confirmed."""
    has_credit = session.participations.filter(credited_on__isnull=False)
    return "已有人员考核合格并计入学时，不能取消" if has_credit.exists() else None


def new_code(step: Step) -> None:
    step.record.sign_in_sha256 = digest_of(code_of(step.record))


def no_code(step: Step) -> None:
    step.record.sign_in_sha256 = ""


def credit(step: Step) -> None:
    """All who were there and need no examination, or have passed it, in one statement."""
    session: Session = step.record
    there = session.participations.filter(
        signed_in_at__isnull=False, credited_on=None, result__in=(Result.NONE, Result.PASSED)
    )
    step.facts["credited"] = there.update(credited_on=session.day, version=F("version") + 1)


SESSION = Workflow(
    (
        Transition(
            "open",
            "开始签到",
            (S.PLANNED,),
            S.OPEN,
            CHANGES,
            guards=(organises_it, not_before_its_day),
            effects=(stamp("opened"), new_code),
        ),
        Transition(
            "hold",
            "确认完成",
            (S.OPEN,),
            S.HELD,
            CHANGES,
            optional=("summary",),
            guards=(organises_it, has_come_to_its_end, somebody_was_there),
            effects=(stamp("held"), no_code, credit),
        ),
        Transition(
            "renew",
            "更换签到码",
            (S.OPEN,),
            "",
            CHANGES,
            guards=(organises_it,),
            effects=(stamp("opened"), new_code),
        ),
        Transition(
            "cancel",
            "取消培训",
            (S.PLANNED, S.OPEN),
            S.CANCELLED,
            CHANGES,
            facts=("reason",),
            guards=(organises_it, nobody_is_credited),
            effects=(no_code,),
            notify=("people",),
            danger=True,
        ),
    )
)
