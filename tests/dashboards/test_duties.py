"""What waits beside hazards: for whom it stands on the workbench, where its link leads, and that it goes when done."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accidents.workflow import ACCIDENT
from apps.accounts.models import User
from apps.core.registers import registry
from apps.coverage.models import CoverageDay
from apps.credit.models import Blacklisting, CreditEntry, CreditRepair, PermitCase
from apps.credit.workflow import ENTRY, JOINT, PERMIT, REPAIR
from apps.credit.workflow import LISTING as BLACKLISTING
from apps.dashboards import todos
from apps.documents.services import serve
from apps.documents.workflow import PAPER
from apps.duty.models import DutyMonth, Leave
from apps.duty.services.days import ask_for_leave
from apps.duty.workflow import LEAVE
from apps.enterprises.models import Enterprise
from apps.enterprises.workflow import MERGE
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Draw
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.visit import VISIT
from apps.lists.models import ListSnapshot
from apps.lists.workflow import SNAPSHOT
from apps.notifications.digests import open_items
from apps.risks.workflow import RISK
from apps.supervision.models import Transfer
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from tests.accidents import stories as accidents
from tests.coverage_of_training import stories as coverage
from tests.credit import listing_stories as lists
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit.stories import after_objections, tell
from tests.documents import stories as papers
from tests.enterprises import merging_stories as merging
from tests.exams import stories as exams
from tests.factories import CertificateFactory, EnterpriseFactory, PersonFactory
from tests.inspections import draw_stories as draws
from tests.inspections import stories as inspections
from tests.lists.shelf import frozen
from tests.personas import CHANGAN, QIAOXI, inspector, persona, station_head
from tests.risks import stories as risks
from tests.supervision import stories as measures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CARD = re.compile(r'<a href="(/[^"]+\?view=to_\w+)">.*?<b>([^<]+)</b>.*?<span class="card-count">([\d,]+)</span>', re.S)


@dataclass
class Case:
    """One duty: how it comes about, who has it, and how it ends."""

    label: str
    make: Callable[[measures.Watch], Any]
    holders: Callable[[measures.Watch], list[User]]
    end: Callable[[Any, measures.Watch], Any]


def late_transfer(place: measures.Watch) -> Transfer:
    case = measures.transferred(place)
    Transfer.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    return Transfer.objects.get(pk=case.pk)


def requested(place: measures.Watch) -> Any:
    return STOP_WORK.perform(measures.stopped(place), "request_resume", by=place.site.director, report="具备复工条件")


def frozen_anew(place: measures.Watch) -> ListSnapshot:
    """For each call another day, as an office freezes its list of a day once."""
    day = timezone.localdate() - timedelta(days=ListSnapshot.objects.count())
    return frozen("duties", place.site.inspector, span=(day, day))


def exam_to_sit(place: measures.Watch) -> Any:
    """About a training at which the manager of the site was."""
    session = exams.training(place.site)
    person = getattr(place.site.manager, "person", None) or exams.with_account(place.site)
    exams.taken_part(session, person)
    return exams.opened(place.site, session, pattern=exams.ONE)


def owner_of(place: measures.Watch) -> User:
    """An account of the owner of the case's project, who is made with the first question."""
    project = place.site.project
    known = project.parties.filter(role="owner").first()
    owners = known.enterprise if known else EnterpriseFactory(kind="owner")
    if known is None:
        project.parties.create(role="owner", enterprise=owners)
        persona("owner", organisation=owners.organisation)
    return User.objects.get(role="owner", organisation=owners.organisation)


def leave_asked(place: measures.Watch) -> Leave:
    owner_of(place)
    firm, today = firm_of(place), timezone.localdate()
    leader, deputy = PersonFactory(employer=firm), PersonFactory(employer=firm)
    CertificateFactory(person=deputy, kind="B")
    place.site.project.members.create(person=leader, post="project_manager")
    told: dict[str, Any] = {"person": leader, "deputy": deputy, "reason": "参加培训"}
    return ask_for_leave(place.site.project, by=place.site.manager, starts_on=today, ends_on=today, **told)


def officer_of(place: measures.Watch) -> User:
    """The safety officer of the case's project, who is made with the first question."""
    project = place.site.project
    known = project.members.filter(post="project_safety_officer").first()
    if known is None:
        officer = persona("project_safety_officer", organisation=firm_of(place).organisation)
        known = project.members.create(user=officer, post="project_safety_officer")
    return User.objects.get(pk=known.user_id)


def log_missing(place: measures.Watch) -> DutyMonth:
    """As it is counted once a day of this month has gone by without a log, which on its first none has."""
    officer_of(place)
    project, month = place.site.project, timezone.localdate().replace(day=1)
    told = {
        "site_days": 1,
        "leader_days": 0,
        "limit": 80,
        "must_days": 0,
        "must_missed": 0,
        "missing_logs": 1,
        "counted_at": timezone.now(),
    }
    return DutyMonth.objects.create(project=project, region_path=project.region_path, month=month, **told)


def untrained_today(place: measures.Watch) -> CoverageDay:
    officer_of(place)
    worker = coverage.worker(place.site.project, trained=False, entered_on=timezone.localdate())
    coverage.come(worker, day=timezone.localdate())
    return coverage.figure(place.site.project, timezone.localdate())


def trained(day: CoverageDay, place: measures.Watch) -> None:
    coverage.inducted(place.site.project.engagements.get(), on=timezone.localdate())
    coverage.figure(place.site.project, timezone.localdate())


def officers(place: measures.Watch) -> list[User]:
    return [place.site.inspector, place.site.second, place.site.head]


def firm(place: measures.Watch) -> list[User]:
    return [place.site.director, place.site.manager]


def office_of_draws(place: measures.Watch) -> draws.Office:
    """The people of the case, with a campaign to draw for."""
    site = place.site
    people = [draws.inspector() for _ in range(2)]
    projects = [draws.project(grade="E")]
    keepers = (site.inspector, site.second)
    return draws.Office(place.county, site.head, keepers, draws.campaign(place.county), people, projects, CHANGAN)


def due_draw(place: measures.Watch) -> Draw:
    with draws.the_time_has_come(draws.announced(office_of_draws(place))) as draw:
        return draw


def committed_by_both(draw: Draw, place: measures.Watch) -> None:
    for keeper, secret in zip((place.site.inspector, place.site.second), draws.SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))


def revealed_by_both(draw: Draw, place: measures.Watch) -> None:
    for keeper, secret in zip((place.site.inspector, place.site.second), draws.SECRETS, strict=True):
        draw = DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)


def asked_to_void(place: measures.Watch) -> Draw:
    draw = draws.announced(office_of_draws(place))
    return DRAW.perform(draw, "request_void_draw", by=place.county, void_reason="公布的来源有误")


def firm_of(place: measures.Watch) -> Enterprise:
    enterprise = place.site.project.enterprise
    assert enterprise
    return enterprise


def checked_for_a_list(place: measures.Watch) -> Blacklisting:
    listing = lists.by_hand(firm_of(place), place.site.inspector)
    return BLACKLISTING.perform(listing, "check", by=place.county, opinion="符合列入情形")


def given_up(listing: Blacklisting, place: measures.Watch) -> None:
    BLACKLISTING.perform(listing, "reject", by=place.province, reason="证据不足，不予列入")


def keepers(place: measures.Watch) -> list[User]:
    return [place.site.inspector, place.site.second]


def heads(place: measures.Watch) -> list[User]:
    return [place.county, place.site.head]


def contractor_of(place: measures.Watch) -> Enterprise:
    assert place.site.project.enterprise
    return place.site.project.enterprise


def entry_of(place: measures.Watch) -> CreditEntry:
    """The one that the major hazard of the case proposed by itself."""
    return CreditEntry.objects.get(enterprise=firm_of(place))


def checked_entry(place: measures.Watch) -> CreditEntry:
    return ENTRY.perform(entry_of(place), "check", by=place.county, opinion="证据齐全")


def rejected(entry: CreditEntry, place: measures.Watch) -> None:
    ENTRY.perform(entry, "reject", by=place.city, reason="证据不足，不予认定")


def permit_checked(place: measures.Watch) -> PermitCase:
    case = permits.by_hand(firm_of(place), place.site.inspector)
    return PERMIT.perform(case, "check", by=place.county, opinion="证据齐全")


def permit_held(place: measures.Watch) -> PermitCase:
    case = after_objections(tell(PERMIT, permit_checked(place), place.county))
    return PERMIT.perform(case, "suspend", by=place.province, decision_number="冀建安扣1号", days=30)


def permit_reported(place: measures.Watch) -> PermitCase:
    return PERMIT.perform(permit_held(place), "ask_recheck", by=place.site.director, report="已整改，申请复核")


def permit_given_up(case: PermitCase, place: measures.Watch) -> None:
    PERMIT.perform(case, "reject", by=place.province, reason="证据不足，不予处置")


def repair_asked(place: measures.Watch) -> CreditRepair:
    return repairs.planted(entry_of(place), place.site.director, place.city.organisation)


def repair_accepted(place: measures.Watch) -> CreditRepair:
    return REPAIR.perform(repair_asked(place), "accept", by=persona("city_officer"))


CASES = {
    "visits.to_inspect": Case(
        "监督检查待实施",
        lambda place: inspections.planned(place.site),
        keepers,
        lambda visit, place: VISIT.perform(visit, "cancel", by=place.site.head, cancel_reason="项目停工，改期"),
    ),
    "visits.to_publish": Case(
        "检查结果待公示",
        lambda place: inspections.submitted(inspections.planned(place.site)),
        lambda place: [place.site.head],
        lambda visit, place: VISIT.perform(visit, "publish", by=place.site.head, public_result="未发现问题。"),
    ),
    "draws.to_commit": Case(
        "随机抽取待交存承诺值", lambda place: draws.prepared(office_of_draws(place)), keepers, committed_by_both
    ),
    "draws.to_announce": Case(
        "随机抽取待公告",
        lambda place: draws.committed(office_of_draws(place)),
        heads,
        lambda draw, place: DRAW.perform(draw, "announce_draw", by=place.county),
    ),
    "draws.to_reveal": Case("随机抽取待公开密语", due_draw, keepers, revealed_by_both),
    "draws.to_hold": Case(
        "随机抽取待进行",
        lambda place: draws.revealed(office_of_draws(place)),
        heads,
        lambda draw, place: DRAW.perform(draw, "hold_draw", by=place.county, public_value="3871.05"),
    ),
    "draws.to_judge": Case(
        "抽取作废待批准",
        asked_to_void,
        lambda place: [place.site.head],
        lambda draw, place: DRAW.perform(draw, "void_draw", by=place.site.head),
    ),
    "listings.to_decide": Case(
        "挂牌督办待决定",
        measures.proposed,
        lambda place: [place.county, place.site.head],
        lambda listing, place: LISTING.perform(listing, "cancel_listing", by=place.county, reason="经核实已消除"),
    ),
    "listings.to_check": Case(
        "治理报告待核查",
        measures.reported,
        lambda place: [place.county],
        lambda listing, place: LISTING.perform(
            listing, "go_on", by=place.county, opinion="北侧未加固", deadline=measures.notice()["deadline"]
        ),
    ),
    "listings.to_report": Case(
        "被挂牌督办，待治理并提请解除",
        measures.listed,
        firm,
        lambda listing, place: LISTING.perform(listing, "report_removal", by=place.site.director, report="已加固支护"),
    ),
    "stop_works.to_review": Case(
        "复工申请待复核",
        requested,
        officers,
        lambda stop, place: STOP_WORK.perform(
            stop, "resume", by=place.site.inspector, opinion="同意", resumed_on=timezone.localdate()
        ),
    ),
    "stop_works.to_request": Case(
        "停工中，待整改并申请复工",
        measures.stopped,
        firm,
        lambda stop, place: STOP_WORK.perform(stop, "request_resume", by=place.site.manager, report="具备复工条件"),
    ),
    "transfers.to_chase": Case(
        "移送案件逾期",
        late_transfer,
        officers,
        lambda case, place: TRANSFER.perform(
            case, "decline", by=place.site.inspector, answer="证据不足", answered_on=timezone.localdate()
        ),
    ),
    "papers.to_serve": Case(
        "执法文书待送达",
        lambda place: papers.issued(place.site.inspector),
        officers,
        lambda paper, place: serve(
            paper,
            by=place.site.inspector,
            addressee=paper.addressee_names,
            manner="direct",
            recipient="李某",
            served_on=timezone.localdate(),
        ),
    ),
    "list_snapshots.to_sign": Case(
        "清单待签字",
        frozen_anew,
        officers,
        lambda snapshot, place: SNAPSHOT.perform(
            snapshot, "void_list", by=place.site.inspector, void_reason="条件有误，重新冻结"
        ),
    ),
    "enterprise_merges.to_decide": Case(
        "企业合并待确认",
        lambda place: merging.planted(contractor_of(place), "登记了两次"),
        lambda place: [place.city, place.province],
        lambda merge, place: MERGE.perform(merge, "refuse_merge", by=place.city, opinion="两家不是一家"),
    ),
    "exams.to_take": Case(
        "待考试",
        exam_to_sit,
        lambda place: [place.site.manager],
        lambda exam, place: exams.sat(exam, place.site.manager.person),
    ),
    "leaves.to_agree": Case(
        "带班请假待同意",
        leave_asked,
        lambda place: [owner_of(place)],
        lambda leave, place: LEAVE.perform(leave, "agree", by=owner_of(place)),
    ),
    "duty_months.to_log": Case(
        "安全日志缺漏",
        log_missing,
        lambda place: [officer_of(place)],
        lambda month, place: DutyMonth.objects.filter(pk=month.pk).update(missing_logs=0),
    ),
    "coverage_days.to_train": Case(
        "今天有人未受训上岗",
        untrained_today,
        lambda place: [place.site.director, place.site.manager, officer_of(place)],
        trained,
    ),
    "accidents.to_determine": Case(
        "事故待核实认定",
        lambda place: accidents.reported(place.site),
        lambda place: [place.site.head, place.county, place.city, place.province],
        lambda accident, place: ACCIDENT.perform(accident, "withdraw", by=place.county, reason="经核实不构成事故"),
    ),
    "credit_entries.to_check": Case(
        "信用记录待核实",
        entry_of,
        lambda place: [place.site.head, place.county, place.city, place.province],
        rejected,
    ),
    "credit_entries.to_notify": Case("信用记录待告知", checked_entry, lambda place: [place.site.head], rejected),
    "credit_entries.to_decide": Case(
        "信用记录待认定",
        lambda place: after_objections(tell(ENTRY, checked_entry(place), place.county)),
        lambda place: [place.city, place.province],
        lambda entry, place: ENTRY.perform(entry, "take_effect", by=place.city),
    ),
    "credit_entries.to_object": Case(
        "收到信用告知，可提出异议",
        lambda place: tell(ENTRY, checked_entry(place), place.county),
        lambda place: [place.site.director],
        lambda entry, place: ENTRY.perform(entry, "object", by=place.site.director, objection="当日并未施工"),
    ),
    "blacklistings.to_check": Case(
        "失信名单待核实",
        lambda place: lists.by_hand(firm_of(place), place.site.inspector),
        lambda place: [place.site.head, place.county, place.city, place.province],
        given_up,
    ),
    "blacklistings.to_notify": Case(
        "失信名单待告知", lambda place: checked_for_a_list(place), lambda place: [place.site.head], given_up
    ),
    "blacklistings.to_object": Case(
        "收到列入告知，可提出异议",
        lambda place: tell(BLACKLISTING, checked_for_a_list(place), place.county),
        lambda place: [place.site.director],
        lambda listing, place: BLACKLISTING.perform(listing, "object", by=place.site.director, objection="合同真实"),
    ),
    "blacklistings.to_decide": Case(
        "失信名单待决定",
        lambda place: after_objections(tell(BLACKLISTING, checked_for_a_list(place), place.county)),
        lambda place: [place.province],
        lambda listing, place: BLACKLISTING.perform(
            listing, "put_on_list", by=place.province, decision_number="冀黑1号"
        ),
    ),
    "permit_cases.to_check": Case(
        "安许证处置待核实",
        lambda place: permits.by_hand(firm_of(place), place.site.inspector),
        lambda place: [place.site.head, place.county, place.city, place.province],
        permit_given_up,
    ),
    "permit_cases.to_notify": Case(
        "安许证处置待告知", permit_checked, lambda place: [place.site.head], permit_given_up
    ),
    "permit_cases.to_decide": Case(
        "安许证处置待决定",
        lambda place: after_objections(tell(PERMIT, permit_checked(place), place.county)),
        lambda place: [place.province],
        lambda case, place: PERMIT.perform(case, "suspend", by=place.province, decision_number="1号", days=30),
    ),
    "permit_cases.to_recheck": Case(
        "安许证暂扣企业申请复核",
        permit_reported,
        lambda place: [place.site.head, place.county, place.city, place.province],
        lambda case, place: PERMIT.perform(
            case, "fail_recheck", by=place.county, recheck="人员仍未到岗", rechecked_on=timezone.localdate()
        ),
    ),
    "permit_cases.to_object": Case(
        "收到安许证处置告知，可提出异议",
        lambda place: tell(PERMIT, permit_checked(place), place.county),
        lambda place: [place.site.director],
        lambda case, place: PERMIT.perform(case, "object", by=place.site.director, objection="人员已经配齐"),
    ),
    "permit_cases.to_ask": Case(
        "安许证暂扣中，整改后申请复核",
        permit_held,
        lambda place: [place.site.director],
        lambda case, place: PERMIT.perform(case, "ask_recheck", by=place.site.director, report="已整改，申请复核"),
    ),
    "credit_repairs.to_accept": Case(
        "信用修复申请待受理",
        repair_asked,
        lambda place: [place.city],
        lambda repair, place: REPAIR.perform(repair, "accept", by=place.city),
    ),
    "credit_repairs.to_decide": Case(
        "信用修复待决定",
        repair_accepted,
        lambda place: [place.city],
        lambda repair, place: REPAIR.perform(repair, "refuse", by=place.city, answer="罚款尚未缴清"),
    ),
    "joint_measures.to_feed_back": Case(
        "联合惩戒待反馈",
        lambda place: lists.asked(lists.by_hand(firm_of(place), place.site.inspector)),
        lambda place: [place.site.head],
        lambda measure, place: lists.answered(measure, place.site.head),
    ),
    "risks.to_approve": Case(
        "重大（红色）风险待批准",
        lambda place: risks.proposed(place.site, "red"),
        lambda place: [place.site.director],
        lambda risk, place: RISK.perform(risk, "put_in_force", by=place.site.director),
    ),
}


def everybody(place: measures.Watch) -> list[User]:
    """The people of the case, and others of the same roles who have nothing to do with it."""
    site = place.site
    near = [site.inspector, site.second, site.head, site.director, site.manager, site.engineer]
    above = [place.county, place.city, place.province]
    rival: Any = persona("safety_director")
    of_others = User.objects.filter(role__in=("owner", "project_safety_officer"))
    far = [
        *of_others,
        inspector(QIAOXI),
        station_head(QIAOXI),
        persona("county_officer", at=QIAOXI),
        rival,
        persona("auditor"),
    ]
    return [*near, *above, *far]


def cards(user: User) -> dict[str, tuple[str, int]]:
    """By its words, where a duty on the workbench leads and how much it says to be there."""
    client = Client()
    client.force_login(user)
    page = client.get("/").content.decode()
    return {label: (url, int(count)) for url, label, count in CARD.findall(page)}


def rows_behind(user: User, url: str) -> int:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode().count("data-row")


def test_every_tab_that_is_a_duty_is_tried_here() -> None:
    tabs = {f"{name}.{view.name}" for name, register in registry.items() for view in register.views if view.todo}
    assert tabs == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_duty_stands_before_those_who_may_and_must_and_nobody_else_until_it_is_done(name: str) -> None:
    case, place = CASES[name], measures.watch()
    record = case.make(place)
    people = everybody(place)
    assert {u.username for u in people if case.label in cards(u)} == {u.username for u in case.holders(place)}
    case.end(type(record).objects.get(pk=record.pk), place)
    assert [u.username for u in people if case.label in cards(u)] == []


@pytest.mark.parametrize("name", CASES)
def test_the_link_of_a_duty_shows_as_many_rows_as_it_counts(name: str) -> None:
    case, place = CASES[name], measures.watch()
    case.make(place)
    case.make(other := measures.watch())
    for user in (*case.holders(place), *case.holders(other)):
        url, count = cards(user)[case.label]
        assert (rows_behind(user, url), count > 0) == (count, True)


WORKFLOWS: dict[str, Any] = {
    "listings": LISTING,
    "stop_works": STOP_WORK,
    "transfers": TRANSFER,
    "papers": PAPER,
    "list_snapshots": SNAPSHOT,
    "risks": RISK,
    "accidents": ACCIDENT,
    "leaves": LEAVE,
    "credit_entries": ENTRY,
    "blacklistings": BLACKLISTING,
    "joint_measures": JOINT,
    "permit_cases": PERMIT,
    "credit_repairs": REPAIR,
    "enterprise_merges": MERGE,
    "visits": VISIT,
    "draws": DRAW,
}


# Duties whose step is no move of the record: the page on which it is done, and its button.
STEPS: dict[str, Callable[[Any], tuple[str, str]]] = {
    "exams": lambda exam: (f"/m/exams/{exam.pk}/", "开始考试"),
    "duty_months": lambda month: (f"/m/safety-log/{month.project.number}/", "签名并提交"),
    "coverage_days": lambda day: (day.get_absolute_url(), "未覆盖人员"),
}


def may_make_the_step(register: str, record: Any, user: User) -> bool:
    if register in WORKFLOWS:
        return bool(WORKFLOWS[register].open_to(record, user))
    address, button = STEPS[register](record)
    client = Client()
    client.force_login(user)
    return button in client.get(address).content.decode()


@pytest.mark.parametrize("name", CASES)
def test_whoever_has_a_duty_may_make_a_move_and_is_told_in_the_morning_if_it_is_theirs(name: str) -> None:
    case, place = CASES[name], measures.watch()
    record = case.make(place)
    record = type(record).objects.get(pk=record.pk)
    holders = case.holders(place)
    assert all(may_make_the_step(name.partition(".")[0], record, user) for user in holders)
    today = timezone.localdate()
    told = open_items(today, since=timezone.now())
    reminded = {key for key, items in told.items() if record.get_absolute_url() in {item.url for item in items}}
    assert reminded
    assert reminded <= {user.pk for user in holders}
    case.end(record, place)
    after = open_items(today, since=timezone.now())
    assert not reminded & {key for key, items in after.items() if record.get_absolute_url() in {i.url for i in items}}


@pytest.mark.parametrize("name", CASES)
def test_the_morning_asks_as_often_for_three_as_for_one(name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            open_items(timezone.localdate(), since=timezone.now())
        return len(asked)

    CASES[name].make(measures.watch())
    for_one = queries()
    for _ in range(2):
        CASES[name].make(measures.watch())
    assert queries() == for_one


def test_duties_count_beside_the_menu_as_on_the_workbench() -> None:
    place = measures.watch()
    measures.proposed(place)
    # The major hazard has also proposed a record of credit.
    assert todos.waiting(place.county)["todo"] == 2
    assert [cards(place.county)[label][1] for label in ("挂牌督办待决定", "信用记录待核实")] == [1, 1]


def test_a_list_waits_for_the_next_signer_and_not_for_whoever_has_signed() -> None:
    place = measures.watch()
    site, waiting = place.site, "清单待签字"
    snapshot = SNAPSHOT.perform(frozen("duties", site.inspector), "prepare", by=site.inspector)
    assert [waiting in cards(u) for u in (site.inspector, site.second, site.head)] == [False, True, True]
    SNAPSHOT.perform(snapshot, "review", by=site.second)
    assert [waiting in cards(u) for u in (site.inspector, site.second, site.head)] == [False, False, True]
