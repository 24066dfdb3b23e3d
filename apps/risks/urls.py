from django.urls import include, path

from apps.core.pages import register_urls
from apps.risks.registers import RiskRegister, RiskRuleRegister
from apps.risks.views import of_project, overview, pages, rules

risks = [
    path("new/", pages.record_page, name="new"),
    path("overview/", overview.overview_page, name="overview"),
    path("<str:key>/edit/", pages.record_page, name="edit"),
    *register_urls(RiskRegister, detail=pages.detail_page),
    path("<str:key>/<slug:move>/", pages.move_page, name="move"),
]
urlpatterns = [
    path("risks/", include((risks, "risks"))),
    path("risk-rules/", include((register_urls(RiskRuleRegister, detail=rules.rule_page), "risk_rules"))),
    path("projects/<str:key>/risks/", of_project.risks_page, name="project_risks"),
    path("projects/<str:key>/risks/notice/", of_project.notice_page, name="project_risk_notice"),
]
