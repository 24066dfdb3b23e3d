"""安许证处置: days by the table, two officers, held until the recheck, and how a permit stands."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError, transaction
from django.http import Http404

from apps.accidents.models import AccidentLiability
from apps.accounts.models import Organisation
from apps.core.registers import registry
from apps.core.workflow import TransitionRefused
from apps.credit.models import PermitCase, PermitRule
from apps.credit.services.permits import earlier_accidents, outcome, standing_of
from apps.credit.services.standings import renew
from apps.credit.workflow import PERMIT
from apps.enterprises.models import Enterprise
from apps.inspections.models import RiskClass
from tests.credit import permit_stories as permits
from tests.credit.permit_stories import Stage
from tests.credit.stories import tell, today
from tests.factories import EnterpriseFactory
from tests.personas import LUBEI, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return Stage()


def suggested(case: PermitCase) -> tuple[str, int, int]:
    return case.measure, case.least_days, case.most_days


# The table ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grade", "result"),
    [
        ("general", ("suspend", 30, 60)),
        ("larger", ("suspend", 60, 90)),
        ("major", ("suspend", 90, 120)),
        ("extraordinary", ("revoke", 0, 0)),
    ],
)
def test_a_first_accident_is_judged_by_its_grade(stage: Stage, grade: str, result: tuple[str, int, int]) -> None:
    assert suggested(permits.proposed(stage, grade)) == result


@pytest.mark.parametrize(
    ("grade", "result"),
    [
        ("general", ("suspend", 75, 75)),
        ("larger", ("suspend", 105, 105)),
        ("major", ("revoke", 0, 0)),
        ("extraordinary", ("revoke", 0, 0)),
    ],
)
def test_a_second_one_within_twelve_months_adds_to_the_days_before(
    stage: Stage, grade: str, result: tuple[str, int, int]
) -> None:
    permits.suspended(stage, 45, days_ago=200)
    assert suggested(permits.proposed(stage, grade)) == result


def test_while_the_first_is_undecided_the_second_adds_to_what_it_could_be(stage: Stage) -> None:
    permits.proposed(stage, days_ago=200)
    case = permits.proposed(stage)
    assert suggested(case) == ("suspend", 60, 90)
    assert "尚未决定暂扣" in case.derivation[1]


@pytest.mark.parametrize(("days_ago", "nth"), [(364, 2), (366, 1), (500, 1)])
def test_only_the_twelve_months_before_count(stage: Stage, days_ago: int, nth: int) -> None:
    permits.accident(stage, days_ago=days_ago)
    found = permits.accident(stage, days_ago=0)
    assert outcome(stage.firm.pk, found).steps[0].startswith(f"一般事故，12个月内第{nth}次")


@pytest.mark.parametrize("grade", permits.GRADES)
def test_a_third_one_takes_the_permit(stage: Stage, grade: str) -> None:
    permits.accident(stage, days_ago=300)
    permits.accident(stage, days_ago=200)
    assert suggested(permits.proposed(stage, grade)) == ("revoke", 0, 0)


@pytest.mark.parametrize(
    ("before", "result"),
    [
        (60, ("suspend", 120, 120)),
        (61, ("revoke", 0, 0)),
        (90, ("revoke", 0, 0)),
    ],
)
def test_a_term_of_more_than_120_days_takes_the_permit(stage: Stage, before: int, result: tuple[str, int, int]) -> None:
    """The term of this suspension, with what it adds to the one before; 120 themselves are a suspension still."""
    permits.suspended(stage, before, "larger", days_ago=200)
    case = permits.proposed(stage, "larger")
    assert suggested(case) == result
    assert ("超过 120 日，吊销" in "".join(case.derivation)) == (result[0] == "revoke")


@pytest.mark.parametrize(
    ("grade", "result"),
    [
        ("general", ("suspend", 60, 120)),
        ("larger", ("suspend", 90, 120)),
        ("major", ("suspend", 120, 120)),
    ],
)
@pytest.mark.parametrize("how", ["late", "omitted", "false", "concealed"])
def test_who_conceals_is_held_longer_and_no_longer_than_120_days(
    stage: Stage, grade: str, how: str, result: tuple[str, int, int]
) -> None:
    assert suggested(permits.proposed(stage, grade, concealment=how)) == result


def test_a_second_one_that_was_concealed_takes_the_permit_above_120_days(stage: Stage) -> None:
    permits.suspended(stage, 60, "larger", days_ago=200)
    assert suggested(permits.proposed(stage, "general", concealment="concealed")) == ("suspend", 120, 120)
    permits.accident(other := Stage(), "larger", days_ago=200)
    assert suggested(permits.proposed(other, "larger", concealment="concealed")) == ("revoke", 0, 0)


def test_the_derivation_says_each_step(stage: Stage) -> None:
    first = permits.suspended(stage, 45, days_ago=200)
    case = permits.proposed(stage, "general", concealment="late")
    assert case.derivation == [
        "一般事故，12个月内第2次（依据：《建筑施工企业安全生产许可证动态监管暂行办法》（建质〔2008〕121号））。",
        f"在上一次暂扣时限 45 日（{first.number}）上，增加 30 日。",
        "迟报事故，增加 30 至 60 日。",
        "合计 105 至 135 日；超过 120 日应当吊销，暂扣至多 120 日。",
        "建议暂扣 105 至 120 日。",
    ]


def test_the_province_may_set_other_days(stage: Stage) -> None:
    """From a day on: the accident of that day is judged by it, the one of the day before by the table that was."""
    rule = PermitRule.objects.get(grade="general", nth=1)
    rule.pk, rule.effective_from, rule.least_days, rule.most_days = None, today(), 45, 90
    rule.save(force_insert=True)
    assert suggested(permits.proposed(stage, days_ago=0)) == ("suspend", 45, 90)
    assert suggested(permits.proposed(Stage(), days_ago=1)) == ("suspend", 30, 60)


# Proposing ------------------------------------------------------------------------------------------------------------


def test_an_accident_is_determined_and_the_case_proposed_in_one(stage: Stage) -> None:
    found = permits.accident(stage)
    case = PermitCase.objects.get()
    assert (case.enterprise, case.permit_number, case.state) == (stage.firm, stage.firm.safety_licence, "proposed")
    assert (case.source_id, case.organisation) == (str(found.pk), stage.place.head.organisation)
    assert stage.place.project.name in case.facts


def test_who_has_no_permit_or_lost_it_is_not_asked_for_it(stage: Stage) -> None:
    permits.revoked(stage)
    permits.accident(stage, "larger")
    assert PermitCase.objects.filter(enterprise=stage.firm).count() == 1
    other = Stage()
    Enterprise.objects.filter(pk=other.firm.pk).update(safety_licence="", safety_licence_until=None)
    permits.accident(other)
    assert not PermitCase.objects.filter(enterprise=other.firm).exists()


# Deciding -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [29, 61, 365])
def test_days_outside_of_the_rule_are_refused(stage: Stage, days: int) -> None:
    with pytest.raises(TransitionRefused, match="按处置标准暂扣 30 至 60 日"):
        permits.suspended(stage, days)
    assert PermitCase.objects.get().state == "notified"


@pytest.mark.parametrize("days", [30, 60])
def test_days_within_the_rule_hold_the_permit_from_today(stage: Stage, days: int) -> None:
    case = permits.suspended(stage, days)
    assert (case.starts_on, case.until) == (today(), today() + timedelta(days=days - 1))


def test_what_is_to_be_revoked_is_not_suspended_and_the_other_way_round(stage: Stage) -> None:
    with pytest.raises(TransitionRefused, match="本案拟吊销"):
        permits.suspended(stage, 60, "extraordinary")
    with pytest.raises(TransitionRefused, match="本案拟暂扣"):
        permits.move("revoke", permits.heard(Stage()), stage.second, decision_number="1号")


def test_who_checked_does_not_decide(stage: Stage) -> None:
    case, told = permits.heard(stage), {"decision_number": "1号", "days": 45}
    with pytest.raises(TransitionRefused, match="须由另一名人员认定"):
        permits.move("suspend", case, stage.province, **told)
    assert permits.move("suspend", case, stage.second, **told).decided_by == stage.second


def test_while_the_firm_may_object_nothing_is_decided(stage: Stage) -> None:
    with pytest.raises(TransitionRefused, match="期满后才能认定"):
        permits.move("suspend", permits.notified(stage), stage.second, decision_number="1号", days=45)


def test_a_city_does_not_decide_on_a_permit(stage: Stage) -> None:
    city = persona("city_officer")
    with pytest.raises(TransitionRefused, match="没有“决定暂扣”的权限"):
        permits.move("suspend", permits.heard(stage), city, decision_number="1号", days=45)


# Given back -----------------------------------------------------------------------------------------------------------

RECHECKED: dict[str, Any] = {"recheck": "各项安全生产条件均已具备", "rechecked_on": today()}


def test_nothing_is_given_back_before_the_days_are_over(stage: Stage) -> None:
    case = permits.reported(stage)
    with pytest.raises(TransitionRefused, match="期满且复核合格后才能发还"):
        permits.move("release", case, stage.second, **RECHECKED)
    on_its_last_day = permits.days_over(case, by=44)
    assert on_its_last_day.until == today()
    with pytest.raises(TransitionRefused, match="期满且复核合格后才能发还"):
        permits.move("release", on_its_last_day, stage.second, **RECHECKED)
    assert (
        permits.move("release", permits.days_over(on_its_last_day, by=1), stage.second, **RECHECKED).released_on
        == today()
    )


def test_nothing_is_given_back_without_a_recheck(stage: Stage) -> None:
    case = permits.days_over(permits.suspended(stage))
    with pytest.raises(TransitionRefused, match="当前状态为“暂扣中”"):
        permits.move("release", case, stage.second, **RECHECKED)


def test_who_fails_the_recheck_goes_on_being_held(stage: Stage) -> None:
    case = permits.days_over(permits.reported(stage))
    told = {"recheck": "专职安全员仍未到岗", "rechecked_on": today()}
    case = permits.move("fail_recheck", case, stage.province, **told)
    assert (case.state, standing_of(stage.firm, today()).state) == ("suspended", "suspended")
    again = permits.move("ask_recheck", case, stage.director, report="专职安全员已到岗")
    assert permits.move("release", again, stage.second, **RECHECKED).state == "released"


def test_only_the_firm_itself_asks_for_the_recheck(stage: Stage) -> None:
    case, stranger = permits.suspended(stage), Stage().director
    with pytest.raises(Http404):
        permits.move("ask_recheck", case, stranger, report="替人申请复核")


# What follows ---------------------------------------------------------------------------------------------------------


def test_the_risk_class_is_the_highest_while_a_permit_is_held_and_falls_back(stage: Stage) -> None:
    case = permits.days_over(permits.reported(stage))
    assert RiskClass.objects.get(enterprise=stage.firm).grade == "E"
    permits.move("release", case, stage.second, **RECHECKED)
    assert RiskClass.objects.get(enterprise=stage.firm).grade != "E"


def test_what_happened_under_a_registration_that_was_merged_into_the_firm_counts_as_its_own(stage: Stage) -> None:
    duplicate = EnterpriseFactory()
    earlier = permits.accident(stage, days_ago=30)
    with pgtrigger.ignore("accidents.AccidentLiability:append_only"):
        AccidentLiability.objects.filter(accident=earlier).update(enterprise=duplicate)
    now = permits.accident(stage, days_ago=2)
    assert earlier_accidents(stage.firm.pk, now) == []
    Organisation.objects.filter(pk=duplicate.pk).update(merged_into=stage.firm.pk, is_active=False)
    assert earlier_accidents(stage.firm.pk, now) == [earlier]


def test_the_database_takes_no_measure_without_notice_nor_by_one_officer_nor_from_an_earlier_day(stage: Stage) -> None:
    told = {"decision_number": "冀建安吊〔2026〕1号", "starts_on": today(), "state": "revoked"}
    checked, heard = permits.checked(stage), permits.heard(Stage(), "extraordinary")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        PermitCase.objects.filter(pk=checked.pk).update(**told, decided_by=stage.second)
    for breach, refused in (
        ({"decided_by": heard.checked_by}, "permit_case_decided_by_another"),
        ({"decided_by": stage.second, "served_on": None}, "permit_case_is_notified"),
        ({"decided_by": stage.second, "starts_on": today() - timedelta(days=1)}, "starts_on is the day"),
    ):
        with pytest.raises((IntegrityError, InternalError), match=refused), transaction.atomic():
            PermitCase.objects.filter(pk=heard.pk).update(**told | breach)


def test_after_a_revocation_the_class_stays_the_highest_until_the_firm_has_a_new_permit(stage: Stage) -> None:
    permits.long_ago(permits.revoked(stage))
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence="", safety_licence_until=None)
    renew(enterprises=[stage.firm.pk])
    assert RiskClass.objects.get(enterprise=stage.firm).grade == "E"
    Enterprise.objects.filter(pk=stage.firm.pk).update(safety_licence=permits.number())
    renew(enterprises=[stage.firm.pk])
    assert RiskClass.objects.get(enterprise=stage.firm).grade != "E"


# How a permit stands --------------------------------------------------------------------------------------------------


def words_of(firm: Enterprise, days: int = 0) -> tuple[str, str]:
    standing = standing_of(firm, today() + timedelta(days=days))
    return standing.state, standing.words


def test_a_permit_stands_as_its_dates_and_cases_say(stage: Stage) -> None:
    firm = stage.firm
    assert words_of(firm) == ("valid", "有效")
    assert words_of(firm, 400) == ("valid", "有效")
    assert words_of(firm, 401) == ("expired", "已过期")
    case = permits.suspended(stage)
    assert words_of(firm, -1) == ("valid", "有效")
    assert words_of(firm) == ("suspended", f"暂扣至 {case.until}")
    assert standing_of(firm, today()).until == case.until
    assert words_of(firm, 45) == ("suspended", "暂扣期满未发还")


def test_a_permit_that_was_given_back_is_valid_from_that_day(stage: Stage) -> None:
    case = permits.released(stage)
    assert words_of(stage.firm) == ("valid", "有效")
    assert words_of(stage.firm, -1) == ("suspended", "暂扣期满未发还")
    assert case.until and words_of(stage.firm, -50)[1] == f"暂扣至 {case.until}"


def test_a_permit_that_was_taken_is_gone_until_the_firm_has_a_new_number(stage: Stage) -> None:
    permits.long_ago(permits.revoked(stage))
    firm = stage.firm
    assert words_of(firm) == ("revoked", "已吊销")
    Enterprise.objects.filter(pk=firm.pk).update(
        safety_licence=firm.safety_licence.replace("（", "(").replace("）", ")")
    )
    assert words_of(firm) == ("revoked", "已吊销")
    Enterprise.objects.filter(pk=firm.pk).update(safety_licence="（冀）JZ安许证字〔2027〕000999")
    assert words_of(firm) == ("valid", "有效")


def test_what_is_not_registered_is_no_permit() -> None:
    firm = EnterpriseFactory(safety_licence="", safety_licence_until=None)
    assert words_of(firm) == ("none", "无安全生产许可证")
    undated = EnterpriseFactory(safety_licence_until=None)
    assert words_of(undated) == ("none", "有效期未登记")


def found(view: str, user: Any) -> list[Enterprise]:
    register = registry["permits"]
    condition = next(v.condition for v in register.views if v.name == view)
    return list(register.rows(user).filter(condition(user)).order_by(*register.order))


def test_the_register_of_permits_parts_them_by_how_they_stand(stage: Stage) -> None:
    permits.suspended(stage)
    days = {n: EnterpriseFactory(safety_licence_until=today() + timedelta(days=n)) for n in (-1, 0, 30, 31, 60, 90, 91)}
    EnterpriseFactory(kind="supervision", safety_licence_until=today() - timedelta(days=1))
    EnterpriseFactory(safety_licence="", safety_licence_until=None)
    officer = persona("permit_officer")
    assert found("due_30", officer) == [days[0], days[30]]
    assert found("due_60", officer) == [days[0], days[30], days[31], days[60]]
    assert found("due_90", officer) == [days[0], days[30], days[31], days[60], days[90]]
    assert found("expired", officer) == [days[-1]]
    assert found("suspended", officer) == [stage.firm]
    assert registry["permits"].view_counts(officer)["due_90"] == 5


def test_an_office_elsewhere_sees_neither_permit_nor_case(stage: Stage) -> None:
    permits.suspended(stage)
    elsewhere = persona("county_officer", at=LUBEI)
    assert not PermitCase.objects.visible_to(elsewhere).exists()
    assert stage.firm not in registry["permits"].rows(elsewhere)


def test_a_firm_sees_its_case_once_it_was_told(stage: Stage) -> None:
    case = permits.checked(stage)
    assert not PermitCase.objects.visible_to(stage.director).exists()
    tell(PERMIT, case, stage.province)
    assert PermitCase.objects.visible_to(stage.director).exists()
