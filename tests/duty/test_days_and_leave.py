"""Who was on duty: what is written, what counts, leave with a deputy, and the figures of a month."""

import html
import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils import timezone

from apps.core.workflow import TransitionRefused
from apps.duty import folding
from apps.duty.api import EXAMPLES
from apps.duty.duties import open_leaves
from apps.duty.models import DutyDay, DutyMonth, DutyTerm, FirmDutyMonth, Leave, Term
from apps.duty.selectors import days_of
from apps.duty.services.days import withdraw_duty_day
from apps.duty.workflow import LEAVE
from apps.notifications.models import Message
from tests.api_client import Api
from tests.duty import stories
from tests.factories import DangerousWorkFactory, PersonFactory
from tests.personas import persona, signed_in

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)


def day(number: int) -> date:
    return MONTH.replace(day=number)


def month_of(place: stories.Site) -> DutyMonth:
    return DutyMonth.objects.get(project=place.project, month=MONTH)


def sheet(place: stories.Site, **values: Any) -> dict[str, Any]:
    told = {"kind": "leader", "person": place.leader.pk, "day": str(timezone.localdate()), "looked_at": "三层"}
    return told | {"began": "08:00", "ended": "17:30"} | values


def test_a_leader_writes_the_own_day_on_the_phone_with_little_to_type() -> None:
    place = stories.site()
    client, address = signed_in(place.manager), f"/m/duty/{place.project.number}/"
    form = client.get(address).context["form"]
    assert form["person"].value() == place.leader.pk
    assert (form["began"].value(), form["kind"].value()) == ("08:00", "leader")
    answer = client.post(address, sheet(place), follow=True)
    record = DutyDay.objects.get()
    assert answer.redirect_chain[-1][0] == f"/duty-days/{record.pk}/"
    assert (record.written_by, record.is_late, record.region_path) == (
        place.manager,
        False,
        place.project.region_path,
    )


def test_who_led_on_another_day_is_told_why_not_on_this_one() -> None:
    place, today = stories.site(), timezone.localdate()
    place.project.members.filter(post="project_manager").update(started_on=today)
    told = sheet(place, day=str(today - timedelta(days=1)))
    answer = signed_in(place.manager).post(f"/m/duty/{place.project.number}/", told)
    assert "该人员在所填日期不是本项目的项目负责人" in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ended": "07:00"}, "离场时间应晚于到场时间"),
        ({"problems": "临边缺防护"}, "请填写处理情况"),
        ({"day": "2150-01-01"}, "日期不能晚于今天"),
        ({"day": "昨天"}, "请填写日期"),
        ({"began": "早上"}, "请填写时间"),
        ({"looked_at": ""}, "检查内容"),
    ],
)
def test_what_is_wrong_with_a_day_is_said_and_what_was_typed_stays(values: dict[str, str], words: str) -> None:
    place = stories.site()
    told = sheet(place, note="原样保留") | values
    answer = signed_in(place.manager).post(f"/m/duty/{place.project.number}/", told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "原样保留" in answer.content.decode()
    assert not DutyDay.objects.exists()


def test_one_person_has_one_day_on_a_project_until_it_is_withdrawn() -> None:
    place = stories.site()
    first = stories.led(place)
    with pytest.raises(TransitionRefused, match="当天在本项目已有带班记录"):
        stories.led(place)
    withdraw_duty_day(first, by=place.manager, reason="日期填错了")
    assert stories.led(place).pk != first.pk
    with pytest.raises(TransitionRefused, match="已经撤销"):
        withdraw_duty_day(first, by=place.manager, reason="日期填错了")


def test_a_written_day_is_neither_changed_nor_deleted() -> None:
    record = stories.led(stories.site())
    for change in (lambda: DutyDay.objects.update(began=time(9)), lambda: record.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_is_entered_after_the_term_is_marked() -> None:
    place, today = stories.site(), timezone.localdate()
    assert not stories.led(place, today - timedelta(days=3)).is_late
    assert stories.led(place, today - timedelta(days=4)).is_late


def test_only_leaders_and_heads_are_on_duty() -> None:
    place = stories.site()
    with pytest.raises(TransitionRefused, match="当天不是项目负责人"):
        stories.led(place, person=place.worker)
    with pytest.raises(TransitionRefused, match="当天不是企业负责人"):
        stories.led(place, kind="head", person=place.worker)
    assert stories.headed(place).kind == "head"


def test_who_does_not_write_for_a_site_is_kept_out() -> None:
    place, other = stories.site(), stories.site()
    assert signed_in(other.manager).get(f"/m/duty/{place.project.number}/").status_code == 404
    assert signed_in(place.owner).get(f"/m/duty/{place.project.number}/").status_code == 403
    record = stories.led(place)
    assert signed_in(other.manager).get(f"/duty-days/{record.pk}/").status_code == 404
    assert signed_in(persona("inspector")).get(f"/duty-days/{record.pk}/").status_code == 200
    with pytest.raises(Http404):
        withdraw_duty_day(record, by=other.manager, reason="不是我的")


# The month ------------------------------------------------------------------------------------------------------------


def test_the_share_of_a_month_counts_days_with_attendance_alone() -> None:
    place = stories.site()
    stories.came(place, day(8), day(9), day(10), day(11), day(12))
    for number in (8, 9, 10, 20):  # nobody was on the site on the 20th
        stories.led(place, day(number))
    told = month_of(place)
    assert (told.site_days, told.leader_days, str(told.rate), told.is_below) == (5, 3, "60.0", True)
    stories.led(place, day(11))
    assert (str(month_of(place).rate), month_of(place).is_below) == ("80.0", False)


def test_a_withdrawn_day_counts_nowhere() -> None:
    place = stories.site()
    stories.came(place, day(8))
    record = stories.led(place, day(8))
    assert month_of(place).leader_days == 1
    withdraw_duty_day(record, by=place.manager, reason="写错项目了")
    assert month_of(place).leader_days == 0


def test_a_firm_that_builds_nowhere_has_no_month_of_a_day_told_in_error() -> None:
    place = stories.site()
    record = stories.headed(place, day(8))
    other = stories.headed(place, day(9))
    withdraw_duty_day(record, by=place.manager, reason="写错项目了")
    assert FirmDutyMonth.objects.get(month=MONTH).head_days == 1
    withdraw_duty_day(other, by=place.manager, reason="写错项目了")
    assert not FirmDutyMonth.objects.exists()


def test_a_firm_that_builds_keeps_its_month_when_its_only_day_is_withdrawn() -> None:
    place = stories.site()
    stories.came(place, day(8))
    withdraw_duty_day(stories.headed(place, day(8)), by=place.manager, reason="写错项目了")
    told = FirmDutyMonth.objects.get(month=MONTH)
    assert (told.head_days, told.is_below) == (0, True)


def test_a_head_must_come_while_an_over_scale_work_is_under_way() -> None:
    place = stories.site()
    stories.came(place, day(8), day(9), day(10))
    work = DangerousWorkFactory(project=place.project)
    type(work).objects.filter(pk=work.pk).update(is_super=True, started_on=day(9), ended_on=day(10))
    stories.headed(place, day(10))
    told = month_of(place)
    assert (told.must_days, told.must_missed) == (2, 1)
    missed = [one.day for one in days_of(place.project, MONTH, place.manager) if one.is_missed]
    assert missed == [day(9)]
    page = signed_in(place.manager).get(f"/projects/{place.project.number}/duty/?month=2026-10").content.decode()
    assert "未到场" in page
    assert work.name in page
    assert page.count("figure-bad") == 3  # the share, the days nobody came, the logs


def test_a_head_must_come_while_a_major_hazard_is_open() -> None:
    from tests.hazards import stories as hazards

    place = stories.site()
    stories.came(place, day(8), day(9))
    by = persona("inspector")
    hazard = hazards.draft(
        hazards.Site(place.project, by, by, by, place.director, place.manager, by), grade="major", found_on=day(9)
    )
    type(hazard).objects.filter(pk=hazard.pk).update(state="ordered", ordered_at=timezone.now())
    folding.fold(MONTH, [place.project.pk])
    told = month_of(place)
    assert (told.must_days, told.must_missed) == (1, 1)


def test_a_firms_heads_are_measured_by_working_days() -> None:
    """October 2026 has seventeen working days after the holidays of the National Day."""
    place, other = stories.site(), stories.site()
    stories.came(place, day(8))
    for number in (8, 9, 10, 12):
        stories.headed(place, day(number))
    told = FirmDutyMonth.objects.get(enterprise=place.project.enterprise, month=MONTH)
    expected = folding.working_days(MONTH, date(2026, 10, 31))
    assert (told.head_days, told.working_days) == (4, expected)
    assert told.is_below == (25 * expected > 400)
    assert not FirmDutyMonth.objects.filter(enterprise=other.project.enterprise).exists()


def test_figures_open_the_rows_that_they_count() -> None:
    place = stories.site()
    stories.came(place, day(8), day(9))
    for number in (8, 9):
        stories.headed(place, day(number))
    stories.headed(place, date(2026, 11, 2))  # of the next month, and in no figure of this one
    client = signed_in(place.director)
    page = client.get("/firm-duty-months/?view=all&month_before=2026-10-31").content.decode()
    (link,) = re.findall(r'href="(/duty-days/[^"]*view=heads[^"]*)"', page)
    rows = client.get(html.unescape(link)).content.decode()
    assert [str(shown) in rows for shown in (day(8), day(9), date(2026, 11, 2))] == [True, True, False]
    tab = client.get(f"/projects/{place.project.number}/duty/?month=2026-10")
    assert [one["label"] for one in tab.context["switch"]] == ["2026-09", "2026-10", "2026-11"]
    figures = tab.context["figures"]
    assert {figure["label"]: figure["value"] for figure in figures}["施工天数（有考勤）"] == 2
    assert all(client.get(figure["url"]).status_code == 200 for figure in figures if figure["url"] != "#days")


def test_counting_again_changes_nothing() -> None:
    place = stories.site()
    stories.came(place, day(8))
    stories.led(place, day(8))
    before = DutyMonth.objects.values_list("site_days", "leader_days", "missing_logs").get(project=place.project)
    folding.fold(MONTH)
    folding.fold(MONTH)
    after = DutyMonth.objects.values_list("site_days", "leader_days", "missing_logs").get(project=place.project)
    assert before == after


def test_the_limit_is_that_of_the_first_of_the_month() -> None:
    place, today = stories.site(), timezone.localdate()
    DutyTerm.objects.create(code=Term.LEADER_SHARE, value="90", effective_from=today, source="示例")
    stories.came(place, day(8))
    stories.led(place, day(8))
    assert month_of(place).limit == 80


# Leave ----------------------------------------------------------------------------------------------------------------


def test_the_deputys_days_count_once_the_owner_has_agreed() -> None:
    place = stories.site()
    stories.came(place, day(8))
    leave = stories.asked(place, day(8), day(9))
    with pytest.raises(TransitionRefused, match="当天不是项目负责人"):
        stories.led(place, day(8), person=place.deputy)
    LEAVE.perform(leave, "agree", by=place.owner)
    record = stories.led(place, day(8), person=place.deputy)
    assert record.leave == leave
    assert month_of(place).leader_days == 1
    with pytest.raises(TransitionRefused, match="当天不是项目负责人"):
        stories.led(place, day(10), person=place.deputy)


def test_a_leave_of_many_years_is_answered_at_once(django_assert_max_num_queries: Any) -> None:
    place = stories.site()
    leave = stories.asked(place, timezone.localdate(), date(2199, 12, 31))
    with django_assert_max_num_queries(60):
        LEAVE.perform(leave, "agree", by=place.owner)


def test_an_owner_whose_last_day_is_to_come_hears_of_leave_in_the_morning() -> None:
    place, today = stories.site(), timezone.localdate()
    stories.asked(place, today, today)
    place.project.parties.filter(role="owner").update(ended_on=today)
    assert [item.recipient_id for item in open_leaves(today)] == [place.owner.pk]


def test_the_owner_is_told_and_finds_the_leave_among_what_is_to_do() -> None:
    place = stories.site()
    today = timezone.localdate()
    leave = stories.asked(place, today, today)
    assert Message.objects.get(kind="leave_asked").recipient == place.owner
    client = signed_in(place.owner)
    assert "带班请假待同意" in client.get("/").content.decode()
    assert client.get("/leaves/?view=to_agree").content.decode().count(str(place.deputy)) >= 1
    client.post(f"/leaves/{leave.pk}/refuse/", {"answer": "本周有超危大工程", "version": leave.version})
    leave.refresh_from_db()
    assert (leave.state, leave.decided_by, leave.answer) == ("refused", place.owner, "本周有超危大工程")
    assert Message.objects.get(kind="leave_decided").recipient == place.manager


def test_nobody_but_the_owner_of_the_project_agrees() -> None:
    place, other = stories.site(), stories.site()
    leave = stories.asked(place, day(8), day(9))
    for user, error in ((place.manager, TransitionRefused), (other.owner, Http404)):
        with pytest.raises(error):
            LEAVE.perform(leave, "agree", by=user)
    assert Leave.objects.get().state == "asked"


def test_a_deputy_must_be_fit_by_the_term_in_force() -> None:
    place, today = stories.site(), timezone.localdate()
    with pytest.raises(TransitionRefused, match="不符合代理人条件"):
        stories.asked(place, today, today, deputy=place.worker)
    technical = PersonFactory(employer=place.project.enterprise, post="项目技术负责人")
    told = {"person": place.leader.pk, "deputy": technical.pk, "reason": "就医"}
    told |= {"starts_on": str(today), "ends_on": str(today)}
    address = f"/m/leave/{place.project.number}/"
    DutyTerm.objects.create(code=Term.DEPUTY, value="B类证书", effective_from=today, source="示例")
    refused = signed_in(place.manager).post(address, told)
    assert refused.status_code == 422
    assert "不符合代理人条件" in refused.content.decode()
    DutyTerm.objects.filter(effective_from=today, code=Term.DEPUTY).update(certainty="核对")
    assert stories.asked(place, day(8), day(9), deputy=technical).deputy == technical


def test_leave_does_not_overlap_and_stays_as_it_was_asked() -> None:
    place = stories.site()
    leave = stories.asked(place, day(8), day(9))
    with pytest.raises(TransitionRefused, match="日期重叠"):
        stories.asked(place, day(9), day(10))
    with pytest.raises(DatabaseError), transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(ends_on=day(30))
    LEAVE.perform(leave, "withdraw", by=place.manager)
    assert stories.asked(place, day(9), day(10)).state == "asked"


@pytest.mark.parametrize(("move", "state"), [("agree", "agreed"), ("refuse", "refused"), ("withdraw", "withdrawn")])
def test_example_of_each_move_of_the_api_makes_it(move: str, state: str) -> None:
    place = stories.site()
    leave = stories.asked(place, day(8), day(9))
    by = place.manager if move == "withdraw" else place.owner
    answer = Api(by).post(f"/api/leaves/{leave.pk}/{move}/", EXAMPLES[move])
    assert (answer.status_code, answer.json()["state"]["code"]) == (200, state)
