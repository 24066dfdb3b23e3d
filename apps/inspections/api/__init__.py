"""The API of inspections; each part has its file."""

from apps.inspections.api import draws, visits

VIEWSETS = {**draws.VIEWSETS, **visits.VIEWSETS}
urlpatterns = [*visits.urlpatterns]
