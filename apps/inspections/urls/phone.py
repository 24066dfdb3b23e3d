from django.urls import include, path

from apps.inspections.views import phone

pages = [
    path("", phone.today_page, name="today"),
    path("inspect/<str:number>/", phone.inspect_page, name="inspect"),
    path("hazard/new/", phone.hazard_page, name="hazard"),
    path("offline/", phone.offline_page, name="offline"),
    path("sw.js", phone.service_worker, name="worker"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
]
urlpatterns = [path("m/", include((pages, "phone")))]
