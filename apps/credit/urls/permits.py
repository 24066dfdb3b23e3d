from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.credit.papers import paper_page
from apps.credit.presenting.permits import PERMIT_CASE, permit_page, rule_page
from apps.credit.registers.permits import PermitCaseRegister, PermitRegister, PermitRuleRegister

cases = [
    path("<str:key>/papers/<slug:kind>/", partial(paper_page, case=PERMIT_CASE), name="paper"),
    *case_urls(PERMIT_CASE, PermitCaseRegister),
]
permits = register_urls(PermitRegister, detail=permit_page)
rules = register_urls(PermitRuleRegister, detail=rule_page)
urlpatterns: list[URLPattern | URLResolver] = [
    path("credit/permit-cases/", include((cases, "permit_cases"))),
    path("credit/permits/", include((permits, "permits"))),
    path("system/permit-rules/", include((rules, "permit_rules"))),
]
