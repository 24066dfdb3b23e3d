"""Whose permit was revoked is given no other for a year (吊销后一年内不得重新申请).

A trigger of the database holds the same (no_new_permit_within_a_year), whatever writes the firm.
"""

from datetime import date

from django.db.models import F, TextField, Value
from django.utils import timezone

from apps.credit.clocks import months_after
from apps.credit.models import PermitCase, PermitState
from apps.credit.services.permits import Spelled
from apps.enterprises.licences import checks_new_number
from apps.enterprises.models import Enterprise

BARRED_MONTHS = 12
SOURCE = "建质〔2008〕121号；河北省有新规定的以新规定为准"


def last_revocation(firm: Enterprise, number: str) -> PermitCase | None:
    """Of another number than this; that of the same number is no new permit, but the old one typed again."""
    rows = PermitCase.objects.filter(enterprise=firm.pk, state=PermitState.REVOKED)
    spelled = rows.annotate(own=Spelled(F("permit_number")), new=Spelled(Value(number, TextField())))
    return spelled.exclude(own=F("new")).order_by("starts_on", "pk").last()


def possible_from(revocation: PermitCase) -> date:
    """The first day on which a new permit may be applied for, and so be registered."""
    assert revocation.starts_on is not None  # noqa: S101  the database holds it of every revocation
    return months_after(revocation.starts_on, BARRED_MONTHS)


@checks_new_number
def barred_after_revocation(firm: Enterprise, number: str) -> str | None:
    revocation = last_revocation(firm, number)
    if revocation is None or timezone.localdate() >= (first := possible_from(revocation)):
        return None
    return (
        f"该企业的安全生产许可证 {revocation.permit_number} 已于 {revocation.starts_on} 吊销，一年内不得重新申请"
        f"（{SOURCE}），{first} 起才能登记新的许可证编号，请核对编号或者届时再登记"
    )
