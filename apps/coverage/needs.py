"""What somebody needs on a site by the rule of a day, and has: for the page that says why they are not covered."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q, Sum

from apps.coverage.models import CoverageRule
from apps.people.models import OFFICERS, Certificate, CertificateKind
from apps.roster.models import Engagement, WorkerClass
from apps.training.models import Level, Participation
from apps.training.selectors import hours_in_force

ADVICE = {
    "is_disputed": "核实当天实际在哪个项目，在“考勤差异”中处理。",
    "lacks_company": "由用工单位或施工总承包单位组织公司级三级教育，完成后即计入。",
    "lacks_project": "由本项目组织项目级三级教育，完成后即计入。",
    "lacks_team": "由班组组织班组级三级教育，完成后即计入。",
    "lacks_hours": "安排年度继续教育或专项教育，补足近12个月的学时。",
    "lacks_certificate": "登记或更新有效证书；证书失效期间不得从事相应工作。",
}
"""What to do about each reason; strangers have no page."""


@dataclass(frozen=True)
class Need:
    """One requirement with what there is of it."""

    label: str
    required: str
    have: str
    is_met: bool


def needs_of(engagement: Engagement, day: date, user: Any) -> list[Need]:
    """Each requirement that the rule makes of this person on this day."""
    rule = CoverageRule.objects.for_day(day)
    learnt = Participation.objects.visible_to(user).filter(person=engagement.person_id, credited_on__lte=day)
    told, hours = list[Need](), hours_in_force(day)
    if rule.needs_induction:
        told += induction(engagement, learnt, hours)
    if rule.needs_yearly:
        told.append(of_the_year(engagement, learnt, hours, day))
    if rule.needs_certificate and (wanted := certificate_of(engagement)):
        held = Certificate.objects.visible_to(user).filter(
            wanted, person=engagement.person_id, issued_on__lte=day, valid_until__gte=day
        )
        found = held.order_by("-valid_until").first()
        words = f"{found.number}，有效期至{found.valid_until}" if found else "没有有效证书"
        told.append(Need("证书", certificate_in_words(engagement), words, found is not None))
    return told


def induction(engagement: Engagement, learnt: Any, hours: Mapping[str, Decimal]) -> Iterator[Need]:
    firms = Q(session__enterprise=engagement.employer_id)
    if contractor := engagement.project.enterprise_id:
        firms |= Q(session__enterprise=contractor)
    here = Q(session__project=engagement.project_id)
    for level, where in ((Level.COMPANY, firms), (Level.PROJECT, here), (Level.TEAM, here)):
        yield hours_need(str(level.label), learnt.filter(where, level=level), hours.get(level, Decimal(0)))


def of_the_year(engagement: Engagement, learnt: Any, hours: Mapping[str, Decimal], day: date) -> Need:
    """Everything counts but the talk before work."""
    counted = learnt.filter(credited_on__gt=day - relativedelta(months=12)).exclude(level=Level.BRIEFING)
    least = hours.get(engagement.worker_class, Decimal(0))
    return hours_need(f"近12个月学时（{engagement.get_worker_class_display()}）", counted, least)


def hours_need(label: str, rows: Any, least: Decimal) -> Need:
    have = rows.aggregate(n=Sum("hours", default=Decimal(0)))["n"]
    return Need(label, f"{least.normalize():f}学时", f"{have.normalize():f}学时", have >= least)


def certificate_of(engagement: Engagement) -> Q | None:
    """Which certificate the class asks for; None where it asks for none."""
    match engagement.worker_class:
        case WorkerClass.SPECIAL:
            return Q(kind=CertificateKind.SPECIAL, trade=engagement.trade)
        case WorkerClass.SAFETY_OFFICER:
            return Q(kind__in=OFFICERS)
        case WorkerClass.LEADER:
            return Q(kind=CertificateKind.PROJECT_LEADER)
    return None


def certificate_in_words(engagement: Engagement) -> str:
    kinds = {
        WorkerClass.SPECIAL: "本工种特种作业操作资格证",
        WorkerClass.SAFETY_OFFICER: "C类证书",
        WorkerClass.LEADER: "B类证书",
    }
    return kinds[WorkerClass(engagement.worker_class)]
