"""Who was at a training, with scores, from a workbook: the same file again changes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.crypto import blind_index_candidates
from apps.core.excel import CheckedRow, Field, Problem
from apps.core.imports.importer import Importer, Rows, RowsRefused, chunks
from apps.core.jobs import Progress
from apps.core.models import ImportBatch
from apps.core.registers import Register
from apps.people import identity
from apps.people.models import Person
from apps.training.models import Participation, Result, Session, SessionState, SignedInBy
from apps.training.selectors import belongs, organises
from apps.training.services.participations import record_result
from apps.training.services.people import overlapping
from apps.training.services.signing_in import sign_in

FIELDS = (
    Field(
        "session", "班次编号", ("培训班次", "培训编号"), kind="integer", required=True, help="见培训班次的“班次编号”列"
    ),
    Field("name", "姓名", ("人员姓名", "工人姓名"), required=True, max_length=50),
    Field("id_number", "身份证号码", ("身份证", "身份证号", "证件号码"), required=True, max_length=22),
    Field("hours", "学时", ("培训学时", "课时"), kind="decimal", help="可不填；填写的应与班次的学时相同"),
    Field("score", "考核成绩", ("成绩", "分数", "得分"), kind="integer", help="百分制；不考核的不填"),
)
NO_SESSION = "您可查看的培训班次中没有这个编号"
NOT_YOURS = "您不是这个培训班次的组织单位，不能导入"
# The same for who is unknown, of another name, or not of this site: who is registered elsewhere is nobody's business.
UNKNOWN = "姓名和身份证号码与本次培训的名单、项目名册或者企业人员不一致，请先登记进场人员"


class ClassImporter(Importer):
    """A row is one person of one training; each is judged as signing in by code is, and told what is wrong with it."""

    fields = FIELDS

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.today = timezone.localdate()
        self.sessions: dict[int, Session | str] = {}
        self.people: dict[str, Person] = {}
        self.seen: dict[tuple[int, int], int] = {}

    def begin(self) -> None:
        self.counts.clear()
        self.seen.clear()

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        """The people of these rows in one query."""
        marks = [mark for row in rows for mark in blind_index_candidates(number_of(row))]
        self.people = {person.id_index or "": person for person in Person.objects.filter(id_index__in=marks)}

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        found = self.found(row)
        if isinstance(found, Problem):
            return [found]
        session, person = found
        earlier = self.seen.setdefault((session.pk, person.pk), row.number)
        if earlier != row.number:
            return [self.problem(row, "id_number", f"与第 {earlier} 行重复")]
        self.counts[self.fate(row, session, person)] += 1
        return ()

    def found(self, row: CheckedRow) -> tuple[Session, Person] | Problem:
        session = self.session(int(row.values["session"]))
        if isinstance(session, str):
            return self.problem(row, "session", session)
        if reason := identity.problem(number_of(row), self.today):
            return self.problem(row, "id_number", reason)
        person = self.person(row)
        if person is None or not belongs(person, session):
            return self.problem(row, "name", UNKNOWN)
        if overlapping(session, signed_in=True).filter(person=person).exists():
            return self.problem(row, "name", "同一时间已在另一个培训班次签到")
        return self.figures(row, session) or (session, person)

    def session(self, key: int) -> Session | str:
        """The training of this number, or why this user cannot fill it; asked once for a number."""
        if key not in self.sessions:
            rows = Session.objects.visible_to(self.user).select_related("course", "project")
            found = rows.filter(pk=key).first() if 0 < key < 10**15 else None
            self.sessions[key] = self.refusal(found) or found or NO_SESSION
        return self.sessions[key]

    def refusal(self, session: Session | None) -> str:
        if session is None:
            return NO_SESSION
        if not organises(self.user, session):
            return NOT_YOURS
        is_open = session.state in (SessionState.OPEN, SessionState.HELD)
        return "" if is_open else f"班次{session.get_state_display()}，请先“开始签到”再导入"

    def person(self, row: CheckedRow) -> Person | None:
        marks = blind_index_candidates(number_of(row))
        person = next((self.people[mark] for mark in marks if mark in self.people), None)
        return person if person and person.name == row.values["name"] else None

    def figures(self, row: CheckedRow, session: Session) -> Problem | None:
        hours, score = row.values.get("hours"), row.values.get("score")
        if hours is not None and hours != session.hours:
            return self.problem(row, "hours", f"班次的学时是 {session.hours.normalize():f}，与文件不同")
        if score is None:
            return None
        if not session.course.needs_exam:
            return self.problem(row, "score", "本班次的课程不考核，不填成绩")
        return None if 0 <= score <= 100 else self.problem(row, "score", "成绩应在 0 至 100 之间")

    def fate(self, row: CheckedRow, session: Session, person: Person) -> str:
        line = Participation.objects.filter(session=session, person=person).first()
        if line is None or line.signed_in_at is None:
            return "new"
        score = row.values.get("score")
        is_told = score is None or line.score == score or line.result == Result.PASSED
        return "unchanged" if is_told else "changed"

    def notes(self) -> list[str]:
        count = self.counts["unchanged"]
        return [f"{count} 人已经登记过，成绩也相同：不重复登记。"] if count else []

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        done: Counter[str] = Counter()
        self.begin()
        self.sessions.clear()
        for chunk in chunks(rows):
            self.expect([row for row in chunk if row.is_sound])
            for row in chunk:
                done[self.write_row(row)] += 1
                progress.advance()
        return done

    def write_row(self, row: CheckedRow) -> str:
        found = self.found(row) if row.is_sound else next(iter(row.problems))
        if isinstance(found, Problem):
            raise RowsRefused(row.number, found.reason)
        session, person = found
        fate = self.fate(row, session, person)
        try:
            line = sign_in(session, person, how=SignedInBy.IMPORT, by=self.user)
            score = row.values.get("score")
            if score is not None and fate != "unchanged":
                passed = score >= session.course.pass_mark
                record_result(line, score=score, passed=passed, on=session.day, by=self.user)
        except ValidationError as refusal:
            raise RowsRefused(row.number, "；".join(refusal.messages)) from refusal
        return fate


def number_of(row: CheckedRow) -> str:
    return identity.normalised(str(row.values.get("id_number") or ""))
