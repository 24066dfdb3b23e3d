"""Trainings from workbooks."""

from apps.training.importing.classes import ClassImporter

__all__ = ["ClassImporter"]
