"""The roster on its pages: entering and leaving, who may write it, what is missing, and the keys of devices."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from stdnum.cn import ric

from apps.core.registers import registry
from apps.people.models import Person
from apps.roster.models import Attendance, AttendanceDevice, AttendanceFault, Engagement, Team
from apps.roster.services.attendance import take_in
from tests.factories import PersonFactory
from tests.hazards import stories
from tests.personas import signed_in
from tests.roster.stories import engaged, seen

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def entry(site: stories.Site, **values: Any) -> dict[str, Any]:
    firm = site.project.enterprise
    assert firm
    return {
        "project": site.project.number,
        "name": "王建国",
        "id_number": NUMBER,
        "employer": firm.uscc,
        "team_name": "钢筋一班",
        "worker_class": "worker",
        "job": "钢筋工",
        "entered_on": str(timezone.localdate()),
        **values,
    }


def test_a_worker_is_entered_with_person_and_team_in_one_form() -> None:
    site = stories.site()
    answer = signed_in(site.manager).post("/roster/new/", entry(site), follow=True)
    who = Engagement.objects.get()
    assert answer.redirect_chain[-1][0] == f"/roster/{who.pk}/"
    assert (who.person.name, who.person.id_number, who.team) == ("王建国", NUMBER, Team.objects.get(name="钢筋一班"))
    assert who.region_path == site.project.region_path
    assert NUMBER not in answer.content.decode()
    assert who.person.presences.filter(project_id=site.project.pk).exists()


def test_who_sees_one_project_finds_it_in_the_form_and_others_the_one_they_come_from() -> None:
    site, other = stories.site(), stories.site()
    client = signed_in(site.manager)
    assert client.get("/roster/new/").context["form"]["project"].value() == site.project.number
    other.project.members.create(user=site.manager, post="project_manager")
    assert not client.get("/roster/new/").context["form"]["project"].value()
    page = client.get(f"/roster/new/?project={other.project.number}")
    assert page.context["form"]["project"].value() == other.project.number


@pytest.mark.parametrize(
    ("entered", "left", "worker_class", "is_shown"),
    [
        ("2026-10-01", None, "special", True),
        ("2026-10-31", None, "special", True),
        ("2026-11-01", None, "special", False),
        ("2026-08-01", "2026-08-31", "special", False),
        ("2026-10-01", None, "worker", False),
    ],
)
def test_special_workers_on_two_sites_for_the_same_days_are_shown_not_refused(
    entered: str, left: str | None, worker_class: str, is_shown: bool
) -> None:
    here = stories.site()
    special: dict[str, Any] = {"worker_class": "special", "trade": "02"}
    first = engaged(here.project, entered_on="2026-09-01", left_on="2026-10-31", **special)
    told = special if worker_class == "special" else {"worker_class": worker_class}
    second = engaged(None, first.person, entered_on=entered, left_on=left, **told)
    view = next(v for v in registry["roster"].views if v.name == "on_two_sites")
    shown = set(Engagement.objects.filter(view.condition(here.inspector)))
    assert shown == ({first, second} if is_shown else set())


def test_a_known_person_is_entered_again_elsewhere_without_a_second_record() -> None:
    site, other = stories.site(), stories.site()
    known = PersonFactory(number=NUMBER, name="王建国", employer=other.project.enterprise)
    signed_in(site.manager).post("/roster/new/", entry(site))
    assert Engagement.objects.get().person == known
    assert Person.objects.filter(name="王建国").count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"id_number": "110105194912310021"}, "校验码"),
        ({"name": "别人"}, "姓名不同"),
        ({"worker_class": "special"}, "特种作业人员须选特种作业类别"),
        ({"entered_on": "2150-01-01"}, "将来的日期"),
        ({"left_on": "2020-01-01"}, "退场日期不能早于进场日期"),
        ({"employer": "不存在的公司"}, "没有"),
        ({"job": ""}, "工种或岗位"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(values: dict[str, str], words: str) -> None:
    site = stories.site()
    PersonFactory(number=NUMBER, name="王建国", employer=site.project.enterprise)
    answer = signed_in(site.manager).post("/roster/new/", entry(site, **values))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "钢筋一班" in answer.content.decode()
    assert not Engagement.objects.exists()


def test_nobody_under_sixteen_is_entered() -> None:
    site = stories.site()
    young = f"130102{timezone.localdate().year - 15}0101001"
    number = young + ric.calc_check_digit(f"{young}0")
    answer = signed_in(site.manager).post("/roster/new/", entry(site, id_number=number))
    assert "未满16周岁" in answer.content.decode()


def test_a_firm_without_a_part_in_the_project_employs_nobody_there() -> None:
    site = stories.site()
    stranger = stories.enterprise()
    answer = signed_in(site.manager).post("/roster/new/", entry(site, employer=stranger.uscc))
    assert "不是本项目的参建单位" in answer.content.decode()


def test_leaving_is_written_on_the_same_line() -> None:
    site = stories.site()
    who = engaged(site.project, entered_on=timezone.localdate() - timedelta(days=9), job="木工")
    client = signed_in(site.manager)
    page = client.get(f"/roster/{who.pk}/edit/")
    data = {name: value for name, value in page.context["form"].initial.items() if isinstance(value, str | int)}
    data |= {"entered_on": str(who.entered_on), "left_on": str(timezone.localdate()), "version": who.version}
    data |= {"project": site.project.number, "employer": who.employer.uscc}
    assert client.post(f"/roster/{who.pk}/edit/", data).status_code == 302
    who.refresh_from_db()
    assert who.left_on == timezone.localdate()


def test_a_day_of_leaving_before_a_day_of_attendance_is_refused_with_its_reason() -> None:
    site = stories.site()
    today = timezone.localdate()
    who = engaged(site.project, entered_on=today - timedelta(days=9))
    take_in([seen(site.project, who.person, today)])
    data = entry(site, entered_on=str(who.entered_on), left_on=str(today - timedelta(days=1)), version=who.version)
    answer = signed_in(site.manager).post(f"/roster/{who.pk}/edit/", data | {"job": who.job})
    assert answer.status_code == 422
    assert "进场和退场日期之外已有考勤" in answer.content.decode()


def test_a_leader_of_another_site_and_a_second_time_on_the_same_are_refused_with_the_reason() -> None:
    site, other = stories.site(), stories.site()
    today = timezone.localdate()
    leader = engaged(other.project, worker_class="leader", entered_on=today - timedelta(days=9))
    number, name = leader.person.id_number, leader.person.name
    told = entry(site, name=name, id_number=number, worker_class="leader")
    answer = signed_in(site.manager).post("/roster/new/", told)
    assert (answer.status_code, "同一时间只能在一个项目任职" in answer.content.decode()) == (422, True)
    signed_in(site.manager).post("/roster/new/", entry(site))
    answer = signed_in(site.manager).post("/roster/new/", entry(site))
    assert (answer.status_code, "时间重叠的进退场登记" in answer.content.decode()) == (422, True)


def test_authorities_read_the_roster_and_do_not_write_it() -> None:
    site = stories.site()
    who = engaged(site.project)
    client = signed_in(site.inspector)
    assert who.person.name in client.get("/roster/").content.decode()
    assert client.post("/roster/new/", entry(site)).status_code == 403


def test_another_firm_finds_no_line_of_the_roster() -> None:
    site, other = stories.site(), stories.site()
    who = engaged(site.project)
    client = signed_in(other.director)
    assert who.person.name not in client.get("/roster/").content.decode()
    assert client.get(f"/roster/{who.pk}/").status_code == 404


def test_the_tab_of_a_project_says_what_is_missing() -> None:
    site = stories.site()
    type(site.project).objects.filter(pk=site.project.pk).update(area_m2=60_000)
    engaged(site.project)
    page = signed_in(site.inspector).get(f"/projects/{site.project.number}/roster/").content.decode()
    assert "建筑面积60000㎡" in page
    assert "缺3人" in page


def test_the_key_of_a_device_is_shown_once_and_opens_the_door_of_its_project_alone() -> None:
    site = stories.site()
    who = engaged(site.project, entered_on=timezone.localdate())
    client = signed_in(site.manager)
    answer = client.post(f"/projects/{site.project.number}/roster/devices/new/", {"name": "东门闸机"})
    key = answer.context["key"]
    assert key in answer.content.decode()
    assert key not in client.get(f"/projects/{site.project.number}/roster/").content.decode()
    one = {"name": who.person.name, "id_number": who.person.id_number, "at": timezone.now().isoformat()}
    door = Client(headers={"Authorization": f"Device {key}"})
    sent = door.post("/api/attendance-passes/", {"passes": [one]}, "application/json")
    assert sent.json() == {"new": 1, "changed": 0, "faults": 0}
    again = door.post("/api/attendance-passes/", {"passes": [one]}, "application/json")
    assert again.json() == {"new": 0, "changed": 0, "faults": 0}
    device = AttendanceDevice.objects.get()
    client.post(f"/projects/{site.project.number}/roster/devices/{device.pk}/")
    assert door.post("/api/attendance-passes/", {"passes": [one]}, "application/json").status_code == 403
    nobody = Client(headers={"Authorization": "Device x"})
    assert nobody.post("/api/attendance-passes/", {"passes": [one]}, "application/json").status_code == 401


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id_number": "110105194912310021"}, "校验码"),
        ({"at": "2999-01-01T00:00:00+08:00"}, "校准设备时钟"),
        ({"at": "0001-01-03T00:00:00+08:00"}, "校准设备时钟"),
        ({"at": "1970-01-01T00:00:00Z"}, "校准设备时钟"),
        ({"at": "x"}, "at"),
    ],
)
def test_a_wrong_pass_is_refused_whole_with_its_reason(change: dict[str, str], words: str) -> None:
    site = stories.site()
    key = (
        signed_in(site.manager)
        .post(f"/projects/{site.project.number}/roster/devices/new/", {"name": "东门"})
        .context["key"]
    )
    one = {"name": "某人", "id_number": NUMBER, "at": timezone.now().isoformat()}
    door = Client(headers={"Authorization": f"Device {key}"})
    answer = door.post("/api/attendance-passes/", {"passes": [one, one | change]}, "application/json")
    assert answer.status_code in (400, 422)
    assert words in answer.content.decode()
    assert NUMBER not in answer.content.decode()
    assert not AttendanceFault.objects.exists()


def test_a_fault_is_set_aside_with_a_reason_by_who_keeps_the_roster() -> None:
    site = stories.site()
    person = PersonFactory(employer=site.project.enterprise)
    take_in([seen(site.project, person)])
    fault = AttendanceFault.objects.get()
    client = signed_in(site.manager)
    assert "不计入考勤" in client.get(f"/attendance-faults/{fault.pk}/").content.decode()
    assert "不不" not in client.get(f"/attendance-faults/{fault.pk}/set-aside/").content.decode()
    refused = client.post(f"/attendance-faults/{fault.pk}/set-aside/", {"reason": ""})
    assert refused.status_code == 422
    client.post(f"/attendance-faults/{fault.pk}/set-aside/", {"reason": "参观人员，保卫已登记"})
    fault.refresh_from_db()
    assert (fault.reason, fault.settled_by, fault.is_entered) == ("参观人员，保卫已登记", site.manager, False)
    assert (
        signed_in(site.inspector).post(f"/attendance-faults/{fault.pk}/set-aside/", {"reason": "再来一次"}).status_code
        == 403
    )


def test_of_two_sites_the_fault_asks_which_one_counts_and_not_for_an_entry() -> None:
    here, there = stories.site(), stories.site()
    today = timezone.localdate()
    one = engaged(here.project, entered_on=today)
    engaged(there.project, one.person, entered_on=today)
    take_in([seen(place.project, one.person, today) for place in (here, there)])
    fault = AttendanceFault.objects.get(project=here.project)
    client = signed_in(here.manager)
    assert "登记进场人员" not in client.get(f"/attendance-faults/{fault.pk}/").content.decode()
    address = f"/attendance-faults/{fault.pk}/set-aside/"
    assert "只计入另一项目" in client.get(address).content.decode()
    client.post(address, {"reason": "当天在另一项目作业"})
    assert list(Attendance.objects.values_list("project", flat=True)) == [there.project.pk]
    settled = signed_in(there.manager).get(
        f"/attendance-faults/{AttendanceFault.objects.get(project=there.project).pk}/"
    )
    assert "已计入考勤" in settled.content.decode()


@pytest.mark.parametrize("page", ["", "&after={middle}", "&before={middle}", "&page=-1"])
def test_a_page_of_attendance_joins_its_own_rows_and_no_others(page: str) -> None:
    """PostgreSQL knows no row of today yet: what it took for one row was 300,000, all joined and sorted."""
    site = stories.site()
    people = [engaged(site.project).person for _ in range(3)]
    today = timezone.localdate()
    take_in([seen(site.project, person, day=today) for person in people])
    keys = list(Attendance.objects.order_by("-pk").values_list("pk", flat=True))
    browser = signed_in(site.manager)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(f"/attendance/?view=all{page.format(middle=keys[1])}")
    expected = {"&after={middle}": keys[2:], "&before={middle}": keys[:1]}.get(page, keys)
    assert len(answer.context["rows"]) == len(expected)
    queries = [one["sql"] for one in asked if '"roster_attendance"' in one["sql"]]
    joined = [sql for sql in queries if 'JOIN "people_person"' in sql]
    assert joined and all('"roster_attendance"."id" IN (' in sql for sql in joined)
