"""Rosters and attendance by Excel: entered, corrected, taken in, and what is wrong said row by row."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.roster.models import Attendance, AttendanceFault, Engagement
from tests.core.imports.flow import Flow, workbook
from tests.factories import PersonFactory
from tests.hazards import stories
from tests.roster.stories import engaged

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROSTER = ("工程项目", "姓名", "身份证号码", "用工单位", "班组", "人员类别", "工种或岗位", "进场日期", "退场日期")
ATTENDANCE = ("工程项目", "姓名", "身份证号码", "日期", "最早考勤时间", "最晚考勤时间")


def day(back: int = 0) -> date:
    return timezone.localdate() - timedelta(days=back)


def test_a_roster_is_entered_and_the_same_file_with_last_days_ends_it() -> None:
    site = stories.site()
    firm = site.project.enterprise
    assert firm
    people = [PersonFactory.build(employer=None) for _ in range(3)]
    lines = [
        (site.project.name, p.name, p.id_number, firm.uscc, "木工班", "一般作业人员", "木工", str(day(9)), "")
        for p in people
    ]
    Flow(site.manager, "roster").whole(workbook(ROSTER, *lines))
    assert Engagement.objects.filter(left_on=None, team__name="木工班").count() == 3
    Flow(site.manager, "roster").whole(workbook(ROSTER, *[(*line[:-1], str(day())) for line in lines]))
    assert Engagement.objects.count() == 3
    assert set(Engagement.objects.values_list("left_on", flat=True)) == {day()}


def test_one_person_on_two_sites_of_a_file_is_corrected_on_each() -> None:
    one, other = stories.site(), stories.site()
    firm = one.project.enterprise
    assert firm
    person = PersonFactory(employer=firm)
    other.project.members.create(user=one.manager, post="project_manager")
    other.project.parties.create(enterprise=firm, role="subcontractor")
    for site in (one, other):
        engaged(site.project, person, entered_on=day(9))
    usual = (person.name, person.id_number, firm.uscc, "", "一般作业人员", "钢筋工", str(day(9)), str(day()))
    Flow(one.manager, "roster").whole(workbook(ROSTER, *[(site.project.name, *usual) for site in (one, other)]))
    assert set(Engagement.objects.values_list("project", "left_on")) == {
        (one.project.pk, day()),
        (other.project.pk, day()),
    }


def test_attendance_comes_in_by_sets_and_what_the_roster_does_not_explain_is_listed() -> None:
    site = stories.site()
    who = engaged(site.project, entered_on=day(9))
    stranger = PersonFactory.build(employer=None)
    lines = (
        (site.project.name, who.person.name, who.person.id_number, str(day(1)), "07:10", "18:30"),
        (site.project.name, who.person.name, who.person.id_number, str(day(2)), "", ""),
        (site.project.name, stranger.name, stranger.id_number, str(day(1)), "07:12", ""),
    )
    page = Flow(site.manager, "attendance").through(workbook(ATTENDANCE, *lines)).content.decode()
    assert "1 人次当天不在名册" in page
    assert not Attendance.objects.exists()
    Flow(site.manager, "attendance").whole(workbook(ATTENDANCE, *lines[1:], lines[0]))
    assert Attendance.objects.count() == 2
    first = timezone.localtime(Attendance.objects.get(day=day(1)).first_at)
    assert f"{first:%H:%M}" == "07:10"
    assert AttendanceFault.objects.get().name == stranger.name
    Flow(site.manager, "attendance").whole(workbook(ATTENDANCE, *reversed(lines)))
    assert (Attendance.objects.count(), AttendanceFault.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("没有的项目", "某人", "11010519491231002X", "2026-11-02", "", ""), "没有这个编号或名称的项目"),
        ((None, "某人", "110105194912310021", "2026-11-02", "", ""), "校验码"),
        ((None, "某人", "11010519491231002X", "2099-11-02", "", ""), "晚于今天"),
        ((None, "某人", "11010519491231002X", "2026-11-02", "18:00", "07:00"), "晚于最晚考勤时间"),
        ((None, "某人", "11010519491231002X", "2026-11-02", "吃饭后", ""), "日期"),
    ],
)
def test_a_wrong_line_is_told_with_its_reason_and_nothing_is_written(line: tuple[str | None, ...], words: str) -> None:
    site = stories.site()
    told = tuple(site.project.name if cell is None else cell for cell in line)
    page = Flow(site.manager, "attendance").through(workbook(ATTENDANCE, told)).content.decode()
    assert words in page
    assert not AttendanceFault.objects.exists()


def test_who_does_not_keep_the_roster_imports_no_attendance_for_it() -> None:
    site, other = stories.site(), stories.site()
    line = (site.project.name, "某人", "11010519491231002X", "2026-11-02", "", "")
    assert Flow(site.inspector, "attendance").upload(workbook(ATTENDANCE, line)).status_code == 403
    page = Flow(other.manager, "attendance").through(workbook(ATTENDANCE, line)).content.decode()
    assert "没有这个编号或名称的项目" in page
