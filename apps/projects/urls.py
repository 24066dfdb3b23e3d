from django.urls import include, path

from apps.core.pages import register_urls
from apps.projects.registers import DangerousWorkRegister, ProjectRegister
from apps.projects.views import pages, parts, works

of_project = [
    path("<str:key>/edit/", pages.edit, name="edit"),
    path("<str:key>/parties/", parts.parties, name="parties"),
    path("<str:key>/parties/new/", parts.party_page, name="new_party"),
    path("<str:key>/parties/<int:party_id>/", parts.party_page, name="party"),
    path("<str:key>/people/", parts.people, name="people"),
    path("<str:key>/people/new/", parts.member_page, name="new_member"),
    path("<str:key>/people/<int:member_id>/", parts.member_page, name="member"),
    path("<str:key>/dangerous/", works.dangerous, name="dangerous"),
    path("<str:key>/dangerous/new/", works.work_page, name="new_work"),
    path("<str:key>/dangerous/<int:work_id>/", works.work_page, name="work"),
    path("<str:key>/history/", pages.history_page, name="history"),
    *register_urls(ProjectRegister, detail=pages.detail),
]
of_others = [path("enterprises/<str:key>/projects/", pages.of_enterprise, name="enterprise")]
of_works = [
    path("new/", works.new_work, name="new"),
    path("<str:key>/edit/", works.edit_work, name="edit"),
    *register_urls(DangerousWorkRegister, detail=works.work_detail),
]

urlpatterns = [
    path("projects/", include((of_project, "projects"))),
    path("dangerous-works/", include((of_works, "dangerous_works"))),
    path("", include((of_others, "projects_of"))),
]
