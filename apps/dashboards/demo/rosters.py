"""Rosters of the sites with accounts, a fortnight of attendance, and a stranger at the gate."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from apps.dashboards.demo.crews import Crews
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Engagement, Source, Team, WorkerClass
from apps.roster.services.attendance import Line, take_in
from apps.roster.services.devices import add_device

TEAMS = (("木工一班", "木工"), ("钢筋一班", "钢筋工"), ("架子班", "架子工"))
IN_A_TEAM, DAYS, AGO = 3, 14, 40
MORNING, EVENING = time(7, 5), time(17, 50)
CLASS_OF_POST = {
    "项目经理": WorkerClass.LEADER,
    "专职安全员": WorkerClass.SAFETY_OFFICER,
    "企业安全总监": WorkerClass.MANAGER,
}


@dataclass
class Rosters:
    """Fills the rosters of sites; `keepers` are the safety directors by firm."""

    rng: random.Random
    crews: Crews
    keepers: Mapping[int, Any]
    today: date

    def fill(self, projects: Sequence[Project]) -> None:
        """Three teams a site and two weeks of passes; on the first site somebody whom nobody has entered."""
        for number, project in enumerate(projects):
            firm = project.enterprise
            if firm is None:
                continue
            people = [*self.teams(project, firm), *self.posts(project)]
            days = [self.today - timedelta(days=back) for back in range(DAYS, -1, -1)]
            lines = [line for day in days for line in passes(self.rng, people, day)]
            if number == 0:
                stranger = self.crews.enter_worker(firm, "杂工")
                lines.append(line_of(stranger, project, self.today - timedelta(days=1), 0))
            take_in(lines)
            add_device(project, "东门闸机", by=self.keepers[firm.pk])

    def teams(self, project: Project, firm: Enterprise) -> list[Engagement]:
        made = []
        for name, job in TEAMS:
            team = Team.objects.create(project=project, employer=firm, name=name, trade=job)
            for _ in range(IN_A_TEAM):
                person = self.crews.enter_worker(firm, job)
                made.append(self.engage(project, person, job=job, worker_class=WorkerClass.WORKER, team=team))
        return made

    def posts(self, project: Project) -> list[Engagement]:
        """Those of the contractor who hold a post on the site work there too."""
        held = project.members.filter(person__employer=project.enterprise_id, ended_on=None).select_related("person")
        people = [member.person for member in held if member.person]
        kinds = [CLASS_OF_POST.get(person.post, WorkerClass.MANAGER) for person in people]
        return [
            self.engage(project, person, job=person.post, worker_class=kind)
            for person, kind in zip(people, kinds, strict=True)
        ]

    def engage(self, project: Project, person: Person, **told: Any) -> Engagement:
        entered = self.today - timedelta(days=AGO)
        return Engagement.objects.create(
            person=person,
            project=project,
            region_path=project.region_path,
            employer_id=project.enterprise_id,
            entered_on=entered,
            contract_number=f"LD{entered:%Y}-{person.pk:05d}",
            contract_signed_on=entered,
            is_insured=True,
            **told,
        )


def passes(rng: random.Random, people: Sequence[Engagement], day: date) -> list[Line]:
    """Nine of ten come on a day; nobody before they were entered."""
    here = [who for who in people if who.entered_on <= day and rng.random() < 0.9]
    return [line_of(who.person, who.project, day, rng.randint(0, 40)) for who in here]


def line_of(person: Person, project: Project, day: date, late: int) -> Line:
    zone = timezone.get_current_timezone()
    first = datetime.combine(day, MORNING, tzinfo=zone) + timedelta(minutes=late)
    last = max(first, min(datetime.combine(day, EVENING, tzinfo=zone), timezone.now()))
    return Line(project.pk, day, person.name, person.id_masked, person.id_index or "", first, last, Source.DEVICE)
