"""Registers of training."""

from apps.training.registers.courses import CourseRegister, HoursRuleRegister, PlanRegister
from apps.training.registers.people import ParticipationRegister, TraineeRegister
from apps.training.registers.sessions import SessionRegister

__all__ = [
    "CourseRegister",
    "HoursRuleRegister",
    "ParticipationRegister",
    "PlanRegister",
    "SessionRegister",
    "TraineeRegister",
]
