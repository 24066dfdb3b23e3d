"""Questions about persons."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from apps.core.crypto import blind_index_candidates
from apps.core.dictionary import labels_by_code
from apps.people.models import EXPIRY_STEPS, TRADES, Certificate, CertificateKind, Person


def person_with_number(number: str, user: Any) -> Person | None:
    """By the whole identity number, among those the user may see; a part of a number finds nobody."""
    return Person.objects.visible_to(user).filter(id_index__in=blind_index_candidates(number)).first()


def certificate_lines(certificates: Iterable[Certificate], today: date) -> list[dict[str, Any]]:
    """What a table of certificates shows, with how soon each runs out."""
    certificates = list(certificates)
    labels = labels_of(certificates)
    return [
        {
            "certificate": c,
            "label": labels[c.pk],
            "tone": tone_of(c, today),
            "words": words_of(c, today),
            "doubts": doubts_of(c),
        }
        for c in certificates
    ]


def doubts_of(certificate: Certificate) -> list[str]:
    """What speaks against it, each with the word under which the list of persons has it."""
    doubts = (("编号存疑", certificate.number_doubted), ("换证过早", certificate.renewed_early))
    return [f"{word}：{why}" for word, why in doubts if why and not certificate.replaced]


def labels_of(certificates: Iterable[Certificate]) -> dict[int, str]:
    """By key, what kind of certificate each is, with the trade in words."""
    trades = labels_by_code(TRADES)
    return {c.pk: label_of(c, trades) for c in certificates}


def label_of(certificate: Certificate, trades: dict[str, str]) -> str:
    if certificate.kind == CertificateKind.SPECIAL:
        return f"特种作业·{trades.get(certificate.trade, certificate.trade)}"
    return certificate.get_kind_display()


def words_of(certificate: Certificate, today: date) -> str:
    left = certificate.days_left(today)
    if certificate.replaced:
        return "已换新证"
    if left < 0:
        return f"已过期{-left}天"
    return "今天到期" if left == 0 else f"剩{left}天" if left <= EXPIRY_STEPS[0] else "有效"


def tone_of(certificate: Certificate, today: date) -> str:
    """A tone of the state dot: red once it is out, orange in the last ninety days."""
    if certificate.replaced:
        return "grey"
    left = certificate.days_left(today)
    return "red" if left < 0 else "orange" if left <= EXPIRY_STEPS[0] else "green"
