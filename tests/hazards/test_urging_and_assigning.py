"""An office urges the firm, once a day, and says who of its own people handles a hazard."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core.models import Event
from apps.dashboards.todos import todo_rows
from apps.hazards.handlers import handlers_of
from apps.hazards.models import Hazard, Source
from apps.hazards.recipients import Recipients
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from tests.hazards import stories
from tests.hazards.test_workflow import refused
from tests.personas import QIAOXI, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def must_do(user: User) -> list[str]:
    told = Message.objects.unread().pressing().filter(recipient=user).order_by("pk")
    return list(told.values_list("kind", flat=True))


def to_verify(user: User) -> list[Hazard]:
    return list(todo_rows(user, "verify"))


# Urging ---------------------------------------------------------------------------------------------------------------


def test_firm_and_site_are_urged_with_what_the_office_says_and_the_state_stays(site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    hazard = HAZARD.perform(hazard, "remind", by=site.inspector, remark="节前必须完成")
    assert (hazard.state, hazard.urged_on) == ("received", stories.today())
    for user in (site.director, site.manager):
        news = Message.objects.get(recipient=user, kind="hazard_remind")
        assert (news.level, news.body.endswith("节前必须完成")) == ("must_do", True)
    assert not Message.objects.filter(recipient=site.engineer, kind="hazard_remind").exists()


def test_a_hazard_is_urged_once_a_day(site: stories.Site) -> None:
    hazard = HAZARD.perform(stories.taken_to("received", site), "remind", by=site.inspector)
    assert refused(hazard, "remind", site.second) == "今天已催办过，同一隐患一天只能催办一次"
    Hazard.objects.filter(pk=hazard.pk).update(urged_on=stories.today() - timedelta(days=1))
    assert HAZARD.perform(hazard, "remind", by=site.second).urged_on == stories.today()


def test_nobody_urges_what_is_not_with_the_firm_or_not_their_business(site: stories.Site) -> None:
    answered = stories.taken_to("answered", site)
    assert refused(answered, "remind", site.inspector) == "当前状态为“待监理确认”，不能催办"
    own = stories.order(stories.draft(site, by=site.manager, source=Source.SELF_CHECK), site, by=site.manager)
    assert refused(own, "remind", site.inspector) == "企业自查的隐患由企业自行办理"
    theirs = stories.taken_to("received", site)
    assert refused(theirs, "remind", site.director) == "监督机构发现的隐患由监督机构办理"
    assert refused(theirs, "remind", site.manager) == "您没有“催办”的权限"


def test_the_page_of_urging_sends_the_remark(site: stories.Site) -> None:
    hazard = stories.taken_to("received", site)
    url = hazard.get_absolute_url()
    client = client_of(site.inspector)
    assert f"{url}remind/" in client.get(url).content.decode()
    client.post(f"{url}remind/", {"remark": "节前必须完成", "version": hazard.version})
    shown = client.get(url).content.decode()
    assert "节前必须完成" in shown
    assert "最近催办" in shown
    assert f"{url}remind/" not in shown


# Assigning ------------------------------------------------------------------------------------------------------------


def test_what_waits_for_verification_waits_for_the_handler_alone(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    assert (to_verify(site.inspector), to_verify(site.second), to_verify(site.head)) == ([hazard],) * 3
    HAZARD.perform(hazard, "assign", by=site.head, handler=site.second)
    assert (to_verify(site.inspector), to_verify(site.second), to_verify(site.head)) == ([], [hazard], [])
    assert (must_do(site.inspector), must_do(site.second)) == ([], ["hazard_assign"])


def test_the_handler_is_told_in_the_place_of_the_recorder(site: stories.Site) -> None:
    hazard = HAZARD.perform(stories.taken_to("received", site), "assign", by=site.head, handler=site.second)
    assert must_do(site.second) == []  # nothing to be done yet
    assert Message.objects.filter(recipient=site.second, kind="hazard_assign").count() == 1
    hazard = stories.advanced(hazard, "confirmed", site)
    assert (must_do(site.second), must_do(site.inspector)) == (["hazard_confirm"], [])
    assert Recipients([hazard]).of(hazard, "recorder") == [site.second.pk]


def test_what_the_recorder_was_told_before_the_handler_came_is_done_with_the_hazard(site: stories.Site) -> None:
    hazard = HAZARD.perform(stories.taken_to("confirmed", site), "verify", by=site.second, opinion="合格")
    hazard = HAZARD.perform(hazard, "assign", by=site.head, handler=site.second)
    assert must_do(site.inspector) == ["hazard_verify"]
    HAZARD.perform(hazard, "close", by=site.second)
    assert must_do(site.inspector) == []


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "permit_officer"}], ids=["switched off", "another role"]
)
def test_a_handler_who_can_no_longer_verify_leaves_it_to_everybody_again(
    site: stories.Site, change: dict[str, object]
) -> None:
    hazard = stories.taken_to("confirmed", site)
    HAZARD.perform(hazard, "assign", by=site.head, handler=site.second)
    User.objects.filter(pk=site.second.pk).update(**change)
    hazard.refresh_from_db()
    assert to_verify(site.inspector) == [hazard]
    assert Recipients([hazard]).of(hazard, "recorder") == [site.inspector.pk]


def test_another_with_the_right_may_still_verify(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    hazard = HAZARD.perform(hazard, "assign", by=site.head, handler=site.second)
    assert HAZARD.refusal(hazard, "verify", site.inspector) is None


def test_only_those_of_the_office_who_may_verify_are_offered_and_taken(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    wrong = [persona("inspector", at=QIAOXI), persona("permit_officer"), site.director]
    off = persona("inspector")
    User.objects.filter(pk=off.pk).update(is_active=False)
    for user in (*wrong, off):
        told = refused(hazard, "assign", site.head, handler=user)
        assert told == "经办人须是本单位有复查权限的在用账号", user.role
    form = client_of(site.head).get(f"{hazard.get_absolute_url()}assign/").context["form"]
    assert set(form.fields["handler"].queryset) == set(handlers_of(site.head.organisation_id))
    assert {site.inspector, site.second, site.head} <= set(form.fields["handler"].queryset)


def test_heads_assign_what_their_own_office_carries(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    county = persona("county_officer")
    assert refused(hazard, "assign", county, handler=county) == "由登记单位指派经办人"
    assert refused(hazard, "assign", site.inspector, handler=site.second) == "您没有“指派经办人”的权限"
    own = stories.order(stories.draft(site, by=site.manager, source=Source.SELF_CHECK), site, by=site.manager)
    assert refused(own, "assign", site.head, handler=site.second) == "企业自查的隐患由企业自行办理"


def test_assigned_again_it_goes_over_to_the_next_and_not_twice_to_the_same(site: stories.Site) -> None:
    hazard = HAZARD.perform(stories.taken_to("confirmed", site), "assign", by=site.head, handler=site.second)
    assert refused(hazard, "assign", site.head, handler=site.second) == f"经办人已经是{site.second.name}"
    HAZARD.perform(hazard, "assign", by=site.head, handler=site.inspector)
    assert (must_do(site.second), must_do(site.inspector)) == ([], ["hazard_assign"])


def test_case_file_history_and_ledger_name_the_handler(site: stories.Site) -> None:
    hazard = stories.taken_to("ordered", site)
    client, url = client_of(site.head), hazard.get_absolute_url()
    client.post(f"{url}assign/", {"handler": site.second.pk, "version": hazard.version})
    shown = client.get(url).content.decode()
    assert "指派经办人" in shown
    assert shown.count(site.second.name) >= 2  # among the facts and in the history
    assert Event.objects.of(hazard).get(name="assign").facts["handler_name"] == site.second.name
    other = stories.taken_to("ordered", site)
    found = client.get("/hazards/", {"handler__name": site.second.name, "view": "all"}).content.decode()
    assert (hazard.number in found, other.number in found) == (True, False)
