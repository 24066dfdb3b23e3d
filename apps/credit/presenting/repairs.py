"""The case file of an application for credit repair, and what its form shows of the finding."""

from typing import Any

from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.edition_pages import edition_page
from apps.core.files import size_label
from apps.core.registers import registry
from apps.credit.cells import points_in_words
from apps.credit.forms.repairs import REPAIR_FORMS
from apps.credit.models import CreditEntry, CreditRepair, RepairState
from apps.credit.registers.repairs import CreditRepairRegister, RepairTermRegister
from apps.credit.services.repairs import Finding, earliest
from apps.credit.workflow import REPAIR

S = RepairState
Facts = list[dict[str, Any]]


def sections(repair: CreditRepair, user: Any) -> Sections:
    firm, file = repair.enterprise, repair.file
    facts = [
        line("企业", firm.name, url=f"/enterprises/{firm.uscc}/credit/"),
        line("统一社会信用代码", firm.uscc),
        line("申请人", f"{repair.made_by.name}（{moment(repair.created_at)}）"),
        line("办理单位", repair.organisation.name),
        line("纠正情况", repair.correction, wide=True),
        line("信用承诺", repair.commitment, wide=True),
        line(
            "证明材料",
            file and f"{file}（{size_label(file.size)}）",
            url=reverse("credit_repairs:file", args=[repair.number]) if file else "",
            wide=True,
        ),
    ]
    told: Sections = [{"title": "修复申请", "facts": facts}, {"title": "修复对象", "facts": of_finding(repair.finding)}]
    return [*told, {"title": "办理", "facts": handling(repair)}] if repair.state != S.APPLIED else told


def of_finding(finding: Finding) -> Facts:
    """What is to be repaired, and since when it may be."""
    told = [
        line(str(finding._meta.verbose_name), str(finding), url=finding.get_absolute_url()),
        line("状态", finding.get_state_display()),
    ]
    if isinstance(finding, CreditEntry):
        public = finding.published_on and f"{finding.published_on} 至 {finding.publish_until}"
        told += [
            line("行为", finding.item.name, wide=True),
            line("失信程度", finding.get_severity_display()),
            line("分值", f"{points_in_words(finding.points)} 分"),
            line("计分开始", finding.starts_on),
            line("公示期间", public or "未公示"),
        ]
    else:
        told += [
            line("名单", finding.list_type.name, wide=True),
            line("列入情形", finding.condition, wide=True),
            line("列入期间", finding.listed_on and f"{finding.listed_on} 至 {finding.listed_until}"),
        ]
    first = earliest(finding)
    return [*told, line("可申请修复", first and f"{first} 起")]


def handling(repair: CreditRepair) -> Facts:
    return [
        line("受理", repair.accepted_at and f"{moment(repair.accepted_at)}　{repair.accepted_by}"),
        line("决定期限", repair.decide_by),
        line("决定", repair.decided_at and f"{moment(repair.decided_at)}　{repair.decided_by}"),
        line("办理意见", repair.answer, wide=True),
    ]


REPAIR_CASE = Case(
    registry[CreditRepairRegister.name],
    REPAIR,
    REPAIR_FORMS,
    sections,
    (("申请", (S.APPLIED,)), ("受理", (S.ACCEPTED,)), ("准予修复", (S.GRANTED,))),
)
term_page = edition_page(registry[RepairTermRegister.name])
