from django.urls import include, path

from apps.core.pages import register_urls
from apps.wages import views
from apps.wages.registers import AccountRegister, WageRegister, WageRuleRegister

accounts = register_urls(AccountRegister, detail=views.account_page)
months = [
    path("<str:key>/proof/", views.proof_file, name="proof"),
    path("<str:key>/prove/", views.prove_page, name="prove"),
    *register_urls(WageRegister, detail=views.month_page),
]
rules = register_urls(WageRuleRegister, detail=views.rule_page)
urlpatterns = [
    path("wage-accounts/", include((accounts, "wage_accounts"))),
    path("wages/", include((months, "wages"))),
    path("system/wage-rules/", include((rules, "wage_rules"))),
    path("projects/<str:key>/wages/", views.wages_page, name="project_wages"),
]
