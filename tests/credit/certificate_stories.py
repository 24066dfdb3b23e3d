"""A certificate, an agency with its token, and a question that was answered."""

from typing import Any

from apps.credit.models import Agency, CreditCertificate, LookUp
from apps.credit.services.agencies import make_token
from apps.credit.services.certificates import make_certificate
from apps.credit.services.look_ups import look_up
from apps.credit.workflow import CERTIFICATE
from apps.credit.workflow.certificate import GROUNDS
from apps.enterprises.models import Enterprise
from tests.credit.stories import today
from tests.factories import credit_code
from tests.personas import persona

PURPOSE = "示例花园二期施工投标"


def made(firm: Enterprise, by: Any, **told: Any) -> CreditCertificate:
    usual: dict[str, Any] = {"on_day": today(), "purpose": PURPOSE}
    return make_certificate(firm, by=by, **usual | told)


def revoked(certificate: CreditCertificate, by: Any, remark: str = "所依据的决定已被撤销") -> CreditCertificate:
    return CERTIFICATE.perform(certificate, "revoke_certificate", by=by, reason=GROUNDS[0], remark=remark)


def agency(**fields: Any) -> tuple[Agency, str]:
    """One with its token in clear."""
    number = Agency.objects.count()
    told = {"name": f"第{number}招标代理", "uscc": credit_code(900_000 + number), "contact": "李某 0311-00000000"}
    one = Agency.objects.create(**told | fields)
    token = make_token(one, by=persona("province_officer"))
    one.refresh_from_db()
    return one, token


def bytes_of(answer: Any) -> bytes:
    """All that an answer holds, also of one that is sent bit by bit."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def asked(firm: Enterprise) -> LookUp:
    """By a new agency."""
    one, _ = agency()
    look_up(one, firm.uscc, today(), "127.0.0.1")
    return LookUp.objects.get(agency=one)
