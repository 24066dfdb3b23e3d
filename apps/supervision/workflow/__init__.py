from apps.supervision.workflow.listing import LISTING
from apps.supervision.workflow.stop_work import STOP_WORK
from apps.supervision.workflow.transfer import CLOCKS, TRANSFER

__all__ = ["CLOCKS", "LISTING", "STOP_WORK", "TRANSFER"]
