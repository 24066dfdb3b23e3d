"""Accounts and months of wages of the sites with accounts: most in order, some late, one without an account."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from apps.core.months import first_of, month_before
from apps.projects.models import Project
from apps.wages.models import WageAccount, WageMonth, number_masked
from apps.wages.selectors import people_seen

BANK, DIGITS = "示例农商银行", 19
WAGE = Decimal(6500)
"""What one worker of the demonstration earns in a month, in yuan."""
CREW, MONTHS = 12, 2
IN_FULL, NOT_PAID_IN, SHORT = range(3)


def fill_wages(projects: Sequence[Project], today: date) -> None:
    """Two months a site; by turns all is paid, the owner is late, the contractor pays too little."""
    for number, project in enumerate(projects):
        if number % 5 != 4:
            open_account(project, number, today)
        first = first_of(today)
        for _ in range(MONTHS):
            first = month_before(first)
            pay(project, first, number % 3)


def open_account(project: Project, number: int, today: date) -> None:
    account = f"{9000 + number:04d}".ljust(DIGITS - 4, "0") + f"{project.pk:04d}"[-4:]
    WageAccount.objects.create(
        project=project,
        region_path=project.region_path,
        bank=f"{BANK}{project.region.name}支行",
        account_number=account,
        number_masked=number_masked(account),
        opened_on=min(project.started_on or today, today),
        agreement_number=f"ZH-{project.pk:05d}",
        agreed_share=20,
    )


def pay(project: Project, first: date, case: int) -> None:
    seen = WageMonth.objects.filter(project=project).annotate(seen=people_seen())
    due, last = WAGE * CREW, first.replace(day=monthrange(first.year, first.month)[1])
    is_in, out = case != NOT_PAID_IN, due / 2 if case == SHORT else due
    month = WageMonth.objects.create(
        project=project,
        region_path=project.region_path,
        month=first,
        labour_due=due,
        paid_in=due if is_in else 0,
        paid_in_on=last if is_in else None,
        wages_due=due,
        paid_out=out,
        paid_out_on=last,
        people_paid=CREW,
    )
    WageMonth.objects.filter(pk=month.pk).update(people_paid=max(CREW, seen.get(pk=month.pk).seen))
