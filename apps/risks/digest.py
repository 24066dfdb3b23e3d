"""What the morning digest says of risks: red ones that wait for the enterprise's approval."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level
from apps.risks.models import RiskPoint
from apps.risks.workflow import APPROVE_RED, RED_PROPOSED


@digest_source
def red_risks(day: date) -> Iterator[OpenItem]:
    """To those of the general contractor who decide about red risks."""
    rows = RiskPoint.objects.filter(RED_PROPOSED)
    firms = rows.order_by().values("project__enterprise")
    deciding: dict[int | None, list[int]] = defaultdict(list)
    people = User.objects.holding(*roles_holding(APPROVE_RED)).filter(organisation__in=firms)
    for person, firm in people.order_by("pk").values_list("pk", "organisation"):
        deciding[firm].append(person)
    for risk in rows.select_related("project").order_by("pk").iterator():
        for person in deciding[risk.project.enterprise_id]:
            yield OpenItem(person, f"待批准重大（红色）风险：{risk.name}", risk.get_absolute_url(), Level.MUST_DO)
