"""Verbs that write persons and certificates, and the one that shows what is masked."""

from datetime import datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.core.events import record_event
from apps.core.records import inserted, save_form
from apps.core.workflow import TransitionRefused, violated_rule
from apps.people.cards import certificates_of, token_that_fits
from apps.people.models import Card, Certificate, Consent, IdentityReveal, Person, Revealed

REVEALS_A_DAY = 20
SHORTEST_REASON = 5


@transaction.atomic
def save_certificate(form: Any, *, by: Any, version: int | None = None) -> Certificate:
    """Write a certificate; the older ones of the same kind and trade are thereby replaced.

    That comes first, as an extension may bear the number of what it extends.  Raises StaleRecord, or TransitionRefused
    with the sentence of the rule that refuses it.
    """
    certificate: Certificate = form.instance
    Person.objects.select_for_update(no_key=True).get(pk=certificate.person_id)
    mine = Certificate.objects.filter(person=certificate.person_id)
    same = mine.filter(kind=certificate.kind, trade=certificate.trade, valid_until__lt=certificate.valid_until)
    same.exclude(pk=certificate.pk).update(replaced=True)
    save_form(form, by=by, version=version)
    try:
        with transaction.atomic():
            settle_replaced(mine)
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(certificate, error)) from error
    certificate.refresh_from_db(fields=["replaced"])
    return certificate


def settle_replaced(certificates: QuerySet[Certificate]) -> None:
    """Of the certificates of one person; what was replaced by a slip stands again once that is corrected."""
    alike = certificates.filter(kind=OuterRef("kind"), trade=OuterRef("trade"))
    twice = Q(valid_until=OuterRef("valid_until"), number=OuterRef("number"), pk__gt=OuterRef("pk"))
    newer = Exists(alike.filter(Q(valid_until__gt=OuterRef("valid_until")) | twice))
    certificates.filter(newer, replaced=False).update(replaced=True)
    certificates.filter(~newer, replaced=True).update(replaced=False)


@transaction.atomic
def reveal_number(person: Person, *, by: Any, reason: str, what: str = Revealed.ID_NUMBER) -> str:
    """The whole identity or telephone number, for a stated reason; each look is on record, their number a day limited.

    Raises PermissionDenied, or ValidationError with a sentence to show.
    """
    if not by.has_perm("people.reveal_person"):
        raise PermissionDenied
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError({"reason": f"查看理由不少于{SHORTEST_REASON}个字"})
    number: str = getattr(person, Revealed(what).value)
    if not number:
        raise ValidationError(f"没有登记{person.name}的{Revealed(what).label}")
    User.objects.select_for_update().get(pk=by.pk)  # two looks at once must not both be the twentieth
    if reveals_today(by) >= REVEALS_A_DAY:
        raise ValidationError(f"您今天已查看{REVEALS_A_DAY}次，已达每日上限，请明天再试")
    reveal = IdentityReveal.objects.create(person=person, by=by, what=what, reason=reason.strip())
    facts = {"person": person.pk, "what": reveal.what, "reason": reveal.reason}
    record_event(reveal, "identity_revealed", by=by, facts=facts)
    return number


def reveals_today(user: Any) -> int:
    midnight = datetime.combine(timezone.localdate(), time.min, tzinfo=timezone.get_current_timezone())
    return IdentityReveal.objects.filter(by=user, at__gte=midnight).count()


@transaction.atomic
def record_consent(consent: Consent, *, by: Any) -> Consent:
    """Add one answer of a person.  Raises TransitionRefused with the sentence of the rule that refuses it."""
    consent.by = by
    inserted(consent)
    facts: dict[str, Any] = {"purpose": consent.wording.purpose_label, "answer": consent.get_answer_display()}
    facts |= {"how": consent.get_how_display(), "answered_on": consent.answered_on, "wording": consent.wording.pk}
    record_event(consent, "registered", by=by, facts=facts)
    return consent


@transaction.atomic
def issue_card(person: Person, *, by: Any) -> Card:
    """A new card with the certificates in force; the last one is revoked.  Raises ValidationError with a sentence."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    today = timezone.localdate()
    certificates = certificates_of(person, today)
    if not person.id_masked:
        raise ValidationError("没有登记身份证号码，证卡无法与本人核对，请先登记")
    if not certificates:
        raise ValidationError("没有在有效期内的证书，不能生成证卡")
    for former in person.cards.filter(revoked_at=None):
        revoke_card(former, by=by)
    card = Card(person=person, issued_by=by, last_day=certificates[0].valid_until)
    card.token = token_that_fits(card, person, certificates, today)
    card.save(force_insert=True)
    record_event(card, "registered", by=by, facts={"person": person.pk, "serial": card.serial})
    return card


@transaction.atomic
def revoke_card(card: Card, *, by: Any) -> None:
    """Revoking it twice changes nothing."""
    if Card.objects.filter(pk=card.pk, revoked_at=None).update(revoked_at=Now(), revoked_by=by):
        record_event(card, "card_revoked", by=by, facts={"person": card.person_id, "serial": card.serial})
