"""The API of inspections: reading where nothing is said here."""

from apps.inspections.api import draws

VIEWSETS = {**draws.VIEWSETS}
