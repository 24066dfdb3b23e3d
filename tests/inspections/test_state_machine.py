"""Whatever anybody writes and moves in whatever order, a visit's record stays lawful (Hypothesis draws)."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.canonical import sha256_of
from apps.core.models import Event
from apps.hazards.models import Hazard
from apps.inspections.checklists import table_of
from apps.inspections.models import VISIT_CHANGES, Visit, VisitState
from apps.inspections.services.answering import put_answer, put_signature
from apps.inspections.workflow.visit import VISIT
from tests.hazards.stories import site
from tests.hazards.test_state_machine import rolled_back
from tests.inspections.stories import certified, inspector, planned, problem, stroke
from tests.personas import QIAOXI

ACTORS = ("lead", "second", "colleague", "head", "director", "neighbour")
TEAM = ("lead", "second")
WRITES = ("answer", "answer_all", "problem", "sign", "sign_all")
MOVES = [*(move.name for move in VISIT.offered), *WRITES, "answer_all", "sign_all", "submit"]
STEPS = st.tuples(st.sampled_from(MOVES), st.sampled_from(("lead", "lead", *ACTORS)))
FACTS: dict[str, dict[str, Any]] = {
    "publish": {"public_result": "未发现问题。"},
    "cancel": {"cancel_reason": "项目停工，改期"},
}


def test_the_trigger_allows_what_the_table_allows() -> None:
    assert VISIT.pairs() == set(VISIT_CHANGES)


def write(visit: Visit, what: str, by: Any) -> None:
    checklist = visit.checklists.get()
    if what == "answer":
        told: dict[str, Any] = {"verdict": "deduct", "deductions": [{"code": "own", "text": "松动", "points": 4}]}
        put_answer(visit, by=by, checklist=checklist, item=3, base=revision(visit, 3), **told)
    elif what == "answer_all":
        for item in table_of(checklist).items:
            put_answer(visit, by=by, checklist=checklist, item=item.seq, verdict="pass", base=revision(visit, item.seq))
    elif what == "problem":
        problem(visit, by=by)
    else:
        members = list(visit.team.all())[: None if what == "sign_all" else 1]
        for member in members:
            told = {"role": "inspector", "inspector_id": member.inspector_id, "image": stroke()}
            put_signature(visit, by=by, key=uuid4(), **told)
        if what == "sign_all":
            put_signature(visit, by=by, key=uuid4(), role="inspected", name="赵伟", image=stroke())


def revision(visit: Visit, item: int) -> int | None:
    answer = visit.answers.filter(item=item).first()
    return answer.revision if answer else None


def check(visit: Visit) -> None:
    """What must hold after every attempt."""
    events = list(Event.objects.of(visit))
    changes = {(e.before, e.after) for e in events if e.before and e.before != e.after}
    assert changes <= VISIT.pairs()
    hazards = Hazard.objects.filter(finding__visit=visit)
    if visit.state in VisitState.DONE:
        assert sha256_of(visit.record) == visit.record_sha256
        assert visit.signatures.filter(role="inspector").count() >= 2
        assert visit.answers.count() == 10
        assert hazards.count() == visit.findings.filter(is_dropped=False).count() == len(visit.record["hazards"])
        assert not hazards.filter(state="draft").exists()
        assert visit.publish_by is not None
    else:
        assert visit.record == {}
        assert not hazards.exists()


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=12))
def test_no_order_of_writes_and_moves_by_anybody_breaks_a_record(steps: list[tuple[str, str]]) -> None:
    with rolled_back():
        place = site()
        team = [certified(place.inspector), certified(place.second)]
        visit = planned(place, team=team)
        people = {
            "lead": place.inspector,
            "second": place.second,
            "colleague": inspector().user,
            "head": place.head,
            "director": place.director,
            "neighbour": inspector(QIAOXI).user,
        }
        for step, name in steps:
            before = Visit.objects.values().get(pk=visit.pk)
            try:
                if step in WRITES:
                    write(visit, step, people[name])
                else:
                    visit = VISIT.perform(visit, step, by=people[name], **FACTS.get(step, {}))
            except (ValidationError, Http404):
                if step not in WRITES:
                    assert Visit.objects.values().get(pk=visit.pk) == before
            else:
                assert name in TEAM or (name == "head" and step in ("publish", "cancel"))
            check(Visit.objects.get(pk=visit.pk))
