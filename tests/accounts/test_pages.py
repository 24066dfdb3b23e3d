"""System pages: who may open them, what they show, and that foreign records are not there."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Grant, Organisation, User
from apps.accounts.services.tokens import issue_token
from apps.accounts.totp import code_at
from apps.core.events import leaf_of, record_event
from apps.core.models import DictionaryEntry, Event, Job
from apps.core.registers import registry
from tests.personas import PASSWORD, QIAOXI, everyone, inspector, organisation, persona, station_head

pytestmark = pytest.mark.django_db

LISTS = {
    "users": "accounts.view_user",
    "organisations": "accounts.view_organisation",
    "grants": "accounts.view_grant",
    "dictionaries": "core.view_dictionaryentry",
    "events": "core.view_event",
    "roles": "accounts.view_role",
}


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def grant(user: User) -> Grant:
    today = timezone.localdate()
    facts = {"kind": "adopted_site", "reason": "一二三四五六七八九十", "starts_on": today, "ends_on": today}
    return Grant.objects.create(grantee=user, granted_by=persona("security_admin"), subject=user.organisation, **facts)


@pytest.mark.slow
def test_each_system_page_opens_for_its_roles_and_no_other() -> None:
    for code, user in everyone().items():
        browser = signed_in(user)
        opened = {name for name in LISTS if browser.get(f"/system/{name}/").status_code == 200}
        assert opened == {name for name, permission in LISTS.items() if user.has_perm(permission)}, code


@pytest.mark.parametrize("name", ["users", "organisations", "grants", "dictionaries", "events", "regions"])
def test_list_costs_the_same_queries_for_one_row_and_three(name: str) -> None:
    viewer = {"events": "auditor", "grants": "auditor"}.get(name, "system_admin")
    browser = signed_in(persona(viewer))
    browser.get(f"/system/{name}/")  # what is remembered from the first time on does not count
    counts = []
    for at in ("130102", "130104", "130105"):
        user = inspector(at=at)
        DictionaryEntry.objects.create(kind="hazard_category", code=at, label=at)
        record_event(user, "seen", by=user)
        grant(user)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(f"/system/{name}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_foreign_account_is_not_found_like_one_that_never_was() -> None:
    browser, foreign = signed_in(station_head()), inspector(at=QIAOXI)
    answers = [browser.get(f"/system/users/{name}/") for name in (foreign.username, "never-was")]
    assert [a.status_code for a in answers] == [404, 404]
    for page in ("edit", "disable", "reset-password"):
        assert browser.post(f"/system/users/{foreign.username}/{page}/").status_code == 404


def test_foreign_organisation_is_not_found_and_neither_is_nonsense() -> None:
    browser, foreign = signed_in(station_head()), organisation(at=QIAOXI)
    assert [browser.get(f"/system/organisations/{key}/").status_code for key in (foreign.pk, 0, "x")] == [404, 404, 404]


def test_password_is_shown_once_after_a_reset() -> None:
    user = inspector()
    browser = signed_in(station_head())
    assert "重置密码" in browser.get(f"/system/users/{user.username}/").content.decode()
    answer = browser.post(f"/system/users/{user.username}/reset-password/")
    user.refresh_from_db()
    assert user.check_password(answer.context["password"])
    assert answer.context["password"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_phone_number_is_whole_only_for_those_who_look_after_the_account() -> None:
    user = inspector(phone="13812342046")
    mine = signed_in(station_head()).get(f"/system/users/{user.username}/").content.decode()
    others = signed_in(persona("auditor")).get(f"/system/users/{user.username}/").content.decode()
    assert "13812342046" in mine
    assert "138****2046" in others
    assert "13812342046" not in others
    assert "13812342046" not in signed_in(station_head()).get("/system/users/").content.decode()


def test_account_is_made_on_the_page_of_the_register() -> None:
    head = station_head()
    data = {"username": "li.ming", "name": "李明", "organisation": head.organisation_id, "role": "inspector"}
    answer = signed_in(head).post("/system/users/new/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/system/users/li.ming/")
    assert User.objects.get(username="li.ming").role == "inspector"


def test_role_is_changed_with_a_reason_by_the_security_administrator() -> None:
    user, browser = inspector(), signed_in(persona("security_admin"))
    page = f"/system/users/{user.username}/role/"
    assert browser.post(page, {"role": "station_head"}).status_code == 422
    assert browser.post(page, {"role": "station_head", "reason": "任命文件12号"}).status_code == 302
    user.refresh_from_db()
    assert user.role == "station_head"


def test_misfitting_role_is_explained_on_the_page() -> None:
    user, browser = inspector(), signed_in(persona("security_admin"))
    answer = browser.post(f"/system/users/{user.username}/role/", {"role": "project_manager", "reason": "试一试"})
    assert answer.status_code == 422
    assert "不能担任“项目经理”" in answer.content.decode()


def test_account_is_disabled_and_enabled_on_its_page() -> None:
    user, browser = inspector(), signed_in(station_head())
    browser.post(f"/system/users/{user.username}/disable/", {"reason": "借调"})
    assert not User.objects.get(pk=user.pk).is_active
    browser.post(f"/system/users/{user.username}/enable/")
    assert User.objects.get(pk=user.pk).is_active


def test_enterprise_is_not_edited_as_an_organisation() -> None:
    firm = persona("safety_director").organisation
    browser = signed_in(persona("system_admin"))
    data = {"kind": "station", "name": "变成监督站", "region": firm.region.code}
    browser.post(f"/system/organisations/{firm.pk}/edit/", data)
    firm.refresh_from_db()
    assert firm.kind == "enterprise"
    assert firm not in registry["organisations"].rows(persona("system_admin"))


def test_term_is_added_to_a_dictionary_with_an_event() -> None:
    browser = signed_in(persona("system_admin"))
    data = {"kind": "hazard_category", "code": "99", "label": "其他", "position": 99}
    assert browser.post("/system/dictionaries/new/", data).status_code == 302
    entry = DictionaryEntry.objects.get(kind="hazard_category", code="99")
    assert [e.name for e in Event.objects.of(entry)] == ["registered"]
    assert browser.get(f"/system/dictionaries/{entry.pk}/").status_code == 200


def test_text_of_the_wrong_length_is_told_with_both_lengths() -> None:
    browser = signed_in(persona("security_admin"))
    answer = browser.post("/system/grants/new/", {"reason": "太短", "grantee": "长" * 51})
    errors = answer.context["form"].errors
    assert (errors["reason"], errors["grantee"]) == (["至少 10 个字，现有 2 个字"], ["最多 50 个字，现有 51 个字"])


def test_auditor_reads_an_event_with_its_hash() -> None:
    user = inspector()
    head = station_head()
    signed_in(head).post(f"/system/users/{user.username}/disable/", {"reason": "借调"})
    event = Event.objects.get(name="disabled")
    page = signed_in(persona("auditor")).get(f"/system/events/{event.pk}/").content.decode()
    assert bytes(event.leaf).hex() in page
    assert head.name in page
    assert signed_in(head).get(f"/system/events/{event.pk}/").status_code == 403


def test_roles_page_shows_the_matrix() -> None:
    page = signed_in(persona("security_admin")).get("/system/roles/")
    assert len(page.context["matrix"].lines) > 50
    assert "总监理工程师" in page.content.decode()


def test_region_is_renamed_on_its_page_by_the_system_administrator_alone() -> None:
    data = {"name": "新长安区", "on": "2026-01-01", "source": "批复1号"}
    assert signed_in(station_head()).post("/system/regions/130102/rename/", data).status_code == 403
    answer = signed_in(persona("system_admin")).post("/system/regions/130102/rename/", data, follow=True)
    assert "新长安区" in answer.content.decode()
    assert "长安区" in answer.content.decode()


def test_own_contact_is_changed_on_the_account_page() -> None:
    user = inspector()
    browser = signed_in(user)
    assert browser.get("/account/contact/").status_code == 200
    browser.post("/account/contact/", {"phone": "13800000000", "email": "a@example.cn"})
    user.refresh_from_db()
    assert (user.phone, user.email) == ("13800000000", "a@example.cn")
    assert "13800000000" not in str(list(Event.objects.values()))


def test_second_factor_is_turned_on_and_off_on_the_own_page() -> None:
    user = inspector()
    browser = signed_in(user)
    secret = browser.get("/account/second-factor/").context["secret"]
    assert browser.post("/account/second-factor/", {"code": "000000"}).status_code == 422
    code = code_at(secret, int(timezone.now().timestamp()) // 30)
    assert browser.post("/account/second-factor/", {"code": code}).status_code == 302
    assert User.objects.get(pk=user.pk).has_second_factor
    assert browser.post("/account/second-factor/", {"password": "wrong"}).status_code == 422
    assert browser.post("/account/second-factor/", {"password": PASSWORD}).status_code == 302
    assert not User.objects.get(pk=user.pk).has_second_factor
    assert Organisation.objects.filter(pk=user.organisation_id).exists()


def test_auditor_does_not_read_phone_numbers_in_the_log() -> None:
    user, head = inspector(), station_head()
    data = {"name": user.name, "organisation": user.organisation_id, "phone": "13812342046", "version": user.version}
    assert signed_in(head).post(f"/system/users/{user.username}/edit/", data).status_code == 302
    event = Event.objects.get(name="changed")
    page = signed_in(persona("auditor")).get(f"/system/events/{event.pk}/").content.decode()
    assert "（不显示）" in page
    assert "13812342046" not in page


def test_users_in_the_api_are_those_of_the_page_with_masked_numbers(client: Client) -> None:
    user, head = inspector(phone="13812342046"), station_head()
    inspector(at=QIAOXI)
    token, _ = issue_token(user=head)
    answer = client.get("/api/users/", headers={"Authorization": f"Bearer {token}"})
    body = answer.content.decode()
    assert (user.username in body, "138****2046" in body, "13812342046" in body) == (True, True, False)
    assert {row["key"] for row in answer.json()["results"]} == {user.username, head.username}
    token, _ = issue_token(user=user)
    assert client.get("/api/users/", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_the_event_log_speaks_in_the_words_of_the_pages() -> None:
    """Not in the names of moves, models and states that the code uses."""
    auditor = persona("auditor")
    job = Job.objects.create(kind="core.export", created_by=auditor, title="导出隐患台账")
    event = record_event(job, "exported", by=auditor, before="queued", after="done")
    browser = signed_in(auditor)
    for page in (browser.get("/system/events/"), browser.get(f"/system/events/{event.pk}/")):
        text = page.content.decode()
        assert all(word in text for word in ("导出", "后台任务", "排队中", "已完成"))
        assert not any(f">{word}<" in text for word in ("exported", "core.job", "queued", "done"))


def test_the_event_log_is_searched_by_kinds_of_records() -> None:
    auditor = persona("auditor")
    record_event(Job.objects.create(kind="core.export", created_by=auditor, title="导出"), "exported", by=auditor)
    record_event(auditor, "seen", by=auditor)
    found = signed_in(auditor).get("/system/events/", {"record_type": "core.job"}).context["rows"]
    assert [row["cells"][3] for row in found] == ["后台任务"]


def test_an_event_of_a_record_type_that_is_gone_is_still_shown() -> None:
    auditor = persona("auditor")
    event = record_event(auditor, "seen", by=auditor)
    gone = Event(record_type="old.thing", record_id="1", name="seen", actor=auditor, happened_at=event.happened_at)
    gone.leaf = leaf_of(gone)
    gone.save()
    assert "old.thing 1" in signed_in(auditor).get(f"/system/events/{gone.pk}/").content.decode()


def test_dictionaries_are_called_by_their_names() -> None:
    DictionaryEntry.objects.create(kind="hazard_category", code="测试", label="测试类别")
    page = signed_in(persona("system_admin")).get("/system/dictionaries/", {"kind": "hazard_category"})
    assert "隐患类别" in page.content.decode()
    assert ">hazard_category<" not in page.content.decode()
