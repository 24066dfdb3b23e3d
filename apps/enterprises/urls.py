from django.urls import include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.enterprises import views
from apps.enterprises.presenting import MERGE_CASE
from apps.enterprises.registers import EnterpriseRegister, MergeRegister

pages = [
    path("likely/", views.likely_page, name="likely"),
    path("<str:key>/merge/", views.merge_page, name="merge"),
    path("<str:key>/history/", views.history_page, name="history"),
    *register_urls(EnterpriseRegister, detail=views.detail),
]

urlpatterns = [
    path("enterprises/", include((pages, "enterprises"))),
    path("enterprise-merges/", include((case_urls(MERGE_CASE, MergeRegister), "enterprise_merges"))),
]
