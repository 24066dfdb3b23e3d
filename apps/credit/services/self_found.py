"""自查隐患: what a firm finds itself is not held against it while it is put right in time; what it leaves open is.

`CreditProfile.spares_self_found` is the setting.  Where it does not spare, the order feeds as that of an authority does
(`apps.credit.services.feeding`); where it does, the hazard is spared until its term is over, and proposed from then on.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from apps.core.models import Event
from apps.credit.models import CreditEntry, Trigger
from apps.credit.services.feeding import News, office_at, on_site, propose_one
from apps.hazards.models import Grade, Hazard, State
from apps.hazards.models.hazard import is_overdue

ENTERED = CreditEntry.objects.filter(
    source_type=Hazard._meta.label_lower, source_id=Cast(OuterRef("pk"), output_field=CharField())
)


def majors() -> QuerySet[Hazard]:
    """The major hazards that firms found themselves; the others no item asks for."""
    return Hazard.objects.filter(by_authority=False, grade=Grade.MAJOR)


def is_entered() -> Exists:
    """Whether there is an entry for the hazard, whatever has become of it."""
    return Exists(ENTERED)


def propose_left_open(day: date) -> int:
    """One proposal for each whose term is over without an answer; answers how many are new."""
    late = majors().filter(is_overdue(day)).exclude(is_entered())
    return sum(propose_late(key) for key in list(late.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def propose_late(key: int) -> int:
    """By the event that ordered it, so that nothing is proposed twice; the conduct is of the day after its term."""
    hazard = majors().select_for_update(of=("self",)).filter(pk=key, state__in=State.WITH_FIRM).first()
    ordered = Event.objects.of(hazard).filter(name="order").last() if hazard else None
    if hazard is None or hazard.deadline is None or ordered is None:
        return 0
    told = f"{hazard.description}（企业自查发现，整改期限 {hazard.deadline} 届满未整改）"
    proof = f"隐患台账 {hazard.number}，整改期限 {hazard.deadline}"
    news = News(
        Trigger.MAJOR_HAZARD,
        [hazard.enterprise_id],
        hazard.deadline + timedelta(days=1),
        told,
        proof,
        office_at(hazard.region_path),
        on_site(hazard),
    )
    return propose_one(news, hazard, ordered)
