from apps.hazards.models.criteria import Criterion, CriterionEdition
from apps.hazards.models.hazard import Hazard, HazardQuerySet
from apps.hazards.models.photo import Photo, PhotoStage
from apps.hazards.models.reminder import Reminder
from apps.hazards.models.tally import Tally
from apps.hazards.models.words import (
    FIVE_COMMITMENTS,
    LEGAL_CHANGES,
    Disposal,
    Grade,
    RiskLevel,
    Source,
    State,
)

__all__ = [
    "FIVE_COMMITMENTS",
    "LEGAL_CHANGES",
    "Criterion",
    "CriterionEdition",
    "Disposal",
    "Grade",
    "Hazard",
    "HazardQuerySet",
    "Photo",
    "PhotoStage",
    "Reminder",
    "RiskLevel",
    "Source",
    "State",
    "Tally",
]
