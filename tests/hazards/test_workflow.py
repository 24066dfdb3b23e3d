"""The life of a hazard: who may move it where, what must be told, and what nobody may do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.http import Http404
from django.utils import timezone

from apps.core.deadlines import DeadlineRule, deadline
from apps.core.models import Event
from apps.core.workflow import StaleRecord, TransitionRefused
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import LEGAL_CHANGES, Disposal, Grade, Hazard, Source, State
from apps.hazards.services.closing import verify_and_close
from apps.hazards.workflow import HAZARD
from tests.hazards import stories
from tests.personas import LUBEI, QIAOXI, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def refused(hazard: Hazard, move: str, by: Any, **facts: Any) -> str:
    """The sentence with which the move is refused; the row stays as it was."""
    before = Hazard.objects.filter(pk=hazard.pk).values().get()
    with pytest.raises(TransitionRefused) as refusal:
        HAZARD.perform(hazard, move, by=by, **facts)
    assert Hazard.objects.filter(pk=hazard.pk).values().get() == before
    return refusal.value.messages[0]


def test_a_hazard_goes_from_finding_to_closing_and_every_step_stands_in_the_ledger(site: stories.Site) -> None:
    hazard = stories.taken_to("closed", site)
    told = list(Event.objects.of(hazard).values_list("step", "name", "before", "after"))
    assert told == [
        (1, "registered", "", "draft"),
        (2, "order", "draft", "ordered"),
        (3, "receive", "ordered", "received"),
        (4, "start", "received", "rectifying"),
        (5, "answer", "rectifying", "answered"),
        (6, "confirm", "answered", "confirmed"),
        (7, "verify", "confirmed", "verified"),
        (8, "close", "verified", "closed"),
    ]
    assert hazard.version == 8


def test_the_times_of_a_hazard_are_those_of_its_events(site: stories.Site) -> None:
    hazard = stories.taken_to("closed", site)
    told = dict(Event.objects.of(hazard).values_list("name", "happened_at"))
    assert (hazard.ordered_at, hazard.answered_at, hazard.closed_at) == (told["order"], told["answer"], told["close"])


def test_the_table_and_the_trigger_of_the_database_know_the_same_changes() -> None:
    assert HAZARD.pairs() == set(LEGAL_CHANGES)


def test_the_database_refuses_a_change_of_state_that_the_table_does_not_know(site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site)
    with pytest.raises(InternalError, match="legal_moves"), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(state=State.CLOSED)


def test_a_hazard_is_never_deleted(site: stories.Site) -> None:
    hazard = stories.draft(site)
    with pytest.raises(InternalError, match="never_deleted"), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk)._raw_delete("default")


def test_nobody_verifies_their_own_answer(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    Hazard.objects.filter(pk=hazard.pk).update(answered_by=site.inspector)
    assert refused(hazard, "verify", site.inspector, opinion="好") == "不能确认或复查自己提交的整改回复"


def test_the_firm_cannot_verify_or_close_what_an_authority_found(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    assert refused(hazard, "verify", site.director, opinion="好") == "监督机构发现的隐患由监督机构办理"


def test_a_supervision_firm_sees_the_hazard_but_does_not_answer_for_the_contractor(site: stories.Site) -> None:
    director = persona("safety_director", organisation=site.engineer.organisation)
    hazard = stories.taken_to("ordered", site)
    assert Hazard.objects.visible_to(director).exists()
    assert refused(hazard, "receive", director) == "由整改企业或施工总承包单位办理"
    hazard = HAZARD.perform(hazard, "receive", by=site.director)
    assert refused(hazard, "start", director) == "由整改企业或施工总承包单位办理"
    told = {"measures": "好", "rectified_on": stories.today(), "photos": [stories.photo(director)]}
    assert refused(hazard, "answer", director, **told) == "由整改企业或施工总承包单位办理"


def test_a_general_contractor_answers_for_its_subcontractor(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site, enterprise=stories.enterprise()), site)
    assert HAZARD.perform(hazard, "receive", by=site.director).state == State.RECEIVED


def test_a_supervision_firm_carries_its_own_findings_and_not_the_contractors(site: stories.Site) -> None:
    director = persona("safety_director", organisation=site.engineer.organisation)
    theirs = stories.draft(site, by=site.manager, source=Source.SELF_CHECK)
    assert refused(theirs, "order", director, demands="改", disposal="rectify") == "由发现隐患的企业或整改企业办理"
    own = stories.draft(site, by=site.engineer, source=Source.SUPERVISION_FIRM)
    assert HAZARD.perform(own, "order", by=director, demands="改", disposal="rectify").state == State.ORDERED


def test_a_major_hazard_is_closed_by_another_officer_than_verified_it(site: stories.Site) -> None:
    hazard = stories.taken_to("verified", site, grade=Grade.MAJOR)
    assert refused(hazard, "close", site.inspector) == "重大隐患须由复查人以外的另一名监督人员销号"
    assert HAZARD.perform(hazard, "close", by=site.second).state == State.CLOSED


def test_an_ordinary_hazard_is_verified_and_closed_in_one_press_as_two_events(site: stories.Site) -> None:
    hazard = verify_and_close(stories.taken_to("confirmed", site), by=site.inspector, opinion="合格")
    assert hazard.state == State.CLOSED
    assert list(Event.objects.of(hazard).values_list("name", flat=True))[-2:] == ["verify", "close"]


def test_a_major_hazard_waits_for_the_second_officer_after_the_press(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site, grade=Grade.MAJOR)
    assert verify_and_close(hazard, by=site.inspector, opinion="合格").state == State.VERIFIED


def test_an_order_needs_a_photograph_of_before(site: stories.Site) -> None:
    bare = stories.record_hazard(
        by=site.inspector,
        project=site.project,
        enterprise=site.project.enterprise,
        category="脚手架",
        description="连墙件缺失",
        found_on=stories.today(),
    )
    assert refused(bare, "order", site.inspector, demands="补设", disposal="rectify") == "下达前至少要有 1 张整改前照片"


def test_an_answer_needs_a_new_photograph_each_time(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    hazard = HAZARD.perform(hazard, "return", by=site.inspector, reason="盖板松动")
    told = {"measures": "重新固定", "rectified_on": stories.today(), "photos": []}
    assert refused(hazard, "answer", site.director, **told) == "至少要有 1 张整改后照片，须在现场拍摄"


def test_a_photograph_of_somebody_else_cannot_be_used(site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site)
    told = {"measures": "好", "rectified_on": stories.today(), "photos": [stories.photo(site.manager)]}
    assert refused(hazard, "answer", site.director, **told) == "有照片已失效，请重新上传"


def test_evidence_can_be_neither_changed_nor_deleted_once_it_hangs_on_a_hazard(site: stories.Site) -> None:
    hazard = stories.draft(site)
    for forbidden in (lambda: hazard.photos.update(stage="after"), lambda: hazard.photos.all().delete()):
        with pytest.raises(InternalError, match="evidence"), transaction.atomic():
            forbidden()


def test_a_major_hazard_is_answered_with_all_five_commitments(site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site, grade=Grade.MAJOR)
    told = {
        "measures": "已停工加固",
        "rectified_on": stories.today(),
        "photos": [stories.photo(site.director)],
        "commitments": {**stories.COMMITMENTS, "funds": ""},
    }
    assert refused(hazard, "answer", site.director, **told) == "重大隐患须填写五落实，还缺：经费物资"


def test_a_deadline_cannot_lie_before_the_order(site: stories.Site) -> None:
    hazard = stories.draft(site, found_on=stories.today() - timedelta(days=9))
    told = {"demands": "改", "disposal": "rectify", "deadline": stories.today() - timedelta(days=1)}
    assert refused(hazard, "order", site.inspector, **told) == "整改期限不能早于下达当天"


def test_a_hazard_without_deadline_is_a_state_of_its_own_and_never_overdue(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site, days=None)
    assert not Hazard.objects.overdue(stories.today() + timedelta(days=999)).exists()
    assert list(Hazard.objects.without_deadline()) == [hazard]


def test_a_hazard_is_overdue_the_day_after_its_deadline_and_no_longer_once_answered(site: stories.Site) -> None:
    hazard = stories.order(stories.draft(site), site, days=3)
    deadline = hazard.deadline
    assert deadline
    assert not Hazard.objects.overdue(deadline).exists()
    assert list(Hazard.objects.overdue(deadline + timedelta(days=1))) == [hazard]
    HAZARD.perform(hazard, "receive", by=site.director)
    stories.answer(hazard, site)
    assert not Hazard.objects.overdue(deadline + timedelta(days=1)).exists()


def test_voiding_needs_a_reason_and_another_persons_approval(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    hazard = HAZARD.perform(hazard, "request_void", by=site.inspector, void_reason="与另一条重复登记")
    assert hazard.state == State.ORDERED
    Hazard.objects.filter(pk=hazard.pk).update(void_requested_by=site.head)
    assert refused(hazard, "approve_void", site.head) == "不能审批自己提出的作废申请"
    Hazard.objects.filter(pk=hazard.pk).update(void_requested_by=site.inspector)
    assert HAZARD.perform(hazard, "approve_void", by=site.head).state == State.VOID


def test_the_recorder_may_contest_a_closure_and_nobody_else(site: stories.Site) -> None:
    hazard = stories.taken_to("closed", site)
    assert refused(hazard, "contest", site.second, reason="现场又被拆除") == "只有登记人可以办理"
    hazard = HAZARD.perform(hazard, "contest", by=site.inspector, reason="现场又被拆除")
    assert (hazard.state, hazard.contested, hazard.closed_by, hazard.closed_at) == (State.CONFIRMED, True, None, None)


def test_a_hazard_fixed_on_the_spot_has_photographs_of_before_and_after(site: stories.Site) -> None:
    hazard = stories.draft(site)
    hazard = HAZARD.perform(
        hazard, "fix_on_spot", by=site.inspector, measures="现场加盖", photos=[stories.photo(site.inspector)]
    )
    assert hazard.state == State.VERIFIED
    assert set(hazard.photos.values_list("stage", flat=True)) == {"before", "after"}


def test_a_major_hazard_is_not_settled_on_the_spot(site: stories.Site) -> None:
    """On the spot nobody tells of the 五落实."""
    hazard = stories.draft(site, grade=Grade.MAJOR)
    told = {"measures": "现场加固", "photos": [stories.photo(site.inspector)]}
    assert refused(hazard, "fix_on_spot", site.inspector, **told).startswith("重大隐患不能当场整改办结")
    assert "fix_on_spot" not in {move.name for move in HAZARD.open_to(hazard, site.inspector)}


def test_the_order_names_the_photographs_of_before_by_their_hashes(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    event = Event.objects.of(hazard).get(name="order")
    photo = hazard.photos.select_related("original").get()
    assert event.facts["evidence"] == [{"id": str(photo.pk), "sha256": photo.original.sha256}]


@pytest.mark.parametrize("move", ["return", "contest"])
def test_the_opinion_of_a_verification_that_no_longer_holds_leaves_the_record(site: stories.Site, move: str) -> None:
    hazard = stories.taken_to("closed" if move == "contest" else "verified", site)
    assert hazard.opinion
    hazard = HAZARD.perform(hazard, move, by=site.inspector, reason="栏杆又被拆除")
    assert hazard.opinion == ""
    assert Event.objects.of(hazard).get(name="verify").facts["opinion"]


def test_a_new_deadline_does_not_keep_the_derivation_of_the_old_one(site: stories.Site) -> None:
    day, later = stories.today() + timedelta(days=3), stories.today() + timedelta(days=9)
    basis = deadline(stories.today(), DeadlineRule("calendar", 3, "整改通知书"), CALENDAR).as_json()
    hazard = stories.draft(site, deadline=day, deadline_basis=basis)
    told: dict[str, Any] = {"demands": "立即封闭", "disposal": Disposal.RECTIFY}
    hazard = HAZARD.perform(hazard, "order", by=site.inspector, deadline=day, **told)
    assert hazard.deadline_basis == basis
    hazard = stories.advanced(hazard, "confirmed", site)
    hazard = HAZARD.perform(hazard, "return", by=site.inspector, reason="仍有缺口", deadline=later)
    assert (hazard.deadline, hazard.deadline_basis) == (later, {})


def test_a_move_made_on_an_old_version_is_refused_with_the_newer_record(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    HAZARD.perform(hazard, "receive", by=site.director)
    with pytest.raises(StaleRecord) as stale:
        HAZARD.perform(hazard, "receive", by=site.director, version=hazard.version)
    assert stale.value.record.state == State.RECEIVED


def test_the_neighbouring_county_and_a_rival_firm_cannot_move_a_hazard(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    for stranger in (persona("inspector", at=QIAOXI), persona("inspector", at=LUBEI), stories.site().director):
        with pytest.raises(Http404):
            HAZARD.perform(hazard, "verify", by=stranger, opinion="合格")


def test_a_firm_does_not_see_an_authoritys_draft(site: stories.Site) -> None:
    hazard = stories.draft(site)
    assert not Hazard.objects.visible_to(site.director).exists()
    stories.order(hazard, site)
    assert list(Hazard.objects.visible_to(site.director)) == [hazard]


def test_what_a_firm_finds_itself_it_carries_itself_and_offices_above_the_county_see_only_major_ones(
    site: stories.Site,
) -> None:
    hazard = stories.draft(site, by=site.manager, source=Source.SELF_CHECK)
    assert not hazard.by_authority
    hazard = HAZARD.perform(hazard, "order", by=site.director, demands="改", disposal="rectify")
    assert refused(hazard, "request_void", site.inspector, void_reason="误报") == "企业自查的隐患由企业自行办理"
    assert Hazard.objects.visible_to(site.inspector).exists()
    assert not Hazard.objects.visible_to(persona("city_officer")).exists()
    Hazard.objects.filter(pk=hazard.pk).update(grade=Grade.MAJOR)
    assert Hazard.objects.visible_to(persona("city_officer")).exists()


def test_the_database_knows_that_two_officers_close_a_major(site: stories.Site) -> None:
    hazard = stories.taken_to("verified", site, grade=Grade.MAJOR)
    with pytest.raises(IntegrityError, match="hazard_major_closed_by_two"), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(
            state=State.CLOSED, closed_by=site.inspector, closed_at=timezone.now()
        )
