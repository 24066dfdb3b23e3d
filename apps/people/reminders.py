"""Telling holder and firm in time of certificates that run out: each step of each certificate once."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone

from apps.accounts.holders import of_roles
from apps.enterprises.models import EnterpriseStatus
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.people.models import EXPIRY_STEPS, Certificate, CertificateKind, CertificateRule
from apps.people.selectors import labels_of

DIRECTORS = ("safety_director",)
LAPSED = {
    CertificateKind.SPECIAL: "申请延期复核，到期未复核的不得上岗作业",
    CertificateKind.BUILDER: "申请延续注册，到期未延续的不得以注册人员名义执业",
    CertificateKind.SAFETY_ENGINEER: "申请延续注册，到期未延续的不得以注册人员名义执业",
    CertificateKind.SUPERVISOR: "申请延续注册，到期未延续的不得以注册人员名义执业",
}
OTHERS = "申请延续，到期未延续的不得担任相应岗位"


def renewal_words(day: date) -> dict[str, str]:
    """By kind of certificate what is to be done and by which rule."""
    rules = CertificateRule.objects.in_force(day)
    return {rule.kind: f"{window_of(rule)}{LAPSED.get(rule.kind, OTHERS)}（{rule.source}）" for rule in rules}  # type: ignore[call-overload]


def window_of(rule: CertificateRule) -> str:
    return f"有效期满前 {rule.renewal_months} 个月内" if rule.renewal_months else "有效期满前"


def remind(day: date | None = None) -> int:
    """Run as often as one likes; answers how many messages are new.  Staff of a closed firm need none."""
    today = day or timezone.localdate()
    ending = Certificate.objects.expiring(today, EXPIRY_STEPS[0])
    rows = ending.filter(person__employer__status=EnterpriseStatus.ACTIVE).order_by("pk")
    certificates = list(rows.select_related("person__user").defer("person__id_number", "person__phone"))
    directors = of_roles(DIRECTORS, "organisation", {one.person.employer_id for one in certificates})
    labels, words = labels_of(certificates), renewal_words(today)
    return notify_all(
        notice
        for one in certificates
        for notice in of_expiry(one, labels[one.pk], directors.get(one.person.employer_id, []), today, words[one.kind])
    )


def of_expiry(
    certificate: Certificate, label: str, directors: list[int], today: date, renewal: str
) -> Iterator[Notice]:
    person, left = certificate.person, certificate.days_left(today)
    step = min(step for step in EXPIRY_STEPS if left <= step)
    when = f" {left} 天后到期" if left else "今天到期"
    own = [person.user_id] if person.user_id and person.user and person.user.is_active else []
    for hearer in dict.fromkeys([*own, *directors]):
        yield Notice(
            hearer,
            "certificate_expiry",
            f"{person.name}的{label}{when}",
            reverse("people:detail", args=[person.pk]),
            f"certificate:{certificate.pk}:{certificate.valid_until}:{step}",
            Level.MUST_DO if step == EXPIRY_STEPS[-1] else Level.REMINDER,
            f"{certificate.number}　有效期至 {certificate.valid_until}。{renewal}",
        )
