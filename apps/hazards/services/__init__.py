from apps.hazards.services.numbers import next_numbers
from apps.hazards.services.recording import record_hazard, save_and_order, save_draft

__all__ = ["next_numbers", "record_hazard", "save_and_order", "save_draft"]
