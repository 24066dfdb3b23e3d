from django.conf import settings
from django.urls import include, path

handler400 = "apps.core.errors.bad_request"
handler403 = "apps.core.errors.forbidden"
handler404 = "apps.core.errors.not_found"
handler500 = "apps.core.errors.server_error"

urlpatterns = [
    path("api/", include("hebei_safety.api_urls")),
    *(path("", include(f"{app}.urls")) for app in settings.PROJECT_APPS),
]
