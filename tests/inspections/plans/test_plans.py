"""Yearly plans and campaigns: drafted, made public, run, divided among counties, followed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.inspections.forms.plans import CampaignForm
from apps.inspections.models import Campaign, CampaignState, Plan, Quota
from apps.inspections.progress import Progress
from apps.inspections.services.plans import save_campaign, set_quotas, suggested, units_of
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.plan import PLAN
from apps.notifications.models import Message
from tests.factories import DangerousWorkFactory
from tests.inspections.plans import stories
from tests.personas import CHANGAN, LUBEI, QIAOXI, city_officer, persona, region, signed_in, station_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


# Plans ----------------------------------------------------------------------------------------------------------------


def drafted(by: Any) -> Plan:
    told = {"year": str(stories.today().year), "title": "年度计划", "coverage_rounds": "2", "text": "每年两轮。"}
    assert signed_in(by).post("/inspections/plans/new/", told).status_code == 302
    return Plan.objects.get(title="年度计划")


def test_a_plan_is_public_once_it_is_published_and_stays_as_it_is() -> None:
    city = city_officer()
    plan = drafted(city)
    assert "年度计划" not in text(Client().get("/public/inspections/plans/")).replace("年度检查计划", "")
    assert Client().get(f"/public/inspections/plans/{plan.pk}/").status_code == 404
    PLAN.perform(plan, "publish_plan", by=city)
    assert "每年两轮。" in text(Client().get(f"/public/inspections/plans/{plan.pk}/"))
    assert plan.title in text(Client().get(f"/public/inspections/plans/?year={plan.year}"))
    told = text(signed_in(city).get(f"/inspections/plans/{plan.pk}/edit/", follow=True))
    assert "不再修改" in told


def test_offices_below_see_a_plan_when_it_is_published_and_not_before() -> None:
    city, head = city_officer(), station_head()
    plan = drafted(city)
    assert signed_in(head).get(plan.get_absolute_url()).status_code == 404
    PLAN.perform(plan, "publish_plan", by=city)
    assert signed_in(head).get(plan.get_absolute_url()).status_code == 200
    assert signed_in(persona("station_head", at=LUBEI)).get(plan.get_absolute_url()).status_code == 404


def test_only_the_office_of_a_plan_changes_and_publishes_it() -> None:
    plan = drafted(station_head())
    city = city_officer()
    with pytest.raises(TransitionRefused, match="办理"):
        PLAN.perform(plan, "publish_plan", by=city)
    told = {"year": str(plan.year), "title": "改名", "coverage_rounds": "3", "text": "改", "version": "1"}
    assert "办理" in text(signed_in(city).post(f"/inspections/plans/{plan.pk}/edit/", told))


def test_two_plans_of_one_office_and_year_cannot_bear_one_name() -> None:
    head = station_head()
    drafted(head)
    told = {"year": str(stories.today().year), "title": "年度计划", "coverage_rounds": "13", "text": "再来一次"}
    wrong = text(signed_in(head).post("/inspections/plans/new/", told))
    assert "本年度已有同名计划" in wrong
    assert "全覆盖轮次为 1 至 12" in wrong or "12" in wrong


# Campaigns ------------------------------------------------------------------------------------------------------------


def asked(**values: Any) -> dict[str, Any]:
    day = stories.today()
    told = {
        "title": "深基坑专项检查",
        "kind": "special",
        "theme": "pit",
        "starts_on": str(day),
        "ends_on": str(day + timedelta(days=30)),
        "rounds": "2",
        "inspectors_each": "2",
        "checklists": [stories.checklist().code],
        "categories": ["pit"],
        "zero_report": "round",
    }
    return told | values


def test_a_campaign_keeps_its_scope_and_begins_with_a_message_to_the_offices_below() -> None:
    city, head, away = city_officer(), station_head(), persona("station_head", at=LUBEI)
    assert signed_in(city).post("/inspections/campaigns/new/", asked(kinds=["residential"])).status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.scope == {"stages": [], "kinds": ["residential"], "categories": ["pit"]}
    assert signed_in(head).get(campaign.get_absolute_url()).status_code == 404
    started = CAMPAIGN.perform(campaign, "start_campaign", by=city)
    told = Message.objects.filter(kind="campaign_start_campaign")
    assert list(told.values_list("recipient", "level")) == [(head.pk, "must_do")]
    assert not Message.objects.filter(recipient=away).exists()
    assert "深基坑专项检查" in text(signed_in(head).get(started.get_absolute_url()))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ends_on": "2020-01-01"}, "结束日期不能早于开始日期"),
        ({"checklists": ["NO-SUCH"]}, "没有“NO-SUCH”这一项"),
        ({"categories": ["moon"]}, "没有“moon”这一项"),
        ({"kind": "follow_up"}, "follow_up"),
        ({"rounds": "13"}, "12"),
        ({"inspectors_each": "1"}, "不少于 2 人"),
    ],
)
def test_what_cannot_be_a_campaign_is_refused_with_the_reason(values: dict[str, Any], reason: str) -> None:
    form = CampaignForm(asked(**values), user=city_officer())
    assert not form.is_valid()
    assert reason in str(form.errors)


def test_a_campaign_without_checklists_cannot_start_and_a_running_one_is_not_cancelled() -> None:
    city = city_officer()
    bare = stories.campaign(city, state="draft", checklists=[])
    with pytest.raises(TransitionRefused, match="请选定检查表"):
        CAMPAIGN.perform(bare, "start_campaign", by=city)
    gone = stories.campaign(city, state="draft", checklists=["GONE"])
    with pytest.raises(TransitionRefused, match="没有施行中的检查表：GONE"):
        CAMPAIGN.perform(gone, "start_campaign", by=city)
    over = stories.campaign(city, state="draft", ends_on=stories.today() - timedelta(days=1))
    with pytest.raises(TransitionRefused, match="已过"):
        CAMPAIGN.perform(over, "start_campaign", by=city)
    running = stories.campaign(city)
    with pytest.raises(TransitionRefused, match="不能取消任务"):
        CAMPAIGN.perform(running, "cancel_campaign", by=city, reason="不办了不办了")
    cancelled = CAMPAIGN.perform(bare, "cancel_campaign", by=city, reason="与省级检查合并")
    assert (cancelled.state, cancelled.summary) == (CampaignState.CANCELLED, "与省级检查合并")


def test_offices_below_carry_a_campaign_out_but_do_not_end_it() -> None:
    campaign = stories.campaign()
    with pytest.raises(TransitionRefused, match="办理"):
        CAMPAIGN.perform(campaign, "finish_campaign", by=station_head(), summary="都查完了都查完了")


def test_numbers_of_campaigns_follow_one_another() -> None:
    city = city_officer()
    numbers = []
    for title in ("一次检查", "二次检查"):
        form = CampaignForm(asked(title=title), user=city)
        assert form.is_valid(), form.errors
        numbers.append(save_campaign(form, by=city).number)
    first, second = (int(number.rpartition("-")[2]) for number in numbers)
    assert second == first + 1
    assert numbers[0].startswith(f"RW-{stories.today().year}-")


# Quotas ---------------------------------------------------------------------------------------------------------------


def test_a_suggestion_follows_the_number_of_projects_in_the_scope() -> None:
    city = city_officer()
    campaign = stories.campaign(city, scope={"categories": ["pit"]})
    for place, count in ((CHANGAN, 3), (QIAOXI, 1)):
        for _ in range(count):
            DangerousWorkFactory(project=stories.project(place))
    stories.project(CHANGAN)
    DangerousWorkFactory(project=stories.project(LUBEI))
    units = units_of(campaign)
    found = {unit.code: count for unit in units if (count := suggested(campaign, 2, units)[unit.pk])}
    assert found == {CHANGAN: 2} or found == {CHANGAN: 1, QIAOXI: 1}
    assert sum(suggested(campaign, 100, units).values()) == 4


def test_quotas_are_set_in_one_form_for_all_counties_and_said_in_the_history() -> None:
    city = city_officer()
    campaign = stories.campaign(city)
    stories.project(CHANGAN)
    page = f"{campaign.get_absolute_url()}quotas/"
    client, here = signed_in(city), region(CHANGAN)
    proposal = client.post(page, {"suggest": "1", "total": "5", "version": "1"})
    assert proposal.context["form"].initial["total"] == 5
    assert proposal.context["form"][f"q-1-{here.pk}"].value() == 1
    assert Quota.objects.count() == 0
    told = {f"q-1-{here.pk}": "4", f"q-2-{here.pk}": "2", "version": "1"}
    assert client.post(page, told).status_code == 302
    assert dict(Quota.objects.values_list("round", "count")) == {1: 4, 2: 2}
    event = Event.objects.get(name="quotas_set")
    assert event.facts["quotas"] == "第1轮 长安区 0→4；第2轮 长安区 0→2"
    stale = client.post(page, {f"q-1-{here.pk}": "9", "version": "1"})
    assert (stale.status_code, "刚被他人修改" in text(stale)) == (422, True)
    wrong = client.post(page, {f"q-1-{here.pk}": "-3", "version": "2"})
    assert wrong.status_code == 422


def test_quotas_are_the_office_of_the_campaigns_to_set() -> None:
    campaign = stories.campaign()
    with pytest.raises(ValidationError, match="办理"):
        set_quotas(campaign, by=station_head(), cells={(1, region(CHANGAN).pk): 3})
    assert signed_in(persona("inspector")).get(f"{campaign.get_absolute_url()}quotas/").status_code == 403


# Progress -------------------------------------------------------------------------------------------------------------


def test_progress_counts_by_county_and_round_and_each_figure_opens_its_rows() -> None:
    city = city_officer()
    campaign = stories.campaign(city)
    Quota.objects.create(campaign=campaign, round=1, region=region(CHANGAN), count=3)
    Quota.objects.create(campaign=campaign, round=2, region=region(QIAOXI), count=1)
    one, other = stories.project(CHANGAN), stories.project(QIAOXI)
    done = stories.visit(one, campaign=campaign, round=1)
    stories.found(done, grade="major")
    stories.found(done)
    stories.submitted(done)
    stories.visit(one, campaign=campaign, round=1)
    stories.visit(one, campaign=campaign, round=1, state="cancelled")
    stories.visit(other, campaign=campaign, round=2)
    stories.visit(other)
    told = Progress(campaign, city)
    lines = {line["whole"].label: line for line in told.lines}
    here = lines["长安区"]
    assert here["whole"].figures == {"quota": 3, "planned": 2, "done": 1, "hazards": 2, "major": 1}
    assert here["rounds"][1].figures["planned"] == 0
    assert lines["桥西区"]["rounds"][1].figures == {"quota": 1, "planned": 1, "done": 0, "hazards": 0, "major": 0}
    assert told.total.figures == {"quota": 4, "planned": 3, "done": 1, "hazards": 2, "major": 1}
    client = signed_in(city)
    for line in (here["whole"], here["rounds"][0], told.total):
        for name, url in line.urls.items():
            page = client.get(url).context["page"]
            assert (name, page["total"]) == (name, line.figures[name])


def test_progress_page_shows_who_has_not_reported() -> None:
    city, head = city_officer(), station_head()
    campaign = stories.campaign(city)
    shown = text(signed_in(city).get(f"{campaign.get_absolute_url()}progress/"))
    assert "未报" in shown
    assert "报送零报告" not in shown
    assert "报送零报告" in text(signed_in(head).get(f"{campaign.get_absolute_url()}progress/"))
