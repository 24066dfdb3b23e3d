from django.urls import include, path

from apps.core.edition_pages import edition_page
from apps.core.pages import register_urls
from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.coverage.registers import CoverageDayRegister, CoverageGapRegister, CoverageRuleRegister
from apps.coverage.views import of_project, regions

days = register_urls(CoverageDayRegister, detail=record_page(registry[CoverageDayRegister.name]))
gaps = register_urls(CoverageGapRegister, detail=record_page(registry[CoverageGapRegister.name]))
rules = register_urls(CoverageRuleRegister, detail=edition_page(registry[CoverageRuleRegister.name]))
urlpatterns = [
    path("coverage/", regions.coverage_page, name="coverage"),
    path("coverage/regions/<str:key>/", regions.coverage_page, name="coverage_region"),
    path("coverage/days/", include((days, "coverage_days"))),
    path("coverage/gaps/", include((gaps, "coverage_gaps"))),
    path("system/coverage-rules/", include((rules, "coverage_rules"))),
    path("projects/<str:key>/coverage/", of_project.project_page, name="project_coverage"),
    path("projects/<str:key>/coverage/people/<int:person>/", of_project.person_page, name="coverage_person"),
]
