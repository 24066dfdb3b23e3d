"""Trainings on their pages: planned, filled, called, shown as a code, proved, and kept from others."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.notifications.models import Message
from apps.training.codes import address_of_code
from apps.training.models import Course, Participation, Session, TrainingPlan
from apps.training.reminders import remind
from apps.training.workflow import SESSION
from tests.contracts.planting import body
from tests.core.imports.flow import Flow, workbook
from tests.factories import PersonFactory
from tests.hazards.stories import Site, picture, site
from tests.personas import persona, province_officer, signed_in
from tests.roster.stories import engaged
from tests.training import stories

pytestmark = pytest.mark.django_db
HEADS = ("班次编号", "姓名", "身份证号码", "学时", "考核成绩")


def lesson(where: Site, **values: Any) -> dict[str, Any]:
    day = timezone.localdate()
    return {
        "project": where.project.number,
        "course": Course.objects.filter(enterprise=None, level="team").values_list("pk", flat=True)[0],
        "starts_at": f"{day}T08:00",
        "ends_at": f"{day}T10:00",
        "place": "项目部会议室",
        "trainer": "王教员",
        **values,
    }


def test_a_training_is_planned_and_takes_level_and_hours_of_its_course() -> None:
    where = site()
    answer = signed_in(where.manager).post("/training/new/", lesson(where), follow=True)
    session = Session.objects.get()
    assert answer.redirect_chain[-1][0] == f"/training/{session.pk}/"
    assert (session.level, session.hours, session.enterprise_id) == ("team", 20, where.manager.organisation_id)
    assert session.region_path == where.project.region_path


def test_what_is_wrong_is_told_and_what_was_typed_stays() -> None:
    where = site()
    told = lesson(where, ends_at=f"{timezone.localdate()}T07:00")
    page = signed_in(where.manager).post("/training/new/", told)
    assert page.status_code == 422
    assert "结束时间应晚于开始时间" in page.content.decode()
    assert "项目部会议室" in page.content.decode()


def test_a_course_that_is_changed_leaves_a_planned_training_as_it_was_until_another_is_chosen() -> None:
    where = site()
    client, told = signed_in(where.manager), lesson(where)
    client.post("/training/new/", told)
    session = Session.objects.get()
    stories.listed(session, where, stories.worker(where).person)
    Course.objects.filter(pk=session.course_id).update(hours=8)
    assert client.post(f"/training/{session.pk}/edit/", told | {"place": "农民工夜校"}).status_code == 302
    session.refresh_from_db()
    assert (session.place, session.hours, session.participations.get().hours) == ("农民工夜校", 20, 20)


def test_a_manager_plans_for_the_own_site_and_not_for_the_firm_or_others() -> None:
    where, other = site(), site()
    client = signed_in(where.manager)
    assert client.post("/training/new/", lesson(other)).status_code == 422
    assert "由组织单位" in client.post("/training/new/", lesson(where, project="")).content.decode()
    assert signed_in(where.director).post("/training/new/", lesson(where, project="")).status_code == 302
    assert Session.objects.get().project is None


def test_a_firm_keeps_its_own_courses_and_the_authority_those_of_everybody() -> None:
    where = site()
    director, officer = signed_in(where.director), signed_in(province_officer())
    told = {"name": "塔吊专项", "level": "topic", "hours": "2.5", "pass_mark": "60", "is_active": "on"}
    director.post("/training/courses/new/", told)
    officer.post("/training/courses/new/", told)
    own, common = Course.objects.filter(name="塔吊专项").order_by("enterprise")
    assert (own.enterprise_id, common.enterprise_id) == (where.director.organisation_id, None)
    refused = director.post(f"/training/courses/{common.pk}/edit/", told | {"hours": "9"}, follow=True)
    assert "通用课程由主管部门修改" in refused.content.decode()
    assert "编辑" not in director.get(f"/training/courses/{common.pk}/").content.decode()
    common.refresh_from_db()
    assert common.hours == 2.5
    assert signed_in(site().director).get(f"/training/courses/{own.pk}/").status_code == 404


def test_all_that_the_filter_finds_are_added_at_once_and_taken_off_again() -> None:
    where = site()
    session = stories.planned(where)
    for _ in range(3):
        stories.worker(where)
    client, here = signed_in(where.manager), f"/training/{session.pk}/people/"
    assert client.get(here).context["count"] == 3
    client.post(f"{here}?lack=all", {"all": "1"})
    lines = list(session.participations.all())
    assert len(lines) == 3
    client.post(here, {"drop": "1", "line": [lines[0].pk, "x", "9" * 30]})
    assert session.participations.count() == 2
    page = client.post(here, {"person": [lines[0].person_id]}, follow=True)
    assert "已加入 1 人" in page.content.decode()


def test_nobody_from_elsewhere_is_added_by_a_forged_key() -> None:
    where, other = site(), site()
    session = stories.planned(where)
    stranger = stories.worker(other).person
    signed_in(where.manager).post(f"/training/{session.pk}/people/", {"person": [stranger.pk]})
    assert not session.participations.exists()


def test_the_roll_is_a_plain_form_of_tick_boxes() -> None:
    where = site()
    session = stories.opened(where)
    there, absent = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    client, here = signed_in(where.manager), f"/training/{session.pk}/roll/"
    page = client.get(here).content.decode()
    assert page.count('name="there"') == 2
    assert "<script>" not in page
    client.post(here, {"there": [there.pk]})
    assert list(session.participations.filter(signed_in_at__isnull=False)) == [there]
    assert f'name="was" value="{there.pk}"' in client.get(here).content.decode().replace("\n", "")
    client.post(here, {"was": [there.pk], "there": [absent.pk]})
    assert list(session.participations.filter(signed_in_at__isnull=False)) == [absent]


def test_the_code_is_two_presses_away_and_for_the_trainer_alone() -> None:
    where = site()
    session = stories.opened(where)
    client = signed_in(where.manager)
    assert f"/training/{session.pk}/code/" in client.get("/m/training/scan/").content.decode()
    page = client.get(f"/training/{session.pk}/code/")
    assert "<svg" in page.content.decode()
    assert address_of_code(session) in page.content.decode()
    assert signed_in(where.inspector).get(f"/training/{session.pk}/code/").status_code == 403
    SESSION.perform(session, "cancel", by=where.director, reason="停电改期")
    assert client.get(f"/training/{session.pk}/code/").status_code == 302


def test_sound_files_are_kept_and_each_refused_one_is_named() -> None:
    where = site()
    session = stories.opened(where)
    files = [
        SimpleUploadedFile("现场.jpg", picture(3).getvalue()),
        SimpleUploadedFile("签到表.pdf", b"%PDF-1.7 x"),
        SimpleUploadedFile("病毒.exe", b"MZ"),
        SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff broken"),
    ]
    page = signed_in(where.manager).post(f"/training/{session.pk}/evidence/", {"uploads": files})
    text = page.content.decode()
    assert page.status_code == 422
    assert "已保存 2 个文件" in text
    assert "病毒.exe：只接受" in text
    assert "坏.jpg：" in text
    photo, paper = session.photos.get(), session.files.get()
    inspector, other = signed_in(where.inspector), signed_in(site().director)
    for address in (f"/training/photos/{photo.pk}/thumbnail/", f"/training/files/{paper.pk}/"):
        shown = inspector.get(address)
        assert body(shown)
        assert other.get(address).status_code == 404
    assert photo.original.sha256[:16] in inspector.get(f"/training/{session.pk}/").content.decode()


def test_make_up_leads_to_its_time() -> None:
    where = site()
    session = stories.opened(where)
    there, _ = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    signed_in(where.manager).post(f"/training/{session.pk}/roll/", {"there": [there.pk]})
    SESSION.perform(session, "hold", by=where.director)
    answer = signed_in(where.manager).post(f"/training/{session.pk}/make-up/", follow=True)
    again = Session.objects.get(makes_up=session)
    assert answer.redirect_chain[-1][0] == f"/training/{again.pk}/edit/"
    assert again.participations.count() == 1
    day = timezone.localdate() + timedelta(days=3)
    told = lesson(where, course=again.course_id, starts_at=f"{day}T14:00", ends_at=f"{day}T15:00")
    assert signed_in(where.manager).post(f"/training/{again.pk}/edit/", told).status_code == 302
    again.refresh_from_db()
    assert timezone.localdate(again.starts_at) == day


def test_who_does_not_hold_it_reads_it_and_does_nothing() -> None:
    where = site()
    session = stories.opened(where)
    client = signed_in(where.inspector)
    assert client.get(f"/training/{session.pk}/").status_code == 200
    for page in ("people", "roll", "evidence", "make-up", "hold"):
        assert client.post(f"/training/{session.pk}/{page}/").status_code == 403, page


# Workbooks ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_class_comes_in_with_its_scores_and_the_same_file_again_changes_nothing() -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=True))
    people = [stories.worker(where).person for _ in range(2)]
    lines = [(session.pk, p.name, p.id_number, "20", score) for p, score in zip(people, ("85", "40"), strict=True)]
    Flow(where.manager, "participations").whole(workbook(HEADS, *lines))
    told = set(session.participations.values_list("person", "score", "result", "signed_in_by"))
    assert told == {(people[0].pk, 85, "passed", "import"), (people[1].pk, 40, "failed", "import")}
    assert session.participations.filter(credited_on=session.day).count() == 1
    before = list(Participation.objects.order_by("pk").values())
    Flow(where.manager, "participations").whole(workbook(HEADS, *reversed(lines)))
    assert list(Participation.objects.order_by("pk").values()) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({0: 10**9}, "没有这个编号"),
        ({1: "别的名字"}, "不一致"),
        ({2: "110105194912310021"}, "校验码"),
        ({3: "8"}, "班次的学时是 20"),
        ({4: "101"}, "0 至 100"),
    ],
)
def test_a_wrong_line_is_told_with_its_reason(change: dict[int, Any], words: str) -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=True))
    person = stories.worker(where).person
    line: list[Any] = [session.pk, person.name, person.id_number, "20", "85"]
    for place, value in change.items():
        line[place] = value
    page = Flow(where.manager, "participations").through(workbook(HEADS, tuple(line))).content.decode()
    assert words in page
    assert not session.participations.exists()


@pytest.mark.slow
def test_nobody_fills_the_training_of_another_firm() -> None:
    where, other = site(), site()
    session = stories.opened(where)
    person = stories.worker(where).person
    line = (session.pk, person.name, person.id_number, "", "")
    page = Flow(other.manager, "participations").through(workbook(HEADS, line)).content.decode()
    assert "没有这个编号" in page
    assert not session.participations.exists()


# Messages -------------------------------------------------------------------------------------------------------------


def test_who_is_on_the_list_is_reminded_the_day_before_once_and_told_of_the_end() -> None:
    where = site()
    person = PersonFactory(employer=where.project.enterprise, user=where.manager)
    engaged(where.project, person, worker_class="leader")
    at = timezone.now() + timedelta(days=1)
    session = stories.planned(where, starts_at=at, ends_at=at + timedelta(hours=1))
    stories.listed(session, where, person)
    assert [remind(), remind()] == [1, 0]
    message = Message.objects.get(kind="training_tomorrow")
    assert (message.recipient, message.url) == (where.manager, session.get_absolute_url())
    SESSION.perform(session, "cancel", by=where.director, reason="停电改期")
    assert Message.objects.get(kind="training_cancelled").recipient == where.manager


def test_the_firm_is_told_of_a_plan_whose_month_ends() -> None:
    where = site()
    plan = stories.plan(where)
    last = date(plan.year, plan.month, 28)
    assert [remind(last - timedelta(days=14)), remind(last), remind(last)] == [0, 1, 0]
    assert Message.objects.get(kind="training_plan_ends").recipient == where.director


def test_a_plan_is_written_for_the_own_site_alone() -> None:
    where, other = site(), site()
    course = Course.objects.filter(enterprise=None).values_list("pk", flat=True)[0]
    told = {"course": course, "year": "2026", "month": "12", "people_planned": "30", "classes": ["worker"]}
    client = signed_in(where.manager)
    assert client.post("/training/plans/new/", told | {"project": where.project.number}).status_code == 302
    plan = TrainingPlan.objects.get()
    assert (plan.classes, plan.classes_in_words, plan.region_path) == (
        ["worker"],
        "一般作业人员",
        where.project.region_path,
    )
    assert client.post("/training/plans/new/", told | {"project": other.project.number}).status_code == 422
    twice = client.post("/training/plans/new/", told | {"project": where.project.number})
    assert "该月份已有同一课程的培训计划" in twice.content.decode()
    changed = told | {"project": where.project.number, "people_planned": "40"}
    assert client.post(f"/training/plans/{plan.pk}/edit/", changed).status_code == 302
    assert signed_in(persona("auditor")).get(f"/training/plans/{plan.pk}/").status_code == 200
