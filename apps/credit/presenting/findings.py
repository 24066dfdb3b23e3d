"""What the case files of all findings have in common."""

from typing import Any

from django.urls import reverse

from apps.core.cases import Sections, line, moment
from apps.credit.models import CreditRepair, Proceeding
from apps.credit.services.repairs import APPLIES, Finding, cannot_apply, key_of

Facts = list[dict[str, Any]]
# What the offices say among themselves before the firm is told.
INSIDE_FACTS = ("opinion",)


def about(finding: Proceeding) -> Facts:
    firm = finding.enterprise
    return [
        line("企业", firm.name, url=f"/enterprises/{firm.uscc}/credit/"),
        line("统一社会信用代码", firm.uscc),
        line("人员", finding.person and finding.person.name),
        line("工程项目", finding.project and finding.project.name),
        line("行为发生日期", finding.happened_on),
        line("认定单位", finding.organisation.name),
        line("事实", finding.facts, wide=True),
        line("证据", finding.evidence, wide=True),
        line("依据", finding.legal_basis, wide=True),
        line("来源", finding.source_label, wide=True, url=finding.source_url),
    ]


def heard(finding: Proceeding, user: Any) -> Sections:
    """核实、告知、异议: the way to the decision, as far as it has come."""
    steps: Facts = []
    if finding.checked_at and user.role_definition.side != "enterprise":
        steps += [
            line("核实", f"{moment(finding.checked_at)}　{finding.checked_by}"),
            line("核实意见", finding.opinion, wide=True),
        ]
    if finding.served_on:
        steps += [
            line("告知送达日期", finding.served_on),
            line("异议截止日期", finding.objection_until),
            line("送达方式和签收人", finding.served_how, wide=True),
        ]
    if finding.objected_at:
        steps += [
            line("异议时间", moment(finding.objected_at)),
            line("答复期限", finding.answer_by),
            line("异议和理由", finding.objection, wide=True),
            line("处理意见", finding.answer, wide=True),
        ]
    if finding.reason:
        steps.append(line("不予认定或者撤销理由", finding.reason, wide=True))
    return [{"title": "核实、告知与异议", "facts": steps}] if steps else []


def repairs_block(finding: Finding, user: Any) -> Sections:
    """Applications for repair, and the way to make one on the days on which that may be."""
    if not user.has_perm("credit.view_creditrepair"):
        return []
    key = key_of(finding)
    records = [
        {
            "title": f"信用修复 {repair}",
            "url": repair.get_absolute_url(),
            "state": repair.get_state_display(),
            "note": f"{moment(repair.created_at)[:10]} 申请",
        }
        for repair in CreditRepair.objects.visible_to(user).filter(**{key: finding}).order_by("-pk")
    ]
    may = user.has_perm(APPLIES) and not cannot_apply(finding, user)
    actions = [{"label": "申请信用修复", "url": reverse(f"repair-{key}", args=[finding.number])}] if may else []
    return [{"title": "信用修复", "records": records, "actions": actions}] if records or actions else []


def withheld(user: Any) -> tuple[str, ...]:
    return INSIDE_FACTS if user.role_definition.side == "enterprise" else ()
