from apps.supervision.models.listing import (
    LISTING_CHANGES,
    RELEASE_PROCEDURE,
    Listing,
    ListingState,
)
from apps.supervision.models.measure import Measure
from apps.supervision.models.rules import EscalationRule
from apps.supervision.models.stop_work import STOP_CHANGES, StopScope, StopState, StopWork
from apps.supervision.models.transfer import TRANSFER_CHANGES, Transfer, TransferKind, TransferState

__all__ = [
    "LISTING_CHANGES",
    "RELEASE_PROCEDURE",
    "STOP_CHANGES",
    "TRANSFER_CHANGES",
    "EscalationRule",
    "Listing",
    "ListingState",
    "Measure",
    "StopScope",
    "StopState",
    "StopWork",
    "Transfer",
    "TransferKind",
    "TransferState",
]
