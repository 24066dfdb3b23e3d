"""信用记录: nothing counts before two officers and the firm were heard; nothing counts from an earlier day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.http import Http404

from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditItem, CreditStanding, EntryState, ListType
from apps.credit.workflow import ENTRY
from apps.notifications.models import Message
from apps.projects.models import Project
from tests.credit import stories
from tests.credit.stories import Cast
from tests.factories import ProjectFactory
from tests.personas import LUBEI, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def standing(cast: Cast) -> CreditStanding:
    return CreditStanding.objects.get(enterprise=cast.firm)


def test_a_good_deed_counts_once_two_officers_have_seen_it(cast: Cast) -> None:
    entry = stories.effective(cast, stories.AWARD)
    assert (entry.state, entry.starts_on, entry.points) == ("effective", stories.today(), Decimal("3.00"))
    assert (standing(cast).score, standing(cast).grade, standing(cast).entries) == (Decimal("103.00"), "A", 1)


def test_a_bad_deed_counts_after_notice_and_the_time_for_objections(cast: Cast) -> None:
    entry = stories.effective(cast)
    assert standing(cast).score == Decimal("90.00")
    assert entry.expires_on == months_after(stories.today(), 24)


def test_nothing_counts_before_it_is_decided(cast: Cast) -> None:
    stories.heard(cast)
    assert not CreditStanding.objects.filter(enterprise=cast.firm).exists()


def test_who_proposed_does_not_check(cast: Cast) -> None:
    entry = stories.proposed(cast, by=cast.county, office=cast.county.organisation)
    with pytest.raises(TransitionRefused, match="提出人不能核实"):
        ENTRY.perform(entry, "check", by=cast.county, opinion="属实")


def test_who_checked_does_not_decide(cast: Cast) -> None:
    entry = ENTRY.perform(stories.proposed(cast), "check", by=cast.city, opinion="属实")
    entry = stories.after_objections(stories.tell(ENTRY, entry, cast.city))
    with pytest.raises(TransitionRefused, match="须由另一名人员认定"):
        ENTRY.perform(entry, "take_effect", by=cast.city)
    assert ENTRY.perform(entry, "take_effect", by=cast.second_city).state == EntryState.EFFECTIVE


def test_the_database_too_refuses_a_decision_by_one_alone(cast: Cast) -> None:
    entry = stories.effective(cast)
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(checked_by=entry.decided_by)


def test_while_the_firm_may_object_nothing_is_decided(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="期满后才能认定"):
        ENTRY.perform(stories.notified(cast), "take_effect", by=cast.city)


def test_without_notice_nothing_bad_is_decided(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="须先告知"):
        ENTRY.perform(stories.checked(cast), "take_effect", by=cast.city)


def test_an_objection_stops_the_decision_until_it_is_answered(cast: Cast) -> None:
    entry = ENTRY.perform(stories.notified(cast), "object", by=cast.director, objection="当日并未施工")
    assert entry.answer_by is not None
    with pytest.raises(TransitionRefused, match="不能认定生效"):
        ENTRY.perform(entry, "take_effect", by=cast.city)
    entry = ENTRY.perform(entry, "dismiss", by=cast.city, answer="监控显示当日施工")
    assert ENTRY.perform(entry, "take_effect", by=cast.city).state == EntryState.EFFECTIVE


def test_an_objection_that_is_right_ends_it(cast: Cast) -> None:
    entry = ENTRY.perform(stories.notified(cast), "object", by=cast.director, objection="主体认定有误")
    entry = ENTRY.perform(entry, "uphold", by=cast.city, answer="经核，责任主体为分包单位")
    assert (entry.state, entry.reason) == (EntryState.REJECTED, "经核，责任主体为分包单位")


def test_another_firm_can_not_object_and_does_not_even_see_it(cast: Cast) -> None:
    stranger = Cast().director
    with pytest.raises(Http404):
        ENTRY.perform(stories.notified(cast), "object", by=stranger, objection="替人提出")


def test_too_late_is_no_objection(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="届满"):
        ENTRY.perform(stories.heard(cast), "object", by=cast.director, objection="迟到的异议")


def test_a_firm_sees_what_it_was_told_and_no_proposal(cast: Cast) -> None:
    stories.proposed(cast)
    told = stories.notified(cast)
    assert list(CreditEntry.objects.visible_to(cast.director)) == [told]


def test_an_office_elsewhere_sees_nothing(cast: Cast) -> None:
    stories.notified(cast)
    assert not CreditEntry.objects.visible_to(persona("county_officer", at=LUBEI)).exists()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"happened_on": stories.today() + timedelta(days=2)}, "不能晚于今天"),
        ({"happened_on": stories.today() - timedelta(days=900)}, "已经过期"),
        ({"evidence": ""}, "事实、证据和依据"),
        ({"facts": ""}, "事实、证据和依据"),
    ],
)
def test_what_has_no_ground_or_is_too_old_is_not_recorded(cast: Cast, told: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        stories.proposed(cast, **told)
    assert not CreditEntry.objects.exists()


def test_no_hand_in_the_database_lets_an_entry_count_from_an_earlier_day(cast: Cast) -> None:
    entry = stories.effective(cast)
    with pytest.raises(InternalError, match="stays as it is"), transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(starts_on=stories.today() - timedelta(days=9))
    waiting = stories.heard(cast)
    with pytest.raises(IntegrityError, match="starts_on is the day of the decision"), transaction.atomic():
        CreditEntry.objects.filter(pk=waiting.pk).update(
            state="effective",
            starts_on=stories.today() - timedelta(days=3),
            expires_on=stories.today() + timedelta(days=300),
            ends_on=stories.today() + timedelta(days=300),
            decided_by=cast.city,
        )


@pytest.mark.parametrize("months", [2, 13, 40])
def test_a_publication_outside_of_the_term_of_its_severity_is_refused(cast: Cast, months: int) -> None:
    with pytest.raises(TransitionRefused, match="一般失信信息公示期限为 3 至 12 个月"):
        stories.published(cast, months=months)


def test_what_was_public_once_is_not_made_public_again(cast: Cast) -> None:
    entry = stories.published(cast, months=3)
    stories.aged(entry, 200)
    ended = ENTRY.happen(entry, "end_publication")
    assert ended is not None
    with pytest.raises(TransitionRefused, match="不能再次公示"):
        ENTRY.perform(ended, "publish", by=cast.city, months=3)


def test_who_decided_does_not_revoke_and_a_revoked_entry_counts_no_more(cast: Cast) -> None:
    entry = stories.effective(cast)
    with pytest.raises(TransitionRefused, match="认定人不能撤销"):
        ENTRY.perform(entry, "revoke", by=cast.city, reason="认定有误")
    entry = ENTRY.perform(entry, "revoke", by=cast.second_city, reason="认定有误")
    assert (entry.ends_on, standing(cast).score) == (stories.today(), Decimal("100.00"))


def test_a_forged_document_in_effect_proposes_lists_and_decides_none(cast: Cast) -> None:
    stories.effective(cast, stories.FORGED)
    proposals = Blacklisting.objects.filter(enterprise=cast.firm)
    assert {p.list_type.code for p in proposals} == {"market", "work_safety"}
    assert {p.state for p in proposals} == {"proposed"}
    assert standing(cast).grade == "D"


def test_two_larger_accidents_within_twelve_months_propose_a_list_and_one_does_not(cast: Cast) -> None:
    stories.effective(cast, stories.LARGER, happened_on=stories.today() - timedelta(days=200))
    assert not Blacklisting.objects.exists()
    stories.effective(cast, stories.LARGER, happened_on=stories.today() - timedelta(days=10))
    assert Blacklisting.objects.filter(list_type__code="market", condition__contains="2次及以上较大").exists()


def test_two_larger_accidents_further_apart_propose_nothing(cast: Cast) -> None:
    stories.effective(cast, stories.LARGER, happened_on=stories.today() - timedelta(days=400))
    stories.effective(cast, stories.LARGER, happened_on=stories.today() - timedelta(days=10))
    assert not Blacklisting.objects.exists()


def test_of_two_larger_accidents_that_which_was_decided_last_need_not_have_happened_last(cast: Cast) -> None:
    stories.effective(cast, stories.LARGER, happened_on=ago(10))
    assert not Blacklisting.objects.exists()
    stories.effective(cast, stories.LARGER, happened_on=ago(200))
    listings = Blacklisting.objects.all()
    assert {listing.list_type.code for listing in listings} == {"market", "hebei_serious", "work_safety"}
    assert {listing.happened_on for listing in listings} == {ago(10)}


def fined_for_dust(cast: Cast, project: Project | None, days_ago: int) -> None:
    stories.effective(cast, "X-B04", project_id=project and project.pk, happened_on=ago(days_ago))


def ago(days: int) -> date:
    return stories.today() - timedelta(days=days)


def test_the_third_fine_for_dust_on_one_project_within_twelve_months_proposes_hebeis_list(cast: Cast) -> None:
    project, another = ProjectFactory(contractor=cast.firm), ProjectFactory(contractor=cast.firm)
    for place, days in ((project, 300), (another, 250), (None, 200), (project, 150)):
        fined_for_dust(cast, place, days)
    assert not Blacklisting.objects.exists()
    fined_for_dust(cast, project, 10)
    listing = Blacklisting.objects.get()
    assert (listing.list_type.code, listing.state, listing.project) == ("hebei_serious", "proposed", project)
    assert listing.evidence.count("信用记录") == 3


def test_every_condition_that_ships_is_one_that_an_item_names_or_one_to_be_judged_by_people() -> None:
    named = set(CreditItem.objects.exclude(list_condition="").values_list("list_condition", flat=True))
    known = {one["code"] for kind in ListType.objects.all() for one in kind.conditions}
    assert known - named == {"grave_larger"}
    assert named <= known


# What the firm is told of it ------------------------------------------------------------------------------------------


def knows(cast: Cast, entry: CreditEntry) -> tuple[bool, int]:
    """Whether the firm's director finds it, and how many messages lead them to it."""
    sees = CreditEntry.objects.visible_to(cast.director).filter(pk=entry.pk).exists()
    return sees, Message.objects.filter(recipient=cast.director, url=entry.get_absolute_url()).count()


def test_a_proposal_that_is_given_up_before_its_notice_stays_inside(cast: Cast) -> None:
    entry = ENTRY.perform(stories.checked(cast), "reject", by=cast.city, reason="证据不足")
    assert knows(cast, entry) == (False, 0)


@pytest.mark.parametrize("objects", [True, False])
def test_a_firm_that_was_told_of_a_proposal_is_told_when_it_is_given_up(cast: Cast, objects: bool) -> None:
    entry = stories.notified(cast)
    if objects:
        entry = ENTRY.perform(entry, "object", by=cast.director, objection="系台风预警主动停工")
        entry = ENTRY.perform(entry, "uphold", by=cast.city, answer="情况属实")
    else:
        entry = ENTRY.perform(entry, "reject", by=cast.city, reason="证据不足")
    assert entry.state == "rejected"
    assert knows(cast, entry) == (True, 2)
