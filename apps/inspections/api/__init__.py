"""The API of inspections; each part has its file."""

from apps.inspections.api import plans, visits

VIEWSETS = {**plans.VIEWSETS, **visits.VIEWSETS}
urlpatterns = [*visits.urlpatterns]
