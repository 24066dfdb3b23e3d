from django.urls import include, path, register_converter

from apps.core.pages import register_urls
from apps.hazards import ladder_register as ladder
from apps.hazards import of_project, papers, suggesting, views
from apps.hazards.registers import HazardRegister


class PhotoSize:
    regex = "thumbnail|shown|original"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PhotoSize, "photo_size")

hazards = [
    path("new/", views.record_page, name="new"),
    path("sites/", suggesting.sites_found, name="sites"),
    path("sites/given/", suggesting.given, name="given"),
    path("criteria/", suggesting.criteria, name="criteria"),
    path("compare/", views.compare_page, name="compare"),
    path("phrases/", suggesting.phrases, name="phrases"),
    path("photos/<uuid:key>/<photo_size:size>/", views.photo, name="photo"),
    path("<str:key>/edit/", views.record_page, name="edit"),
    *register_urls(HazardRegister, detail=views.detail_page),
    path("<str:key>/papers/<slug:kind>/", papers.paper_page, name="paper"),
    path("<str:key>/<slug:move>/", views.move_page, name="move"),
]
rules = [
    *register_urls(ladder.ReminderRuleRegister, detail=ladder.rule_page),
    path("<str:key>/switch/", ladder.switch_page, name="switch"),
]
urlpatterns = [
    path("system/reminder-rules/", include((rules, "reminder_rules"))),
    path("hazards/", include((hazards, "hazards"))),
    path("projects/<str:key>/hazards/", of_project.hazards_page, name="project_hazards"),
]
