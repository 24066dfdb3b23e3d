"""Periodic work on accounts."""

from django.utils import timezone

from apps.accounts.services.grants import expire_grants
from apps.accounts.services.sessions import tidy
from apps.core.tasks import task


@task(name="accounts.expire_grants")
def expire() -> None:
    expire_grants(timezone.localdate())


@task(name="accounts.tidy")
def tidy_up() -> None:
    tidy(timezone.now())
