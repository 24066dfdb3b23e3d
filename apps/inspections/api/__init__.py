"""The API of inspections, by part."""

from apps.inspections.api import phone

urlpatterns = [*phone.urlpatterns]
