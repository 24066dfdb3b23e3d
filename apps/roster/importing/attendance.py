"""Attendance from a workbook, such as gates and other platforms give it: 100,000 rows at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.excel import CheckedRow, Field, Problem
from apps.core.excel.values import BadValue, parse_moment
from apps.core.imports.importer import Importer, Rows
from apps.core.imports.staging import Stage
from apps.core.jobs import Progress
from apps.core.models import ImportBatch
from apps.core.registers import Register
from apps.people import identity
from apps.projects.models import Project
from apps.roster.models import Source, StagedAttendance
from apps.roster.selectors import keeps_roster
from apps.roster.services.attendance import Taken, forecast, merge, stored_index

FIELDS = (
    Field("project", "工程项目", ("项目", "项目名称", "项目编号", "工程名称"), required=True, max_length=200),
    Field("name", "姓名", ("人员姓名", "工人姓名"), required=True, max_length=50),
    Field("id_number", "身份证号码", ("身份证", "身份证号", "证件号码"), required=True, max_length=22),
    Field("day", "日期", ("考勤日期", "打卡日期", "出勤日期"), kind="date", required=True),
    Field("first_at", "最早考勤时间", ("进场时间", "上班时间", "首次打卡", "签到时间"), help="只有出勤日期的可以不填"),
    Field("last_at", "最晚考勤时间", ("离场时间", "出场时间", "下班时间", "末次打卡", "签退时间")),
)
NO_PROJECT = "您可查看的项目中没有这个编号或名称的项目"
NOT_YOURS = "您不负责这个项目的名册，不能导入其考勤"


class AttendanceImporter(Importer):
    """What stands alone is checked row by row; who belongs on the site is told by sets when it is written."""

    fields = FIELDS
    stage: Stage

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.stage = Stage(StagedAttendance)
        self.today = timezone.localdate()
        self.zone = timezone.get_current_timezone()
        self.projects: dict[str, Project | str] = {}

    def begin(self) -> None:
        self.counts.clear()

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        values = row.values
        project = self.project(str(values["project"]))
        if isinstance(project, str):
            return [self.problem(row, "project", project)]
        number = identity.normalised(str(values["id_number"]))
        if reason := identity.problem(number, self.today):
            return [self.problem(row, "id_number", reason)]
        day: date = values["day"]
        if day > self.today:
            return [self.problem(row, "day", "日期晚于今天")]
        try:
            first, last = self.times(row, day)
        except BadValue as bad:
            return [self.problem(row, "first_at", bad.reason)]
        index = stored_index(number)
        mask = identity.masked(number)
        self.stage.add(
            StagedAttendance, row.number, project.pk, day, values["name"], mask, index, first, last, Source.IMPORT.value
        )
        return ()

    def project(self, told: str) -> Project | str:
        """The project of that number or whole name, or why there is none for this user; asked once for a spelling."""
        if told not in self.projects:
            rows = Project.objects.visible_to(self.user)
            found = list(rows.filter(number=told.upper()) or rows.filter(name=told)[:2])
            self.projects[told] = (
                NO_PROJECT if len(found) != 1 else found[0] if keeps_roster(self.user, found[0]) else NOT_YOURS
            )
        return self.projects[told]

    def times(self, row: CheckedRow, day: date) -> tuple[datetime | None, datetime | None]:
        """First and last pass; where one is told, it is both."""
        told = [moment_of(row.values.get(name), day) for name in ("first_at", "last_at")]
        first, last = told[0] or told[1], told[1] or told[0]
        if first is None or last is None:
            return None, None
        if last < first:
            raise BadValue(f"最早考勤时间 {first:%H:%M} 晚于最晚考勤时间 {last:%H:%M}，请核对")
        return first.replace(tzinfo=self.zone), last.replace(tzinfo=self.zone)

    def settle(self) -> None:
        self.stage.flush()
        expected = forecast(self.stage.key)
        self.counts.update(new=expected.new, changed=expected.changed, faults=expected.faults)

    def notes(self) -> list[str]:
        told = (
            ("faults", "{} 人次当天不在名册（未登记、早于进场或晚于退场）：不计入考勤，列入“考勤差异”待处理。"),
            ("changed", "{} 人次已有考勤：首末时间取更早和更晚的，不重复登记。"),
        )
        return [text.format(self.counts[name]) for name, text in told if self.counts[name]]

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        """Rights are asked for once more, as they may have changed since the check."""
        for project in Project.objects.filter(
            pk__in=StagedAttendance.objects.filter(stage=self.stage.key).values("project_id")
        ):
            if not keeps_roster(self.user, project):
                raise ValidationError(f"您已不负责“{project.name}”的名册，没有写入任何数据")
        total = Taken()
        for taken in merge(self.stage.key, by=self.user):
            total = Taken.total((total, taken))
            progress.advance(taken.lines)
        return Counter(new=total.new, changed=total.changed, faults=total.faults, unchanged=total.unchanged)


def moment_of(value: Any, day: date) -> datetime | None:
    """A time of this day, written as a time or as day and time; without a zone, as the clock on the wall shows it."""
    if value in (None, ""):
        return None
    if isinstance(value, time):
        return datetime.combine(day, value)
    text = str(value).strip()
    moment = parse_moment(text if any(mark in text for mark in "-/.年") else f"{day} {text}")
    if not isinstance(moment, datetime):
        raise BadValue("没有写时间，请写成 07:30 的形式")
    if moment.date() != day:
        raise BadValue(f"是 {moment.date()} 的时间，与日期 {day} 不同")
    return moment
