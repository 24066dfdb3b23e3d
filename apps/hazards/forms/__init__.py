"""What is typed about a hazard: its own sheet, and one small form per move."""

from apps.hazards.forms.moves import MOVE_FORMS, HandlerForm, MoveForm, UrgingForm
from apps.hazards.forms.sheet import HazardForm

__all__ = ["MOVE_FORMS", "HandlerForm", "HazardForm", "MoveForm", "UrgingForm"]
