"""Forms of the roster."""

from apps.roster.forms.engagements import EngagementForm
from apps.roster.forms.small import DeviceForm, SetAsideForm

__all__ = ["DeviceForm", "EngagementForm", "SetAsideForm"]
