"""The registers of the lists: who stands on them, which joint measures were asked, and the lists themselves."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField
from django.utils import timezone

from apps.core.conditions import in_state
from apps.core.edition_registers import Editions
from apps.core.editions import USED, in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.credit import waiting
from apps.credit.cells import state_cell
from apps.credit.forms.listings import BlacklistingForm, ListTypeForm
from apps.credit.models import Blacklisting, JointMeasure, ListState, ListType, MeasureState, OfficeKind
from apps.credit.registers.entries import FIRM, GROUNDS, PROJECT, of_firm
from apps.credit.services.listings import UNCHANGED, save_listing
from apps.regions.choices import all_regions, region_column

CHECKS, DECIDES = "credit.check_blacklisting", "credit.decide_blacklisting"
OBJECTS = "credit.object_blacklisting"
ANSWERS = "credit.answer_jointmeasure"
SOON = timedelta(days=30)


def ending(user: Any) -> Q:
    """Off the list by itself within a month."""
    today = timezone.localdate()
    return Q(state=ListState.LISTED, listed_until__range=(today, today + SOON))


@registry.add
class BlacklistingRegister(Register):
    """失信名单台账: proposals, decisions and removals; nothing leaves it."""

    name = "blacklistings"
    label = "失信名单"
    add_label = "提出列入失信名单"
    model = Blacklisting
    key = "number"
    related = ("list_type", "enterprise__organisation__region", "person", "project", "organisation")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc", "decision_number")
    form_class = BlacklistingForm
    save = staticmethod(save_listing)
    columns = (
        Column("number", "编号", width=18, sortable=True),
        FIRM,
        Column("enterprise.uscc", "统一社会信用代码", width=22, shown=False),
        Column("person.name", "人员", width=10, shown=False, synonyms=("姓名",)),
        region_column(
            "enterprise.organisation.region.name", "注册地", of="region_path", choices=all_regions, shown=False
        ),
        Column("list_type.name", "名单种类", filter="icontains", width=26, reference="code", synonyms=("名单",)),
        Column("condition", "列入情形", width=40),
        Column("happened_on", "行为发生日期", filter="range", width=12, shown=False, synonyms=("发生日期",)),
        Column("decision_number", "决定文号", width=24),
        Column("listed_on", "列入日期", filter="range", sortable=True, width=12),
        Column("listed_until", "列入截止", filter="range", sortable=True, width=12),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("removed_on", "移出日期", width=12, shown=False),
        Column("removal", "移出方式", filter="exact", width=12, shown=False),
        PROJECT,
        *GROUNDS,
        Column("source_label", "来源", shown=False, width=30),
        Column("organisation.name", "认定单位", shown=False, width=24),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    views = (
        View("listed", "已列入", in_state(ListState.LISTED), hot=True),
        View("open", "办理中", in_state(*ListState.OPEN)),
        View("ending", "30 天内期满", ending),
        View("removed", "已移出", in_state(ListState.REMOVED, ListState.REVOKED)),
        View("to_check", "待我核实", waiting.to_check, hot=True, permission=CHECKS, todo="失信名单待核实"),
        View("to_notify", "待告知", waiting.to_notify, hot=True, permission=CHECKS, todo="失信名单待告知"),
        View("to_decide", "待我决定", waiting.to_decide, hot=True, permission=DECIDES, todo="失信名单待决定"),
        View(
            "to_object", "可提出异议", waiting.to_object, hot=True, permission=OBJECTS, todo="收到列入告知，可提出异议"
        ),
    )

    def locked(self, record: Blacklisting) -> str | None:
        return UNCHANGED

    def is_late(self, record: Blacklisting) -> bool:
        overdue = record.answer_by is not None and record.answer_by < timezone.localdate()
        return record.state == ListState.OBJECTED and overdue

    def card(self, record: Blacklisting) -> dict[str, str]:
        return {
            "title": record.subject,
            "sub": f"{record.list_type}　{record.number}",
            "state": state_cell(record),
            "due": f"至 {record.listed_until}" if record.listed_until else "",
        }


def to_feed_back(user: Any) -> Q:
    """The office that was asked; for one outside of the platform, the office that proceeded."""
    ours = Q(addressee=user.organisation_id) | Q(addressee=None, listing__organisation=user.organisation_id)
    return Q(state=MeasureState.SENT) & ours


def feedback_is_late(user: Any) -> Q:
    """Asked, and not answered within the term, by whomever."""
    return Q(state=MeasureState.SENT, feedback_by__lt=timezone.localdate())


def of_listing(rows: QuerySet, number: str) -> QuerySet:
    return rows.filter(listing__number=number)


@registry.add
class JointMeasureRegister(Register):
    """联合惩戒台账: what other offices were asked to do while somebody is listed, and what they answered."""

    name = "joint_measures"
    label = "联合惩戒"
    model = JointMeasure
    key = "number"
    related = (
        "listing__list_type",
        "listing__enterprise__organisation__region",
        "listing__person",
        "listing__organisation",
        "addressee",
    )
    search = ("number", "office", "listing__enterprise__organisation__name")
    columns = (
        Column("number", "编号", width=20, sortable=True),
        Column("listing.enterprise.organisation.name", "企业", filter="icontains", width=30),
        region_column(
            "listing.enterprise.organisation.region.name",
            "注册地",
            of="listing__region_path",
            choices=all_regions,
            shown=False,
        ),
        Column("listing.list_type.name", "名单种类", width=26, shown=False),
        Column("kind", "单位类别", filter="exact", width=12),
        Column("office", "实施单位", filter="icontains", width=24),
        Column("text", "措施", width=44),
        Column("sent_at", "推送时间", filter="range", width=18),
        Column("feedback_by", "反馈期限", filter="range", sortable=True, width=12),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("feedback", "落实情况", width=40, shown=False),
        Column("fed_back_at", "反馈时间", width=18, shown=False),
        Column("listing.listed_until", "列入截止", width=12),
        Column("lifted_on", "解除日期", width=12),
    )
    links = (Column("listing.number", "失信名单", filter="hidden", narrow=of_listing),)
    views = (
        View("standing", "实施中", in_state(MeasureState.SENT, MeasureState.APPLIED)),
        View("late", "逾期未反馈", feedback_is_late, hot=True),
        View("applied", "已落实", in_state(MeasureState.APPLIED)),
        View("lifted", "已解除", in_state(MeasureState.LIFTED)),
        View("to_feed_back", "待反馈", to_feed_back, hot=True, permission=ANSWERS, todo="联合惩戒待反馈"),
    )

    def is_late(self, record: JointMeasure) -> bool:
        return record.is_late

    def card(self, record: JointMeasure) -> dict[str, str]:
        awaited = record.state == MeasureState.SENT and record.feedback_by
        return {
            "title": record.text,
            "sub": f"{record.listing.subject}　{record.office}",
            "state": state_cell(record),
            "due": f"反馈期限 {record.feedback_by}" if awaited else f"至 {record.listing.listed_until}",
        }


# Settings -------------------------------------------------------------------------------------------------------------


class ConditionsInWords(Func):
    """`ListType.conditions_in_words` in SQL."""

    template = """coalesce((
        SELECT string_agg(concat(n, '. ', told ->> 'text'), chr(10) ORDER BY n)
          FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS one (told, n)), '')"""
    output_field = TextField()


# 【招标投标监管】 as `apps.credit.models.lists.of_kind` writes it; the words are the platform's own.
KIND_IN_WORDS = "CASE told ->> 'kind' {} ELSE '' END".format(
    " ".join(f"WHEN '{kind.value}' THEN '【{kind.label}】'" for kind in OfficeKind if kind != OfficeKind.OTHER)
)


class MeasuresInWords(Func):
    """`ListType.measures_in_words` in SQL."""

    template = """coalesce((
        SELECT string_agg(concat(@kind, told ->> 'office', '：', told ->> 'text'), chr(10) ORDER BY n)
          FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS one (told, n)), '')""".replace(
        "@kind", KIND_IN_WORDS
    )
    output_field = TextField()


def certainty_cell(kind: ListType) -> str:
    """A list that a law names may still rest on a term that nobody has confirmed."""
    return ui.chip("待核") if kind.certainty and not kind.is_sample else ui.sample_cell(kind)


@registry.add
class ListTypeRegister(Editions):
    """名单种类: each list with its law, its conditions, its term and its joint measures."""

    name = "list_types"
    label = "失信名单种类"
    model = ListType
    scope_kind = "public"
    form_class = ListTypeForm
    search = ("code", "name")
    order = ("effective_from", "pk")
    columns = (
        Column("code", "代码", width=16),
        Column("name", "名单名称", width=28),
        Column("subject", "适用对象", filter="exact", width=10),
        Column("term_months", "列入期限（月）", width=12),
        Column("removable_after", "可申请移出（满月数）", width=14),
        Column("effective_from", "施行日期", width=12),
        Column("effective_to", "失效日期", width=12, shown=False),
        Column("is_sample", "样例", width=10, cell=certainty_cell),
        Column("legal_basis", "依据", width=50),
        Column("certainty", "把握程度", width=40, shown=False),
        Column("conditions_in_words", "列入情形", width=60, shown=False, expression=ConditionsInWords(F("conditions"))),
        Column("measures_in_words", "联合惩戒措施", width=60, shown=False, expression=MeasuresInWords(F("measures"))),
    )
    views = (View("in_force", "现行", in_force_today_of(ListType)),)

    def locked(self, record: ListType) -> str | None:
        """Who stands on it was told these terms; a new edition takes its place from a day on."""
        return USED if record.listings.exists() else None

    def card(self, record: ListType) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": record.legal_basis,
            "state": certainty_cell(record),
            "due": f"{record.term_months} 个月",
        }
