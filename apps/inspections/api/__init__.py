"""The API of inspections; each part has its file."""

from apps.inspections.api import phone, visits

VIEWSETS = {**visits.VIEWSETS}
urlpatterns = [*visits.urlpatterns, *phone.urlpatterns]
