"""The API of credit supervision, by subject."""

from typing import Any

from apps.credit.api import certificates, entries, listings, permits, repairs

VIEWSETS: dict[str, Any] = {
    **entries.VIEWSETS,
    **permits.VIEWSETS,
    **listings.VIEWSETS,
    **repairs.VIEWSETS,
    **certificates.VIEWSETS,
}
urlpatterns = [*repairs.urlpatterns, *certificates.urlpatterns]
