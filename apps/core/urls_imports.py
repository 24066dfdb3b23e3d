from django.urls import path

from apps.core.imports import pages

app_name = "imports"
urlpatterns = [
    path("", pages.batch_list, name="list"),
    path("<slug:register>/new/", pages.upload_page, name="upload"),
    path("<slug:register>/template.xlsx", pages.template_file, name="template"),
    path("<uuid:pk>/", pages.batch_page, name="detail"),
    path("<uuid:pk>/columns/", pages.columns_page, name="columns"),
    path("<uuid:pk>/file/", pages.original_file, name="file"),
    path("<uuid:pk>/problems.xlsx", pages.problems_file, name="problems"),
]
