"""A training that was held, a bank of questions, and an examination about it."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.exams.models import Answer, Attempt, Exam, ExamState, Question
from apps.exams.papers import content_sha256
from apps.exams.pools import content_of
from apps.exams.services.attempts import hand_in, save_answers, start
from apps.exams.services.exams import commitment_of
from apps.exams.workflow import EXAM
from apps.people.models import Person
from apps.training.models import Course, Level, Participation, Session, SessionState
from tests.factories import PersonFactory
from tests.hazards import stories

_numbers = count(1)
TOPICS = ("高处作业", "施工用电")
PATTERN = [
    {"kind": "judgement", "topic": "", "count": 4, "points": 5},
    {"kind": "single", "topic": "高处作业", "count": 2, "points": 10},
    {"kind": "single", "topic": "", "count": 3, "points": 10},
    {"kind": "multiple", "topic": "", "count": 3, "points": 10},
]
ONE = [{"kind": "single", "topic": "", "count": 1, "points": 100}]
"""A paper of one question."""
RIGHT = {"judgement": "A", "single": "B", "multiple": "AC"}


def question(enterprise: Any = None, kind: str = "single", topic: str = TOPICS[0], **values: Any) -> Question:
    """A question in use; the right answer is that of RIGHT."""
    number = next(_numbers)
    options = ["正确", "错误"] if kind == "judgement" else [f"做法{letter}" for letter in "甲乙丙丁"]
    told = {"text": f"第{number}道试题怎样做才对", "basis": "示例依据", "explanation": f"第{number}题的解析", **values}
    made = Question(enterprise=enterprise, kind=kind, topic=topic, options=options, right=RIGHT[kind], **told)
    made.sha256 = content_sha256(content_of(made))
    made.save()
    return made


def bank(enterprise: Any = None, each: int = 8) -> list[Question]:
    """So many questions of each kind and topic."""
    return [question(enterprise, kind, topic) for kind in RIGHT for topic in TOPICS for _ in range(each)]


def training(site: stories.Site, course: Course | None = None, *, held: bool = True, **values: Any) -> Session:
    """A training of the site's contractor that was held yesterday, about a course that asks for an examination."""
    firm, now = site.project.enterprise, timezone.now()
    assert firm
    course = course or Course.objects.create(
        enterprise=firm, name=f"第{next(_numbers)}期入场教育", level=Level.PROJECT, hours=15, needs_exam=True, **values
    )
    return Session.objects.create(
        course=course,
        enterprise=firm,
        project=site.project,
        region_path=site.project.region_path,
        level=course.level,
        hours=course.hours,
        starts_at=now - timedelta(days=1, hours=4),
        ends_at=now - timedelta(days=1),
        place="项目部会议室",
        trainer="王工",
        state=SessionState.HELD if held else SessionState.OPEN,
        held_at=now - timedelta(hours=20) if held else None,
        held_by=site.director if held else None,
    )


def taken_part(session: Session, person: Person | None = None, **values: Any) -> Participation:
    """Somebody who signed in and waits for the examination."""
    person = person or PersonFactory(employer=session.enterprise)
    told = {"signed_in_at": session.starts_at, "signed_in_by": "trainer", "result": "waiting", **values}
    return Participation.objects.create(
        session=session,
        person=person,
        region_path=session.region_path,
        level=session.level,
        hours=session.hours,
        **told,
    )


def with_account(site: stories.Site, user: User | None = None) -> Person:
    """The record of somebody of the site's contractor who has an account."""
    user = user or site.manager
    return PersonFactory(employer=site.project.enterprise, user=user, name=user.name)


def drafted(session: Session, /, **values: Any) -> Exam:
    """An examination about this training that is not open yet."""
    now = timezone.now()
    seed = values.pop("seed", f"{next(_numbers):064x}")
    told = {"minutes": 30, "tries": 2, "wait_hours": 0, "pattern": PATTERN, "session": session, **values}
    firm = told.setdefault("enterprise", session.enterprise)
    return Exam.objects.create(
        title=told.pop("title", f"第{next(_numbers)}场考试"),
        course=session.course,
        region_path=firm.region_path if firm else "",
        open_from=told.pop("open_from", now - timedelta(minutes=5)),
        open_to=told.pop("open_to", now + timedelta(days=2)),
        seed=seed,
        seed_sha256=commitment_of(seed),
        **told,
    )


def opened(site: stories.Site, session: Session | None = None, **values: Any) -> Exam:
    """An open examination, with a bank that suffices."""
    session = session or training(site)
    if not Question.objects.filter(enterprise=session.enterprise).exists():
        bank(session.enterprise)
    exam = EXAM.perform(drafted(session, **values), "open", by=site.director)
    assert exam.state == ExamState.OPEN
    return exam


def begun(site: stories.Site, person: Person | None = None, **values: Any) -> Attempt:
    """Somebody writing."""
    session = training(site)
    part = taken_part(session, person)
    return start(opened(site, session, **values), part.person, by=site.director)


def solved(attempt: Attempt, wrong: int = 0) -> dict[int, str]:
    """All right but for the first `wrong` questions, by place."""
    rows = Answer.objects.filter(attempt=attempt).select_related("question").order_by("place")
    return {
        a.place: "D" if n < wrong and len(a.order) > 2 else "B" if n < wrong else a.question.right
        for n, a in enumerate(rows)
    }


def sat(exam: Exam, person: Person) -> Attempt:
    """Passed with everything right."""
    attempt = start(exam, person, by=exam.opened_by)
    return hand_in(attempt, by=exam.opened_by, chosen=solved(attempt))


def taken(site: stories.Site, wrong: int = 0, person: Person | None = None, **values: Any) -> Attempt:
    """A paper handed in, all right but for so many."""
    attempt = begun(site, person, **values)
    save_answers(attempt, solved(attempt, wrong))
    return hand_in(attempt, by=site.director)
