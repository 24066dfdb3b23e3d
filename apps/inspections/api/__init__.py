"""The API of inspections; each part has its file."""

from apps.inspections.api import draws, phone, phone_hazards, plans, visits

VIEWSETS = {**draws.VIEWSETS, **plans.VIEWSETS, **visits.VIEWSETS}
urlpatterns = [*visits.urlpatterns, *phone.urlpatterns, *phone_hazards.urlpatterns]
