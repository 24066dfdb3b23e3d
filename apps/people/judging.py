"""What is wrong with a certificate: what certain rules refuse, and what uncertain ones only doubt."""

from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta

from apps.people.models import Certificate, CertificateKind, CertificateRule
from apps.people.models.certificates import LONGEST_DOUBT
from apps.people.numbering import Read, read


@dataclass
class Judgement:
    """Sentences by field that refuse the certificate, and those that are kept with it."""

    refused: list[tuple[str, str]] = field(default_factory=list)
    number_doubts: list[str] = field(default_factory=list)
    renewed_early: str = ""

    def weigh(self, certain: bool, name: str, sentence: str) -> None:
        if certain:
            self.refused.append((name, sentence))
        else:
            self.number_doubts.append(sentence)

    @property
    def number_doubted(self) -> str:
        return "；".join(self.number_doubts)[:LONGEST_DOUBT]


def judge(certificate: Certificate, rule: CertificateRule) -> Judgement:
    """`certificate` is filled and may be unsaved; `rule` is that of the day of issue."""
    told = Judgement()
    judge_number(certificate, rule, told)
    judge_term(certificate, rule, told)
    told.renewed_early = too_early(certificate, rule)
    return told


def judge_number(certificate: Certificate, rule: CertificateRule, told: Judgement) -> None:
    if not rule.form:
        return
    found = read(rule.form, certificate.number)
    if found is None:
        likewise = f"，例如{rule.example}" if rule.example else ""
        told.weigh(rule.form_is_certain, "number", f"编号不合“{rule.form}”的格式{likewise}，请核对原件")
        return
    for sentence in contradictions(certificate, found):
        told.weigh(rule.form_is_certain, "number", sentence)


def contradictions(certificate: Certificate, found: Read) -> list[str]:
    """Where the number says something else than the certificate."""
    sentences = []
    if found.trade and found.trade != certificate.trade:
        sentences.append(f"编号中的工种代码{found.trade}与所选类别{certificate.trade}不一致")
    if found.kind and not certificate.kind.startswith(found.kind):
        sentences.append(f"编号中的类别{found.kind}与所选类别{certificate.kind}不一致")
    if found.year and int(found.year) != certificate.issued_on.year and not keeps_its_number(certificate, found):
        sentences.append(f"编号中的年份{found.year}与发证日期{certificate.issued_on}不一致")
    return sentences


def keeps_its_number(certificate: Certificate, found: Read) -> bool:
    """An extension leaves the number as it is: the earlier certificate of this person bears it too."""
    earlier = Certificate.objects.filter(person=certificate.person_id, number=certificate.number)
    return int(found.year) < certificate.issued_on.year and earlier.exists()


def judge_term(certificate: Certificate, rule: CertificateRule, told: Judgement) -> None:
    if rule.years is None:
        return
    last = certificate.issued_on + relativedelta(years=rule.years)
    if certificate.valid_until > last:
        sentence = f"有效期最长{rule.years}年（{rule.source}），{certificate.issued_on}发证的最晚到{last}"
        told.weigh(not rule.is_sample, "valid_until", sentence)


def too_early(certificate: Certificate, rule: CertificateRule) -> str:
    """Why a certificate that takes the place of another was issued before that one could be renewed, or nothing."""
    same = Certificate.objects.filter(person=certificate.person_id, kind=certificate.kind, trade=certificate.trade)
    older = same.filter(valid_until__lt=certificate.valid_until, valid_until__gte=certificate.issued_on)
    former = older.exclude(pk=certificate.pk).order_by("-valid_until").first()
    if former is None or rule.renewal_months is None:
        return ""
    opens = former.valid_until - relativedelta(months=rule.renewal_months)
    if certificate.issued_on >= opens:
        return ""
    return (
        f"原证有效期至{former.valid_until}，期满前{rule.renewal_months}个月内（{opens}起）申请延续，"
        f"新证{certificate.issued_on}发证早于该期"
    )[:LONGEST_DOUBT]


def rule_on(kind: str, day: date) -> CertificateRule:
    """The edition by which a certificate issued that day is judged."""
    return CertificateRule.objects.for_day(day, kind=CertificateKind(kind).value)
