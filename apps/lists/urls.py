from django.urls import URLPattern, URLResolver, include, path

from apps.core.pages import register_urls
from apps.lists.registers import DifferenceRegister, ReconciliationRegister, SnapshotRegister
from apps.lists.views import compared, current, frozen, settings

lists = [
    path("", current.home, name="home"),
    path("show/<slug:code>/", current.show, name="show"),
    path("show/<slug:code>/export/", current.export, name="export"),
    path("show/<slug:code>/freeze/", current.freeze_page, name="freeze"),
]
sets = [
    path("", settings.sets_page, name="list"),
    path("<int:pk>/activate/", settings.activate_page, name="activate"),
    path("<int:pk>/names/", settings.names_page, name="names"),
    path("<int:pk>/new/", settings.new_page, name="new"),
    path("lists/<int:pk>/", settings.edit_page, name="edit"),
]
snapshots: list[URLPattern] = [
    path("<str:key>/print/", frozen.print_page, name="print"),
    path("<str:key>/book/", frozen.export, name="book"),
    path("<str:key>/sign/", frozen.sign_page, name="sign"),
    path("<str:key>/void/", frozen.void_page, name="void"),
    path("<str:key>/compare/", frozen.compare_page, name="compare"),
    *register_urls(SnapshotRegister, detail=frozen.detail),
]
reconciliations = register_urls(ReconciliationRegister, detail=compared.detail)
differences = register_urls(DifferenceRegister, detail=compared.difference_page)

urlpatterns: list[URLPattern | URLResolver] = [
    path("lists/snapshots/", include((snapshots, "list_snapshots"))),
    path("lists/reconciliations/", include((reconciliations, "list_reconciliations"))),
    path("lists/differences/", include((differences, "list_differences"))),
    path("system/lists/", include((sets, "list_sets"))),
    path("lists/", include((lists, "lists"))),
]
