"""Questions of agencies: at most so many an hour, each written down with what it was told.

The hour is counted in the rows of the questions themselves, behind a lock of the agency's: two programs of an agency
that ask at the same moment are counted one after the other, and no cache has to be there.  What was refused for their
number is neither answered nor counted, so that who waits gets through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core.db import db_now, wait_for_lock
from apps.core.forms import clean_text
from apps.core.problems import envelope
from apps.core.workflow import TransitionRefused
from apps.credit.models import Agency, CertificateState, CreditCertificate, CreditProfile, LookUp, Subject
from apps.credit.services.certificates import (
    Statement,
    as_data,
    day_problem,
    local_time,
    make_certificate,
    statement_of,
    words_of,
)
from apps.enterprises.codes import normalised, problem
from apps.enterprises.models import Enterprise
from apps.enterprises.selectors import merged_into

HOUR = timedelta(hours=1)
LONGEST_ASKED = LookUp._meta.get_field("asked").max_length
NOT_PUBLIC = "现行信用评价标准的等级不对外公示，不能查询或者证明等级"


class TooMany(Exception):
    """The agency has asked all that it may within an hour; it may again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Answer:
    """What a question was told, with the words in which the log lists it."""

    status: int
    body: dict[str, Any]
    said: str
    enterprise: Enterprise | None = None


def refused(status: int, message: str, *, field: str = "", code: str = "", firm: Enterprise | None = None) -> Answer:
    fields = {field: [message]} if field else None
    return Answer(status, envelope(status, code=code, message=message, fields=fields), message, firm)


@transaction.atomic
def answered(agency: Agency, asked: str, address: str, work: Callable[[], Answer]) -> Answer:
    """The answer and its line in the log, both or neither.  Raises TooMany."""
    wait_for_lock(f"look-ups of agency {agency.pk}")
    refuse_too_many(agency)
    answer = work()
    LookUp.objects.create(
        agency=agency,
        asked=clean_text(asked)[:LONGEST_ASKED],
        enterprise=answer.enterprise,
        asked_at=db_now(),
        address=address,
        answer={"status": answer.status, "said": answer.said, "body": answer.body},
    )
    return answer


def refuse_too_many(agency: Agency) -> None:
    """The limit is reached where the question that was asked so many questions ago is younger than an hour."""
    now = db_now()
    rows = LookUp.objects.filter(agency=agency, asked_at__gt=now - HOUR).order_by("-asked_at", "-pk")
    oldest = rows.values_list("asked_at", flat=True)[agency.per_hour - 1 : agency.per_hour].first()
    if oldest is not None:
        raise TooMany(max(1, ceil((oldest + HOUR - now).total_seconds())))


# The questions --------------------------------------------------------------------------------------------------------


def look_up(agency: Agency, code: str, on_day: date, address: str) -> Answer:
    """How the firm with this code stood on the day, as far as the public may know."""
    return answered(agency, code, address, lambda: told_of(code, on_day))


def told_of(code: str, on_day: date) -> Answer:
    firm = firm_called(code)
    if isinstance(firm, Answer):
        return firm
    if reason := day_problem(on_day):
        return refused(422, reason, field="on", firm=firm)
    statement = statement_of(firm, on_day)
    return Answer(200, lawful(statement), summary(statement), firm)


def firm_called(code: str) -> Enterprise | Answer:
    """By its code alone, in any spelling; a registration that was merged is that into which it was."""
    known = normalised(clean_text(code))
    if reason := problem(known):
        return refused(422, reason, field="uscc")
    found = Enterprise.objects.select_related("organisation").filter(uscc=known).first()
    if found is None:
        return refused(404, f"平台上没有统一社会信用代码为{known}的企业")
    return merged_into(found)


def lawful(statement: Statement) -> dict[str, Any]:
    """Public registers and published lists; the letter only where the method of evaluation makes letters public."""
    return {
        "enterprise": statement.enterprise.name,
        "uscc": statement.enterprise.uscc,
        "on_day": statement.on_day.isoformat(),
        "is_listed": statement.is_listed,
        "lists": [
            {"name": str(one.list_type), "until": one.listed_until and one.listed_until.isoformat()}
            for one in statement.listings
        ],
        "grade": (statement.grade or None) if letters_are_public() else None,
        "grade_is_sample": statement.is_sample and letters_are_public(),
        "permit": statement.permit.words,
        "permit_number": statement.permit.number,
        "answered_at": local_time(db_now()),
    }


def letters_are_public() -> bool:
    profile = CreditProfile.objects.in_force(Subject.ENTERPRISE, timezone.localdate())
    return profile is not None and profile.is_public


def summary(statement: Statement) -> str:
    if not statement.listings:
        return "未列入失信名单"
    return f"在失信名单：{'、'.join(str(one.list_type) for one in statement.listings)}"


# Certificates ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What an agency wants certified."""

    code: str
    on_day: date
    purpose: str
    at_least: str = ""
    needs_permit: bool = False


def certify(agency: Agency, wish: Wish, address: str) -> Answer:
    """A certificate, or the reason why there is none.

    Asked again on the same day for the same, while the same is still true: the one that was made, so that a program
    which has lost the answer may repeat its question.
    """
    return answered(agency, wish.code, address, lambda: certified(agency, wish))


def certified(agency: Agency, wish: Wish) -> Answer:
    firm = firm_called(wish.code)
    if isinstance(firm, Answer):
        return firm
    if reason := day_problem(wish.on_day):
        return refused(422, reason, field="on", firm=firm)
    if wish.at_least and not letters_are_public():
        return refused(422, NOT_PUBLIC, field="at_least", firm=firm)
    known = made_before(agency, firm, wish)
    try:
        made = known or make_certificate(
            firm,
            on_day=wish.on_day,
            purpose=wish.purpose,
            at_least=wish.at_least,
            needs_permit=wish.needs_permit,
            agency=agency,
        )
    except TransitionRefused as refusal:
        return refused(409, "；".join(refusal.messages), code="not_certified", firm=firm)
    return Answer(200 if known else 201, as_data(made), f"信用证明 {made.number}", firm)


def made_before(agency: Agency, firm: Enterprise, wish: Wish) -> CreditCertificate | None:
    """The valid certificate of today by which this wish is fulfilled already and which would say the same now."""
    rows = CreditCertificate.objects.filter(
        agency=agency,
        enterprise=firm,
        on_day=wish.on_day,
        at_least=wish.at_least,
        purpose=wish.purpose,
        state=CertificateState.VALID,
        made_at__date=timezone.localdate(),
    )
    statement = statement_of(firm, wish.on_day, wish.at_least, needs_permit=wish.needs_permit)
    if statement.refusal:
        return None
    same = (one for one in rows.order_by("-pk") if words_of(one, statement) == one.payload)
    return next(same, None)
