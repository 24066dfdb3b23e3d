"""A case on its way to another body and back, each step with its clock."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services.grants import grant_access
from apps.core.workflow import TransitionRefused
from apps.supervision import services
from apps.supervision.models import TRANSFER_CHANGES, Transfer
from apps.supervision.workflow import TRANSFER
from tests.hazards import stories
from tests.personas import persona

pytestmark = pytest.mark.django_db
CASE: dict[str, Any] = {
    "kind": "enforcement",
    "addressee": "长安区城市管理综合执法局",
    "reason": "逾期未整改重大隐患",
    "evidence": "限期整改通知书及送达回证",
}


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def sent(site: stories.Site) -> Transfer:
    return services.transfer(stories.taken_to("ordered", site), by=site.inspector, **CASE)


def filed(site: stories.Site, on: date | None = None) -> Transfer:
    told: dict[str, Any] = {"case_number": "示例立〔2026〕1号", "filed_on": on or stories.today()}
    return TRANSFER.perform(sent(site), "file", by=site.inspector, **told)


def decided(site: stories.Site) -> Transfer:
    told: dict[str, Any] = {"decision_number": "示例罚〔2026〕1号", "decision": "罚款三万元"}
    told["decided_on"] = stories.today()
    return TRANSFER.perform(filed(site), "decide", by=site.inspector, **told)


def test_the_database_knows_the_same_moves_as_the_table() -> None:
    assert TRANSFER.pairs() == set(TRANSFER_CHANGES)


def test_a_case_goes_there_and_comes_back(site: stories.Site) -> None:
    told: dict[str, Any] = {"answer": "处罚决定已送达并执行", "answered_on": stories.today()}
    case = TRANSFER.perform(decided(site), "report_back", by=site.inspector, **told)
    assert (case.state, case.due_on, case.answer) == ("returned", None, "处罚决定已送达并执行")


def test_the_decision_is_due_ninety_days_after_filing(site: stories.Site) -> None:
    day = stories.today() - timedelta(days=5)
    assert filed(site, on=day).due_on == day + timedelta(days=90)


def test_a_step_that_waits_too_long_is_late(site: stories.Site) -> None:
    case = sent(site)
    assert case.due_on is not None
    assert not case.is_late
    Transfer.objects.update(due_on=stories.today() - timedelta(days=1))
    assert Transfer.objects.get(pk=case.pk).is_late


def test_a_case_that_is_not_taken_on_ends_with_the_answer(site: stories.Site) -> None:
    told: dict[str, Any] = {"answer": "证据不足，不予立案", "answered_on": stories.today()}
    case = TRANSFER.perform(sent(site), "decline", by=site.inspector, **told)
    assert (case.state, case.due_on) == ("declined", None)


def test_a_decision_before_its_filing_or_in_the_future_is_refused(site: stories.Site) -> None:
    case = filed(site)
    told: dict[str, Any] = {"decision_number": "示例罚〔2026〕2号", "decision": "罚款"}
    early, late = stories.today() - timedelta(days=1), stories.today() + timedelta(days=1)
    with pytest.raises(TransitionRefused, match="决定日期不能早于立案日期"):
        TRANSFER.perform(case, "decide", by=site.inspector, decided_on=early, **told)
    with pytest.raises(TransitionRefused, match="决定日期不能晚于今天"):
        TRANSFER.perform(case, "decide", by=site.inspector, decided_on=late, **told)


def test_nothing_of_a_transfer_is_shown_to_the_firm(site: stories.Site) -> None:
    sent(site)
    assert Transfer.objects.visible_to(site.inspector).count() == 1
    assert not Transfer.objects.visible_to(site.director).exists()
    assert not site.director.has_perm("supervision.view_transfer")


def granted(user: Any, site: stories.Site, kind: str) -> Any:
    """The account anew, as a request would have it, with the case's project opened to it."""
    told: dict[str, Any] = {"kind": kind, "reason": "移送案件的办理需要查看项目资料", "starts_on": stories.today()}
    told["ends_on"] = stories.today() + timedelta(days=30)
    grant_access(grantee=user, subject=site.project, by=persona("security_admin"), **told)
    return User.objects.get(pk=user.pk)


def test_enforcement_handles_the_case_that_was_referred_to_it(site: stories.Site) -> None:
    case = sent(site)
    stranger = persona("enforcement_officer")
    assert not Transfer.objects.visible_to(stranger).exists()
    officer, expert = granted(stranger, site, "referred_case"), granted(persona("expert"), site, "invited_expert")
    assert [list(Transfer.objects.visible_to(user)) for user in (officer, expert)] == [[case], []]
    client = Client()
    client.force_login(officer)
    address = f"{case.get_absolute_url()}file/"
    told = {"case_number": "示例立〔2026〕3号", "filed_on": str(stories.today()), "version": case.version}
    assert "登记立案" in client.get(address).content.decode()
    assert client.post(address, told).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.case_number) == ("filed", "示例立〔2026〕3号")
