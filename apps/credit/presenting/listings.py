"""The case files of those who stand on a list, and of the joint measures that follow from it."""

from typing import Any

from apps.core.cases import Case, Sections, line, moment
from apps.core.edition_pages import edition_page
from apps.core.registers import registry
from apps.credit.forms.listings import JOINT_FORMS, LISTING_FORMS
from apps.credit.models import Blacklisting, JointMeasure, ListState, ListType, MeasureState
from apps.credit.papers import papers_block
from apps.credit.presenting.findings import about, heard, repairs_block, withheld
from apps.credit.registers.listings import BlacklistingRegister, JointMeasureRegister, ListTypeRegister
from apps.credit.services.repairs import repairable_from
from apps.credit.workflow import JOINT, LISTING

S, M = ListState, MeasureState

# Listings -------------------------------------------------------------------------------------------------------------


def sections(listing: Blacklisting, user: Any) -> Sections:
    kind = listing.list_type
    head = [
        line("名单", kind.name, wide=True, url=kind.get_absolute_url()),
        line("列入情形", listing.condition, wide=True),
    ]
    told: Sections = [
        {"title": "失信名单", "facts": [*head, *about(listing)], "note": note(kind)},
        *heard(listing, user),
    ]
    return [*told, {"title": "列入与移出", "facts": term(listing)}] if listing.listed_on else told


def note(kind: ListType) -> str:
    """What of the list nobody has read in its source, so that who decides looks it up."""
    sample = "名单的情形和期限为示例，由主管部门核定" if kind.is_sample else ""
    return "；".join(filter(None, (sample, kind.certainty)))


def term(listing: Blacklisting) -> list[dict[str, Any]]:
    measures = "\n".join(f"{one.office}：{one.text}" for one in listing.measures.order_by("pk"))
    repairable = repairable_from(listing)
    return [
        line("决定文号", listing.decision_number),
        line("决定", f"{moment(listing.decided_at)}　{listing.decided_by}"),
        line("列入期间", f"{listing.listed_on} 至 {listing.listed_until}"),
        line("可申请修复移出", f"自 {repairable} 起" if repairable else "期满移出，不提前"),
        line("惩戒措施", measures, wide=True),
        line("移出日期", listing.removed_on),
        line("移出方式", listing.get_removal_display()),
        line("撤销日期", listing.revoked_on),
    ]


def further(listing: Blacklisting, user: Any) -> Sections:
    return [*papers_block(listing, user), *measures_block(listing, user), *repairs_block(listing, user)]


def measures_block(listing: Blacklisting, user: Any) -> Sections:
    if not user.has_perm("credit.view_jointmeasure"):
        return []
    records = [
        {
            "title": f"{measure.get_kind_display()}：{measure.text}",
            "url": measure.get_absolute_url(),
            "state": measure.get_state_display(),
            "note": "，".join(filter(None, (office_of(measure), awaited(measure)))),
        }
        for measure in JointMeasure.objects.visible_to(user).filter(listing=listing).order_by("pk")
    ]
    return [{"title": "联合惩戒", "records": records}] if records else []


def office_of(measure: JointMeasure) -> str:
    return measure.office if measure.addressee_id else f"{measure.office}（平台外单位）"


def awaited(measure: JointMeasure) -> str:
    """Until when its answer is awaited; said as late where it has not come."""
    if measure.state != M.SENT or measure.feedback_by is None:
        return ""
    return f"{'逾期未反馈，' if measure.is_late else ''}反馈期限 {measure.feedback_by}"


LISTING_CASE = Case(
    registry[BlacklistingRegister.name],
    LISTING,
    LISTING_FORMS,
    sections,
    (
        ("提出", (S.PROPOSED,)),
        ("核实", (S.CHECKED,)),
        ("告知", (S.NOTIFIED, S.OBJECTED)),
        ("列入", (S.LISTED,)),
        ("移出", (S.REMOVED,)),
    ),
    further=further,
    withheld=withheld,
)

# Joint measures -------------------------------------------------------------------------------------------------------


def of_measure(measure: JointMeasure, user: Any) -> Sections:
    listing = measure.listing
    # The office that was asked may be elsewhere: then it reads here whom the measure is about.
    seen = Blacklisting.objects.visible_to(user).filter(pk=listing.pk).exists()
    head = [
        line("措施", measure.text, wide=True),
        line("单位类别", measure.get_kind_display()),
        line("实施单位", measure.office),
        line("推送", f"{moment(measure.sent_at)}　{listing.organisation.name}"),
        line("反馈期限", f"{measure.feedback_by}　逾期未反馈" if measure.is_late else measure.feedback_by),
        line("落实情况", measure.feedback, wide=True),
        line("反馈", measure.fed_back_at and f"{moment(measure.fed_back_at)}　{measure.fed_back_by}"),
        line("解除日期", measure.lifted_on),
    ]
    subject = [
        line("失信名单", listing.number, url=listing.get_absolute_url() if seen else ""),
        line("名单种类", listing.list_type.name),
        line("企业", listing.enterprise.name),
        line("统一社会信用代码", listing.enterprise.uscc),
        line("人员", listing.person and listing.person.name),
        line("决定文号", listing.decision_number),
        line("列入期间", f"{listing.listed_on} 至 {listing.listed_until}"),
        line("移出日期", listing.removed_on or listing.revoked_on),
    ]
    outside = "" if measure.addressee_id else "实施单位未在平台登记，由推送单位代为登记反馈"
    return [{"title": "联合惩戒", "facts": head, "note": outside}, {"title": "惩戒对象", "facts": subject}]


JOINT_CASE = Case(
    registry[JointMeasureRegister.name],
    JOINT,
    JOINT_FORMS,
    of_measure,
    (("推送", (M.SENT,)), ("落实", (M.APPLIED,)), ("解除", (M.LIFTED,))),
)

# The lists themselves -------------------------------------------------------------------------------------------------

list_type_page = edition_page(registry[ListTypeRegister.name])
