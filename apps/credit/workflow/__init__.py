"""The tables of moves: entries, listings, permits, repairs, joint measures."""

from apps.credit.workflow.certificate import CERTIFICATE
from apps.credit.workflow.entry import ENTRY
from apps.credit.workflow.joint import JOINT
from apps.credit.workflow.listing import LISTING
from apps.credit.workflow.permit import PERMIT
from apps.credit.workflow.repair import REPAIR

__all__ = ["CERTIFICATE", "ENTRY", "JOINT", "LISTING", "PERMIT", "REPAIR"]
