"""Planning by hand: who is proposed, what is refused, several sites at once, and following up."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.enterprises.models import Enterprise
from apps.inspections.models import Absence, Avoidance, Inspector, Visit
from apps.inspections.services.assignment import reassign
from apps.inspections.services.planning import candidates, plan_follow_up, plan_many, proposed, to_follow_up
from apps.notifications.models import Message
from apps.projects.models import Project
from tests.inspections.plans import stories
from tests.personas import QIAOXI, persona, signed_in, station_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def tomorrow() -> date:
    return stories.today() + timedelta(days=1)


def planned(sites: list[Project], team: list[Inspector], by: Any, **values: Any) -> list[Visit]:
    told: dict[str, Any] = {
        "kind": "daily",
        "planned_on": tomorrow(),
        "checklists": [stories.checklist().code],
    }
    return plan_many(sites, by=by, inspectors=team, **told | values)


def test_those_with_least_to_do_are_proposed_and_of_these_the_nearest() -> None:
    head, site = station_head(), stories.project()
    busy, unknown = stories.inspector(head.organisation), stories.inspector(head.organisation)
    far = stories.inspector(head.organisation, longitude="115.500000", latitude="38.036300")
    near = stories.inspector(head.organisation, longitude="114.540000", latitude="38.036300")
    for _ in range(2):
        stories.visit(site, [busy], planned_on=stories.today())
    found = candidates(head, [site], tomorrow())
    assert [one.inspector for one in found] == [near, far, unknown, busy]
    assert proposed(found) == [near.pk, far.pk]
    assert [one.load for one in found] == [0, 0, 0, 2]
    assert found[0].km == pytest.approx(0.1, abs=0.1)


def test_who_cannot_go_stands_last_with_the_reason() -> None:
    head, site = station_head(), stories.project()
    free, away, lapsed, kin = (stories.inspector(head.organisation) for _ in range(4))
    Absence.objects.create(inspector=away, starts_on=tomorrow(), ends_on=tomorrow())
    Inspector.objects.filter(pk=lapsed.pk).update(valid_until=stories.today())
    assert site.enterprise
    Avoidance.objects.create(inspector=kin, enterprise=site.enterprise, reason="kin")
    found = {one.inspector.pk: one.refusal for one in candidates(head, [site], tomorrow())}
    assert found == {
        free.pk: "",
        away.pk: "当日不在岗",
        lapsed.pk: f"执法证 {stories.today()} 到期",
        kin.pk: "应当回避",
    }
    assert next(iter(found)) == free.pk


def with_supervision() -> tuple[Project, Enterprise]:
    """A site, and the firm that supervises it."""
    site, other = stories.project(), stories.project().enterprise
    assert other
    site.parties.create(role="supervision_firm", enterprise=other)
    return site, other


def test_who_avoids_the_supervision_firm_is_sent_there_neither_at_first_nor_instead_of_another() -> None:
    head = station_head()
    (site, other), (free, second, kin) = with_supervision(), (stories.inspector(head.organisation) for _ in range(3))
    Avoidance.objects.create(inspector=kin, enterprise=other, reason="kin")
    assert {one.inspector: one.refusal for one in candidates(head, [site], tomorrow())}[kin] == "应当回避"
    with pytest.raises(ValidationError, match="应当回避"):
        planned([site], [free, kin], head)
    (visit,) = planned([site], [free, second], head)
    with pytest.raises(ValidationError, match="应当回避"):
        reassign(visit, by=head, planned_on=tomorrow(), inspectors=[free, kin])


def test_an_avoidance_that_has_ended_and_a_party_that_has_left_hinder_nobody() -> None:
    head = station_head()
    (site, other), team = with_supervision(), [stories.inspector(head.organisation) for _ in range(2)]
    late = Avoidance.objects.create(inspector=team[0], enterprise=other, reason="kin", until=stories.today())
    assert planned([site], team, head)
    Avoidance.objects.filter(pk=late.pk).update(until=None)
    with pytest.raises(ValidationError, match="应当回避"):
        planned([site], team, head)
    site.parties.filter(enterprise=other).update(started_on=date(2020, 1, 1), ended_on=stories.today())
    assert planned([site], team, head)


def seen_twice_by(team: list[Inspector]) -> Project:
    """A site at whose firm these made the last two visits."""
    site = stories.project()
    for days in (60, 30):
        stories.submitted(stories.visit(site, team), stories.today() - timedelta(days=days))
    return site


def test_who_made_the_last_two_visits_is_proposed_last_and_the_page_says_why() -> None:
    head = station_head()
    often, second, third = (stories.inspector(head.organisation) for _ in range(3))
    site = seen_twice_by([often])
    for _ in range(3):
        stories.visit(stories.project(), [second, third], planned_on=tomorrow())
    found = candidates(head, [site], tomorrow())
    assert [(one.inspector, one.refusal, one.warning) for one in found][-1] == (often, "", "已连续两次检查该企业")
    assert proposed(found) == [second.pk, third.pk]
    page = text(signed_in(head).get(f"/inspections/planning/?project={site.number}&planned_on={tomorrow()}"))
    assert "已连续两次检查该企业，宜换人" in page
    assert planned([site], [often, second], head)  # a warning: the county may have nobody else


def test_candidates_ask_as_often_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    head, site = station_head(), stories.project()
    candidates(head, [site], tomorrow())  # how far a user reaches is asked once
    for number in (1, 3):
        for _ in range(number):
            stories.visit(site, [stories.inspector(head.organisation)], planned_on=tomorrow())
        with django_assert_num_queries(7):
            candidates(head, [site], tomorrow())


def test_several_sites_are_planned_at_once_and_the_team_hears_of_each() -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    made = planned([stories.project(), stories.project()], team, head)
    assert len(made) == 2
    assert all([member.inspector for member in visit.team.all()] == team for visit in made)
    assert Message.objects.filter(kind="visit_planned").count() == 4


def test_all_sites_are_planned_or_none() -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    good, bad = stories.project(), stories.project()
    assert bad.enterprise
    Avoidance.objects.create(inspector=team[0], enterprise=bad.enterprise, reason="employed")
    with pytest.raises(ValidationError, match="应当回避") as refused:
        planned([good, bad], team, head)
    assert bad.name in str(refused.value)
    assert Visit.objects.count() == 0
    assert not Message.objects.filter(kind="visit_planned").exists()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"planned_on": date(2020, 1, 1)}, "不能早于今天"),
        ({"checklists": ["NO-SUCH"]}, "没有施行中的检查表"),
        ({"checklists": []}, "至少选择一张检查表"),
        ({"number": 3, "campaign": True}, "没有第 3 轮"),
        ({"kind": "key", "campaign": True}, "检查类型是专项检查"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_reason(values: dict[str, Any], reason: str) -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    if values.pop("campaign", None):
        values |= {"campaign": stories.campaign(), "kind": values.get("kind", "special")}
    with pytest.raises(ValidationError, match=reason):
        planned([stories.project()], team, head, **values)
    assert Visit.objects.count() == 0


def test_the_page_proposes_plans_and_tells_conflicts() -> None:
    by, site = persona("inspector"), stories.project()
    team = [stories.inspector(by.organisation) for _ in range(2)]
    stories.visit(stories.project(name="另一个工地"), [team[0]], planned_on=tomorrow())
    client = signed_in(by)
    address = f"/inspections/planning/?project={site.number}&planned_on={tomorrow()}"
    shown = client.get(address)
    assert "已有 1 次检查" in text(shown)
    assert "另一个工地" in text(shown)
    told = {
        "project": [site.number],
        "kind": "daily",
        "planned_on": str(tomorrow()),
        "checklists": [stories.checklist().code],
        "inspectors": [str(one.pk) for one in reversed(team)],
    }
    again = client.post("/inspections/planning/", told | {"again": "1"})
    assert (again.status_code, Visit.objects.count()) == (200, 1)
    done = client.post("/inspections/planning/", told, follow=True)
    assert "已安排 1 次检查" in text(done)
    made = Visit.objects.latest("pk")
    assert [member.inspector for member in made.team.all()] == [team[1], team[0]]


def test_too_few_inspectors_or_a_foreign_site_are_refused_on_the_page() -> None:
    by = persona("inspector")
    one = stories.inspector(by.organisation)
    told = {
        "project": [stories.project().number],
        "kind": "daily",
        "planned_on": str(tomorrow()),
        "checklists": [stories.checklist().code],
        "inspectors": [str(one.pk)],
    }
    client = signed_in(by)
    assert "检查人员不得少于 2 人" in text(client.post("/inspections/planning/", told))
    foreign = stories.project(QIAOXI)
    answer = client.post("/inspections/planning/", told | {"project": [foreign.number]})
    assert answer.status_code == 422
    assert foreign.name not in text(answer)
    assert Visit.objects.count() == 0


def test_planning_for_a_campaign_begins_with_its_kind_and_checklists() -> None:
    head = station_head()
    campaign = stories.campaign(inspectors_each=3)
    for _ in range(3):
        stories.inspector(head.organisation)
    site = stories.project()
    shown = signed_in(head).get(f"/inspections/planning/?campaign={campaign.number}&project={site.number}")
    initial = shown.context["form"].initial
    assert (initial["kind"], initial["checklists"], len(initial["inspectors"])) == ("special", campaign.checklists, 3)


def test_firms_plan_nothing() -> None:
    assert signed_in(persona("safety_director")).get("/inspections/planning/").status_code == 403


# Following up ---------------------------------------------------------------------------------------------------------


def with_open_hazard(head: Any) -> Visit:
    team = [stories.inspector(head.organisation) for _ in range(2)]
    visit = stories.visit(stories.project(), team)
    stories.found(visit)
    return stories.submitted(visit)


def test_visits_with_hazards_still_open_wait_until_a_follow_up_is_planned() -> None:
    head = station_head()
    visit = with_open_hazard(head)
    stories.submitted(stories.visit(stories.project()))
    waiting = to_follow_up(head)
    assert [(one.pk, one.still_open) for one in waiting] == [(visit.pk, 1)]  # type: ignore[attr-defined]
    assert not to_follow_up(station_head(at=QIAOXI)).exists()
    made = plan_follow_up(visit, by=head)
    assert (made.kind, made.follows, made.project) == ("follow_up", visit, visit.project)
    assert not to_follow_up(head).exists()
    with pytest.raises(ValidationError, match="已安排回访"):
        plan_follow_up(visit, by=head)


def test_a_follow_up_takes_the_same_team_and_replaces_who_cannot_go() -> None:
    head = station_head()
    visit = with_open_hazard(head)
    first, second = (member.inspector for member in visit.team.all())
    day = stories.today() + timedelta(days=10)
    Absence.objects.create(inspector=first, starts_on=day, ends_on=day)
    third = stories.inspector(head.organisation)
    made = plan_follow_up(visit, by=head, planned_on=day)
    assert [member.inspector for member in made.team.all()] == [second, third]


def test_one_press_plans_a_follow_up() -> None:
    head = station_head()
    visit = with_open_hazard(head)
    client = signed_in(head)
    assert visit.number in text(client.get("/inspections/follow-ups/"))
    done = client.post(f"/inspections/{visit.number}/follow-up/", follow=True)
    assert "已安排回访" in text(done)
    assert Visit.objects.get(follows=visit).kind == "follow_up"
    assert "没有待回访的检查" in text(done)


def test_a_follow_up_by_those_who_were_there_twice_running_is_planned_and_pointed_out() -> None:
    head = station_head()
    visit = with_open_hazard(head)
    team = [member.inspector for member in visit.team.all()]
    stories.submitted(stories.visit(visit.project, team[:1]), stories.today() - timedelta(days=30))
    done = text(signed_in(head).post(f"/inspections/{visit.number}/follow-up/", follow=True))
    assert "已安排回访" in done
    assert f"{team[0]}已连续两次检查该企业，宜在" in done
    assert f"{team[1]}已连续" not in done
