"""Taken for good: out of a running suspension, and with no other permit for a year."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import CreditEntry, PermitCase
from apps.credit.services.permits import standing_of
from apps.credit.workflow import PERMIT
from apps.enterprises.forms import EnterpriseForm
from apps.enterprises.models import Enterprise
from apps.enterprises.services import save_enterprise
from apps.inspections.models import RiskClass
from apps.notifications.models import Message
from tests.credit import permit_stories as permits
from tests.credit.permit_stories import Stage
from tests.credit.stories import after_objections, tell, today
from tests.personas import PASSWORD, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def text(response: Any) -> str:
    return str(response.content.decode())


def asked_to_revoke(stage: Stage) -> PermitCase:
    """The firm refuses to put things right while its permit is held: a second case, heard, to take it for good."""
    firm = Enterprise.objects.get(pk=stage.firm.pk)
    case = permits.by_hand(firm, stage.place.inspector, measure="revoke", facts="暂扣期内拒不整改")
    case = permits.move("check", case, stage.province, opinion="复查两次均未整改")
    return after_objections(tell(PERMIT, case, stage.province))


def taken(stage: Stage, case: PermitCase) -> PermitCase:
    return permits.move("revoke", case, stage.second, decision_number="冀建安吊〔2026〕2号")


# Out of a running suspension (暂扣期间吊销) ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["suspended", "reported"])
def test_a_permit_that_is_held_is_revoked_and_held_no_more(stage: Stage, state: str) -> None:
    held = permits.suspended(stage) if state == "suspended" else permits.reported(stage)
    assert standing_of(stage.firm, today()).state == "suspended"
    case = taken(stage, asked_to_revoke(stage))
    held.refresh_from_db()
    assert (held.state, held.ended_on, held.released_on) == ("ended", today(), None)
    assert held.get_state_display() == "已转吊销"
    assert (case.state, case.starts_on) == ("revoked", today())
    assert standing_of(stage.firm, today()).words == "已吊销"
    assert RiskClass.objects.get(enterprise=stage.firm).grade == "E"


def test_the_history_and_the_messages_say_by_which_case_it_ended(stage: Stage) -> None:
    held = permits.suspended(stage)
    case = taken(stage, asked_to_revoke(stage))
    event = Event.objects.of(held).latest("pk")
    assert (event.name, event.actor) == ("end_by_revocation", None)
    assert event.facts == {"revocation": case.number, "ended_on": str(today())}
    assert Message.objects.filter(kind="permitcase_end_by_revocation", recipient=stage.director).count() == 1
    page = text(signed_in(stage.province).get(held.get_absolute_url()))
    assert "吊销案件" in page and case.number in page
    assert "暂扣终止日期（因吊销）" in page


def test_a_day_on_which_it_was_held_stays_one(stage: Stage) -> None:
    held = permits.days_over(permits.suspended(stage), by=20)
    taken(stage, asked_to_revoke(stage))
    yesterday = standing_of(stage.firm, today() - timedelta(days=1))
    assert (yesterday.state, yesterday.until) == ("suspended", held.until)
    assert standing_of(stage.firm, today()).state == "revoked"


def test_nothing_is_given_back_of_what_was_revoked_and_nobody_is_asked_to_anymore(stage: Stage) -> None:
    held = permits.days_over(permits.reported(stage))
    taken(stage, asked_to_revoke(stage))
    told: dict[str, Any] = {"recheck": "各项安全生产条件均已具备", "rechecked_on": today()}
    with pytest.raises(TransitionRefused, match="当前状态为“已转吊销”，不能复核合格，发还"):
        permits.move("release", held, stage.second, **told)
    assert held.number not in text(signed_in(stage.director).get("/credit/permit-cases/?view=to_ask"))


def test_what_happened_while_it_was_held_keeps_the_days_of_the_suspension(stage: Stage) -> None:
    held = permits.suspended(stage, 45)
    before = (held.days, held.starts_on, held.until, held.decision_number)
    taken(stage, asked_to_revoke(stage))
    held.refresh_from_db()
    assert (held.days, held.starts_on, held.until, held.decision_number) == before


def test_a_second_accident_that_takes_the_permit_ends_the_first_suspension_too(stage: Stage) -> None:
    held = permits.suspended(stage, 60, "larger", days_ago=200)
    case = permits.heard(stage, "major")
    assert case.measure == "revoke"
    taken(stage, case)
    held.refresh_from_db()
    assert held.state == "ended"


def test_when_revoking_fails_the_permit_goes_on_being_held(stage: Stage) -> None:
    held, case = permits.suspended(stage), asked_to_revoke(stage)
    with pytest.raises(TransitionRefused, match="须由另一名人员认定"):
        permits.move("revoke", case, stage.province, decision_number="2号")
    held.refresh_from_db()
    assert (held.state, held.ended_on) == ("suspended", None)


def test_what_is_revoked_is_not_suspended_afterwards(stage: Stage) -> None:
    open_case = permits.heard(stage)
    case = taken(stage, asked_to_revoke(stage))
    with pytest.raises(TransitionRefused) as refused:
        permits.move("suspend", open_case, stage.second, decision_number="3号", days=45)
    number = stage.firm.safety_licence
    assert refused.value.messages == [f"安全生产许可证 {number} 已于 {today()} 吊销（{case}），不能再暂扣"]


def test_the_database_itself_revokes_nothing_that_is_held_and_holds_nothing_that_is_revoked(stage: Stage) -> None:
    held, case = permits.suspended(stage), asked_to_revoke(stage)
    told = {"state": "revoked", "starts_on": today(), "decided_by": stage.second, "decision_number": "2号"}
    with pytest.raises(IntegrityError, match="permit_is_held"), transaction.atomic():
        PermitCase.objects.filter(pk=case.pk).update(**told)
    with pytest.raises(IntegrityError, match="permit_ended_on_a_day"), transaction.atomic():
        PermitCase.objects.filter(pk=held.pk).update(state="ended")
    other = Stage()
    again = permits.heard(other)
    taken(other, asked_to_revoke(other))
    days = {"state": "suspended", "starts_on": today(), "days": 45, "until": today() + timedelta(days=44)}
    with pytest.raises(IntegrityError, match="permit_is_revoked"), transaction.atomic():
        PermitCase.objects.filter(pk=again.pk).update(**days, decided_by=other.second, decision_number="3号")


def test_the_page_of_a_held_permit_leads_to_the_case_that_would_take_it(stage: Stage) -> None:
    held = permits.suspended(stage)
    client = signed_in(stage.province)
    link = f"/credit/permit-cases/new/?enterprise={stage.firm.uscc}&amp;measure=revoke"
    assert f'href="{link}">提请吊销' in text(client.get(held.get_absolute_url()))
    form = client.get(link.replace("&amp;", "&")).context["form"]
    assert (form["enterprise"].value(), form["measure"].value()) == (stage.firm.uscc, "revoke")
    assert "提请吊销" not in text(signed_in(stage.director).get(held.get_absolute_url()))
    case = asked_to_revoke(stage)
    page = text(client.get(held.get_absolute_url()))
    assert f"吊销 {case}" in page and "提请吊销" not in page
    told = {"decision_number": "冀建安吊〔2026〕2号", "password": PASSWORD, "version": str(case.version)}
    done = signed_in(stage.second).post(f"{case.get_absolute_url()}revoke/", told, follow=True)
    assert "已吊销" in text(done)
    assert "已转吊销" in text(client.get(held.get_absolute_url()))


def test_revoking_proposes_its_entry_once(stage: Stage) -> None:
    permits.suspended(stage)
    taken(stage, asked_to_revoke(stage))
    codes = CreditEntry.objects.filter(enterprise=stage.firm).values_list("item__code", flat=True)
    assert sorted(codes) == ["E-B01", "E-B06", "X-B03"]


# No other for a year --------------------------------------------------------------------------------------------------


def form(stage: Stage, number: str) -> EnterpriseForm:
    firm = Enterprise.objects.get(pk=stage.firm.pk)
    told = {
        "name": firm.name,
        "uscc": firm.uscc,
        "region": firm.organisation.region.code,
        "kind": "contractor",
        "status": "active",
        "safety_licence": number,
        "safety_licence_until": str(firm.safety_licence_until),
    }
    return EnterpriseForm(told, instance=firm, user=stage.province)


def revoked_on(stage: Stage, day: date) -> PermitCase:
    """As if the permit had been revoked on that day."""
    return permits.long_ago(permits.revoked(stage), (today() - day).days)


NEW = "（冀）JZ安许证字〔2026〕000777"


def test_the_form_refuses_a_new_number_and_says_from_which_day_it_takes_one(stage: Stage) -> None:
    old = stage.firm.safety_licence
    permits.revoked(stage)
    bound = form(stage, NEW)
    first = months_after(today(), 12)
    assert bound.errors["safety_licence"][0] == (
        f"该企业的安全生产许可证 {old} 已于 {today()} 吊销，一年内不得重新申请"
        "（建质〔2008〕121号；河北省有新规定的以新规定为准），"
        f"{first} 起才能登记新的许可证编号，请核对编号或者届时再登记"
    )


def test_the_day_after_a_year_it_takes_it_and_the_day_before_not(stage: Stage) -> None:
    a_year_ago = months_after(today(), -12)
    case = revoked_on(stage, a_year_ago + timedelta(days=1))
    assert list(form(stage, NEW).errors) == ["safety_licence"]
    with pytest.raises(IntegrityError, match="no_new_permit_within_a_year"), transaction.atomic():
        Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence=NEW)
    permits.long_ago(case, (today() - a_year_ago).days)
    bound = form(stage, NEW)
    assert bound.is_valid(), bound.errors
    save_enterprise(bound, by=stage.province, version=bound.instance.version)
    assert standing_of(stage.firm, today()).state == "valid"


def test_the_old_number_spelled_otherwise_and_no_number_are_no_new_permit(stage: Stage) -> None:
    old = stage.firm.safety_licence
    permits.revoked(stage)
    narrow = old.replace("（", "(").replace("）", ")").replace("〔", "[").replace("〕", "]")
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence=narrow)
    assert form(stage, old).is_valid()
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence="", safety_licence_until=None)
    assert standing_of(stage.firm, today()).state == "none"


def test_who_was_only_suspended_may_have_another_number(stage: Stage) -> None:
    permits.suspended(stage)
    assert form(stage, NEW).is_valid()
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence=NEW)


def test_what_passes_the_form_by_is_told_in_chinese_by_the_database(stage: Stage) -> None:
    """As where the revocation is decided between the look and the writing."""
    bound = form(stage, NEW)
    assert bound.is_valid()
    permits.revoked(stage)
    with pytest.raises(TransitionRefused) as refused:
        save_enterprise(bound, by=stage.province, version=bound.instance.version)
    assert refused.value.messages == [
        "该企业的安全生产许可证被吊销未满一年，不得重新申请（建质〔2008〕121号），满一年后才能登记新的许可证编号"
    ]


def test_the_page_of_the_firm_keeps_what_was_typed_beside_the_reason(stage: Stage) -> None:
    permits.revoked(stage)
    firm = stage.firm
    told = {name: str(value) for name, value in form(stage, NEW).data.items()} | {"version": str(firm.version)}
    answer = signed_in(stage.province).post(f"/enterprises/{firm.uscc}/edit/", told)
    assert answer.status_code == 422
    assert NEW in text(answer) and f"{months_after(today(), 12)} 起才能登记" in text(answer)
