"""Duties of the sites with accounts: a month of leaders' days and logs, leave, promises, posts; some of it missing."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from PIL import Image, ImageDraw

from apps.accounts.models import User
from apps.dashboards.demo.crews import Crews
from apps.duty import folding
from apps.duty.models import Answer, DutyKind, Level, LogItem, Weather
from apps.duty.services.appointments import appoint_director, send_inspector
from apps.duty.services.commitments import record_breach, sign_commitment
from apps.duty.services.days import ask_for_leave, write_duty_day
from apps.duty.services.logs import Line, sign_log
from apps.duty.workflow import LEAVE
from apps.enterprises.models import Enterprise
from apps.people.models import CertificateKind, Person
from apps.projects.models import Post, Project
from apps.roster.models import Attendance

LOOKED_AT = ("主体结构绑筋、临边防护", "塔吊作业半径和吊索具", "模板支架立杆间距、扫地杆", "配电箱和临时用电线路")
SUMMARIES = ("三层墙柱绑筋，班前交底一次", "基坑北侧土方开挖，监测正常", "外架搭设，吊运钢管", "砌筑和水电预埋")
PROBLEM = ("electricity", "二级配电箱未上锁，箱门接地线脱落")
FIRST_GRADE = "建筑工程施工总承包壹级"
CERTIFIED = "建筑施工企业主要负责人考核合格（A类）"


@dataclass
class Duties:
    """Writes them as the site's own people would; `directors` are the safety directors by firm."""

    rng: random.Random
    crews: Crews
    directors: Mapping[int, User]
    today: date

    def fill(self, projects: Sequence[Project], senders: Mapping[str, User], inspectors: Mapping[int, Person]) -> None:
        """Who sends a safety inspector, by place, and who is sent, by project."""
        for number, project in enumerate(projects):
            days = list(came(project).filter(day__lt=self.today))
            self.leaders(project, days, number)
            self.logs(project, days, number)
            self.promise(project, number)
            if person := inspectors.get(project.pk):
                told = {"started_on": self.today - timedelta(days=60), "ended_on": self.today + timedelta(days=45)}
                send_inspector(project, by=senders[project.region_path], person=person, **told)
        firms = Enterprise.objects.filter(pk__in={p.enterprise_id for p in projects}).order_by("pk")
        firms.update(qualification=FIRST_GRADE)
        for firm in firms[::2]:
            self.direct(firm)
        folding.fold_recent()

    def leaders(self, project: Project, days: Sequence[date], number: int) -> None:
        """Most were there on most days; the leader of every third site on too few."""
        leader, account = post_of(project, Post.PROJECT_MANAGER)
        director = self.directors[project.enterprise_id or 0]
        head = Person.objects.filter(user=director).first()
        if leader is None or account is None:
            return
        share = 0.6 if number % 3 == 2 else 0.93
        for day in (day for day in days if self.rng.random() < share):
            self.on_duty(project, account, DutyKind.LEADER, leader, day)
        for day in days[number % 4 :: 4]:
            if head and head.certificates.in_force(day).filter(kind="A").exists():
                self.on_duty(project, director, DutyKind.HEAD, head, day)
        self.leave(project, leader, account, number)

    def on_duty(self, project: Project, by: User, kind: str, person: Person, day: date) -> None:
        found = self.rng.random() < 0.2
        write_duty_day(
            project,
            by=by,
            kind=kind,
            person=person,
            day=day,
            began=time(7, self.rng.randint(10, 50)),
            ended=time(17, self.rng.randint(0, 50)),
            looked_at=self.rng.choice(LOOKED_AT),
            problems="两处临边防护被拆除未恢复" if found else "",
            handled="当场恢复，班组长已交底" if found else "",
        )

    def leave(self, project: Project, leader: Person, account: User, number: int) -> None:
        """One that waits for the owner, and one that was agreed to, by turns."""
        owner = project.members.filter(user__role="owner").select_related("user").first()
        if owner is None or owner.user is None or project.enterprise is None:
            return
        deputy = self.crews.enter_certified(project.enterprise, "项目技术负责人", CertificateKind.PROJECT_LEADER)
        first = self.today + timedelta(days=2)
        told = {"starts_on": first, "ends_on": first + timedelta(days=1), "reason": "参加省厅组织的安全培训"}
        leave = ask_for_leave(project, by=account, person=leader, deputy=deputy, **told)
        if number % 2:
            LEAVE.perform(leave, "agree", by=owner.user, answer="同意，请代理人到岗")

    def logs(self, project: Project, days: Sequence[date], number: int) -> None:
        """Nearly every day has one; a problem of the first site stands in the hazard ledger."""
        officer = project.members.filter(post=Post.PROJECT_SAFETY_OFFICER, user__isnull=False).first()
        if officer is None or officer.user is None:
            return
        for place, day in enumerate(days):
            if self.rng.random() < 0.1:
                continue
            sign_log(
                project,
                by=officer.user,
                day=day,
                weather=self.rng.choice((Weather.FINE, Weather.CLOUDY, Weather.WIND)),
                summary=self.rng.choice(SUMMARIES),
                lines=lines(self.today, PROBLEM if place == number == 0 else None),
                signature=written(place + number),
            )

    def promise(self, project: Project, number: int) -> None:
        """Two of three sites have promised; one letter has run out, and one was broken."""
        leader, account = post_of(project, Post.PROJECT_MANAGER)
        if number % 3 == 1 or leader is None or account is None:
            return
        signed = self.today - timedelta(days=380 if number == 2 else 120)
        told: dict[str, Any] = {"person": leader, "post": "项目经理", "signed_on": signed}
        told |= {"valid_until": signed + timedelta(days=365), "signature": written(number)}
        made = sign_commitment(by=account, level=Level.PROJECT, project=project, **told)
        if number == 0:
            what, handled = "未按承诺对新进场工人进行三级教育", "已补训，约谈项目经理"
            record_breach(made, by=account, day=self.today - timedelta(days=9), what=what, handled=handled)

    def direct(self, firm: Enterprise) -> None:
        director = self.directors[firm.pk]
        person = Person.objects.filter(user=director, employer=firm).first()
        if person:
            appoint_director(
                firm,
                by=director,
                person=person,
                paper_number=f"示例任〔{self.today.year}〕{firm.pk % 100}号",
                qualification=CERTIFIED,
                reports_to="董事长",
                started_on=self.today - timedelta(days=200),
                ended_on=None,
            )


def came(project: Project) -> QuerySet[Any]:
    """The days with attendance, the earliest first."""
    return Attendance.objects.filter(project=project).order_by("day").values_list("day", flat=True).distinct()


def post_of(project: Project, post: str) -> tuple[Person | None, User | None]:
    member = project.members.filter(post=post, person__isnull=False).select_related("person", "user").first()
    return (member.person, member.user) if member else (None, None)


def lines(today: date, problem: tuple[str, str] | None) -> list[Line]:
    """All items as normal, but for the one with a problem."""
    told = [Line(item, Answer.NORMAL) for item in LogItem.objects.in_force(today).order_by("position")]
    for line in told:
        if problem and line.item.code == problem[0]:
            line.answer, line.note = Answer.PROBLEM, problem[1]
    return told


def written(seed: int) -> bytes:
    """Strokes that look like a signature and are nobody's."""
    rng, made, picture = random.Random(seed), BytesIO(), Image.new("RGB", (320, 140), "white")  # noqa: S311
    drawn = ImageDraw.Draw(picture)
    for left in (20, 120, 210):
        points = [(left + 14 * step, rng.randint(25, 115)) for step in range(7)]
        drawn.line(points, fill="#0b2a55", width=5, joint="curve")
    picture.save(made, "PNG")
    return made.getvalue()
