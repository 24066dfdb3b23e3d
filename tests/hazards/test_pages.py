"""The pages of a hazard as a browser gets them: what each may see and do, and what becomes of wrong input."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core import drafts, files
from apps.core.events import record_event
from apps.core.models import Draft, ImportBatch, ImportState
from apps.hazards.models import Criterion, Disposal, Grade, Hazard, Photo, PhotoStage, RiskLevel, Source, State
from apps.hazards.services.photos import take_in
from apps.hazards.workflow import HAZARD
from apps.projects.models import Project, ProjectMember
from tests.core.pictures import camera_exif, jpeg
from tests.hazards import stories
from tests.personas import QIAOXI, city_officer, inspector, persona, province_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

STATES = ("draft", "ordered", "received", "rectifying", "answered", "confirmed", "verified", "closed")


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


@pytest.fixture
def officer(client: Client, site: stories.Site) -> Client:
    """The browser of the site's inspector."""
    client.force_login(site.inspector)
    return client


def picture(shade: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile("现场.jpg", stories.picture(shade).read(), "image/jpeg")


def text_of(answer: Any) -> str:
    return answer.content.decode()


def opened(browser: Client, address: str) -> Any:
    """The answer; a file is closed without the end of the request, which would close the test's connection too."""
    answer: Any = browser.get(address)
    for closer in answer._resource_closers if answer.streaming else ():
        closer()
    return answer


def links_to_moves(page: str) -> set[str]:
    """The moves that the page offers, by link or by form."""
    return set(re.findall(r'(?:href|action)="/hazards/YH-[0-9-]+/([a-z_]+)/', page)) & {
        move.name for move in HAZARD.offered
    }


def sheet(site: stories.Site, **more: Any) -> dict[str, Any]:
    return {
        "project": site.project.pk,
        "grade": "ordinary",
        "description": "楼层临边未设置防护栏杆",
        "category": "高处作业",
        "source": "daily",
        "found_on": stories.today().isoformat(),
        "disposal": "rectify",
    } | more


def onlookers(site: stories.Site) -> list[User]:
    """People who may see the case without a part in it."""
    owner, expert = persona("owner"), persona("expert")
    for user, post in ((owner, "owner_representative"), (expert, "expert")):
        ProjectMember.objects.create(project=site.project, user=user, post=post)
    officers = [persona(role) for role in ("county_officer", "auditor")]
    return [owner, expert, *officers, city_officer(), province_officer()]


# Who sees what ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_everybody_is_offered_just_the_moves_that_are_open_to_them(
    client: Client, site: stories.Site, state: str
) -> None:
    hazard = stories.taken_to(state, site, grade=Grade.MAJOR)
    people = [site.inspector, site.second, site.head, site.director, site.manager, site.engineer, *onlookers(site)]
    for user in people:
        client.force_login(user)
        answer = client.get(f"/hazards/{hazard.number}/")
        if not Hazard.objects.visible_to(user).filter(pk=hazard.pk).exists():
            assert answer.status_code == 404, user
            continue
        assert answer.status_code == 200, user
        assert links_to_moves(text_of(answer)) == {m.name for m in HAZARD.open_to(hazard, user)}, user


@pytest.mark.parametrize("state", STATES)
def test_every_move_has_a_page_that_says_why_it_is_not_open(client: Client, site: stories.Site, state: str) -> None:
    hazard = stories.taken_to(state, site)
    for user in (site.inspector, site.director, site.engineer):
        client.force_login(user)
        is_visible = Hazard.objects.visible_to(user).filter(pk=hazard.pk).exists()
        for name, move in ((move.name, move) for move in HAZARD.offered):
            answer = client.get(f"/hazards/{hazard.number}/{name}/")
            allowed = 200 if user.has_perm(move.permission) else 403
            assert answer.status_code == (allowed if is_visible else 404), (user, name)
            if answer.status_code == 200 and (reason := HAZARD.refusal(hazard, name, user)):
                assert reason in text_of(answer)
                assert "actionbar" not in text_of(answer)


def test_what_leads_on_stands_out_and_what_is_only_possible_does_not(client: Client, site: stories.Site) -> None:
    """An office that waits for the firm is not pushed to urge it."""
    hazard, stands_out = stories.taken_to("received", site), r'btn-primary[^"]*"\s+href="[^"]*/(\w+)/"'
    for user, leads in ((site.director, {"answer"}), (site.inspector, set())):
        client.force_login(user)
        assert set(re.findall(stands_out, text_of(client.get(hazard.get_absolute_url())))) == leads


def test_what_was_done_is_told_with_the_state_where_that_is_a_new_one(officer: Client, site: stories.Site) -> None:
    for state, move, told in (("ordered", "remind", "已催办。"), ("draft", "discard", "已作废草稿，现为“已作废”。")):
        hazard = stories.taken_to(state, site)
        facts = {"version": hazard.version, "void_reason": "重复登记了"}
        page = text_of(officer.post(f"{hazard.get_absolute_url()}{move}/", facts, follow=True))
        assert f"{hazard.number}：{told}" in page


def test_the_links_of_a_case_can_be_opened_by_those_who_see_them(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    for user in (site.inspector, site.director, site.manager, site.engineer, *onlookers(site)):
        client.force_login(user)
        page = text_of(client.get(f"/hazards/{hazard.number}/")).partition("<main")[2].partition("</main>")[0]
        for address in set(re.findall(r'href="(/[^"#]*)"', page)):
            assert opened(client, address).status_code == 200, (user, address)


def test_a_foreign_hazard_does_not_exist(client: Client, site: stories.Site) -> None:
    hazard = stories.draft(site)
    photo = hazard.photos.get()
    rival = persona("safety_director")
    for user in (inspector(QIAOXI), rival, site.director):
        client.force_login(user)
        for address in ("", "edit/", "order/", "verify/"):
            answer = client.get(f"/hazards/{hazard.number}/{address}")
            assert answer.status_code in ((403, 404) if address else (404,)), (user, address)
        assert client.get(f"/hazards/photos/{photo.pk}/shown/").status_code == 404
    client.force_login(rival)
    ordered = stories.order(hazard, site)
    assert client.post(f"/hazards/{ordered.number}/receive/", {"version": ordered.version}).status_code == 404


def test_a_case_costs_the_same_queries_whatever_hangs_on_it(officer: Client, site: stories.Site) -> None:
    small, large = stories.taken_to("answered", site), stories.taken_to("answered", site)
    for _ in range(2):
        large = HAZARD.perform(large, "reject", by=site.engineer, reason="照片看不清")
        large = stories.answer(large, site)

    def queries(hazard: Hazard) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert officer.get(f"/hazards/{hazard.number}/").status_code == 200
        return len(captured)

    queries(small), queries(large)  # what is remembered between requests
    assert large.photos.count() == 4
    assert queries(large) - queries(small) <= 1  # one for whether the hazards of look-alikes may be named
    assert queries(large) <= 12


# Recording ------------------------------------------------------------------------------------------------------------


def test_a_hazard_is_recorded_and_ordered_in_one_form(officer: Client, site: stories.Site) -> None:
    drafts.keep(site.inspector, "hazard-new", {"description": ["begun"]})
    data = sheet(site, demands="立即设置", term="calendar:3", order="1", photos=[picture()])
    answer = officer.post("/hazards/new/", data)
    hazard = Hazard.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, hazard.get_absolute_url())
    assert (hazard.state, hazard.deadline) == (State.ORDERED, stories.today() + timedelta(days=3))
    assert (hazard.enterprise, hazard.responsible_person) == (site.project.enterprise, site.manager.name)
    assert not Draft.objects.exists()


def test_wrong_input_keeps_the_words_and_the_photographs(officer: Client, site: stories.Site) -> None:
    refused = officer.post("/hazards/new/", sheet(site, category="", order="1", photos=[picture(1), picture(2)]))
    page = text_of(refused)
    assert (refused.status_code, "楼层临边未设置防护栏杆" in page) == (422, True)
    assert all(words in page for words in ("请选择隐患类别", "请填写整改要求", "错误："))
    kept = re.findall(r'name="kept_photos" value="([^"]+)"', page)
    assert len(kept) == 2
    sent = sheet(site, demands="立即设置", term="calendar:0", order="1", kept_photos=kept)
    assert officer.post("/hazards/new/", sent).status_code == 302
    assert {str(p.pk) for p in Hazard.objects.get().photos.all()} == set(kept)


def test_a_file_that_is_no_photograph_is_named_with_the_reason(officer: Client, site: stories.Site) -> None:
    fake = SimpleUploadedFile("现场.jpg", b"not a picture", "image/jpeg")
    page = text_of(officer.post("/hazards/new/", sheet(site, photos=[fake])))
    assert "现场.jpg：不是 JPEG、PNG 或 HEIC 照片，请直接上传" in page


def test_nobody_takes_the_photographs_of_another(officer: Client, site: stories.Site) -> None:
    foreign = stories.photo(site.second, PhotoStage.BEFORE)
    officer.post("/hazards/new/", sheet(site, kept_photos=[foreign]))
    assert not Hazard.objects.get().photos.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"found_on": "2099-01-01"}, "检查日期不能晚于今天"),
        ({"found_on": "昨天"}, "请填写日期"),
        ({"project": "999999"}, "选择一个有效的选项"),
        ({"project": "²"}, "选择一个有效的选项"),
        ({"longitude": "114.5"}, "经度和纬度要一起填写"),
        ({"term": "other"}, "请填写整改期限"),
        ({"term": "working:1"}, "选择一个有效的选项"),
        ({"deadline": "2020-01-01"}, "整改期限不能早于今天"),
        ({"grade": "major", "order": "1"}, "重大隐患必须规定整改期限"),
        ({"description": "长" * 4001}, "4000"),
        ({"source": "self_check"}, "选择一个有效的选项"),
    ],
)
def test_each_mistake_is_told_at_the_top_and_at_its_field(
    officer: Client, site: stories.Site, wrong: dict[str, str], words: str
) -> None:
    answer = officer.post("/hazards/new/", sheet(site, **wrong))
    assert answer.status_code == 422
    assert text_of(answer).count(words) >= 2
    assert not Hazard.objects.exists()


def test_a_clause_of_the_criteria_makes_the_hazard_major(officer: Client, site: stories.Site) -> None:
    clause = Criterion.objects.in_force_on(stories.today()).first()
    assert clause is not None
    officer.post("/hazards/new/", sheet(site, criterion=clause.pk, grade="ordinary"))
    hazard = Hazard.objects.get()
    assert (hazard.grade, hazard.risk_level) == (Grade.MAJOR, RiskLevel.MAJOR)


def test_a_refused_form_shows_the_grade_that_the_clause_decided(officer: Client, site: stories.Site) -> None:
    clause = Criterion.objects.in_force_on(stories.today()).first()
    assert clause is not None
    page = text_of(officer.post("/hazards/new/", sheet(site, criterion=clause.pk, category="")))
    assert re.search(r'value="major"\s+id="id_grade_0" checked', page)


def test_the_clauses_offered_are_those_of_the_day_of_discovery(officer: Client, site: stories.Site) -> None:
    old = Criterion.objects.in_force_on(date(2024, 11, 30)).first()
    assert old is not None
    assert f'<option value="{old.pk}">{old}' not in text_of(officer.get("/hazards/new/"))
    refused = officer.post("/hazards/new/", sheet(site, criterion=old.pk))
    assert (refused.status_code, "版判定标准，请选当日有效版本的条款" in text_of(refused)) == (422, True)
    offered = officer.get("/hazards/criteria/?on=2024-11-30").json()
    assert old.pk in {clause["value"] for clause in offered}
    assert officer.post("/hazards/new/", sheet(site, criterion=old.pk, found_on="2024-11-30")).status_code == 302


@pytest.mark.parametrize(
    ("grade", "level", "becomes"),
    [
        ("major", "", RiskLevel.MAJOR),
        ("ordinary", "", RiskLevel.GENERAL),
        ("ordinary", "3", RiskLevel.CONSIDERABLE),
        ("major", "2", RiskLevel.GENERAL),
    ],
)
def test_the_risk_level_follows_the_grade_until_somebody_sets_it(
    officer: Client, site: stories.Site, grade: str, level: str, becomes: int
) -> None:
    officer.post("/hazards/new/", sheet(site, grade=grade, risk_level=level))
    assert Hazard.objects.get().risk_level == becomes


def test_a_draft_edited_by_two_shows_both(officer: Client, site: stories.Site) -> None:
    hazard = stories.draft(site)
    Hazard.objects.filter(pk=hazard.pk).update(description="别人写的", version=7)
    answer = officer.post(f"/hazards/{hazard.number}/edit/", sheet(site, description="我写的", version="1"))
    page = text_of(answer)
    assert (answer.status_code, "别人写的" in page, "我写的" in page) == (409, True, True)
    assert 'name="version" value="7"' in page


def test_a_firm_sees_only_its_sites_and_its_sources(client: Client, site: stories.Site) -> None:
    stranger = stories.site()
    client.force_login(site.manager)
    page = text_of(client.get("/hazards/new/"))
    assert f'<option value="{site.project.pk}" selected>' in page  # the only one is chosen already
    assert stranger.project.name not in page
    assert 'value="self_check" selected' in page
    assert 'value="daily"' not in page


# Suggestions ----------------------------------------------------------------------------------------------------------


def at(project: Project, longitude: float, latitude: float) -> Project:
    Project.objects.filter(pk=project.pk).update(longitude=longitude, latitude=latitude)
    return project


def test_sites_nearby_come_nearest_first_and_only_visible_ones(officer: Client, site: stories.Site) -> None:
    near, far, foreign = (
        at(site.project, 114.50, 38.04),
        at(stories.site().project, 114.60, 38.04),
        stories.site(QIAOXI),
    )
    at(foreign.project, 114.50, 38.04)
    found = officer.get("/hazards/sites/?lat=38.0401&lon=114.5").json()
    assert [option["value"] for option in found] == [near.pk, far.pk]
    assert [option["note"] for option in found] == ["11 米", "8.8 公里"]


@pytest.mark.parametrize("query", ["lat=x&lon=y", "lat=0&lon=0", "lat=nan&lon=inf", "lat=38", "q=", "", "q=%00"])
def test_a_position_or_a_name_that_says_nothing_finds_nothing(officer: Client, site: stories.Site, query: str) -> None:
    assert officer.get(f"/hazards/sites/?{query}").json() == []


def test_sites_are_found_by_a_part_of_the_name(officer: Client, site: stories.Site) -> None:
    foreign = stories.site(QIAOXI)
    found = officer.get("/hazards/sites/", {"q": "安置房"}).json()
    assert [option["text"] for option in found] == [site.project.name]
    assert foreign.project.name not in str(found)


def test_who_answers_for_a_site_is_filled_in(officer: Client, site: stories.Site) -> None:
    page = text_of(officer.get("/hazards/sites/given/", {"project": site.project.pk}))
    assert all(name in page for name in (site.manager.name, site.engineer.name))
    assert f"{site.project.enterprise}（施工总承包单位）" in page  # among the firms that can be named
    foreign = text_of(officer.get("/hazards/sites/given/", {"project": stories.site(QIAOXI).project.pk}))
    assert ("选择工程项目后" in foreign, foreign.count("<option")) == (True, 1)


def test_ready_sentences_bring_category_and_demand(officer: Client, site: stories.Site) -> None:
    page = text_of(officer.get("/hazards/phrases/", {"category": "脚手架"}))
    assert page.count("<button") == 12
    assert 'data-also-text="脚手架"' in page
    assert "按专项施工方案补设连墙件" in page
    assert text_of(officer.get("/hazards/phrases/?category=x")).count("<button") == 8


def test_suggestions_are_for_those_who_record(client: Client, site: stories.Site) -> None:
    client.force_login(persona("auditor"))
    for address in ("sites/?q=a", "sites/given/", "criteria/?on=2026-01-01", "phrases/"):
        assert client.get(f"/hazards/{address}").status_code == 403


def test_many_projects_are_searched_and_not_listed(officer: Client, site: stories.Site) -> None:
    Project.objects.bulk_create(
        Project(
            number=f"13010226020101{n:03d}",
            name=f"滨河{n:03d}期",
            region=site.project.region,
            region_path=site.project.region_path,
            kind="residential",
            stage="structure",
        )
        for n in range(70)
    )
    page = text_of(officer.get("/hazards/new/"))
    assert 'data-pick-url="/hazards/sites/?q="' in page
    assert (page.count("滨河"), "<noscript>" in page) == (0, True)
    found = text_of(officer.get("/hazards/new/?find=滨河003"))
    assert "滨河003期" in found


# Moving on ------------------------------------------------------------------------------------------------------------


def answer_data(hazard: Hazard, **more: Any) -> dict[str, Any]:
    told = {"measures": "已加盖板", "funds": "120", "rectified_on": stories.today().isoformat()}
    return told | {"version": hazard.version} | more


def test_an_answer_without_photograph_keeps_what_was_typed(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    client.force_login(site.director)
    refused = client.post(f"/hazards/{hazard.number}/answer/", answer_data(hazard, funds=""))
    page = text_of(refused)
    assert refused.status_code == 422
    assert all(w in page for w in ("整改后照片至少 1 张，须在现场拍摄", "填写整改资金，没有发生填 0", "已加盖板"))


def test_an_answer_refused_for_a_word_keeps_its_photograph(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    client.force_login(site.director)
    address = f"/hazards/{hazard.number}/answer/"
    page = text_of(client.post(address, answer_data(hazard, funds="", photos=[picture()])))
    (kept,) = re.findall(r'name="kept_photos" value="([^"]+)"', page)
    assert client.post(address, answer_data(hazard, kept_photos=[kept])).status_code == 302
    assert str(hazard.photos.get(stage=PhotoStage.AFTER).pk) == kept


def test_a_saved_draft_of_an_answer_comes_back_with_its_photographs(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    client.force_login(site.director)
    address = f"/hazards/{hazard.number}/answer/"
    kept = client.post(address, answer_data(hazard, funds="", keep_draft="1", photos=[picture()]))
    assert kept.headers["Location"] == f"{address}?draft=1"
    assert "恢复草稿" in text_of(client.get(address))
    page = text_of(client.get(f"{address}?draft=1"))
    assert ("已加盖板" in page, page.count('name="kept_photos"')) == (True, 1)
    hazard.refresh_from_db()
    assert hazard.state == State.RECEIVED
    photo = Photo.objects.get(stage=PhotoStage.AFTER)
    client.post(address, answer_data(hazard, kept_photos=[str(photo.pk)]))
    assert not Draft.objects.exists()


def test_a_failed_verification_is_a_return_with_a_new_term(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    told = {"conclusion": "fail", "opinion": "盖板松动", "term": "calendar:7", "version": hazard.version}
    officer.post(f"/hazards/{hazard.number}/verify/", told)
    hazard.refresh_from_db()
    assert (hazard.state, hazard.rounds) == (State.RECTIFYING, 1)
    assert hazard.deadline == stories.today() + timedelta(days=7)
    assert "第 1 次退回：盖板松动" in text_of(officer.get(f"/hazards/{hazard.number}/"))


def test_a_failed_verification_without_opinion_shows_the_same_form(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    answer = officer.post(f"/hazards/{hazard.number}/verify/", {"conclusion": "fail", "version": hazard.version})
    page = text_of(answer)
    assert answer.status_code == 422
    assert re.search(r'value="fail"\s+checked', page)
    assert page.count('name="term"') == 5


def test_a_passed_verification_closes_an_ordinary_hazard(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    told = {"conclusion": "pass", "opinion": "合格", "version": hazard.version}
    officer.post(f"/hazards/{hazard.number}/verify/", told)
    hazard.refresh_from_db()
    assert hazard.state == State.CLOSED


def test_who_comes_too_late_sees_what_happened_and_keeps_the_words(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    seen = hazard.version
    HAZARD.perform(hazard, "verify", by=site.second, opinion="第二人已复查")
    answer = officer.post(
        f"/hazards/{hazard.number}/verify/", {"conclusion": "pass", "opinion": "我的意见", "version": seen}
    )
    page = text_of(answer)
    assert answer.status_code == 409
    assert all(w in page for w in ("这条隐患已被办理", "第二人已复查", site.second.name, "我的意见", "不能复查合格"))
    assert "actionbar" not in page
    assert re.search(r"<textarea[^>]*readonly[^>]*>我的意见", page)


def test_a_stale_form_can_be_sent_again_where_the_move_is_still_open(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    seen = hazard.version
    HAZARD.perform(hazard, "request_void", by=site.second, void_reason="项目编号选错，须重新登记")
    told = {"conclusion": "pass", "opinion": "合格", "version": seen}
    page = text_of(officer.post(f"/hazards/{hazard.number}/verify/", told))
    assert ("再提交一次" in page, "actionbar" in page) == (True, True)
    (version,) = set(re.findall(r'name="version" value="(\d+)"', page))
    officer.post(f"/hazards/{hazard.number}/verify/", told | {"version": version})
    hazard.refresh_from_db()
    assert hazard.state == State.CLOSED


def test_a_deadline_beyond_counting_is_refused(officer: Client, site: stories.Site) -> None:
    """One such deadline stopped the sweep, which adds days to it, and with it the reminders of everybody."""
    hazard = stories.draft(site)
    told = {"demands": "立即封闭", "disposal": "rectify", "term": "other", "version": hazard.version}
    answer = officer.post(f"/hazards/{hazard.number}/order/", told | {"deadline": "9999-12-31"})
    assert (answer.status_code, "请填写 2200 年以前的日期" in text_of(answer)) == (422, True)
    hazard.refresh_from_db()
    assert hazard.state == State.DRAFT


def test_void_is_asked_by_one_and_approved_by_another(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    address = f"/hazards/{hazard.number}"
    client.force_login(site.inspector)
    client.post(f"{address}/request_void/", {"void_reason": "项目编号选错，须重新登记", "version": hazard.version})
    page = text_of(client.get(f"{address}/"))
    assert ("等待审批" in page, "approve_void" in links_to_moves(page)) == (True, False)
    client.force_login(site.head)
    assert "项目编号选错" in text_of(client.get(f"{address}/approve_void/"))
    client.post(f"{address}/approve_void/", {"version": hazard.version + 1})
    assert "已作废：项目编号选错" in text_of(client.get(f"{address}/"))


def test_what_is_fixed_on_the_spot_needs_no_answer(officer: Client, site: stories.Site) -> None:
    hazard = stories.draft(site)
    told = {"measures": "现场已恢复栏杆", "photos": [picture()], "version": hazard.version}
    answer = officer.post(f"/hazards/{hazard.number}/fix_on_spot/", told)
    hazard.refresh_from_db()
    assert (answer.status_code, hazard.state) == (302, State.VERIFIED)


def test_a_closure_is_contested_and_says_so(officer: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("closed", site)
    officer.post(f"/hazards/{hazard.number}/contest/", {"reason": "复查后又被拆除", "version": hazard.version})
    page = text_of(officer.get(f"/hazards/{hazard.number}/"))
    assert "登记人对销号提出异议：复查后又被拆除" in page


# The way through a list -----------------------------------------------------------------------------------------------


def test_the_neighbours_are_those_of_the_list_one_came_from(officer: Client, site: stories.Site) -> None:
    first, second, third = (
        stories.order(stories.draft(site, description=f"第{n}条"), site, days=n) for n in range(1, 4)
    )
    came = {"Referer": "http://testserver/hazards/?view=open"}
    page = text_of(officer.get(f"/hazards/{second.number}/", headers=came))
    before, after = (re.search(rf'href="([^"]+)"\s+data-key="{key}"', page) for key in "kj")
    assert before and after
    assert (first.number in before[1], third.number in after[1]) == (True, True)
    following = text_of(officer.get(after[1].replace("&amp;", "&")))
    assert re.search(rf'href="[^"]+{second.number}[^"]+"\s+data-key="k"', following)
    assert 'data-key="j"' not in following


def test_after_a_move_the_next_to_do_is_one_press_away(officer: Client, site: stories.Site) -> None:
    done, other = stories.taken_to("confirmed", site), stories.taken_to("confirmed", site)
    came = {"Referer": "http://testserver/?tab=verify"}
    form = text_of(officer.get(f"/hazards/{done.number}/verify/", headers=came))
    assert 'name="from" value="/?tab=verify"' in form
    told = {"conclusion": "pass", "opinion": "合格", "version": done.version, "from": "/?tab=verify"}
    answer = officer.post(f"/hazards/{done.number}/verify/", told)
    page = text_of(officer.get(answer.headers["Location"]))
    assert re.search(rf'href="[^"]+{other.number}[^"]+"\s+data-key="j"', page)


@pytest.mark.parametrize(
    "came", ["", "http://evil.example/hazards/", "http://testserver/people/", "http://[", "/hazards/", "\x00"]
)
def test_without_a_list_there_are_no_neighbours(officer: Client, site: stories.Site, came: str) -> None:
    stories.draft(site)
    hazard = stories.draft(site)
    page = text_of(officer.get(f"/hazards/{hazard.number}/", HTTP_REFERER=came))
    assert 'data-key="k"' not in page


def test_a_list_named_in_the_address_must_be_one_of_ours(officer: Client, site: stories.Site) -> None:
    hazard = stories.draft(site)
    for way in ("//evil.example/hazards/", "https://evil.example/", "/people/", "x" * 3000):
        assert "evil" not in text_of(officer.get(f"/hazards/{hazard.number}/", {"from": way}))


# Imported history -----------------------------------------------------------------------------------------------------


def imported(site: stories.Site) -> Hazard:
    file = files.store(BytesIO(b"PK\x03\x04"), name="2024年隐患台账.xlsx", by=site.inspector)
    batch = ImportBatch.objects.create(register="hazards", created_by=site.inspector, file=file, state=ImportState.DONE)
    hazard = Hazard.objects.create(
        number="YH-2026-900001",
        project=site.project,
        region_path=site.project.region_path,
        enterprise_id=site.project.enterprise_id,
        category="脚手架",
        description="连墙件缺失",
        source=Source.DAILY,
        disposal=Disposal.RECTIFY,
        found_on=date(2024, 5, 6),
        state=State.CLOSED,
        import_batch=batch,
        source_row=12,
        source_columns={"grade": "3级", "closure": "已整改", "closer": "王某"},
    )
    facts = {"row": 12, "told_grade": "3级", "told_closure": "已整改"}
    record_event(hazard, "imported", by=site.inspector, after=hazard.state, facts=facts)
    return hazard


def test_imported_history_is_not_shown_as_done_here(officer: Client, site: stories.Site) -> None:
    hazard = imported(site)
    page = text_of(officer.get(f"/hazards/{hazard.number}/"))
    assert "由台账“2024年隐患台账.xlsx”第 12 行导入" in page
    assert page.count("原台账所载</small>") == 5
    assert page.count('class="done"') == 1
    assert all(w in page for w in ("等级“3级”，销号情况“已整改”", "由台账导入", "王某"))


def test_a_picture_used_before_is_named_only_to_those_who_see_the_other(client: Client, site: stories.Site) -> None:
    other = stories.site(QIAOXI)
    first, second = stories.draft(other), stories.draft(site)
    content = stories.picture(3).read()
    for hazard, user in ((first, other.inspector), (second, site.inspector)):
        photo = take_in(BytesIO(content), name="现场.jpg", stage=PhotoStage.BEFORE, by=user)
        Photo.objects.filter(pk=photo.pk).update(hazard=hazard)
    client.force_login(site.inspector)
    page = text_of(client.get(f"/hazards/{second.number}/"))
    assert ("与其他隐患的照片相同或极相近" in page, first.number in page) == (True, False)
    client.force_login(city_officer())
    assert f"与 {first.number} 的照片相同或极相近" in text_of(client.get(f"/hazards/{second.number}/"))


def answered(hazard: Hazard, site: stories.Site, *photos: str) -> None:
    told: dict[str, Any] = {"measures": "已改", "rectified_on": stories.today(), "photos": list(photos)}
    HAZARD.perform(hazard, "answer", by=site.director, **told)


def test_the_latest_answer_stands_beside_before_and_earlier_ones_are_marked(
    officer: Client, site: stories.Site
) -> None:
    hazard = stories.taken_to("confirmed", site)
    hazard = HAZARD.perform(hazard, "return", by=site.inspector, reason="仍有缺口")
    stories.answer(hazard, site)
    page = text_of(officer.get(f"/hazards/{hazard.number}/"))
    tags = re.findall(r'photo-tag">([^<]+)<', page)
    assert tags == ["整改前", "整改后", "先前的整改后"]
    latest = hazard.photos.filter(stage=PhotoStage.AFTER).latest("uploaded_at")
    assert page.index(f"/hazards/photos/{latest.pk}/") < page.index("先前的整改后")


def test_all_photographs_of_before_are_seen_where_the_answer_is_written(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site)
    Photo.objects.filter(pk=stories.photo(site.inspector, PhotoStage.BEFORE)).update(hazard=hazard, step=2)
    client.force_login(site.director)
    page = text_of(client.get(f"/hazards/{hazard.number}/answer/"))
    assert page.count('photo-tag">整改前<') == 2


def test_the_photograph_of_before_sent_again_as_that_of_after_is_told(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site)
    with files.open_stored(hazard.photos.get().original) as stored:
        content = BytesIO(stored.read())
    again = take_in(content, name="整改后.jpg", stage=PhotoStage.AFTER, by=site.director)
    other = stories.photo(site.director)
    answered(hazard, site, str(again.pk), other)
    client.force_login(site.inspector)
    page = text_of(client.get(f"/hazards/{hazard.number}/"))
    assert page.count("与本隐患先前的整改前照片相同或极相近") == 1


def test_a_photograph_of_after_that_is_older_than_the_finding_is_told(client: Client, site: stories.Site) -> None:
    hazard = stories.taken_to("rectifying", site)
    day = hazard.found_on - timedelta(days=1)
    old = jpeg(5, exif=camera_exif(taken=f"{day:%Y:%m:%d} 10:00:00"))
    photo = take_in(old, name="整改后.jpg", stage=PhotoStage.AFTER, by=site.director)
    answered(hazard, site, str(photo.pk))
    client.force_login(site.inspector)
    page = text_of(client.get(f"/hazards/{hazard.number}/"))
    assert page.count("照片标注的拍摄日期早于检查日期") == 1


def test_pages_of_signed_in_people_are_not_stored(officer: Client, site: stories.Site) -> None:
    hazard = stories.draft(site)
    for address in ("/", f"/hazards/{hazard.number}/", "/hazards/new/", "/hazards/"):
        assert officer.get(address).headers["Cache-Control"] == "no-store"
    picture = opened(officer, f"/hazards/photos/{hazard.photos.get().pk}/thumbnail/")
    assert "immutable" in picture.headers["Cache-Control"]


def test_an_empty_view_says_so_and_leads_to_where_the_rows_are(officer: Client, site: stories.Site) -> None:
    assert "这里还没有记录" in text_of(officer.get("/hazards/"))
    stories.taken_to("ordered", site)
    page = text_of(officer.get("/hazards/?view=drafts"))
    assert "“草稿”现在没有记录" in page
    assert '<a class="btn btn-plain" href="?view=all">查看全部（1）</a>' in page
    asked = text_of(officer.get("/hazards/?view=drafts&q=不存在"))
    assert "没有符合条件的记录" in asked and "现在没有记录" not in asked
