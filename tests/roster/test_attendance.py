"""Attendance is taken in by sets: what the roster explains is written once, the rest is kept with its reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.workflow import TransitionRefused
from apps.people.models import Person
from apps.projects.models import ProjectMember
from apps.roster.models import Attendance, AttendanceFault, Engagement, FaultKind, StagedAttendance
from apps.roster.services.attendance import Taken, take_in, take_in_explained
from apps.roster.services.faults import set_aside
from tests.factories import MemberFactory, PersonFactory
from tests.hazards import stories
from tests.notifications.helpers import Gate, at_once, held, open_when_somebody_waits
from tests.personas import inspector
from tests.roster.stories import DAY, ENTERED, engaged, seen, site

pytestmark = pytest.mark.django_db


def at(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_day_of_somebody_on_the_roster_is_written_once_however_often_it_is_sent() -> None:
    who = engaged()
    line = seen(who.project, who.person, first_at=at(0), last_at=at(10))
    assert take_in([line])[:3] == (1, 0, 0)
    assert take_in([line, line]) == Taken(days=1, lines=2)
    kept = Attendance.objects.get()
    assert (kept.day, kept.first_at, kept.last_at, kept.engagement) == (DAY, at(0), at(10), who)
    assert not StagedAttendance.objects.exists()


def test_passes_of_a_day_widen_its_hours_and_never_narrow_them() -> None:
    who = engaged()
    take_in([seen(who.project, who.person, first_at=at(2), last_at=at(4))])
    assert take_in([seen(who.project, who.person, first_at=at(1))])[:3] == (0, 1, 0)
    assert take_in([seen(who.project, who.person, first_at=at(3), last_at=at(3))])[:3] == (0, 0, 0)
    kept = Attendance.objects.get()
    assert (kept.first_at, kept.last_at) == (at(1), at(4))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (ENTERED - timedelta(days=1), FaultKind.BEFORE_ENTRY),
        (ENTERED + timedelta(days=20), FaultKind.AFTER_EXIT),
    ],
)
def test_a_day_outside_the_engagement_is_kept_as_a_fault_with_its_reason(day: date, kind: str) -> None:
    who = engaged(left_on=ENTERED + timedelta(days=10))
    assert take_in([seen(who.project, who.person, day)])[:3] == (0, 0, 1)
    fault = AttendanceFault.objects.get()
    assert (fault.kind, fault.day, fault.name) == (kind, day, who.person.name)
    assert not Attendance.objects.exists()


def test_a_stranger_is_kept_by_name_and_masked_number_whether_or_not_known_elsewhere() -> None:
    project, known = site(), engaged().person
    unknown = PersonFactory.build(employer=None, number="11010519491231002X", name="某人")
    take_in([seen(project, known), seen(project, unknown)])
    told = set(AttendanceFault.objects.values_list("name", "id_masked", "kind"))
    assert told == {(p.name, p.id_masked, "not_on_roster") for p in (known, unknown)}
    assert not Person.objects.filter(name="某人").exists()


def test_a_fault_is_taken_up_when_the_roster_explains_it() -> None:
    project = site()
    person = PersonFactory(employer=project.enterprise)
    take_in([seen(project, person)])
    engaged(project, person)
    assert take_in_explained(project.pk, person, by=inspector())[:3] == (1, 0, 0)
    fault = AttendanceFault.objects.get()
    assert fault.is_entered
    assert fault.settled_at is not None
    assert Attendance.objects.get().source == "device"


def test_a_fault_that_was_set_aside_is_not_opened_again_by_the_same_line() -> None:
    project = site()
    person = PersonFactory(employer=project.enterprise)
    take_in([seen(project, person)])
    AttendanceFault.objects.update(reason="参观人员", settled_at=at(1), settled_by=inspector())
    assert take_in([seen(project, person)])[:3] == (0, 0, 0)
    assert AttendanceFault.objects.count() == 1


def test_a_person_on_two_sites_at_once_is_told_to_both() -> None:
    one = engaged()
    other = engaged(person=one.person)
    take_in([seen(one.project, one.person, first_at=at(0), last_at=at(5))])
    take_in([seen(other.project, one.person, first_at=at(4), last_at=at(9))])
    told = AttendanceFault.objects.values_list("project", "kind")
    assert set(told) == {(one.project_id, "two_sites"), (other.project_id, "two_sites")}
    assert Attendance.objects.count() == 2


def test_a_day_on_two_sites_counts_at_the_other_once_one_of_them_sets_it_aside() -> None:
    here, there = stories.site(), stories.site()
    one = engaged(here.project)
    other = engaged(there.project, one.person)
    lines = [seen(who.project, one.person, first_at=at(0), last_at=at(5)) for who in (one, other)]
    take_in(lines)
    mine = AttendanceFault.objects.get(project=here.project)
    set_aside(mine, by=here.manager, reason="当天在另一项目作业")
    settled = AttendanceFault.objects.order_by("pk").values_list("project", "is_entered", "reason")
    assert set(settled) == {(here.project.pk, False, "当天在另一项目作业"), (there.project.pk, True, "")}
    assert Attendance.objects.get().project == there.project
    assert take_in(lines)[:3] == (0, 0, 0)
    assert Attendance.objects.count() == 1
    assert not AttendanceFault.objects.filter(settled_at=None).exists()
    with pytest.raises(TransitionRefused, match="已经处理"):
        set_aside(AttendanceFault.objects.get(project=there.project), by=there.manager, reason="当天在另一项目作业")


def test_of_three_sites_two_go_on_disagreeing_when_one_gives_way() -> None:
    place = stories.site()
    one = engaged(place.project)
    others = [engaged(person=one.person) for _ in range(2)]
    take_in([seen(who.project, one.person) for who in (one, *others)])
    set_aside(AttendanceFault.objects.get(project=place.project), by=place.manager, reason="当天在另一项目作业")
    still = AttendanceFault.objects.filter(settled_at=None).values_list("project", flat=True)
    assert set(still) == {who.project_id for who in others}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sites_that_write_at_once_are_told_too() -> None:
    one = engaged()
    other = engaged(person=one.person)
    gate = Gate()

    def first() -> None:
        with transaction.atomic():
            take_in([seen(one.project, one.person, first_at=at(0), last_at=at(5))])
            gate.pass_through()

    second = seen(other.project, one.person, first_at=at(4), last_at=at(9))
    with held(gate, first):
        at_once(lambda: open_when_somebody_waits(gate), lambda: take_in([second]))
    told = AttendanceFault.objects.values_list("project", "kind")
    assert set(told) == {(one.project_id, "two_sites"), (other.project_id, "two_sites")}


def test_a_person_who_went_from_one_site_to_another_is_no_fault() -> None:
    one = engaged()
    other = engaged(person=one.person)
    take_in([seen(one.project, one.person, first_at=at(0), last_at=at(4))])
    take_in([seen(other.project, one.person, first_at=at(4), last_at=at(9))])
    assert not AttendanceFault.objects.exists()


def test_the_days_of_an_engagement_cannot_leave_its_attendance_behind() -> None:
    who = engaged()
    take_in([seen(who.project, who.person)])
    with pytest.raises(IntegrityError, match="engagement_holds_its_attendance"), transaction.atomic():
        Engagement.objects.update(left_on=DAY - timedelta(days=1))
    Engagement.objects.update(left_on=DAY)


def test_leaders_and_safety_officers_are_at_one_project_at_a_time() -> None:
    who = engaged(worker_class="safety_officer")
    with pytest.raises(IntegrityError, match="one_project_for_leaders_and_officers"), transaction.atomic():
        engaged(person=who.person, worker_class="safety_officer")
    Engagement.objects.update(left_on=DAY)
    assert engaged(person=who.person, worker_class="leader", entered_on=DAY + timedelta(days=1))


def test_who_is_on_the_roster_stays_known_on_the_site_when_a_post_ends() -> None:
    member = MemberFactory(project=site(), person=PersonFactory())
    engaged(member.project, member.person)
    ProjectMember.objects.filter(pk=member.pk).delete()
    assert member.person.presences.filter(project_id=member.project_id).exists()


def test_a_month_without_a_partition_is_taken_in_and_moved_when_its_own_is_made() -> None:
    who = engaged(entered_on=date(2020, 1, 1))
    take_in([seen(who.project, who.person, date(2021, 3, 5))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM roster_attendance_rest")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT roster_attendance_make_partition('2021-03-05')")
        cursor.execute("SELECT count(*) FROM roster_attendance_2021_03")
        assert cursor.fetchone() == (1,)
