"""The registers of permits: how they stand, the cases about them, and the standard of days."""

from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.http import QueryDict
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.conditions import in_state
from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.today import today
from apps.credit import waiting
from apps.credit.cells import state_cell
from apps.credit.forms.permits import PermitCaseForm, PermitRuleForm
from apps.credit.models import GRADES, PermitCase, PermitRule, PermitState
from apps.credit.registers.entries import FIRM, GROUNDS, SEAT, of_firm
from apps.credit.services.permits import save_case, with_standing
from apps.enterprises.models import Enterprise, EnterpriseKind, EnterpriseStatus
from apps.regions.choices import all_regions, region_column

CHECKS, DECIDES, OBJECTS = "credit.check_permitcase", "credit.decide_permitcase", "credit.object_permitcase"

# Cases ----------------------------------------------------------------------------------------------------------------


def to_ask(user: Any) -> Q:
    return Q(state=PermitState.SUSPENDED, enterprise=user.organisation_id)


def days_are_over(user: Any) -> Q:
    """Held though the days are over: nobody has asked for the recheck, or nobody has made it."""
    return Q(state__in=PermitState.HELD, until__lt=timezone.localdate())


OF_GRADES = Case(
    *(When(grade=code, then=Value(words)) for code, words in GRADES.items()),
    default=F("grade"),
    output_field=TextField(),
)


@registry.add
class PermitCaseRegister(Register):
    """安许证处置: from the proposal to the day on which the permit was given back or taken for good."""

    name = "permit_cases"
    label = "安许证处置"
    model = PermitCase
    key = "number"
    related = ("enterprise__organisation__region", "project", "organisation")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc", "permit_number", "decision_number")
    form_class = PermitCaseForm
    add_label = "提出处置"
    save = staticmethod(save_case)
    columns = (
        Column("number", "编号", width=18, sortable=True),
        FIRM,
        region_column(SEAT, "注册地", of="region_path", choices=all_regions, shown=False),
        Column("permit_number", "安全生产许可证编号", width=26),
        Column("measure", "处置", filter="exact", width=8),
        Column("happened_on", "行为发生日期", filter="range", width=12, synonyms=("发生日期",)),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("days", "暂扣天数", width=10),
        Column("starts_on", "开始日期", filter="range", sortable=True, width=12),
        Column("until", "暂扣截止日期", filter="range", sortable=True, width=12),
        Column("released_on", "发还日期", filter="range", shown=False, width=12),
        Column("ended_on", "暂扣终止日期", shown=False, width=12),
        Column("decision_number", "决定文号", shown=False, width=24),
        *GROUNDS,
        Column("source_label", "来源", shown=False, width=30),
        Column("organisation.name", "提出单位", shown=False, width=24),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    views = (
        View("held", "暂扣中", in_state(*PermitState.HELD), hot=True),
        View("open", "办理中", in_state(*PermitState.OPEN)),
        View("over", "暂扣期满未发还", days_are_over, hot=True),
        View("released", "已发还", in_state(PermitState.RELEASED)),
        View("revoked", "已吊销", in_state(PermitState.REVOKED, PermitState.ENDED)),
        View("to_check", "待我核实", waiting.to_check, hot=True, permission=CHECKS, todo="安许证处置待核实"),
        View("to_notify", "待告知", waiting.to_notify, hot=True, permission=CHECKS, todo="安许证处置待告知"),
        View("to_decide", "待我决定", waiting.to_decide, hot=True, permission=DECIDES, todo="安许证处置待决定"),
        View(
            "to_recheck",
            "待我复核",
            in_state(PermitState.REPORTED),
            hot=True,
            permission=CHECKS,
            todo="安许证暂扣企业申请复核",
        ),
        View(
            "to_object",
            "可提出异议",
            waiting.to_object,
            hot=True,
            permission=OBJECTS,
            todo="收到安许证处置告知，可提出异议",
        ),
        View("to_ask", "待申请复核", to_ask, hot=True, permission=OBJECTS, todo="安许证暂扣中，整改后申请复核"),
    )

    def locked(self, record: PermitCase) -> str | None:
        if record.state != PermitState.PROPOSED:
            return f"该案{record.get_state_display()}，不能再修改"
        return "系统按事故认定提出的，不能修改；有误的不予处置" if record.source_event else None

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        """From the page of a case: whose permit, and what is to become of it."""
        return {name: query[name] for name in ("enterprise", "measure") if name in query}

    def is_late(self, record: PermitCase) -> bool:
        return record.state in PermitState.HELD and record.until is not None and record.until < today()

    def card(self, record: PermitCase) -> dict[str, str]:
        return {
            "title": str(record.enterprise),
            "sub": f"{record.number}　{record.get_measure_display()}",
            "state": state_cell(record),
            "due": f"至 {record.until}" if record.until else "",
        }


# How permits stand ----------------------------------------------------------------------------------------------------

STANDINGS = (
    ("valid", "有效"),
    ("expired", "已过期"),
    ("suspended", "暂扣中"),
    ("revoked", "已吊销"),
    ("none", "有效期未登记"),
)
TONES = {"valid": "green", "expired": "orange", "suspended": "red", "revoked": "red"}


def standing_cell(firm: Any) -> str:
    return ui.state_dot(TONES.get(firm.permit_state, "grey"), firm.permit_words)


def ends_within(days: int) -> Any:
    def condition(user: Any) -> Q:
        return Q(permit_state="valid", safety_licence_until__lte=timezone.localdate() + timedelta(days=days))

    return condition


def stands(state: str) -> Any:
    return lambda user: Q(permit_state=state)


@registry.add
class PermitRegister(Register):
    """安全生产许可证台账: the rows are contractors with a permit; whoever reads enterprises reads them here."""

    name = "permits"
    label = "安全生产许可证"
    model = Enterprise
    key = "uscc"
    related = ("organisation__region",)
    search = ("organisation__name", "organisation__short_name", "organisation__initials", "uscc")
    order = ("safety_licence_until", "pk")
    columns = (
        Column("organisation.name", "企业名称", width=32),
        Column("uscc", "统一社会信用代码", width=22),
        region_column("organisation.region.name", "注册地", choices=all_regions),
        Column("safety_licence", "许可证编号", width=26),
        Column("safety_licence_until", "有效期至", filter="range", sortable=True, width=12),
        Column(
            "permit_words",
            "许可状态",
            filter="choice",
            width=18,
            cell=standing_cell,
            choices=lambda user: STANDINGS,
            narrow=lambda rows, state: rows.filter(permit_state=state),
        ),
        Column("held_until", "暂扣至", width=12),
        Column("qualification", "资质等级", filter="icontains", shown=False, width=28),
        Column("status", "企业状态", filter="exact", shown=False, width=10),
    )
    views = (
        View("due_30", "30 天内到期", ends_within(30), hot=True),
        View("due_60", "60 天内到期", ends_within(60)),
        View("due_90", "90 天内到期", ends_within(90)),
        View("expired", "已过期", stands("expired"), hot=True),
        View("suspended", "暂扣中", stands("suspended"), hot=True),
        View("revoked", "已吊销", stands("revoked")),
    )

    def rows(self, user: Any) -> QuerySet:
        rows = super().rows(user).filter(kind=EnterpriseKind.CONTRACTOR)
        holders = rows.exclude(safety_licence="").exclude(status=EnterpriseStatus.MERGED)
        return with_standing(holders, timezone.localdate())

    def may(self, user: Any, verb: str) -> bool:
        """Who reads enterprises; there is nothing of its own to write."""
        return verb in ("view", "export") and user.has_perm(f"enterprises.{verb}_enterprise")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        """Numbers and terms of permits come in with the enterprises."""
        if not user.has_perm("enterprises.import_enterprise"):
            return []
        return [{"label": "导入", "url": address_of("imports:upload", "enterprises"), "icon": "upload"}]

    def is_late(self, record: Any) -> bool:
        return record.permit_state in ("expired", "suspended", "revoked")

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": record.safety_licence,
            "state": standing_cell(record),
            "due": str(record.safety_licence_until or ""),
        }


# The standard ---------------------------------------------------------------------------------------------------------


@registry.add
class PermitRuleRegister(BegunStays):
    """安许证处置标准: the days by grade of the accident and its number within twelve months; in editions."""

    name = "permit_rules"
    label = "安许证处置标准"
    model = PermitRule
    scope_kind = "public"
    form_class = PermitRuleForm
    order = ("grade", "nth", "-effective_from")
    columns = (
        Column("grade_in_words", "事故等级", width=18, expression=OF_GRADES),
        Column("nth", "12个月内第几次", width=12),
        Column("least_days", "最少（日）", width=10),
        Column("most_days", "最多（日）", width=10),
        Column("adds", "在上一次暂扣时限上增加", width=14),
        Column("revokes", "吊销", width=8),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "样例", width=8, cell=ui.sample_cell),
        Column("source", "依据", width=50),
        Column("certainty", "把握程度", width=34),
    )
    views = (View("in_force", "现行", in_force_today_of(PermitRule)),)
