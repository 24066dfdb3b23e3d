from django.urls import include, path

urlpatterns = [
    path("jobs/", include("apps.core.urls_jobs")),
    path("exports/", include("apps.core.urls_exports")),
    path("imports/", include("apps.core.urls_imports")),
    path("drafts/", include("apps.core.urls_drafts")),
]
