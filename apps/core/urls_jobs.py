from django.urls import path

from apps.core import jobs_pages

app_name = "jobs"
urlpatterns = [
    path("", jobs_pages.job_list, name="list"),
    path("<uuid:pk>/", jobs_pages.job_page, name="detail"),
    path("<uuid:pk>/toast/", jobs_pages.job_toast, name="toast"),
    path("<uuid:pk>/file/", jobs_pages.job_file, name="file"),
    path("<uuid:pk>/cancel/", jobs_pages.job_cancel, name="cancel"),
]
