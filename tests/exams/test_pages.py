"""Examinations on their pages: taken by form posts alone, kept by those whose they are, and nobody else's business."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.exams.models import Attempt, AttemptState, Exam, ExamState, Kiosk, Question
from apps.exams.services.kiosks import open_kiosk
from apps.notifications.digests import open_items
from apps.people.models import Person
from tests.exams import stories as exams
from tests.hazards import stories
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db
NUMBER = "11010519491231002X"


def body(answer: Any) -> str:
    return answer.content.decode()


def solution(attempt: Attempt, wrong: int = 0) -> dict[str, Any]:
    """What a browser sends: the places of the options on this paper."""
    told: dict[str, Any] = {}
    rows = {a.place: a for a in attempt.answers.all()}
    for place, letters in exams.solved(attempt, wrong).items():
        told[f"s{place}"] = "1"
        told[f"q{place}"] = [str(rows[place].order.index(letter)) for letter in letters]
    return told


def seated(site: stories.Site, **values: Any) -> tuple[Client, Exam]:
    """The manager of the site, who was at the training and has an account."""
    session = exams.training(site)
    exams.taken_part(session, exams.with_account(site))
    return signed_in(site.manager), exams.opened(site, session, **values)


# With an account ------------------------------------------------------------------------------------------------------


def test_an_examination_is_taken_question_by_question_and_its_wrong_ones_are_explained() -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    assert "开始考试" in body(client.get(address))
    assert client.post(address, {"start": "1"}).status_code == 302
    attempt = Attempt.objects.get()
    page = body(client.get(address))
    assert "1. " in page and 'name="q1"' in page and 'name="q2"' not in page
    for place in range(1, 13):
        own = {name: value for name, value in solution(attempt, wrong=3).items() if name[1:] == str(place)}
        client.post(address, {**own, "go": str(place + 1)})
    assert "12 题都已作答" in body(client.get(f"{address}?review=1"))
    result = body(client.post(address, {"hand_in": "1"}, follow=True))
    attempt.refresh_from_db()
    assert (attempt.score, attempt.state, attempt.kiosk) == (85, AttemptState.HANDED, None)
    assert "<b>85</b>" in result and "答错的题（3/12）" in result
    assert result.count("解析：") == 3 and "示例依据" in result


def test_the_whole_paper_fits_one_form_and_what_was_chosen_is_there_again() -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    client.post(address, {"start": "1"})
    attempt = Attempt.objects.get()
    page = body(client.get(f"{address}?all=1"))
    assert len(re.findall(r'name="s\d+"', page)) == 12
    answer = client.post(address, {**solution(attempt), "all": "1"})
    assert answer["Location"] == f"{address}?all=1"
    assert body(client.get(f"{address}?all=1")).count(" checked") == 4 + 5 + 3 * 2
    assert client.post(address, {**solution(attempt), "hand_in": "1"}).status_code == 302
    assert Attempt.objects.get().score == 100


def test_an_unticked_question_is_unanswered_again_and_one_that_was_not_shown_stays() -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    client.post(address, {"start": "1"})
    attempt = Attempt.objects.get()
    client.post(address, {**solution(attempt), "all": "1"})
    client.post(address, {"s1": "1", "go": "2"})
    assert list(attempt.answers.filter(chosen="").values_list("place", flat=True)) == [1]


def test_the_script_keeps_an_answer_without_a_page() -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    client.post(address, {"start": "1"})
    attempt = Attempt.objects.get()
    assert client.post(address, {"s1": "1", "q1": "0", "quiet": "1"}).status_code == 204
    assert attempt.answers.get(place=1).chosen == attempt.answers.get(place=1).order[0]
    assert client.post(address, {"s5": "1", "q5": ["0", "1"], "quiet": "1"}).status_code == 422


def test_a_second_hand_in_is_told_the_result_and_changes_nothing() -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    client.post(address, {"start": "1"})
    attempt = Attempt.objects.get()
    client.post(address, {**solution(attempt, wrong=12), "hand_in": "1"})
    again = client.post(address, {**solution(attempt), "hand_in": "1"}, follow=True)
    assert "已经交卷，成绩如下" in body(again)
    assert Attempt.objects.get().score == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"q1": "99", "s1": "1"},
        {"q1": "x", "s1": "1"},
        {"s999": "1", "q999": "0"},
        {"go": "-5"},
        {"go": "9" * 30},
        {"start": "1"},
        {"leave": "1"},
    ],
)
def test_nonsense_is_answered_with_a_page(sent: dict[str, str]) -> None:
    client, exam = seated(stories.site())
    address = f"/m/exams/{exam.pk}/"
    client.post(address, {"start": "1"})
    assert client.post(address, sent, follow=True).status_code == 200
    assert not Attempt.objects.get().answers.exclude(chosen="").exists()
    assert client.get(f"{address}?q=99999").status_code == 200
    assert client.get(f"{address}?q=abc&all=").status_code == 200


def test_nobody_sees_a_paper_of_somebody_else_or_begins_without_a_part_in_the_training() -> None:
    site, other = stories.site(), stories.site()
    exam = exams.opened(site)
    assert signed_in(other.manager).get(f"/m/exams/{exam.pk}/").status_code == 404
    told = signed_in(site.director).post(f"/m/exams/{exam.pk}/", {"start": "1"}, follow=True)
    assert "没有关联人员档案" in body(told)
    exams.with_account(site)
    told = signed_in(site.manager).post(f"/m/exams/{exam.pk}/", {"start": "1"}, follow=True)
    assert "没有可考核的参训记录" in body(told)
    assert not Attempt.objects.exists()


def test_what_waits_stands_on_the_workbench_on_the_phone_and_in_the_morning_until_it_is_passed() -> None:
    site = stories.site()
    client, exam = seated(site)
    assert "待考试" in body(client.get("/"))
    assert exam.title in body(client.get("/m/exams/"))
    assert "参加考试" in body(client.get("/exams/?view=to_take"))
    today, since = timezone.localdate(), timezone.now()
    assert f"待考试：{exam.title}" in [item.title for item in open_items(today, since)[site.manager.pk]]
    client.post(f"/m/exams/{exam.pk}/", {"start": "1"})
    client.post(f"/m/exams/{exam.pk}/", {**solution(Attempt.objects.get()), "hand_in": "1"})
    assert "待考试" not in body(client.get("/"))
    assert site.manager.pk not in open_items(today, since)
    assert mail.outbox == []


# At a kiosk -----------------------------------------------------------------------------------------------------------


def kiosk_of(site: stories.Site, **values: Any) -> tuple[Client, str, Any]:
    session = exams.training(site)
    part = exams.taken_part(session)
    exam = exams.opened(site, session, **values)
    _, clear = open_kiosk(exam, by=site.director)
    return Client(), f"/m/exams/kiosk/{clear}/", part.person


def test_workers_sit_one_after_another_at_the_trainers_device() -> None:
    site = stories.site()
    desk, address, person = kiosk_of(site)
    assert "核对身份" in body(desk.get(address))
    desk.post(address, {"name": person.name, "id_number": person.id_number})
    attempt = Attempt.objects.get()
    assert (attempt.person, attempt.started_by, attempt.kiosk) == (person, site.director, Kiosk.objects.get())
    assert 'name="q1"' in body(desk.get(address))
    result = body(desk.post(address, {**solution(attempt), "hand_in": "1"}, follow=True))
    assert "<b>100</b>" in result and "下一位" in result
    assert "核对身份" in body(desk.post(address, {"leave": "1"}, follow=True))


def test_a_device_that_forgot_who_sat_there_finds_the_paper_again() -> None:
    _, address, person = kiosk_of(stories.site())
    first, second = Client(), Client()
    told = {"name": person.name, "id_number": person.id_number}
    first.post(address, told)
    attempt = Attempt.objects.get()
    first.post(address, {**solution(attempt), "all": "1"})
    second.post(address, told)
    assert Attempt.objects.count() == 1
    assert "data-exam-left" in body(second.get(address))


@pytest.mark.parametrize("field", ["name", "id_number"])
def test_a_wrong_name_or_number_starts_nothing_and_the_number_comes_back_nowhere(field: str) -> None:
    desk, address, person = kiosk_of(stories.site())
    told = {"name": person.name, "id_number": person.id_number, field: NUMBER if field == "id_number" else "别人"}
    answer = desk.post(address, told)
    assert (answer.status_code, Attempt.objects.count()) == (422, 0)
    assert "没有找到可以参加本场考试的人员" in body(answer)
    assert told["id_number"] not in body(answer)


def test_guessing_closes_the_kiosk(settings: Any) -> None:
    settings.KIOSK_FAILURES = 3
    desk, address, person = kiosk_of(stories.site())
    for _ in range(3):
        answer = desk.post(address, {"name": "别人", "id_number": NUMBER})
    assert "已关闭" in body(answer)
    told = {"name": person.name, "id_number": person.id_number}
    assert desk.post(address, told).status_code == 410
    assert not Attempt.objects.exists()


def test_a_lost_kiosk_is_closed_by_a_colleague_and_by_nobody_else() -> None:
    site, other = stories.site(), stories.site()
    desk, address, person = kiosk_of(site)
    kiosk = Kiosk.objects.get()
    page = f"/exams/{kiosk.exam_id}/kiosk/"
    assert "已开考 0 人" in body(signed_in(site.director).get(page))
    assert signed_in(other.director).post(page, {"close": kiosk.pk}).status_code == 404
    assert signed_in(site.director).post(page, {"close": "x"}).status_code == 404
    assert desk.get(address).status_code == 200
    answer = signed_in(site.director).post(page, {"close": kiosk.pk}, follow=True)
    assert "终端已关闭" in body(answer)
    assert "开启中的终端" not in body(answer)
    told = {"name": person.name, "id_number": person.id_number}
    assert desk.post(address, told).status_code == 410
    assert Kiosk.objects.count() == 1


def test_a_kiosk_is_of_its_own_trainings_and_an_unknown_secret_is_nobodys() -> None:
    """Two firms, one examination of the authority: at the kiosk of one sit the people of its own trainings."""
    site, other = stories.site(), stories.site()
    session = exams.training(site)
    own = exams.taken_part(session)
    stranger = exams.taken_part(exams.training(other, session.course))
    exams.bank()
    exam = exams.drafted(session, session=None, enterprise=None)
    exam = exams.EXAM.perform(exam, "open", by=persona("province_officer"))
    _, clear = open_kiosk(exam, by=site.director)
    desk, address = Client(), f"/m/exams/kiosk/{clear}/"
    person = stranger.person
    assert desk.post(address, {"name": person.name, "id_number": person.id_number}).status_code == 422
    person = own.person
    assert desk.post(address, {"name": person.name, "id_number": person.id_number}).status_code == 302
    assert Client().get("/m/exams/kiosk/not-a-secret/").status_code == 404


def test_the_cookie_of_a_kiosk_cannot_be_written_by_hand() -> None:
    site = stories.site()
    _, address, person = kiosk_of(site)
    Client().post(address, {"name": person.name, "id_number": person.id_number})
    forger = Client()
    forger.cookies["exam_seat"] = str(Attempt.objects.get().pk)
    assert "核对身份" in body(forger.get(address))


# At a desk ------------------------------------------------------------------------------------------------------------


def typed(session: Any, /, **values: Any) -> dict[str, Any]:
    lines = exams.PATTERN
    return {
        "title": "入场教育考试",
        "course": session.course_id,
        "session": session.pk,
        "open_from": "2026-11-26T08:00",
        "open_to": "2036-11-28T18:00",
        "minutes": 45,
        "tries": 2,
        "wait_hours": 24,
        **{f"pattern_{name}": [line[name] for line in lines] for name in ("kind", "topic", "count", "points")},
        **values,
    }


def test_an_examination_is_set_up_opened_and_closed_and_its_seed_is_published_first_as_a_hash() -> None:
    site = stories.site()
    session = exams.training(site)
    exams.bank(session.enterprise)
    client = signed_in(site.director)
    assert client.post("/exams/new/", typed(session)).status_code == 302
    exam = Exam.objects.get()
    assert (exam.enterprise_id, exam.pattern, len(exam.seed)) == (site.project.enterprise_id, exams.PATTERN, 64)
    page = body(client.get(f"/exams/{exam.pk}/"))
    assert exam.seed_sha256 in page and exam.seed not in page
    assert client.post(f"/exams/{exam.pk}/open/", {}).status_code == 302
    exam.refresh_from_db()
    assert (exam.state, exam.pool_size, exam.pool.count()) == (ExamState.OPEN, 48, 48)
    page = body(client.get(f"/exams/{exam.pk}/"))
    assert exam.seed not in page and exam.pool_sha256 in page
    assert client.post(f"/exams/{exam.pk}/close/", {}).status_code == 302
    assert exam.seed in body(client.get(f"/exams/{exam.pk}/"))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"pattern_points": ["5", "10", "10", "9"]}, "试卷总分应为100分，现为97分"),
        ({"pattern_count": ["x", "2", "3", "3"]}, "第1行：题数应为1至100的整数"),
        ({"pattern_kind": ["", "single", "single", "multiple"]}, "第1行：请选择题型"),
        ({"pattern_topic": ["", "", "", ""]}, "同一题型和知识点只能填一行"),
        ({"pattern_kind": []}, "请至少填一行"),
        ({"open_to": "2020-01-01T00:00"}, "截止时间应晚于开放时间"),
        ({"minutes": "2"}, "5"),
        ({"session": "999999"}, "培训"),
    ],
)
def test_what_is_wrong_with_an_examination_is_said_and_what_was_typed_stays(values: Any, words: str) -> None:
    site = stories.site()
    answer = signed_in(site.director).post("/exams/new/", typed(exams.training(site), **values))
    assert (answer.status_code, Exam.objects.count()) == (422, 0)
    assert words in body(answer) and "入场教育考试" in body(answer)


def test_opening_says_what_the_bank_lacks() -> None:
    site = stories.site()
    session = exams.training(site)
    exams.bank(session.enterprise, each=1)
    exam = exams.drafted(session)
    told = signed_in(site.director).post(f"/exams/{exam.pk}/open/", {})
    assert told.status_code == 422
    assert "单选题（高处作业）需要2题，题库只有1题" in body(told)


def test_how_it_went_is_told_with_the_rows_behind_each_figure() -> None:
    site = stories.site()
    done = exams.taken(site, wrong=2)
    client = signed_in(site.director)
    page = body(client.get(f"/exams/{done.exam_id}/"))
    wrong = done.answers.filter(is_right=False).order_by("question")
    assert all(f"wrong={answer.question_id}" in page for answer in wrong)
    behind = body(client.get(f"/exam-attempts/?view=all&exam={done.exam_id}&wrong={wrong[0].question_id}"))
    assert behind.count("data-row") == 1
    right = done.answers.filter(is_right=True)[0]
    none = body(client.get(f"/exam-attempts/?view=all&exam={done.exam_id}&wrong={right.question_id}"))
    assert none.count("data-row") == 0
    sheet = body(client.get(f"/exams/{done.exam_id}/results/"))
    assert done.person.name in sheet and done.exam.seed_sha256 in sheet and done.paper_sha256[:12] in sheet
    paper = body(client.get(f"/exam-attempts/{done.pk}/"))
    assert done.paper_sha256 in paper and paper.count("正确答案：") == 12


@pytest.mark.parametrize("asked", ["exam=x", f"exam={'9' * 5000}", f"wrong={'9' * 5000}", "wrong=-1"])
def test_a_link_that_names_no_record_finds_nothing(asked: str) -> None:
    page = signed_in(exams.taken(stories.site()).exam.opened_by).get(f"/exam-attempts/?view=all&{asked}")
    assert (page.status_code, page.context["rows"]) == (200, [])


def test_who_failed_stands_in_the_list_of_make_ups_until_they_pass() -> None:
    site = stories.site()
    first = exams.taken(site, wrong=12)
    client = signed_in(site.director)
    assert body(client.get("/exam-attempts/?view=again")).count("data-row") == 1
    second = exams.start(first.exam, first.person, by=site.director)
    exams.save_answers(second, exams.solved(second))
    exams.hand_in(second, by=site.director)
    assert body(client.get("/exam-attempts/?view=again")).count("data-row") == 0


def test_answers_are_told_to_the_firm_that_trained_its_office_and_the_person_and_to_no_other_firm() -> None:
    site, other = stories.site(), stories.site()
    person = exams.with_account(site)
    done = exams.taken(site, wrong=1, person=person)
    address = f"/exam-attempts/{done.pk}/"
    for user in (site.director, site.manager, site.inspector, site.head, persona("province_officer")):
        assert signed_in(user).get(address).status_code == 200
    # The person changes to another firm: what they answered here stays here.
    Person.objects.filter(pk=person.pk).update(employer=other.project.enterprise)
    assert signed_in(other.director).get(address).status_code == 404
    assert signed_in(other.director).get(f"/exams/{done.exam_id}/").status_code == 404


def test_who_still_has_to_sit_does_not_read_the_answers_of_others_before() -> None:
    site = stories.site()
    session = exams.training(site)
    exams.taken_part(session, exams.with_account(site))
    other = exams.taken_part(session).person
    exam = exams.opened(site, session)
    done = exams.sat(exam, other)
    address, client = f"/exam-attempts/{done.pk}/", signed_in(site.manager)
    assert "考完后才能查看答卷" in body(client.get(address)) and "正确答案：" not in body(client.get(address))
    assert "各题答错情况" not in body(client.get(f"/exams/{exam.pk}/"))
    exams.sat(exam, site.manager.person)
    assert body(client.get(address)).count("正确答案：") == 12
    assert "各题答错情况" in body(client.get(f"/exams/{exam.pk}/"))


# The bank -------------------------------------------------------------------------------------------------------------


def told_of(**values: str) -> dict[str, str]:
    return {
        "kind": "single",
        "topic": "高处作业",
        "text": "安全带应当怎样使用？",
        "option_a": "低挂高用",
        "option_b": "高挂低用",
        "right": "b",
        "basis": "JGJ 80",
        "is_active": "on",
        **values,
    }


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({}, (["低挂高用", "高挂低用"], "B")),
        (
            {"kind": "multiple", "option_c": "挂在牢固处", "right": "c, B"},
            (["低挂高用", "高挂低用", "挂在牢固处"], "BC"),
        ),
        ({"kind": "judgement", "right": "错", "option_a": "", "option_b": ""}, (["正确", "错误"], "B")),
    ],
)
def test_a_question_is_entered_as_people_write_answers(values: dict[str, str], kept: tuple[list[str], str]) -> None:
    site = stories.site()
    assert signed_in(site.director).post("/questions/new/", told_of(**values)).status_code == 302
    question = Question.objects.get()
    assert (question.options, question.right, question.enterprise_id) == (*kept, site.project.enterprise_id)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"right": "AB"}, "单选题只能有一个正确答案"),
        ({"right": "F"}, "请填选项的字母"),
        ({"kind": "multiple", "right": "A"}, "多选题至少有两个正确答案"),
        ({"kind": "judgement", "right": "也许"}, "填“正确”或“错误”"),
        ({"option_b": "", "option_c": "挂牢"}, "请先填选项B"),
        ({"option_b": "低挂高用"}, "与前面的选项相同"),
        ({"classes": "火星人"}, "没有“火星人”这一类人员"),
        ({"basis": ""}, "依据"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(values: dict[str, str], words: str) -> None:
    answer = signed_in(stories.site().director).post("/questions/new/", told_of(**values))
    assert (answer.status_code, Question.objects.count()) == (422, 0)
    assert words in body(answer)


def test_the_same_question_is_in_use_once() -> None:
    client = signed_in(stories.site().director)
    client.post("/questions/new/", told_of())
    assert "已有相同的在用试题" in body(client.post("/questions/new/", told_of()))


def test_a_question_that_was_never_asked_is_corrected_and_one_that_was_makes_another() -> None:
    site = stories.site()
    client = signed_in(site.director)
    client.post("/questions/new/", told_of())
    question = Question.objects.get()
    client.post(f"/questions/{question.pk}/edit/", told_of(topic="临边洞口", version="1"))
    question.refresh_from_db()
    assert (Question.objects.count(), question.topic, question.version) == (1, "临边洞口", 2)
    session = exams.training(site)
    pattern = [{"kind": "single", "topic": "", "count": 1, "points": 100}]
    exam = exams.EXAM.perform(exams.drafted(session, pattern=pattern), "open", by=site.director)
    answer = client.post(f"/questions/{question.pk}/edit/", told_of(text="安全带挂在哪里？", version="2"), follow=True)
    assert answer.status_code == 200
    new = Question.objects.get(replaces=question)
    question.refresh_from_db()
    assert (question.text, question.is_active, new.text) == ("安全带应当怎样使用？", False, "安全带挂在哪里？")
    assert [row.question_id for row in exam.pool.all()] == [question.pk]


def test_the_authoritys_questions_are_read_and_not_changed_by_a_firm() -> None:
    site = stories.site()
    common = exams.question()
    client = signed_in(site.director)
    page = body(client.get(f"/questions/{common.pk}/"))
    assert common.text in page and f"/questions/{common.pk}/edit/" not in page
    refused = client.post(f"/questions/{common.pk}/edit/", told_of(version="1"))
    common.refresh_from_db()
    assert "不能修改" in body(refused) and common.topic == "高处作业" and common.version == 1
    own = exams.question(stories.site().project.enterprise)
    assert client.get(f"/questions/{own.pk}/").status_code == 404
