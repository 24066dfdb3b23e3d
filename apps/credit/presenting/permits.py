"""The case file of a permit, the page of a permit, and that of a line of the standard."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.edition_pages import edition_page
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.credit.forms.permits import PERMIT_FORMS
from apps.credit.models import PermitCase, PermitMeasure, PermitState
from apps.credit.papers import papers_block
from apps.credit.presenting.findings import about, heard, withheld
from apps.credit.registers.permits import PermitCaseRegister, PermitRegister, PermitRuleRegister
from apps.credit.services.permits import span
from apps.credit.workflow import PERMIT
from apps.enterprises.models import Enterprise

S = PermitState
Facts = list[dict[str, Any]]


def sections(case: PermitCase, user: Any) -> Sections:
    head = [
        line("处置", case.get_measure_display()),
        line("安全生产许可证编号", case.permit_number),
        line("可暂扣天数", span(case.least_days, case.most_days) if case.most_days else ""),
    ]
    told: Sections = [{"title": "安许证处置", "facts": [*head, *about(case)]}]
    if case.derivation:
        steps = [line(f"第 {n} 步", words, wide=True) for n, words in enumerate(case.derivation, 1)]
        told.append({"title": "推算过程", "facts": steps, "note": "按处置标准推算，由决定机关决定"})
    told += heard(case, user)
    return [*told, {"title": "决定与复核", "facts": decision(case)}] if case.starts_on else told


def decision(case: PermitCase) -> Facts:
    told = [
        line("决定文号", case.decision_number),
        line("决定", f"{moment(case.decided_at)}　{case.decided_by}"),
        line("暂扣天数", case.days),
        line(
            "暂扣期间" if case.until else "吊销日期",
            f"{case.starts_on} 至 {case.until}" if case.until else case.starts_on,
        ),
    ]
    if case.reported_at:
        told += [line("申请复核时间", moment(case.reported_at)), line("整改报告", case.report, wide=True)]
    if case.rechecked_on:
        told += [line("复核日期", case.rechecked_on), line("安全生产条件复核意见", case.recheck, wide=True)]
    ends = (("发还日期", case.released_on), ("暂扣终止日期（因吊销）", case.ended_on))
    return [*told, *(line(label, day) for label, day in ends if day)]


def further(case: PermitCase, user: Any) -> Sections:
    return [*papers_block(case, user), *revocation_block(case, user)]


def revocation_block(case: PermitCase, user: Any) -> Sections:
    """While a permit is held: the cases that would revoke it, and the way to propose one (暂扣期间吊销).

    It is a case of its own, as revoking asks for its own facts, notice and hearing.
    """
    if case.state not in (*S.HELD, S.ENDED):
        return []
    rows = PermitCase.objects.visible_to(user).filter(enterprise=case.enterprise_id, measure=PermitMeasure.REVOKE)
    records = [
        {
            "title": f"吊销 {one}",
            "url": one.get_absolute_url(),
            "state": one.get_state_display(),
            "note": one.facts[:60],
        }
        for one in rows.exclude(state=S.REJECTED).order_by("-pk")
    ]
    asks = case.state in S.HELD and not records and user.has_perm("credit.add_permitcase")
    query = urlencode({"enterprise": case.enterprise.uscc, "measure": PermitMeasure.REVOKE.value})
    actions = [{"label": "提请吊销", "url": f"{reverse('permit_cases:new')}?{query}"}] if asks else []
    return [{"title": "暂扣期间吊销", "records": records, "actions": actions}] if records or actions else []


PERMIT_CASE = Case(
    registry[PermitCaseRegister.name],
    PERMIT,
    PERMIT_FORMS,
    sections,
    (
        ("提出", (S.PROPOSED,)),
        ("核实", (S.CHECKED,)),
        ("告知", (S.NOTIFIED, S.OBJECTED)),
        ("决定", (S.SUSPENDED, S.REVOKED)),
        ("申请复核", (S.REPORTED,)),
        ("发还", (S.RELEASED,)),
    ),
    further=further,
    withheld=withheld,
)


# A permit -------------------------------------------------------------------------------------------------------------


def cases_of(firm: Enterprise, user: Any) -> Sections:
    """The cases about this permit, as far as this user may open them."""
    if not user.has_perm("credit.view_permitcase"):
        return []
    rows = PermitCase.objects.visible_to(user).filter(enterprise=firm.pk).order_by("-pk")
    facts = [
        line(
            f"{case.get_measure_display()}（{case.happened_on}）",
            f"{case.number}　{case.get_state_display()}",
            url=case.get_absolute_url(),
        )
        for case in rows
    ]
    return [{"title": "安许证处置", "facts": facts}] if facts else []


permit_page = record_page(registry[PermitRegister.name], sections=cases_of)
rule_page = edition_page(registry[PermitRuleRegister.name])
