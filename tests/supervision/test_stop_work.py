"""Stopping work, and letting it go on after somebody has looked."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core.workflow import TransitionRefused
from apps.hazards.models import Hazard, Source
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from apps.supervision import services
from apps.supervision.models import STOP_CHANGES, StopWork
from apps.supervision.workflow import STOP_WORK
from tests.hazards import stories

pytestmark = pytest.mark.django_db
ORDER: dict[str, Any] = {"extent": "part", "part": "3号楼塔式起重机", "reason": "附着装置缺失", "demands": ""}


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def stopped(site: stories.Site, hazard: Hazard | None = None) -> StopWork:
    return services.stop_work(hazard or stories.taken_to("ordered", site), by=site.inspector, **ORDER)


def resumed(site: stories.Site, stop: StopWork) -> StopWork:
    asked = STOP_WORK.perform(stop, "request_resume", by=site.director, report="隐患已消除，具备复工条件")
    return STOP_WORK.perform(asked, "resume", by=site.inspector, opinion="复核合格", resumed_on=stories.today())


def is_stopped(stop: StopWork) -> bool:
    return Hazard.objects.get(pk=stop.hazard_id).work_stopped


def test_the_database_knows_the_same_moves_as_the_table() -> None:
    assert STOP_WORK.pairs() == set(STOP_CHANGES)


def test_work_is_stopped_at_once_and_the_site_is_told(site: stories.Site) -> None:
    stop = stopped(site)
    assert (stop.state, is_stopped(stop)) == ("stopped", True)
    told = Message.objects.filter(kind="stopwork_stop", level="must_do").values_list("recipient", flat=True)
    assert {site.director.pk, site.manager.pk, site.engineer.pk} <= set(told)


def test_it_goes_on_after_request_and_check(site: stories.Site) -> None:
    stop = resumed(site, stopped(site))
    assert (stop.state, is_stopped(stop)) == ("resumed", False)


def test_a_request_that_is_refused_is_counted_and_may_come_again(site: stories.Site) -> None:
    asked = STOP_WORK.perform(stopped(site), "request_resume", by=site.director, report="隐患已消除，请求复工")
    stop = STOP_WORK.perform(asked, "refuse_resume", by=site.inspector, opinion="防护仍不完整")
    assert (stop.state, stop.refusals, is_stopped(stop)) == ("stopped", 1, True)
    assert resumed(site, stop).state == "resumed"


def test_the_firm_can_neither_stop_nor_resume(site: stories.Site) -> None:
    stop = stopped(site)
    with pytest.raises(TransitionRefused, match="没有“撤销停工”的权限"):
        STOP_WORK.perform(stop, "withdraw_stop", by=site.director, opinion="不同意停工")
    with pytest.raises(TransitionRefused, match="没有下达停工的权限"):
        services.stop_work(stories.taken_to("ordered", site), by=site.director, **ORDER)


def test_a_head_withdraws_what_was_ordered_by_mistake(site: stories.Site) -> None:
    stop = stopped(site)
    with pytest.raises(TransitionRefused, match="没有“撤销停工”的权限"):
        STOP_WORK.perform(stop, "withdraw_stop", by=site.inspector, opinion="事实有误")
    STOP_WORK.perform(stop, "withdraw_stop", by=site.head, opinion="决定所依据的事实有误")
    assert not is_stopped(stop)


def test_a_hazard_is_not_closed_while_work_is_stopped(site: stories.Site) -> None:
    stop = stopped(site)
    hazard = stories.advanced(Hazard.objects.get(pk=stop.hazard_id), "verified", site)
    with pytest.raises(TransitionRefused, match="尚在停工"):
        HAZARD.perform(hazard, "close", by=site.second)
    resumed(site, stop)
    assert HAZARD.perform(hazard, "close", by=site.second).state == "closed"


def test_work_is_not_stopped_twice_for_one_hazard(site: stories.Site) -> None:
    stop = stopped(site)
    with pytest.raises(TransitionRefused, match="该隐患已责令停工"):
        stopped(site, Hazard.objects.get(pk=stop.hazard_id))


def test_what_a_firm_found_itself_is_not_stopped_by_the_authority(site: stories.Site) -> None:
    own = stories.draft(site, by=site.director, source=Source.SELF_CHECK)
    with pytest.raises(TransitionRefused, match="企业自查"):
        stopped(site, own)


def test_a_stop_in_part_must_name_the_part(site: stories.Site) -> None:
    with pytest.raises(IntegrityError, match="stop_in_part_names_it"), transaction.atomic():
        StopWork.objects.filter(pk=stopped(site).pk).update(part="")
