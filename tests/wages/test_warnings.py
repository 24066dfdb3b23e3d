"""What is warned of, by rules that the authority sets, and who is told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core.months import month_before
from apps.notifications.models import Message
from apps.projects.models import Project
from apps.roster.services.attendance import take_in
from apps.wages.models import WageAccount, WageMonth, WageRule, WarningKind, number_masked
from apps.wages.reminders import remind
from apps.wages.selectors import any_warning, lacks_account, lacks_report, warned_of, with_warning
from tests.hazards import stories as hazards
from tests.personas import signed_in
from tests.roster import stories as roster
from tests.wages import stories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def said(month: WageMonth) -> str:
    return with_warning(WageMonth.objects.all()).get(pk=month.pk).warning


def test_a_month_in_which_all_was_paid_is_not_warned_of() -> None:
    month = stories.month()
    assert said(month) == ""
    assert not WageMonth.objects.filter(any_warning(TODAY)).exists()


def test_labour_money_that_is_not_in_is_warned_of_once_the_month_is_over() -> None:
    month = stories.month(first=date(2026, 10, 1), paid_in=0, paid_in_on=None)
    late = WageMonth.objects.filter(warned_of(WarningKind.NOT_PAID_IN, date(2026, 10, 31)))
    assert not late.exists()
    assert WageMonth.objects.get(warned_of(WarningKind.NOT_PAID_IN, date(2026, 11, 1))) == month


def test_days_of_grace_are_those_of_the_edition_in_force() -> None:
    told = {"kind": "not_paid_in", "days": 20, "level": "red", "source": "某文件"}
    WageRule.objects.create(effective_from=TODAY, **told)
    due = date(2027, 1, 20)
    later = stories.month(first=date(2026, 12, 1), paid_in=0, paid_in_on=None)
    late = [warned_of(WarningKind.NOT_PAID_IN, day) for day in (due, due + timedelta(days=1))]
    assert [WageMonth.objects.filter(told, pk=later.pk).exists() for told in late] == [False, True]


@pytest.mark.parametrize(
    ("elsewhere", "label"), [(0, WarningKind.SHORT.label), (Decimal(30_000), "")], ids=["nobody else", "by others"]
)
def test_wages_that_nobody_paid_are_short(elsewhere: Any, label: str) -> None:
    assert said(stories.month(paid_out=Decimal(30_000), paid_elsewhere=elsewhere)) == label


def test_fewer_paid_than_attended_is_told_by_the_attendance_of_that_month_alone() -> None:
    project = stories.site()
    for day in (date(2026, 9, 30), date(2026, 9, 3), date(2026, 10, 1)):
        who = roster.engaged(project, entered_on=day)
        take_in([roster.seen(project, who.person, day=day)])
    month = stories.month(project, people_paid=1)
    assert with_warning(WageMonth.objects.all()).get(pk=month.pk).people_seen == 2
    assert said(month) == WarningKind.FEWER.label
    assert said(stories.month(people_paid=1)) == ""


def test_a_site_without_an_open_account_is_late_after_the_days_of_the_rule() -> None:
    project = stories.site(started_on=TODAY - timedelta(days=30))
    late = Project.objects.filter(lacks_account(TODAY + timedelta(days=1)), pk=project.pk)
    assert not Project.objects.filter(lacks_account(TODAY), pk=project.pk).exists()
    assert late.exists()
    stories.account(project, closed_on=TODAY)
    assert late.all().exists()
    stories.account(project)
    assert not late.all().exists()


def test_a_site_that_tells_nothing_of_a_month_in_which_people_worked_is_warned_of() -> None:
    """Without its report nothing of the month could be wrong, which would spare the worst."""
    project = stories.site()
    first, due = date(2026, 9, 1), date(2026, 10, 16)
    idle = stories.site()
    who = roster.engaged(project, entered_on=first)
    take_in([roster.seen(project, who.person, day=day) for day in (first, date(2026, 9, 30))])
    late = [Project.objects.filter(lacks_report(day)) for day in (due - timedelta(days=1), due)]
    assert [list(told) for told in late] == [[], [project]]
    assert not late[1].filter(pk=idle.pk).exists()
    stories.month(project, first)
    assert not late[1].all().exists()


def test_firm_and_office_hear_of_each_month_that_is_not_told() -> None:
    site = hazards.site()
    stories.account(site.project)
    month = month_before(TODAY - timedelta(days=15))
    who = roster.engaged(site.project, entered_on=month)
    take_in([roster.seen(site.project, who.person, day=month)])
    assert remind(TODAY) == 2
    told = Message.objects.filter(kind="wages_no_report")
    assert set(told.values_list("recipient", flat=True)) == {site.director.pk, site.head.pk}
    assert f"{month:%Y-%m}" in told[0].title
    page = signed_in(site.director).get(f"/projects/{site.project.number}/wages/").content.decode()
    assert f"{month:%Y-%m} 有考勤，月末已过 15 天（样例）仍未填报工资月报" in page


def test_where_the_authority_has_no_rule_nothing_is_warned_of() -> None:
    before_all = date(2019, 1, 1)
    stories.month(first=date(2018, 1, 1), paid_in=0, paid_in_on=None)
    assert not WageMonth.objects.filter(any_warning(before_all)).exists()
    assert not Project.objects.filter(lacks_account(before_all)).exists()


def test_firm_and_office_are_told_once_of_each_matter() -> None:
    site = hazards.site()
    stories.account(site.project)
    stories.month(site.project, paid_out=Decimal(1))
    assert remind(TODAY) > 0
    told = Message.objects.filter(kind="wages_short")
    assert set(told.values_list("recipient", flat=True)) == {site.director.pk, site.head.pk}
    assert remind(TODAY) == 0


def test_what_is_only_yellow_is_the_firms_to_hear() -> None:
    site = hazards.site()
    stories.account(site.project)
    stories.month(site.project, paid_in=0, paid_in_on=None)
    remind(TODAY)
    assert list(Message.objects.values_list("kind", "recipient")) == [("wages_not_paid_in", site.director.pk)]


WRONG: dict[str, dict[str, Any]] = {
    "month_is_a_first_day": {"month": date(2026, 9, 2)},
    "money_not_negative": {"wages_due": Decimal(-1)},
    "paid_in_with_its_day": {"paid_in_on": None},
    "paid_in_with_its_day ": {"paid_in_on": date(2026, 8, 31)},
    "paid_out_with_its_day": {"people_paid": 0},
    "paid_out_with_its_day ": {"paid_out_on": date(2026, 8, 31)},
}


@pytest.mark.parametrize("rule", WRONG)
def test_the_database_keeps_the_rules_of_months(rule: str) -> None:
    told = {"first": WRONG[rule]["month"]} if "month" in WRONG[rule] else WRONG[rule]
    with pytest.raises(IntegrityError, match=f"wage_{rule.strip()}"), transaction.atomic():
        stories.month(**told)


@pytest.mark.parametrize("length", [9, 12, 15, 16, 19, 30])
def test_at_least_half_of_an_accounts_number_is_hidden(length: int) -> None:
    shown = number_masked("123456789012345678901234567890"[:length])
    assert len(shown) == length
    assert shown.count("*") * 2 >= length


def test_one_account_of_a_project_is_open_and_its_number_stands_encrypted() -> None:
    account = stories.account()
    with pytest.raises(IntegrityError, match="wage_account_open_once"), transaction.atomic():
        stories.account(account.project)
    with pytest.raises(IntegrityError, match="wage_account_money_agreed"), transaction.atomic():
        stories.account(agreed_share=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM wages_wageaccount")
        assert stories.NUMBER not in cursor.fetchone()[0]
    assert WageAccount.objects.get().account_number == stories.NUMBER
