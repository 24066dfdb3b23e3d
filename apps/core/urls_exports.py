from django.urls import path

from apps.core import jobs_pages

app_name = "exports"
urlpatterns = [path("", jobs_pages.export_list, name="list")]
