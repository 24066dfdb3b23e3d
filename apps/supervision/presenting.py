"""How the case files of measures are put together."""

from collections.abc import Sequence
from typing import Any

from apps.core.cases import Case, Sections, line
from apps.core.registers import registry
from apps.core.workdays import in_words
from apps.supervision.forms import LISTING_FORMS, STOP_FORMS, TRANSFER_FORMS
from apps.supervision.models import Listing, ListingState, Measure, StopState, StopWork, Transfer, TransferState
from apps.supervision.papers import papers_block
from apps.supervision.registers import DELIBERATES, ListingRegister, StopWorkRegister, TransferRegister
from apps.supervision.workflow import CLOCKS, LISTING, STOP_WORK, TRANSFER

Facts = list[dict[str, Any]]


def common(measure: Measure) -> Facts:
    hazard = measure.hazard
    return [
        line("隐患", hazard.title, url=hazard.get_absolute_url()),
        line("工程项目", measure.project.name),
        line("整改企业", measure.enterprise.name),
        line("行政区划", measure.project.region.name),
        line("办理单位", measure.organisation.name),
    ]


def withheld(user: Any) -> Sequence[str]:
    """What the offices say to each other before they list is not told to firms."""
    return () if user.has_perm(DELIBERATES) else ("basis", "decide_by", "reason")


def of_listing(listing: Listing, user: Any) -> Sections:
    head = [*common(listing), line("督办层级", listing.get_level_display())]
    if not withheld(user):
        head += [line("提出依据", listing.basis, wide=True), line("决定期限", listing.decide_by)]
        head += [line("不予挂牌理由", listing.reason, wide=True)] if listing.reason else []
    notice = [
        line("项目名称", listing.project_name, wide=True),
        line("重大隐患具体内容", listing.content, wide=True),
        line("治理要求", listing.demands, wide=True),
        line("治理期限", listing.deadline and in_words(listing.deadline)),
        line("挂牌时间", listing.listed_at and f"{listing.listed_at:%Y-%m-%d}"),
        line("督办解除的程序", listing.release_procedure, wide=True),
        line("其他", listing.other, wide=True),
    ]
    release = [
        line("治理报告", listing.report, wide=True),
        line("现场核查日期", listing.checked_on),
        line("现场核查意见", listing.opinion, wide=True),
        line("继续督办次数", listing.continuations),
    ]
    told: Sections = [{"title": "督办对象", "facts": head}]
    if listing.state in ListingState.PUBLIC:
        note = "五项内容依据建质〔2011〕158号，已在公示页面公开"
        told += [
            {"title": "挂牌督办通知内容", "facts": notice, "note": note},
            {"title": "治理与核查", "facts": release},
        ]
    return told


def of_stop(stop: StopWork, user: Any) -> Sections:
    order = [
        *common(stop),
        line("停工范围", stop.get_extent_display()),
        line("停工部位", stop.part),
        line("停工理由", stop.reason, wide=True),
        line("停工期间要求", stop.demands, wide=True),
    ]
    resume = [
        line("复工申请", stop.report, wide=True),
        line("复核意见", stop.opinion, wide=True),
        line("复工日期", stop.resumed_on),
        line("不同意复工次数", stop.refusals),
    ]
    return [{"title": "停工决定", "facts": order}, {"title": "复工", "facts": resume}]


def of_transfer(case: Transfer, user: Any) -> Sections:
    clock = CLOCKS.get(case.state)
    head = [
        *common(case),
        line("移送类别", case.get_kind_display()),
        line("接收单位", case.addressee),
        line("下一步期限", case.due_on and f"{case.due_on}（{clock.basis if clock else ''}）", wide=True),
        line("移送事由", case.reason, wide=True),
        line("证据清单", case.evidence, wide=True),
    ]
    result = [
        line("立案文号", case.case_number),
        line("立案日期", case.filed_on),
        line("决定文号", case.decision_number),
        line("决定日期", case.decided_on),
        line("处理决定", case.decision, wide=True),
        line("罚款金额（元）", case.penalty),
        line("回告内容", case.answer, wide=True),
        line("回告日期", case.answered_on),
    ]
    return [{"title": "移送内容", "facts": head}, {"title": "处理与回告", "facts": result}]


LISTING_CASE = Case(
    registry[ListingRegister.name],
    LISTING,
    LISTING_FORMS,
    of_listing,
    (
        ("提出", (ListingState.PROPOSED,)),
        ("挂牌督办", (ListingState.LISTED,)),
        ("现场核查", (ListingState.REPORTED,)),
        ("解除", (ListingState.RELEASED,)),
    ),
    further=papers_block,
    withheld=withheld,
)
STOP_CASE = Case(
    registry[StopWorkRegister.name],
    STOP_WORK,
    STOP_FORMS,
    of_stop,
    (("停工", (StopState.STOPPED,)), ("复核", (StopState.REQUESTED,)), ("复工", (StopState.RESUMED,))),
    further=papers_block,
)
TRANSFER_CASE = Case(
    registry[TransferRegister.name],
    TRANSFER,
    TRANSFER_FORMS,
    of_transfer,
    (
        ("移送", (TransferState.SENT,)),
        ("立案", (TransferState.FILED,)),
        ("决定", (TransferState.DECIDED,)),
        ("回告", (TransferState.RETURNED,)),
    ),
    further=papers_block,
)
