"""Listed supervision, stop-work and transfers of the demonstration, in every state, made by the services themselves."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from apps.accounts.models import User
from apps.hazards.models import Grade, Hazard, State
from apps.supervision import services
from apps.supervision.models import RELEASE_PROCEDURE, Listing, StopWork, Transfer
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER

ADDRESSEE = "城市管理综合执法局（演示）"


def add_measures(paths: Sequence[str], heads: dict[str, User], cities: dict[str, User], today: date) -> None:
    """In these counties, as far as their hazards last; `heads` and `cities` decide, by the county's path."""
    major = hazards(paths, grade=Grade.MAJOR, states=(*State.WITH_FIRM, *State.ANSWER_IN))
    for hazard, end in zip(major, ("proposed", "listed", "reported", "cancelled", "raised"), strict=False):
        list_publicly(hazard, end, heads[hazard.region_path], cities[hazard.region_path], today)
    if hazard := hazards(paths, grade=Grade.MAJOR, states=(State.VERIFIED,)).first():
        list_publicly(hazard, "released", heads[hazard.region_path], cities[hazard.region_path], today)
    ordinary = iter(hazards(paths, grade=Grade.ORDINARY))
    for end in ("stopped", "requested", "resumed"):
        hazard = next(ordinary)
        stop(hazard, end, heads[hazard.region_path], today)
    for end in ("sent", "filed", "decided", "returned"):
        hazard = next(ordinary)
        transfer(hazard, end, heads[hazard.region_path], today)


def hazards(paths: Sequence[str], states: Sequence[str] = State.WITH_FIRM, **wanted: Any) -> Any:
    found = Hazard.objects.filter(region_path__in=paths, by_authority=True, state__in=states, **wanted)
    return found.select_related("project", "enterprise__organisation", "organisation").order_by("pk")


def director_of(hazard: Hazard) -> User | None:
    return User.objects.filter(organisation=hazard.enterprise_id, role="safety_director", is_active=True).first()


def list_publicly(hazard: Hazard, end: str, head: User, city: User, today: date) -> Listing:
    listing = services.propose(hazard, by=head, level="county", basis="整改期限已过仍未消除，存在群死群伤风险")
    if end == "proposed":
        return listing
    if end == "cancelled":
        return LISTING.perform(listing, "cancel_listing", by=head, reason="经现场核实，险情已消除，按一般程序督促整改")
    listing = LISTING.perform(listing, "list_publicly", by=head, **notice(hazard, today))
    if end == "raised":
        higher = services.propose(hazard, by=head, level="city", basis="县级督办后仍未按期治理")
        return LISTING.perform(higher, "list_publicly", by=city, **notice(hazard, today))
    director = director_of(hazard)
    if end == "listed" or director is None:
        return listing
    told = "已按督办要求完成治理，附监测数据和整改照片，提请现场核查。"
    listing = LISTING.perform(listing, "report_removal", by=director, report=told)
    if end == "reported":
        return listing
    return LISTING.perform(listing, "release", by=head, opinion="现场核查，重大隐患已消除", checked_on=today)


def notice(hazard: Hazard, today: date) -> dict[str, Any]:
    return {
        "content": hazard.description,
        "demands": hazard.demands or "立即停止相关作业，按专项方案治理",
        "deadline": today + timedelta(days=15),
        "release_procedure": RELEASE_PROCEDURE,
    }


def stop(hazard: Hazard, end: str, head: User, today: date) -> StopWork:
    told = {"extent": "part", "part": hazard.full_place or "隐患所在作业面", "reason": "存在现实危险，须停止作业整改"}
    order = services.stop_work(hazard, by=head, demands="设置警戒，专人看护", **told)
    director = director_of(hazard)
    if end == "stopped" or director is None:
        return order
    order = STOP_WORK.perform(order, "request_resume", by=director, report="隐患已消除，具备复工条件，申请复工。")
    if end == "requested":
        return order
    return STOP_WORK.perform(order, "resume", by=head, opinion="复核合格，同意复工", resumed_on=today)


def transfer(hazard: Hazard, end: str, head: User, today: date) -> Transfer:
    told = {
        "addressee": ADDRESSEE,
        "reason": "逾期未整改，涉嫌违反安全生产规定",
        "evidence": "限期整改通知书\n现场照片",
    }
    case = services.transfer(hazard, by=head, kind="enforcement", **told)
    for name, facts in steps(end, today):
        case = TRANSFER.perform(case, name, by=head, **facts)
    return case


def steps(end: str, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    if end == "sent":
        return
    yield "file", {"case_number": f"示例立〔{today.year}〕{today:%m%d}号", "filed_on": today}
    if end == "filed":
        return
    number = f"示例罚〔{today.year}〕{today:%m%d}号"
    yield "decide", {"decision_number": number, "decided_on": today, "decision": "责令改正并处罚款", "penalty": 30_000}
    if end == "returned":
        yield "report_back", {"answer": "处罚决定已送达并执行", "answered_on": today}
