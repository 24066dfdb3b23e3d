"""Catalogue, entries and their proof, standings, lists, repairs, permits, certificates: what credit keeps."""

from apps.credit.models.appeals import Appeal, AppealKind, AppealOutcome
from apps.credit.models.blacklist import Blacklisting, JointMeasure
from apps.credit.models.catalogue import CreditItem, CreditProfile, RepairTerm
from apps.credit.models.certificates import Agency, CreditCertificate, LookUp
from apps.credit.models.entries import CreditEntry
from apps.credit.models.evidence import EntryEvidence
from apps.credit.models.lists import ListType
from apps.credit.models.permits import GRADES, MOST_DAYS, PermitCase, PermitRule
from apps.credit.models.proceeding import Proceeding
from apps.credit.models.repairs import CreditRepair
from apps.credit.models.standing import CreditStanding, PersonStanding
from apps.credit.models.words import (
    CertificateState,
    Decay,
    EntryState,
    Letter,
    ListState,
    MeasureState,
    Nature,
    OfficeKind,
    Part,
    PermitMeasure,
    PermitState,
    Removal,
    RepairState,
    Severity,
    Subject,
    Trigger,
)

__all__ = [
    "GRADES",
    "MOST_DAYS",
    "Agency",
    "Appeal",
    "AppealKind",
    "AppealOutcome",
    "Blacklisting",
    "CertificateState",
    "CreditCertificate",
    "CreditEntry",
    "CreditItem",
    "CreditProfile",
    "CreditRepair",
    "CreditStanding",
    "Decay",
    "EntryEvidence",
    "EntryState",
    "JointMeasure",
    "Letter",
    "ListState",
    "ListType",
    "LookUp",
    "MeasureState",
    "Nature",
    "OfficeKind",
    "Part",
    "PermitCase",
    "PermitMeasure",
    "PermitRule",
    "PermitState",
    "PersonStanding",
    "Proceeding",
    "Removal",
    "RepairState",
    "RepairTerm",
    "Severity",
    "Subject",
    "Trigger",
]
