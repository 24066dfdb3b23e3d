"""Trainings of the sites with accounts: most are trained, some are not, and of each state there is one."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.services.tokens import digest_of
from apps.projects.models import Project
from apps.roster.models import Engagement, WorkerClass
from apps.training.codes import code_of
from apps.training.models import (
    Course,
    HoursRule,
    Level,
    Participation,
    Result,
    Session,
    SessionState,
    SignedInBy,
    TrainingPlan,
)
from apps.training.reference import load

PLACES = ("项目部会议室", "农民工夜校", "现场安全体验区")
OWN_COURSE = "塔式起重机防碰撞专项教育（示例）"
# Level, days ago, which share of the people was there.
INDUCTION = ((Level.COMPANY, 38, 0.95), (Level.PROJECT, 37, 0.9), (Level.TEAM, 36, 0.9))
PASSED = (92, 85, 78)


@dataclass
class Trainings:
    """Writes rows as confirming on the day would have left them; `keepers` are the safety directors by firm."""

    seed: int
    keepers: Mapping[int, Any]
    today: date

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311  (invented data, nothing is drawn by lot)
        load(HoursRule, Course)
        common = Course.objects.filter(enterprise=None).order_by("pk")
        self.courses: dict[str, Course] = {}
        for course in common:
            self.courses.setdefault(course.level, course)
        self.of_workers = common.get(level=Level.YEARLY, classes=[WorkerClass.WORKER])
        self.of_officers = common.get(level=Level.YEARLY, classes=[WorkerClass.SAFETY_OFFICER])

    def fill(self, projects: Sequence[Project]) -> None:
        for number, project in enumerate(projects):
            people = list(Engagement.objects.filter(project=project, left_on=None).order_by("pk"))
            self.past(project, people)
            self.to_come(project, people)
            self.plans(project)
            if number == 0:
                self.under_way(project, people)
                self.cancelled(project)
                self.own_course(project)

    def past(self, project: Project, people: Sequence[Engagement]) -> None:
        for level, back, share in INDUCTION:
            there = [one for one in people if self.rng.random() < share]
            self.held(project, self.courses[level], back, people, there)
        workers = [one for one in people if one.worker_class == WorkerClass.WORKER]
        self.held(project, self.of_workers, 20, workers, [one for one in workers if self.rng.random() < 0.7])
        officers = [one for one in people if one.worker_class != WorkerClass.WORKER]
        self.examined(self.held(project, self.of_officers, 9, officers, officers))

    def held(
        self,
        project: Project,
        course: Course,
        back: int,
        listed: Iterable[Engagement],
        there: Sequence[Engagement],
    ) -> Session:
        starts = self.at(-back, 8)
        ends = starts + timedelta(hours=9)
        by = self.keepers[project.enterprise_id or 0]
        told = {"opened_at": starts, "opened_by": by, "held_at": ends, "held_by": by}
        session = self.session(project, course, starts, ends, state=SessionState.HELD, **told)
        present = {one.person_id for one in there}
        credited = None if course.needs_exam else session.day
        Participation.objects.bulk_create(
            self.line(session, one, starts if one.person_id in present else None, credited) for one in listed
        )
        return session

    def examined(self, session: Session) -> None:
        """One has failed, one still waits, the others have passed a week ago."""
        for number, line in enumerate(session.participations.order_by("pk")):
            if number == 1:
                line.result, line.score = Result.FAILED, 51
            elif number != 2:
                line.result, line.score = Result.PASSED, PASSED[number % len(PASSED)]
                line.credited_on = session.day + timedelta(days=1)
            line.save()

    def to_come(self, project: Project, people: Sequence[Engagement]) -> None:
        starts = self.at(3, 14)
        session = self.session(project, self.courses[Level.TEAM], starts, starts + timedelta(hours=4))
        done = Participation.objects.filter(level=Level.TEAM, session__project=project, credited_on__isnull=False)
        known = set(done.values_list("person", flat=True))
        missing = [one for one in people if one.person_id not in known]
        Participation.objects.bulk_create(self.line(session, one, None, None) for one in missing)

    def under_way(self, project: Project, people: Sequence[Engagement]) -> None:
        now = timezone.now()
        starts, ends = now - timedelta(minutes=30), now + timedelta(hours=3)
        by = self.keepers[project.enterprise_id or 0]
        told = {"state": SessionState.OPEN, "opened_at": starts, "opened_by": by}
        session = self.session(project, self.courses[Level.TRANSFER], starts, ends, **told)
        session.sign_in_sha256 = digest_of(code_of(session))
        session.save(update_fields=["sign_in_sha256"])
        Participation.objects.bulk_create(
            self.line(session, one, starts if number < 4 else None, None, SignedInBy.CODE)
            for number, one in enumerate(people[:7])
        )

    def cancelled(self, project: Project) -> None:
        starts = self.at(-2, 19)
        told = {"state": SessionState.CANCELLED, "reason": "现场停电，改期另行通知"}
        self.session(project, self.of_workers, starts, starts + timedelta(hours=2), **told)

    def plans(self, project: Project) -> None:
        """One that is done, one that is late, one of this month and one to come."""
        first = self.today.replace(day=1)
        last = first - timedelta(days=1)
        earlier = last.replace(day=1) - timedelta(days=1)
        held_in = self.today - timedelta(days=20)
        wanted = (
            (self.of_workers, held_in, 3),
            (self.courses[Level.TRANSFER], earlier, 10),
            (self.of_officers, self.today, 12),
            (self.of_workers, (first + timedelta(days=32)), 9),
        )
        for course, day, people in wanted:
            TrainingPlan.objects.get_or_create(
                project=project,
                enterprise_id=project.enterprise_id,
                course=course,
                year=day.year,
                month=day.month,
                defaults={"people_planned": people, "region_path": project.region_path, "classes": course.classes},
            )

    def own_course(self, project: Project) -> None:
        told = {"level": Level.TOPIC, "hours": Decimal("2.5"), "content": "群塔作业防碰撞措施（示例内容）"}
        Course.objects.get_or_create(enterprise_id=project.enterprise_id, name=OWN_COURSE, defaults=told)

    def session(self, project: Project, course: Course, starts: datetime, ends: datetime, **told: Any) -> Session:
        return Session.objects.create(
            course=course,
            enterprise_id=project.enterprise_id,
            project=project,
            region_path=project.region_path,
            level=course.level,
            hours=course.hours,
            starts_at=starts,
            ends_at=ends,
            place=self.rng.choice(PLACES),
            trainer="李教员（示例）",
            summary="按课程内容讲授并组织现场问答（示例）" if told.get("state") == SessionState.HELD else "",
            **told,
        )

    def line(
        self,
        session: Session,
        one: Engagement,
        at: datetime | None,
        credited: date | None,
        how: SignedInBy = SignedInBy.TRAINER,
    ) -> Participation:
        return Participation(
            session=session,
            person_id=one.person_id,
            region_path=session.region_path,
            level=session.level,
            hours=session.hours,
            signed_in_at=at,
            signed_in_by=how if at else "",
            credited_on=credited if at else None,
            result=Result.WAITING if session.course.needs_exam else Result.NONE,
            recorded_by=self.keepers[session.enterprise_id],
        )

    def at(self, days: int, hour: int) -> datetime:
        return datetime.combine(self.today + timedelta(days=days), time(hour), tzinfo=timezone.get_current_timezone())
