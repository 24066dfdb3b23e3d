from django.urls import include, path

from apps.core.pages import register_urls
from apps.regions import views
from apps.regions.registers import RegionRegister

regions = [
    path("<str:key>/rename/", views.rename_page, name="rename"),
    *register_urls(RegionRegister, detail=views.region_page),
]
urlpatterns = [path("system/regions/", include((regions, "regions")))]
