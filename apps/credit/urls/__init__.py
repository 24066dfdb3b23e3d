"""The addresses of credit supervision, by subject."""

from django.urls import URLPattern, URLResolver

from apps.credit.urls import certificates, entries, listings, permits, repairs, standings

urlpatterns: list[URLPattern | URLResolver] = [
    # Before those of entries and listings, whose moves have addresses of the same shape.
    *repairs.urlpatterns,
    *entries.urlpatterns,
    *standings.urlpatterns,
    *permits.urlpatterns,
    *listings.urlpatterns,
    *certificates.urlpatterns,
]
