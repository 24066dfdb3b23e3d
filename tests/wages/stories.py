"""A site with its account for wages and months that were paid or not."""

from datetime import date
from decimal import Decimal
from typing import Any

from apps.projects.models import Project
from apps.wages.models import WageAccount, WageMonth, number_masked
from tests.factories import EnterpriseFactory, ProjectFactory

NUMBER = "6228480402564890018"
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


def site(**values: Any) -> Project:
    """A project that has been building since long, with its general contractor."""
    return ProjectFactory(**{"enterprise": EnterpriseFactory(), "started_on": date(2026, 3, 1), **values})


def account(project: Project | None = None, **values: Any) -> WageAccount:
    project = project or site()
    told = {"bank": "示例银行", "opened_on": date(2026, 3, 5), "agreed_share": Decimal(20), **values}
    return WageAccount.objects.create(
        project=project,
        region_path=project.region_path,
        account_number=NUMBER,
        number_masked=number_masked(NUMBER),
        **told,
    )


def month(project: Project | None = None, first: date = SEPTEMBER, **values: Any) -> WageMonth:
    """A month in which all was paid, unless something else is said."""
    project = project or site()
    paid: dict[str, Any] = {
        "labour_due": Decimal(90_000),
        "paid_in": Decimal(90_000),
        "paid_in_on": first.replace(day=28),
        "wages_due": Decimal(60_000),
        "paid_out": Decimal(60_000),
        "paid_out_on": first.replace(day=28),
        "people_paid": 10,
    }
    return WageMonth.objects.create(project=project, region_path=project.region_path, month=first, **paid | values)
