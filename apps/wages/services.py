"""Writing accounts and months; only those who keep a project's roster do."""

from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.files import store
from apps.core.records import save_form
from apps.core.scans import MOST_BYTES
from apps.core.workflow import TransitionRefused, lock
from apps.roster.selectors import keeps_roster
from apps.wages.models import WageAccount, WageMonth, number_masked

NOT_YOURS = "您不负责本项目的工资：由施工总承包单位或在本项目任职的人员登记"


def save_account(form: Any, *, by: Any, version: int | None = None) -> WageAccount:
    """Write an account; raises TransitionRefused with a sentence to show."""
    account: WageAccount = form.instance
    hang(account, by)
    if number := form.cleaned_data.get("account_number"):
        account.account_number, account.number_masked = number, number_masked(number)
    return save_form(form, by=by, version=version)


def save_month(form: Any, *, by: Any, version: int | None = None) -> WageMonth:
    """Write a month; raises TransitionRefused with a sentence to show."""
    hang(form.instance, by)
    return save_form(form, by=by, version=version)


@transaction.atomic
def prove(month: WageMonth, file: Any, *, by: Any) -> WageMonth:
    """Keep the paper that proves the payment, in place of an earlier one, which the history still names.

    Raises FileRefused, and TransitionRefused for those who do not keep the project's wages.
    """
    current = lock(month, by)
    hang(current, by)
    stored = store(file, name=file.name, by=by, limit=MOST_BYTES)
    told = [f"{one}（SHA-256 {one.sha256}）" if one else "" for one in (current.proof, stored)]
    current.proof, current.version = stored, current.version + 1
    current.save(update_fields=["proof", "version"])
    record_event(current, "changed", by=by, facts={"payment_proof": told})
    return current


def hang(row: WageAccount | WageMonth, by: Any) -> None:
    """Under the project's path, for those who may write there."""
    if not keeps_roster(by, row.project):
        raise TransitionRefused(NOT_YOURS)
    row.region_path = row.project.region_path
