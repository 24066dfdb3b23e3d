from django.urls import include, path

from apps.core import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("jobs/", include("apps.core.urls_jobs")),
    path("exports/", include("apps.core.urls_exports")),
    path("imports/", include("apps.core.urls_imports")),
    path("drafts/", include("apps.core.urls_drafts")),
]
