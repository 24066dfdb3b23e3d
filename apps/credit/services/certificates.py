"""What can be certified of a firm for a tender, and making the signed certificate of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from apps.core import files, signing
from apps.core.canonical import canonical_json
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.models import StoredFile
from apps.core.workflow import TransitionRefused
from apps.credit.folding import scores_as_of
from apps.credit.models import Agency, Blacklisting, CreditCertificate, CreditEntry, CreditProfile, Letter, Subject
from apps.credit.services.certificate_paper import document_of
from apps.credit.services.permits import PermitStanding, standing_of
from apps.credit.services.proposing import next_number
from apps.documents.models.papers import new_token
from apps.documents.rendering.pdf import as_pdf
from apps.enterprises.models import Enterprise

FORMAT = "hebei-credit-certificate/1"
ISSUER = "河北省建筑施工安全监管平台"
MOST_DAYS_AGO = 30
SAID = (
    "format",
    "number",
    "enterprise",
    "uscc",
    "on_day",
    "not_listed",
    "at_least",
    "grade",
    "grade_is_sample",
    "permit_asked",
    "permit",
    "permit_number",
    "purpose",
    "issuer",
    "made_at",
    "key_id",
    "verify_url",
)
"""All that a certificate may say; what was not asked (letter, permit in force) is not among its words."""


# What can be certified ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """How a firm stood on a day, and what was asked of it: a letter that it had at least, a permit in force."""

    enterprise: Enterprise
    on_day: date
    at_least: str
    needs_permit: bool
    listings: tuple[Blacklisting, ...]
    grade: str
    is_sample: bool
    permit: PermitStanding

    @property
    def is_listed(self) -> bool:
        return bool(self.listings)

    @property
    def refusal(self) -> str | None:
        """Why this cannot be certified, the first reason as a sentence; None when it can."""
        return (
            day_problem(self.on_day)
            or merged_problem(self.enterprise)
            or self.listing_problem
            or self.letter_problem
            or self.permit_problem
        )

    @property
    def listing_problem(self) -> str | None:
        if not self.listings:
            return None
        named = "、".join(f"“{one.list_type}”（至 {one.listed_until}）" for one in self.listings)
        return f"该企业 {self.on_day} 在失信名单：{named}，不能出具"

    @property
    def letter_problem(self) -> str | None:
        if not self.at_least:
            return None
        if not self.grade:
            return f"{self.on_day} 没有施行的信用评价标准，不能证明信用等级"
        if self.grade > self.at_least:
            asked, has = Letter(self.at_least).label, Letter(self.grade).label
            return f"该企业 {self.on_day} 的信用等级为 {has}，低于所要求的 {asked}，不能出具"
        return None

    @property
    def permit_problem(self) -> str | None:
        if not self.needs_permit or self.permit.state == "valid":
            return None
        return f"要求安全生产许可证有效，该企业的安全生产许可证{self.permit.words}，不能出具"


def statement_of(enterprise: Enterprise, on_day: date, at_least: str = "", *, needs_permit: bool = False) -> Statement:
    """The letter is that of the fold as of the day, whatever is stored for today."""
    scores = scores_as_of(Subject.ENTERPRISE, on_day, [enterprise.pk])
    _, grade = scores[enterprise.pk][:2] if scores else (None, "")
    is_sample = bool(grade) and rests_on_samples(enterprise, on_day)
    return Statement(
        enterprise=enterprise,
        on_day=on_day,
        at_least=at_least,
        needs_permit=needs_permit,
        listings=tuple(listings_on(enterprise, on_day)),
        grade=grade,
        is_sample=is_sample,
        permit=standing_of(enterprise, on_day),
    )


def rests_on_samples(enterprise: Enterprise, day: date) -> bool:
    """Whether the letter of that day is made of figures that no office has confirmed: standard or points."""
    edition = CreditProfile.objects.in_force(Subject.ENTERPRISE, day)
    if edition is not None and edition.is_sample:
        return True
    own = CreditEntry.objects.filter(enterprise=enterprise, person=None, starts_on__lte=day, ends_on__gt=day)
    return own.filter(item__is_sample=True).exists()


def listings_on(enterprise: Enterprise, day: date) -> list[Blacklisting]:
    """The lists on which the firm itself stood on the day, also under a registration that was merged into it."""
    own = Q(enterprise=enterprise.pk) | Q(enterprise__organisation__merged_into=enterprise.pk)
    gone = Q(removed_on__lte=day) | Q(revoked_on__lte=day)
    rows = Blacklisting.objects.filter(own, person=None, listed_on__lte=day, listed_until__gte=day).exclude(gone)
    return list(rows.select_related("list_type").order_by("listed_until", "pk"))


def day_problem(day: date, today: date | None = None) -> str | None:
    """Of which days can be spoken: what is repaired meanwhile is no longer shared, so not of those long ago."""
    today = today or timezone.localdate()
    if day > today:
        return f"日期不能晚于今天（{today}）"
    earliest = today - timedelta(days=MOST_DAYS_AGO)
    return f"日期不能早于 {MOST_DAYS_AGO} 天前（{earliest}）" if day < earliest else None


def merged_problem(enterprise: Enterprise) -> str | None:
    if not enterprise.is_merged:
        return None
    return f"该登记已并入“{enterprise.organisation.merged_into}”，请以合并后的企业申请"


# Making ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_certificate(
    enterprise: Enterprise,
    *,
    on_day: date,
    purpose: str,
    at_least: str = "",
    needs_permit: bool = False,
    by: Any = None,
    agency: Agency | None = None,
) -> CreditCertificate:
    """Number, words, signature, PDF and event, all or nothing.

    Raises Http404 where the person may not have one made for this firm, TransitionRefused with the reason where it
    cannot be certified.
    """
    if by is not None:
        refuse_foreign(enterprise, by)
    statement = statement_of(enterprise, on_day, at_least, needs_permit=needs_permit)
    if reason := statement.refusal:
        raise TransitionRefused(reason)
    made = CreditCertificate(
        number=next_number("ZM"),
        enterprise=enterprise,
        at_least=at_least,
        on_day=on_day,
        purpose=purpose,
        agency=agency,
        made_by=by,
        made_at=db_now(),
        token=new_token(),
        key_id=signing.signing_key_id(),
    )
    put_words(made, statement)
    made.pdf = made_pdf(made)
    made.save(force_insert=True)
    record_event(made, "made", by=by, after=made.state, facts=facts_of(made), at=made.made_at)
    return made


def refuse_foreign(enterprise: Enterprise, by: Any) -> None:
    """A firm has its own made, an office those of firms that it sees."""
    seen = Enterprise.objects.visible_to(by).filter(pk=enterprise.pk).exists()
    own = by.role_definition.side == "regulator" or by.organisation_id == enterprise.pk
    if not (seen and own):
        raise Http404


def put_words(made: CreditCertificate, statement: Statement) -> None:
    """What is said, its hash, and the signature over its canonical JSON."""
    made.payload = words_of(made, statement)
    signed = canonical_json(made.payload)
    made.sha256 = hashlib.sha256(signed).hexdigest()
    made.key_id, made.signature = signing.sign(signed)


def words_of(made: CreditCertificate, statement: Statement) -> dict[str, Any]:
    """Texts and truths alone, so that every language writes the same JSON."""
    told: dict[str, Any] = {
        "format": FORMAT,
        "number": made.number,
        "enterprise": statement.enterprise.name,
        "uscc": statement.enterprise.uscc,
        "on_day": statement.on_day.isoformat(),
        "not_listed": not statement.is_listed,
        "permit": statement.permit.words,
        "permit_number": statement.permit.number,
        "purpose": made.purpose,
        "issuer": ISSUER,
        "made_at": local_time(made.made_at),
        "key_id": made.key_id,
        "verify_url": verify_url(made.token),
    }
    if statement.at_least:
        told |= {"at_least": statement.at_least, "grade": statement.grade}
        told |= {"grade_is_sample": True} if statement.is_sample else {}
    if statement.needs_permit:
        told["permit_asked"] = True
    return told


def local_time(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def verify_url(token: str) -> str:
    """A whole address: it leads from the paper to the public page."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("public_credit_certificate", args=[token])


def made_pdf(made: CreditCertificate) -> StoredFile:
    """The page, signed as the file that it is: who has it needs neither its JSON nor this platform."""
    document = document_of(made.payload, made.sha256)
    return files.store(
        BytesIO(signing.signed_file(as_pdf(document, at=made.made_at))),
        name=f"{made.number} 信用证明.pdf",
        by=made.made_by,
        content_type="application/pdf",
    )


def facts_of(made: CreditCertificate) -> dict[str, Any]:
    told: Mapping[str, Any] = {
        "enterprise": made.enterprise_id,
        "on_day": made.on_day,
        "at_least": made.at_least,
        "purpose": made.purpose,
        "agency": made.agency_id,
        "sha256": made.sha256,
        "key_id": made.key_id,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


# Checking -------------------------------------------------------------------------------------------------------------


def is_sound(made: CreditCertificate) -> bool:
    """Whether the words in the database are those that were signed, by a key of ours."""
    signed = canonical_json(made.payload)
    return hashlib.sha256(signed).hexdigest() == made.sha256 and signing.verify(signed, made.key_id, made.signature)


def as_data(made: CreditCertificate) -> dict[str, Any]:
    """The certificate as programs have it; `apps/credit/verifiers` checks it with the public key alone."""
    return {"payload": made.payload, "sha256": made.sha256, "signature": made.signature}
