"""What waits of duties on sites, and for whom, for the morning digest."""

from collections.abc import Iterator
from datetime import date

from apps.accounts.holders import holders_by
from apps.core.months import first_of
from apps.duty.models import DutyMonth, Leave, LeaveState
from apps.duty.workflow import DECIDES
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level
from apps.projects.models import PartyRole, Post, ProjectParty
from apps.projects.selectors import members_by


@digest_source
def open_leaves(day: date) -> Iterator[OpenItem]:
    """Leave that the owner has not answered, for those of the owner who may."""
    leaves = list(Leave.objects.filter(state=LeaveState.ASKED).select_related("project", "person").order_by("pk"))
    parties = ProjectParty.objects.current(day).filter(role=PartyRole.OWNER)
    owners = dict(parties.filter(project__in={one.project_id for one in leaves}).values_list("project", "enterprise"))
    holders = holders_by(DECIDES, "organisation", owners.values())
    for leave in leaves:
        for person in holders[owners.get(leave.project_id)]:
            title = f"带班请假待同意：{leave.project.name}　{leave.person.name}"
            yield OpenItem(person, title, leave.get_absolute_url(), Level.REMINDER)


@digest_source
def months_without_logs(day: date) -> Iterator[OpenItem]:
    """Sites on which logs of this month are missing, for their officers."""
    rows = DutyMonth.objects.filter(month=first_of(day), missing_logs__gt=0).select_related("project").order_by("pk")
    months = list(rows)
    officers = members_by([one.project_id for one in months], day, Post.PROJECT_SAFETY_OFFICER)
    for month in months:
        for person in officers.get(month.project_id, ()):
            title = f"安全日志缺{month.missing_logs}天：{month.project.name}"
            yield OpenItem(person, title, month.get_absolute_url(), Level.MUST_DO)
