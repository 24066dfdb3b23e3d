from django.urls import include, path

from apps.dashboards import stats_pages, statutory_pages, views, wage_report

pages = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("menu/", views.menu, name="menu"),
    path("help/", views.help_page, name="help"),
    path("help/shortcuts/", views.help_page, {"page": "shortcuts"}, name="shortcuts"),
    path("browser/", views.help_page, {"page": "browser"}, name="browser"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
stats = [
    path("", stats_pages.page, name="own"),
    path("statutory/", statutory_pages.page, name="statutory"),
    path("statutory/<str:key>/", statutory_pages.page, name="statutory_region"),
    path("statutory/<str:key>/export/", statutory_pages.export, name="statutory_export"),
    path("wages/", wage_report.page, name="wages"),
    path("wages/<str:key>/", wage_report.page, name="wages_region"),
    path("<str:key>/", stats_pages.page, name="region"),
    path("<str:key>/export/", stats_pages.export, name="export"),
]
urlpatterns = [path("", include((pages, "dashboards"))), path("stats/", include((stats, "stats")))]
