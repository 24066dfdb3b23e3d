"""Registers of duties on site."""

from apps.duty.registers.appointments import DirectorNeeds, DirectorRegister, InspectorRegister, SiteNeeds
from apps.duty.registers.editions import DutyTermRegister, LogItemRegister, WordingRegister
from apps.duty.registers.months import DutyMonthRegister, FirmDutyMonthRegister
from apps.duty.registers.records import CommitmentRegister, DutyDayRegister, LeaveRegister, SafetyLogRegister

__all__ = [
    "CommitmentRegister",
    "DirectorNeeds",
    "DirectorRegister",
    "DutyDayRegister",
    "DutyMonthRegister",
    "DutyTermRegister",
    "FirmDutyMonthRegister",
    "InspectorRegister",
    "LeaveRegister",
    "LogItemRegister",
    "SafetyLogRegister",
    "SiteNeeds",
    "WordingRegister",
]
