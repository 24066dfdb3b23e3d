"""Verbs that write the libraries."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.holders import holders_by
from apps.core.records import save_form
from apps.core.workflow import TransitionRefused
from apps.inspections.models import Inspector, Visit, VisitState
from apps.notifications.models import Level
from apps.notifications.services import Notice, notify_all
from apps.people.models import EXPIRY_STEPS

KEEPS = "inspections.change_inspector"


@transaction.atomic
def save_inspector(form: Any, *, by: Any, version: int | None = None) -> Inspector:
    """An inspector belongs to the office of the account, whoever enters them."""
    inspector: Inspector = form.instance
    office = inspector.user.organisation
    inspector.organisation, inspector.region_path = office, office.region_path
    if not inspector.is_active and not inspector._state.adding:
        refuse_while_sent(inspector)
    return save_form(form, by=by, version=version)


def refuse_while_sent(inspector: Inspector) -> None:
    ahead = Visit.objects.filter(team__inspector=inspector, state__in=VisitState.OPEN).order_by("planned_on").first()
    if ahead is not None:
        raise TransitionRefused(f"还有未完成的检查 {ahead.number}（{ahead.planned_on}），请先调整检查组")


def remind_of_certificates(day: date | None = None) -> int:
    """Tell of certificates that run out, at the steps of those of firms' staff, each once; answers how many are new."""
    today = day or timezone.localdate()
    ending = Inspector.objects.filter(
        is_active=True, user__is_active=True, valid_until__range=(today, today + timedelta(days=EXPIRY_STEPS[0]))
    )
    found = list(ending.select_related("user").order_by("pk"))
    keepers = holders_by(KEEPS, "organisation", {inspector.organisation_id for inspector in found})
    return notify_all(
        notice
        for inspector in found
        for notice in notices_of(inspector, today, keepers.get(inspector.organisation_id, []))
    )


def notices_of(inspector: Inspector, today: date, keepers: list[int]) -> list[Notice]:
    left = (inspector.valid_until - today).days
    step = min(step for step in EXPIRY_STEPS if left <= step)
    title = (
        f"{inspector.user.name}的行政执法证 {left} 天后到期" if left else f"{inspector.user.name}的行政执法证今天到期"
    )
    return [
        Notice(
            person,
            "inspector_certificate",
            title,
            inspector.get_absolute_url(),
            f"inspector:{inspector.pk}:{inspector.valid_until}:{step}",
            Level.MUST_DO if step == EXPIRY_STEPS[-1] else Level.REMINDER,
            f"有效期至 {inspector.valid_until}，到期后不能承担检查任务，请及时换证并更新人员库",
        )
        for person in dict.fromkeys([inspector.user_id, *keepers])
    ]
