"""The safety log: written on the phone, signed for good, with the hazards that it found; what is missing is told."""

import base64
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from apps.core.models import Draft
from apps.core.workflow import TransitionRefused
from apps.duty import folding, reminders
from apps.duty.models import Answer, DutyMonth, LogItem, SafetyLog, SafetyLogAnswer
from apps.duty.reference import load
from apps.duty.selectors import days_of
from apps.hazards.models import Hazard, Photo, PhotoStage, Source, State
from apps.notifications.models import Message
from tests.duty import stories
from tests.hazards.stories import picture
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db
DRAWN = "data:image/png;base64," + base64.b64encode(stories.signature()).decode()


def sheet(**values: Any) -> dict[str, Any]:
    told = {"day": str(timezone.localdate()), "weather": "fine", "summary": "三层绑筋", "rest_is_normal": "on"}
    return told | {"signature": DRAWN} | values


def photograph(name: str = "现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(7).read(), "image/jpeg")


def sent(place: stories.Site, **values: Any) -> Any:
    return signed_in(place.officer).post(f"/m/safety-log/{place.project.number}/", sheet(**values))


def test_a_log_without_problems_is_five_touches() -> None:
    place = stories.site()
    stories.came(place, timezone.localdate())
    answer = sent(place)
    log = SafetyLog.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/safety-logs/{log.pk}/")
    assert (log.headcount, log.problems, log.written_by) == (1, 0, place.officer)
    asked = LogItem.objects.in_force(timezone.localdate()).count()
    assert log.answers.filter(answer=Answer.NORMAL).count() == asked > 5
    picture = signed_in(place.officer).get(f"/safety-logs/{log.pk}/signature/")
    assert (picture["Content-Type"], picture.getvalue()) == ("image/png", stories.signature())


def test_a_problem_becomes_a_hazard_with_its_photograph_in_the_same_submit() -> None:
    place = stories.site()
    sent(
        place,
        answer_electricity="problem",
        note_electricity="二级箱漏电保护器失灵",
        photo_electricity=photograph(),
        answer_fire="none",
    )
    log, hazard = SafetyLog.objects.get(), Hazard.objects.get()
    told = log.answers.get(item__code="electricity")
    assert (told.answer, told.note, told.hazard) == (Answer.PROBLEM, "二级箱漏电保护器失灵", hazard)
    assert (hazard.source, hazard.state, hazard.category) == (Source.SELF_CHECK, State.DRAFT, "施工用电")
    assert (hazard.project, hazard.enterprise, hazard.recorded_by) == (
        place.project,
        place.project.enterprise,
        place.officer,
    )
    assert hazard.description == "临时用电：二级箱漏电保护器失灵"
    assert hazard.photos.get().stage == PhotoStage.BEFORE
    assert log.answers.get(item__code="fire").answer == Answer.NONE
    assert hazard.number in signed_in(place.manager).get(f"/safety-logs/{log.pk}/").content.decode()


def test_two_problems_of_items_of_one_name_each_name_their_own_hazard() -> None:
    place, today = stories.site(), timezone.localdate()
    told = {"name": "消防", "position": 1, "effective_from": today, "source": "示例"}
    LogItem.objects.create(code="fire_camp", category="消防安全", **told)
    photos = {"photo_fire": photograph(), "photo_fire_camp": photograph("宿舍.jpg")}
    notes = {"note_fire": "动火未审批", "note_fire_camp": "宿舍私拉电线"}
    answer = sent(place, answer_fire="problem", answer_fire_camp="problem", **notes, **photos)
    assert answer.status_code == 302
    found = SafetyLogAnswer.objects.filter(answer=Answer.PROBLEM).select_related("hazard")
    assert {one.note: one.hazard.description for one in found} == {
        "动火未审批": "消防：动火未审批",
        "宿舍私拉电线": "消防：宿舍私拉电线",
    }


def test_a_head_must_come_on_the_day_of_an_accident_or_a_near_miss() -> None:
    place, today = stories.site(), timezone.localdate()
    stories.came(place, today)
    told = {"note_near_miss": "吊物坠落，无人受伤", "at_near_miss": "09:05", "photo_near_miss": photograph()}
    sent(place, answer_near_miss="problem", **told)
    month = DutyMonth.objects.get(project=place.project)
    assert (month.must_days, month.must_missed) == (1, 1)
    (one,) = days_of(place.project, month.month, place.manager)
    assert [words for words, _ in one.reasons] == ["险情和未遂事件"]
    stories.headed(place)
    month.refresh_from_db()
    assert (month.must_days, month.must_missed) == (1, 0)


def test_a_problem_that_is_no_event_calls_no_head() -> None:
    place, today = stories.site(), timezone.localdate()
    stories.came(place, today)
    sent(place, answer_fire="problem", note_fire="灭火器过期", photo_fire=photograph())
    assert DutyMonth.objects.get(project=place.project).must_days == 0


def test_an_accident_is_told_to_the_minute() -> None:
    place = stories.site()
    refused = sent(place, answer_accident="problem", note_accident="一人扭伤", photo_accident=photograph())
    assert "请填写时间，精确到分钟" in refused.content.decode()
    key = str(Photo.objects.get().pk)
    sent(place, answer_accident="problem", note_accident="一人扭伤", at_accident="09:05", kept_accident=key)
    assert SafetyLogAnswer.objects.get(item__code="accident").at == time(9, 5)
    assert "（09:05）" in Hazard.objects.get().description


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rest_is_normal": "", "answer_fire": "none"}, "还没有选择：“事故”、“险情和未遂事件”"),
        ({"signature": ""}, "还没有签名"),
        ({"signature": "data:image/png;base64,AAAA"}, "签名图片无效"),
        ({"signature": "javascript:alert(1)"}, "签名图片无效"),
        ({"day": "2150-01-01"}, "日期不能晚于今天"),
        ({"weather": "hail"}, "选项"),
        ({"answer_fire": "problem", "note_fire": "灭火器过期"}, "请拍照"),
        ({"answer_fire": "problem"}, "请写明情况"),
        ({"answer_fire": "maybe"}, "选项"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(values: dict[str, str], words: str) -> None:
    place = stories.site()
    answer = sent(place, **{"note_heights": "原样保留"} | values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "原样保留" in page
    assert "三层绑筋" in page
    assert (SafetyLog.objects.exists(), Hazard.objects.exists()) == (False, False)


def test_items_without_an_answer_are_named_once_and_only_they() -> None:
    place = stories.site()
    codes = list(LogItem.objects.in_force(timezone.localdate()).values_list("code", flat=True))
    answers = {f"answer_{code}": "normal" for code in codes if code != "heights"}
    errors = sent(place, rest_is_normal="", **answers).context["form"].errors
    assert errors == {"rest_is_normal": ["还没有选择：“高处作业”。请逐项选择，或者勾选本项"]}


def test_photograph_and_signature_stay_with_a_form_that_comes_back() -> None:
    place = stories.site()
    scan = SimpleUploadedFile("签名.jpg", picture(3).read(), "image/jpeg")
    answer = sent(
        place, answer_fire="problem", photo_fire=photograph(), signature="", signature_file=scan, summary="三层绑筋"
    )
    page, photo = answer.content.decode(), Photo.objects.get()
    assert f'name="kept_fire" value="{photo.pk}"' in page
    kept = answer.context["form"].shown_signature
    assert kept.startswith("data:image/jpeg;base64,")
    sent(place, answer_fire="problem", note_fire="灭火器过期", kept_fire=str(photo.pk), signature=kept)
    assert Hazard.objects.get().photos.get() == photo
    assert SafetyLog.objects.get().signature.content_type == "image/jpeg"


def test_a_draft_brings_back_what_was_typed() -> None:
    place = stories.site()
    name = f"safety-log-{place.project.number}"
    Draft.objects.create(
        user=place.officer, name=name, data={"summary": ["写到一半"], "answer_fire": ["problem"], "note_fire": ["过期"]}
    )
    client, address = signed_in(place.officer), f"/m/safety-log/{place.project.number}/"
    assert "恢复草稿" in client.get(address).content.decode()
    page = client.get(f"{address}?draft=1").content.decode()
    assert "写到一半" in page
    assert "过期" in page
    client.post(address, sheet())
    assert not Draft.objects.filter(name=name).exists()


def test_a_day_has_one_log_and_a_second_is_led_to_it() -> None:
    place = stories.site()
    log = stories.logged(place)
    again = sent(place, note_fire="第二份")
    assert again.status_code == 422
    assert "当天的安全日志已经签署" in again.content.decode()
    assert "第二份" in again.content.decode()
    answer = signed_in(place.officer).get(f"/m/safety-log/{place.project.number}/")
    assert answer["Location"] == f"/safety-logs/{log.pk}/"


@pytest.mark.django_db(transaction=True)
def test_a_signed_log_is_never_changed_but_added_to() -> None:
    """Each write is a transaction of its own here: what is not signed in one with the log comes too late."""
    load(partial(apps.get_model, "duty"))
    place = stories.site()
    log = stories.logged(place)
    item = LogItem.objects.create(
        code="late", name="后加", position=1, effective_from=timezone.localdate(), source="示例"
    )
    for change in (
        lambda: SafetyLog.objects.update(summary="改写"),
        lambda: SafetyLogAnswer.objects.update(note="改写"),
        lambda: SafetyLogAnswer.objects.create(log=log, item=item, answer=Answer.NORMAL),
        lambda: log.answers.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    answer = signed_in(place.manager).post(f"/safety-logs/{log.pk}/remark/", {"text": "塔吊当天未作业"}, follow=True)
    assert "塔吊当天未作业" in answer.content.decode()
    assert log.remarks.get().written_by == place.manager


def test_a_log_follows_its_project_to_another_region() -> None:
    place = stories.site()
    log = stories.logged(place)
    from tests.personas import QIAOXI, region

    moved = region(QIAOXI)
    type(place.project).objects.filter(pk=place.project.pk).update(region=moved, region_path=moved.path)
    log.refresh_from_db()
    assert log.region_path == moved.path


def test_only_the_sites_own_officer_signs() -> None:
    place, other = stories.site(), stories.site()
    for user, status in (
        (other.officer, 404),
        (place.manager, 403),
        (place.director, 403),
        (persona("inspector"), 403),
    ):
        assert signed_in(user).get(f"/m/safety-log/{place.project.number}/").status_code == status
    assert Client().get(f"/m/safety-log/{place.project.number}/").status_code == 302
    place.officer.posts.update(ended_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(TransitionRefused):
        stories.logged(place)


def test_a_rival_finds_no_log_and_an_officer_does() -> None:
    place, other = stories.site(), stories.site()
    log = stories.logged(place)
    for address in (f"/safety-logs/{log.pk}/", f"/safety-logs/{log.pk}/signature/", f"/safety-logs/{log.pk}/remark/"):
        assert signed_in(other.director).get(address).status_code == 404
    assert signed_in(persona("inspector")).get(f"/safety-logs/{log.pk}/").status_code == 200
    assert signed_in(persona("inspector", at="130203")).get(f"/safety-logs/{log.pk}/").status_code == 404


def test_days_with_attendance_and_without_a_log_are_missing() -> None:
    place, today = stories.site(), timezone.localdate()
    yesterday = today - timedelta(days=1)
    stories.came(place, today, yesterday)
    folding.fold_recent()
    client = signed_in(place.officer)
    is_this_month = yesterday.month == today.month
    assert ("安全日志缺漏" in client.get("/").content.decode()) == is_this_month
    page = client.get(f"/projects/{place.project.number}/duty/?month={yesterday:%Y-%m}").content.decode()
    assert f"/m/safety-log/{place.project.number}/?day={yesterday}" in page
    stories.logged(place, yesterday)
    page = client.get(f"/projects/{place.project.number}/duty/?month={yesterday:%Y-%m}").content.decode()
    assert f"/m/safety-log/{place.project.number}/?day={yesterday}" not in page
    assert "安全日志缺漏" not in client.get("/").content.decode()


def test_officers_are_reminded_once_in_the_evening_and_not_of_a_written_log(monkeypatch: pytest.MonkeyPatch) -> None:
    place, written, idle = stories.site(), stories.site(), stories.site()
    today = timezone.localdate()
    stories.came(place, today)
    stories.came(written, today)
    stories.logged(written)
    at = datetime.combine(today, time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert reminders.remind_of_logs() == 0
    at = datetime.combine(today, time(17, 30), tzinfo=ZoneInfo("Asia/Shanghai"))
    assert reminders.remind_of_logs() == 1
    assert reminders.remind_of_logs() == 0
    assert [m.recipient for m in Message.objects.filter(kind="safety_log_missing")] == [place.officer]
    assert idle.officer.pk != place.officer.pk


def test_the_page_of_own_sites_says_what_is_written_today() -> None:
    place, other = stories.site(), stories.site()
    page = signed_in(place.officer).get("/m/site/").content.decode()
    assert place.project.name in page
    assert other.project.name not in page
    assert "写安全日志" in page
    stories.logged(place)
    assert "写安全日志" not in signed_in(place.officer).get("/m/site/").content.decode()
    assert signed_in(place.owner).get("/m/site/").status_code == 403
