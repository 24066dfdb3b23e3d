"""The papers that findings ask for: the notice before any of them (信用认定告知书), and the decision to list."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.core.cases import Case, Sections
from apps.core.deadlines import UNIT_LABELS
from apps.core.dictionary import deadline_rule
from apps.core.pages import crumbs
from apps.credit.cells import points_in_words
from apps.credit.clocks import OBJECTION
from apps.credit.models import Blacklisting, CreditEntry, ListState, PermitCase, PermitMeasure, PermitState, Proceeding
from apps.credit.services.repairs import repairable_from
from apps.credit.workflow.proceeding import needs_notice
from apps.documents.beginning import Outline, PaperAsked, begin_page, papers_shown

NOTICE, DECISION = "credit_notice", "list_decision"
REMEDIES = (
    "对本决定不服的，可以自收到本决定书之日起60日内依法申请行政复议，"
    "也可以自收到本决定书之日起6个月内依法向人民法院提起行政诉讼。"
)

HELD_MEANS = (
    "自暂扣开始之日起交回安全生产许可证。暂扣期间不得承揽新的工程，对在建工程立即组织排查整改；"
    "整改后向本机关申请复核，暂扣期满且安全生产条件复核合格的，发还安全生产许可证。拒不整改的，依法吊销。"
)
REVOKED_MEANS = "自收到本决定书之日起交回安全生产许可证。自吊销决定作出之日起一年内不得重新申请安全生产许可证。"


def outline(finding: Proceeding, contents: dict[str, Any]) -> Outline:
    firm = finding.enterprise
    about = f"{firm.name}（统一社会信用代码 {firm.uscc}）"
    subject = f"{firm.name}的{finding.person.name}" if finding.person else about
    told = {"subject": subject, "facts": finding.facts, "grounds": finding.legal_basis}
    return Outline(told | contents, [firm.organisation], finding.project_id)


# The notice -----------------------------------------------------------------------------------------------------------


def notice(finding: Any, user: Any) -> Outline:
    matter, consequence = SAID[type(finding)](finding)
    contents = {
        "matter": matter,
        "items": [{"text": line.strip()} for line in finding.evidence.splitlines() if line.strip()],
        "consequence": consequence,
        "rights": rights(),
        "project": finding.project.name if finding.project else "",
    }
    return outline(finding, contents)


def rights() -> str:
    """With the term that counts for a notice of today."""
    rule = deadline_rule(OBJECTION.kind, timezone.localdate(), OBJECTION.usual)
    doubt = f"（{rule.certainty}）" if rule.certainty else ""
    return (
        f"你（单位）可以自收到本告知书之日起{rule.days}个{UNIT_LABELS[rule.kind]}内{doubt}，向本机关陈述、申辩或者提出异议，"
        "写明不符的事实或者依据并提交证据。提出异议的，本机关核实后答复；逾期未提出的，依法作出认定。"
    )


def of_entry(entry: CreditEntry) -> tuple[str, str]:
    cap = f"，计分期间信用等级不高于{entry.caps_at}级" if entry.caps_at else ""
    points = f"计 {points_in_words(entry.points)} 分，自认定之日起有效 {entry.item.valid_months} 个月{cap}"
    kind = f"{entry.get_part_display()}·{entry.get_nature_display()}"
    doubt = "分值和期限为示例，由主管部门核定。" if entry.item.is_sample else ""
    return f"{entry.item.code} {entry.item.name}", f"记入信用记录（{kind}），{points}。{doubt}"


def of_listing(listing: Blacklisting) -> tuple[str, str]:
    kind = listing.list_type
    measures = f"列入期间，由有关单位依法采取下列措施：\n{kind.measures_in_words}" if kind.measures else ""
    term = f"列入“{kind}”，期限至多 {kind.term_months} 个月，在公示页面公开。"
    doubt = "情形和期限为示例，由主管部门核定。" if kind.is_sample else f"{kind.certainty}。" if kind.certainty else ""
    return f"列入“{kind}”。情形：{listing.condition}", "\n".join(filter(None, (term, doubt, measures)))


def of_permit(case: PermitCase) -> tuple[str, str]:
    held = case.measure == PermitMeasure.SUSPEND and case.most_days
    days = f" {case.least_days} 至 {case.most_days} 日" if held else ""
    matter = f"{case.get_measure_display()}安全生产许可证 {case.permit_number}"
    return matter, f"{case.get_measure_display()}安全生产许可证{days}。"


SAID: dict[type[Proceeding], Any] = {CreditEntry: of_entry, Blacklisting: of_listing, PermitCase: of_permit}


def cannot_notify(finding: Proceeding) -> str | None:
    if reason := needs_notice(finding, None):
        return reason
    return None if finding.state == "checked" else "核实之后、登记告知之前才能出具告知书"


# The decision ---------------------------------------------------------------------------------------------------------


def decision(listing: Blacklisting, user: Any) -> Outline:
    kind = listing.list_type
    sent = [f"{measure.office}：{measure.text}" for measure in listing.measures.order_by("pk")]
    contents = {
        "list_name": kind.name,
        "decision_number": listing.decision_number,
        "condition": listing.condition,
        "listed_on": listing.listed_on,
        "listed_until": listing.listed_until,
        "measures": "\n".join(sent) or "本名单未规定联合惩戒措施",
        "removal": removal(listing),
        "remedies": REMEDIES,
    }
    return outline(listing, contents)


def removal(listing: Blacklisting) -> str:
    repairable = repairable_from(listing)
    asked = f"自 {repairable} 起，已纠正失信行为、履行相关义务的，可以申请信用修复提前移出；" if repairable else ""
    return f"{asked}未提前移出的，{listing.listed_until} 期满后自动移出，同时停止公示、解除联合惩戒。"


def cannot_decide(listing: Blacklisting) -> str | None:
    return None if listing.state == ListState.LISTED else "决定列入之后才能出具列入决定书"


def permit_decision(case: PermitCase, user: Any) -> Outline:
    suspends = case.measure == PermitMeasure.SUSPEND
    said = (
        f"暂扣安全生产许可证 {case.days} 日，自{case.starts_on}起至{case.until}止。"
        if suspends
        else "吊销安全生产许可证。"
    )
    contents = {
        "permit_number": case.permit_number,
        "decision_number": case.decision_number,
        "items": [{"text": line.strip()} for line in case.evidence.splitlines() if line.strip()],
        "decision": said,
        "performance": HELD_MEANS if suspends else REVOKED_MEANS,
        "remedies": REMEDIES,
        "project": case.project.name if case.project else "",
    }
    return outline(case, contents)


def cannot_decide_permit(case: PermitCase) -> str | None:
    return None if case.state in PermitState.IN_FORCE else "决定暂扣或者吊销之后才能出具处置决定书"


# On the pages ---------------------------------------------------------------------------------------------------------

TOLD = PaperAsked(NOTICE, notice, cannot_notify)
DECIDED = PaperAsked(DECISION, decision, cannot_decide)
PERMIT_DECIDED = PaperAsked("permit_decision", permit_decision, cannot_decide_permit)
# By kind of finding, the namespace of its pages and the papers it may ask for.
ASKED: dict[type[Proceeding], tuple[str, tuple[PaperAsked, ...]]] = {
    CreditEntry: ("credit_entries", (TOLD,)),
    Blacklisting: ("blacklistings", (TOLD, DECIDED)),
    PermitCase: ("permit_cases", (TOLD, PERMIT_DECIDED)),
}


@require_http_methods(["GET", "POST"])
def paper_page(request: HttpRequest, key: str, kind: str, *, case: Case) -> HttpResponse:
    """Draft a paper about a finding."""
    finding = case.found(request, key)
    _, papers = ASKED[type(finding)]
    asked = next((one for one in papers if one.kind == kind), None)
    if asked is None:
        raise Http404
    return begin_page(request, finding, asked, crumbs(case.register, "", finding)[:-1])


def papers_block(finding: Any, user: Any) -> Sections:
    """What templates/core/_further.html draws of a finding's papers."""
    space, papers = ASKED[type(finding)]
    actions = [
        {"label": asked.label, "url": reverse(f"{space}:paper", args=[finding.number, asked.kind])}
        for asked in papers
        if user.has_perm("documents.add_paper") and not asked.refusal(finding)
    ]
    records = papers_shown(finding, user)
    return [{"title": "执法文书", "records": records, "actions": actions}] if records or actions else []
