from apps.hazards.models.criteria import Criterion, CriterionEdition
from apps.hazards.models.hazard import Hazard, HazardQuerySet
from apps.hazards.models.ladder import Hearer, ReminderRule
from apps.hazards.models.photo import Photo, PhotoStage
from apps.hazards.models.reminder import Alarm, Plan, Reminder
from apps.hazards.models.staged import StagedHazard, StagedParties
from apps.hazards.models.tally import Standing, Tally
from apps.hazards.models.words import (
    FIVE_COMMITMENTS,
    LEGAL_CHANGES,
    Disposal,
    Grade,
    ListedLevel,
    Source,
    State,
)
from apps.risks.models import RiskLevel

__all__ = [
    "FIVE_COMMITMENTS",
    "LEGAL_CHANGES",
    "Alarm",
    "Criterion",
    "CriterionEdition",
    "Disposal",
    "Grade",
    "Hazard",
    "HazardQuerySet",
    "Hearer",
    "ListedLevel",
    "Photo",
    "PhotoStage",
    "Plan",
    "Reminder",
    "ReminderRule",
    "RiskLevel",
    "Source",
    "StagedHazard",
    "StagedParties",
    "Standing",
    "State",
    "Tally",
]
