"""The sample bank, and examinations of the first sites with accounts: one open with all kinds of papers, one ahead."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from apps.exams.models import Attempt, Exam
from apps.exams.papers import commitment_of
from apps.exams.reference import load_samples
from apps.exams.services.attempts import hand_in, save_answers, start
from apps.exams.workflow import EXAM
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Engagement
from apps.training.models import Course, Level, Participation, Result, Session, SessionState, SignedInBy

PATTERN = [
    {"kind": "judgement", "topic": "", "count": 10, "points": 3},
    {"kind": "single", "topic": "高处作业", "count": 3, "points": 4},
    {"kind": "single", "topic": "", "count": 7, "points": 4},
    {"kind": "multiple", "topic": "", "count": 6, "points": 5},
]
SITES = 2
# Of those who were there: how many questions each of the first ones got wrong; the others still wait.
WRONG = (0, 3, 16, 5)


@dataclass
class Exams:
    """Made by the services themselves; only the seeds are taken from the demonstration's own."""

    seed: int
    keepers: Mapping[int, Any]
    today: date

    def fill(self, projects: Sequence[Project]) -> None:
        load_samples()
        self.rng = random.Random(self.seed)  # noqa: S311  (the demonstration is the same each time)
        for number, project in enumerate(projects[:SITES]):
            by = self.keepers[project.enterprise_id or 0]
            session = self.session(project, by)
            exam = EXAM.perform(self.exam(session, "入场安全教育考试（示例）"), "open", by=by)
            people = [
                line.person for line in session.participations.order_by(F("person__user").asc(nulls_first=True), "pk")
            ]
            for person, wrong in zip(people, WRONG, strict=False):
                self.sit(exam, person, wrong, by)
            if number == 0:
                start(exam, people[len(WRONG)], by=by)
            self.exam(session, "复工安全教育考试（示例）", from_day=2)

    def session(self, project: Project, by: Any) -> Session:
        """An induction that was held a week ago, with everybody of the roster."""
        course = Course.objects.create(
            enterprise_id=project.enterprise_id,
            name=f"{project.name}入场安全教育（示例）"[:100],
            level=Level.TOPIC,
            hours=4,
            needs_exam=True,
        )
        starts = datetime.combine(self.today - timedelta(days=7), time(18), tzinfo=timezone.get_current_timezone())
        session = Session.objects.create(
            course=course,
            enterprise_id=project.enterprise_id,
            project=project,
            region_path=project.region_path,
            level=course.level,
            hours=course.hours,
            starts_at=starts,
            ends_at=starts + timedelta(hours=4),
            place="项目部会议室",
            trainer="专职安全员",
            state=SessionState.OPEN,
        )
        here = Engagement.objects.filter(project=project, left_on=None).order_by("pk")
        Participation.objects.bulk_create(
            Participation(
                session=session,
                person_id=person,
                region_path=session.region_path,
                level=session.level,
                hours=session.hours,
                signed_in_at=starts,
                signed_in_by=SignedInBy.TRAINER,
                result=Result.WAITING,
                recorded_by=by,
            )
            for person in here.values_list("person", flat=True)
        )
        session.state, session.held_at, session.held_by = SessionState.HELD, session.ends_at, by
        session.save()
        return session

    def exam(self, session: Session, title: str, from_day: int = 0) -> Exam:
        seed, firm = self.rng.randbytes(32).hex(), session.enterprise
        opens = timezone.now() + timedelta(days=from_day, minutes=-1)
        return Exam.objects.create(
            title=title,
            course=session.course,
            session=session,
            enterprise=firm,
            region_path=firm.region_path,
            pattern=PATTERN,
            minutes=45,
            tries=2,
            wait_hours=0,
            open_from=opens,
            open_to=opens + timedelta(days=14),
            seed=seed,
            seed_sha256=commitment_of(seed),
        )

    def sit(self, exam: Exam, person: Person, wrong: int, by: Any) -> Attempt:
        """A paper with so many answered wrongly."""
        attempt = start(exam, person, by=by)
        answers = attempt.answers.select_related("question").order_by("place")
        chosen = {a.place: a.question.right for a in answers}
        for answer in list(answers)[:wrong]:
            chosen[answer.place] = next(letter for letter in answer.order if letter not in answer.question.right)
        save_answers(attempt, chosen)
        return hand_in(attempt, by=by)
