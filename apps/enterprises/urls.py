from django.urls import include, path

from apps.core.pages import register_urls
from apps.enterprises import views
from apps.enterprises.registers import EnterpriseRegister

pages = [
    path("<str:key>/history/", views.history_page, name="history"),
    *register_urls(EnterpriseRegister, detail=views.detail),
]

urlpatterns = [path("enterprises/", include((pages, "enterprises")))]
