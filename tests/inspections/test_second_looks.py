"""Hazards that earlier visits had found, looked at again: carried along, judged, and what that does to the ledger."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.canonical import sha256_of
from apps.core.events import altered_events
from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.documents.models import Paper
from apps.hazards.history import as_timeline
from apps.hazards.models import Hazard, State
from apps.hazards.workflow import HAZARD
from apps.inspections.models import SecondLook, Visit
from apps.inspections.presenting.visits import looks_shown
from apps.inspections.services.answering import put_second_look, take_in_photo
from apps.inspections.submitting.record import Record
from apps.inspections.workflow.visit import VISIT
from tests.core.pictures import jpeg, saved, scene
from tests.hazards.stories import Site, answer, draft, order, site, taken_to, today
from tests.inspections.stories import answered, certified, lead, planned, problem, signed, submitted
from tests.personas import QIAOXI, inspector, signed_in

pytestmark = pytest.mark.django_db
OUTCOMES = ("good", "partly", "bad", "unseen")


def followed(place: Site, *, problems: int = 1, **values: Any) -> tuple[Visit, list[Hazard]]:
    """A visit that found hazards, and another to the same site, a follow-up unless told otherwise."""
    team = [certified(place.inspector), certified(place.second)]
    first = planned(place, team=team)
    answered(first)
    for _ in range(problems):
        problem(first, **values)
    signed(first)
    VISIT.perform(first, "submit", by=lead(first))
    hazards = list(Hazard.objects.filter(finding__visit=first).order_by("pk"))
    return planned(place, team=team, kind="follow_up", follows=first), hazards


def begun(visit: Visit) -> Visit:
    return VISIT.perform(visit, "start", by=lead(visit))


def on(hazard: Hazard, state: str, place: Site) -> Hazard:
    """The hazard on its way, as far as this state."""
    steps: list[tuple[str, Any]] = [
        ("received", lambda one: HAZARD.perform(one, "receive", by=place.director)),
        ("rectifying", lambda one: HAZARD.perform(one, "start", by=place.director)),
        ("answered", lambda one: answer(one, place)),
        ("confirmed", lambda one: HAZARD.perform(one, "confirm", by=place.engineer)),
        ("verified", lambda one: HAZARD.perform(one, "verify", by=place.second, opinion="合格")),
        ("closed", lambda one: HAZARD.perform(one, "close", by=place.second)),
    ]
    for _, step in steps:
        if hazard.state == state:
            return hazard
        hazard = step(hazard)
    assert hazard.state == state
    return hazard


def judged(visit: Visit, outcome: str, hazard: Hazard, *, photo: bool = False, **told: Any) -> SecondLook:
    look = visit.second_looks.get(hazard=hazard)
    by = lead(visit)
    if photo:
        take_in_photo(visit, by=by, key=uuid4(), file=saved(scene(91)), name="a.jpg", second_look=look.pk)
    return put_second_look(visit, by=by, key=look.pk, outcome=outcome, **{"remark": "西侧仍缺一道横杆"} | told)


def handed_in(visit: Visit) -> Visit:
    answered(visit)
    signed(visit)
    return VISIT.perform(visit, "submit", by=lead(visit))


def events(hazard: Hazard) -> list[str]:
    return list(Event.objects.of(hazard).order_by("step").values_list("name", flat=True))


# What is carried along ------------------------------------------------------------------------------------------------


def test_a_visit_that_begins_takes_along_what_earlier_visits_found_and_what_waits_for_its_office() -> None:
    place = site()
    visit, (found,) = followed(place)
    waiting = taken_to("confirmed", place)
    taken_to("rectifying", place)  # the office found it outside of a visit, and the firm still has it
    order(draft(site()), site())  # of another site
    visit = begun(visit)
    assert {look.hazard for look in visit.second_looks.all()} == {found, waiting}
    look = visit.second_looks.get(hazard=found)
    assert look.facts == {
        "number": found.number,
        "description": found.description,
        "place": found.place,
        "grade": "ordinary",
        "deadline": found.deadline.isoformat() if found.deadline else "",
        "state": "ordered",
    }


def test_what_was_taken_along_stays_as_it_was() -> None:
    place = site()
    visit, (found,) = followed(place)
    visit = begun(visit)
    on(found, "closed", place)
    look = visit.second_looks.select_related("hazard").get()
    assert (look.state_then, look.state_now, look.is_over) == ("待签收", "已销号", True)
    changes: list[dict[str, Any]] = [{"facts": {}}, {"is_needed": False}, {"hazard": None}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            SecondLook.objects.filter(pk=look.pk).update(**change)


@pytest.mark.parametrize(
    ("kind", "state", "late", "needed"),
    [
        ("follow_up", "ordered", False, True),
        ("daily", "ordered", False, False),
        ("daily", "ordered", True, True),
        ("key", "confirmed", False, True),
        ("daily", "verified", True, False),
        ("random", "confirmed", True, False),
        ("special", "ordered", True, False),
    ],
)
def test_a_follow_up_needs_all_a_daily_visit_what_is_due(kind: str, state: str, late: bool, needed: bool) -> None:
    place = site()
    visit, (found,) = followed(place)
    on(found, state, place)
    Visit.objects.filter(pk=visit.pk).update(kind=kind)
    if late:
        Hazard.objects.filter(pk=found.pk).update(deadline=today() - timedelta(days=1), found_on=today() - timedelta(9))
    visit = begun(Visit.objects.get(pk=visit.pk))
    assert visit.second_looks.get().is_needed is needed
    answered(visit)
    signed(visit)
    if needed:
        with pytest.raises(TransitionRefused, match=f"以往隐患还有 1 条没有复查结论：{found.number}"):
            VISIT.perform(visit, "submit", by=lead(visit))
    else:
        assert VISIT.perform(visit, "submit", by=lead(visit)).record["second_looks"][0]["outcome"] == ""


def test_hazards_that_ended_meanwhile_need_no_outcome() -> None:
    place = site()
    visit, (found,) = followed(place)
    visit = begun(visit)
    on(found, "closed", place)
    told = handed_in(visit).record["second_looks"]
    assert [(one["outcome"], one["effect"]) for one in told] == [("", "隐患已先行销号或作废，未作变动")]


# What may be said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"outcome": "perhaps"}, "复查结论应为"),
        ({"outcome": ""}, "复查结论应为"),
        ({"outcome": "unseen", "remark": " "}, "请写明未复查的原因"),
        ({"outcome": "partly", "remark": ""}, "请写明还有什么没有整改"),
        ({"outcome": "good", "remark": "长" * 501}, "最多包含 500 个字符|500"),
    ],
)
def test_an_outcome_that_says_too_little_or_too_much_is_refused(told: dict[str, Any], reason: str) -> None:
    visit, (found,) = followed(site())
    visit = begun(visit)
    with pytest.raises(ValidationError, match=reason):
        judged(visit, hazard=found, **told)
    assert visit.second_looks.get().outcome == ""


def test_a_hazard_that_the_visit_does_not_carry_is_refused() -> None:
    visit, _ = followed(site())
    other, (foreign,) = followed(site())
    begun(visit)
    look = begun(other).second_looks.get(hazard=foreign)
    for key in (look.pk, uuid4()):
        with pytest.raises(ValidationError, match="不在本次检查的复查清单中"):
            put_second_look(visit, by=lead(visit), key=key, outcome="good")
        with pytest.raises(ValidationError, match="不在本次检查的复查清单中"):
            take_in_photo(visit, by=lead(visit), key=uuid4(), file=saved(scene(3)), name="a.jpg", second_look=key)
    look.refresh_from_db()
    assert (look.outcome, visit.photos.count()) == ("", 0)


def test_only_the_team_judges_and_nobody_after_a_signature() -> None:
    visit, (found,) = followed(site())
    visit = begun(visit)
    look = visit.second_looks.get()
    with pytest.raises(ValidationError, match="只有本次检查组的成员"):
        put_second_look(visit, by=inspector(), key=look.pk, outcome="good")
    signed(visit)
    with pytest.raises(ValidationError, match="已签字"):
        judged(visit, "good", found)


def test_the_same_again_changes_nothing_and_another_needs_the_revision() -> None:
    visit, (found,) = followed(site())
    visit = begun(visit)
    assert judged(visit, "good", found).revision == judged(visit, "good", found).revision == 1
    with pytest.raises(ValidationError, match="已被他人修改"):
        judged(visit, "bad", found)
    assert judged(visit, "bad", found, base=1).revision == 2


# What it does to the ledger -------------------------------------------------------------------------------------------

NOTED, CLOSED, RETURNED, KEPT = "noted", "closed", "returned", "kept"
BEFORE_REVIEW = ("ordered", "received", "rectifying", "answered")
EFFECTS: dict[tuple[str, str], tuple[str, str]] = {
    **{(state, outcome): (NOTED, state) for state in BEFORE_REVIEW for outcome in ("good", "partly", "bad")},
    ("confirmed", "good"): (CLOSED, "closed"),
    ("confirmed", "partly"): (RETURNED, "rectifying"),
    ("confirmed", "bad"): (RETURNED, "rectifying"),
    ("verified", "good"): (CLOSED, "closed"),
    ("verified", "partly"): (RETURNED, "rectifying"),
    ("verified", "bad"): (RETURNED, "rectifying"),
    **{("closed", outcome): ("ended", "closed") for outcome in OUTCOMES},
    **{(state, "unseen"): (KEPT, state) for state in (*BEFORE_REVIEW, "confirmed", "verified")},
}


@pytest.mark.parametrize(("state", "outcome"), sorted(EFFECTS))
def test_each_outcome_does_in_each_state_what_the_table_of_moves_allows(state: str, outcome: str) -> None:
    place = site()
    visit, (found,) = followed(place)
    visit = begun(visit)
    on(found, state, place)
    before = events(found)
    judged(visit, outcome, found, photo=True)
    visit = handed_in(visit)
    effect, after = EFFECTS[state, outcome]
    hazard = Hazard.objects.get(pk=found.pk)
    assert (visit.second_looks.get().effect, hazard.state) == (effect, after)
    made = events(hazard)[len(before) :]
    assert made == {
        NOTED: ["look_again"],
        RETURNED: ["return"],
        CLOSED: ["verify", "close"] if state == "confirmed" else ["look_again", "close"],
    }.get(effect, [])
    assert hazard.photos.filter(stage="verification").count() == (1 if made else 0)
    assert all(visit.number in str(event.facts) for event in Event.objects.of(hazard).filter(name__in=made[:1]))
    assert not list(altered_events())


def test_every_open_state_and_every_outcome_is_tried_above() -> None:
    assert set(EFFECTS) == {(state, outcome) for state in (*State.OPEN, "closed") for outcome in OUTCOMES}


def test_what_was_seen_before_the_answer_stands_in_the_history_of_the_hazard() -> None:
    visit, (found,) = followed(site())
    visit = begun(visit)
    judged(visit, "partly", found)
    handed_in(visit)
    newest = as_timeline(list(Event.objects.of(found).order_by("step")))[0]
    assert newest["title"] == "现场复查"
    assert newest["note"] == f"检查 {visit.number} 现场复查：部分整改，复查不合格。西侧仍缺一道横杆"


def test_a_major_hazard_found_good_waits_for_the_second_officer() -> None:
    place = site()
    visit, (found,) = followed(place, grade="major")
    visit = begun(visit)
    on(found, "confirmed", place)
    judged(visit, "good", found)
    visit = handed_in(visit)
    found.refresh_from_db()
    assert (found.state, visit.second_looks.get().effect) == ("verified", "verified")
    HAZARD.perform(found, "close", by=place.second)


def test_who_may_not_verify_leaves_the_ledger_alone_and_the_record_keeps_what_was_seen() -> None:
    place = site()
    visit, (found,) = followed(place)
    visit = begun(visit)
    on(found, "confirmed", place)
    judged(visit, "good", found)
    # What a firm found itself is verified by the firm, whatever a visit saw of it.
    Hazard.objects.filter(pk=found.pk).update(by_authority=False)
    visit = handed_in(visit)
    found.refresh_from_db()
    assert (found.state, visit.second_looks.get().effect) == ("confirmed", "kept")


def test_a_submission_that_is_refused_moves_no_hazard() -> None:
    place = site()
    visit, (found, other) = followed(place, problems=2)
    visit = begun(visit)
    on(found, "confirmed", place)
    judged(visit, "good", found)
    answered(visit)
    signed(visit)
    with pytest.raises(TransitionRefused, match=other.number):
        VISIT.perform(visit, "submit", by=lead(visit))
    found.refresh_from_db()
    assert (found.state, visit.second_looks.get(hazard=found).effect) == ("confirmed", "")


# Record, paper, page --------------------------------------------------------------------------------------------------


def test_record_and_paper_tell_the_outcomes() -> None:
    place = site()
    visit, (good, bad) = followed(place, problems=2)
    visit = begun(visit)
    on(good, "confirmed", place)
    judged(visit, "good", good, remark="", photo=True)
    judged(visit, "bad", bad, remark="")
    visit = Visit.objects.get(pk=handed_in(visit).pk)
    assert sha256_of(visit.record) == visit.record_sha256
    told = {one["number"]: one for one in visit.record["second_looks"]}
    assert (told[good.number]["outcome"], told[good.number]["effect"]) == ("good", "已销号")
    assert len(told[good.number]["photos"]) == 1
    assert (told[bad.number]["outcome"], told[bad.number]["state"]) == ("bad", "ordered")
    result = Paper.objects.filter(kind="inspection_record").latest("pk").contents["result"]
    assert "复查以往隐患 2 条：复查合格 1 条，未整改，复查不合格 1 条" in result
    assert f"{good.number} {good.description}：复查合格；已销号" in result
    with pytest.raises(DatabaseError), transaction.atomic():
        visit.second_looks.update(remark="另作说明")


def test_an_outcome_is_written_at_a_desk_with_its_photograph() -> None:
    place = site()
    visit, (found,) = followed(place)
    before = signed_in(lead(visit)).get(visit.get_absolute_url()).content.decode()
    assert "带入本项目未销号的隐患 1 条" in before
    visit = begun(visit)
    client, look = signed_in(lead(visit)), visit.second_looks.get()
    address = f"{visit.get_absolute_url()}second-looks/{look.pk}/"
    assert "带入本项目未销号的隐患" not in client.get(visit.get_absolute_url()).content.decode()
    assert "须填写结论" in client.get(visit.get_absolute_url()).content.decode()
    assert found.description in client.get(address).content.decode()
    refused = client.post(address, {"outcome": "unseen", "remark": "", "base": "0"})
    assert refused.status_code == 422 and "请写明未复查的原因" in refused.content.decode()
    assert client.post(address, {"outcome": "perhaps"}).status_code == 422
    picture = SimpleUploadedFile("again.jpg", jpeg(5).getvalue(), "image/jpeg")
    assert client.post(address, {"outcome": "good", "base": "0", "photos": picture}).status_code == 302
    look.refresh_from_db()
    assert (look.outcome, look.revision, look.photos.count(), look.made_by) == ("good", 1, 1, lead(visit))
    stale = client.post(address, {"outcome": "bad", "base": "0"})
    assert stale.status_code == 422 and "已被他人修改" in stale.content.decode()
    assert client.post(address, {"outcome": "bad", "base": "1"}).status_code == 302
    visit = handed_in(visit)
    page = client.get(visit.get_absolute_url()).content.decode()
    assert "未整改，复查不合格" in page and "已记入隐患办理过程" in page
    assert client.post(address, {"outcome": "good", "base": "2"}).status_code == 302
    look.refresh_from_db()
    assert look.outcome == "bad"


def test_strangers_and_other_counties_reach_no_outcome() -> None:
    visit, _ = followed(site())
    visit = begun(visit)
    look = visit.second_looks.get()
    address = f"{visit.get_absolute_url()}second-looks/{look.pk}/"
    assert signed_in(inspector()).get(address).status_code == 403
    assert signed_in(inspector(at=QIAOXI)).get(address).status_code == 404
    other, _ = followed(site())
    foreign = begun(other).second_looks.get()
    assert signed_in(lead(visit)).get(f"{visit.get_absolute_url()}second-looks/{foreign.pk}/").status_code == 404


def test_the_firm_reads_the_outcomes_once_the_visit_is_handed_in() -> None:
    place = site()
    visit, (found,) = followed(place)
    visit = begun(visit)
    judged(visit, "partly", found)
    visit = handed_in(visit)
    page = signed_in(place.director).get(visit.get_absolute_url()).content.decode()
    assert "部分整改，复查不合格" in page and found.number in page
    # Whoever reads a visit reads of its hazards only what the ledger shows them too.
    record = Record(visit)
    shown = {user.username: looks_shown(record, user) for user in (place.director, inspector(at=QIAOXI))}
    assert sorted(map(len, shown.values())) == [0, 1]


def test_the_page_asks_as_often_for_four_hazards_as_for_one() -> None:
    counted = []
    for problems in (1, 4):
        visit, _ = followed(site(), problems=problems)
        visit = begun(visit)
        client = signed_in(lead(visit))
        client.get(visit.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(visit.get_absolute_url()).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_team_of_a_visit_without_open_hazards_sees_no_list() -> None:
    visit = submitted()
    assert visit.record["second_looks"] == []
    assert "复查以往隐患" not in signed_in(lead(visit)).get(visit.get_absolute_url()).content.decode()


def test_the_printed_sheet_has_boxes_for_open_hazards_and_says_how_many_it_leaves_out(monkeypatch: Any) -> None:
    place = site()
    visit, found = followed(place, problems=2)
    page = signed_in(place.inspector).get(f"/inspections/{visit.number}/sheet/").content.decode()
    assert page.count("□ 复查合格") == len(found)
    assert "2 条" in page and "列期限最近的" not in page
    monkeypatch.setattr("apps.inspections.views.visits.HAZARDS_PRINTED", 1)
    page = signed_in(place.inspector).get(f"/inspections/{visit.number}/sheet/").content.decode()
    assert "2 条，列期限最近的 1 条" in page
