"""The ways in which a measure begins on a hazard: the same for the page and for the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.hazards.models import Hazard
from apps.supervision import services
from apps.supervision.forms import BeginForm, ProposeForm, StopWorkForm, TransferForm


@dataclass(frozen=True)
class Beginning:
    """`begin(hazard, by=…, **values of the form)` makes the measure; `cannot(hazard, user)` says why not, or None."""

    permission: str
    label: str
    form: type[BeginForm]
    begin: Callable[..., Any]
    cannot: Callable[[Hazard, Any], str | None]


# By the last part of the address.
BEGINNINGS: dict[str, Beginning] = {
    "listing": Beginning(
        "supervision.propose_listing", "提请挂牌督办", ProposeForm, services.propose, services.cannot_propose
    ),
    "stop-work": Beginning(
        "supervision.order_stopwork", "责令停工", StopWorkForm, services.stop_work, services.cannot_stop
    ),
    "transfer": Beginning(
        "supervision.send_transfer", "移送案件", TransferForm, services.transfer, services.cannot_transfer
    ),
}
