from django.urls import include, path

from apps.core.edition_pages import edition_page
from apps.core.pages import register_urls
from apps.core.registers import registry
from apps.people import views
from apps.people.registers import CertificateRuleRegister, ConsentWordingRegister, PersonRegister, RetentionRuleRegister

pages = [
    path("", views.staff_list, name="list"),
    path("find/", views.find, name="find"),
    path("<str:key>/history/", views.history_page, name="history"),
    path("<str:key>/reveal/", views.reveal, name="reveal"),
    path("<str:key>/consents/<slug:purpose>/", views.consent_page, name="consent"),
    path("<str:key>/certificates/new/", views.certificate_page, name="new_certificate"),
    path("<str:key>/certificates/<int:certificate_id>/", views.certificate_page, name="certificate"),
    *register_urls(PersonRegister, detail=views.detail),
]

rules = register_urls(CertificateRuleRegister, detail=edition_page(registry[CertificateRuleRegister.name]))
wordings = register_urls(ConsentWordingRegister, detail=edition_page(registry[ConsentWordingRegister.name]))
terms = register_urls(RetentionRuleRegister, detail=views.retention_page)
of_others = [path("enterprises/<str:key>/people/", views.of_enterprise, name="enterprise")]

urlpatterns = [
    path("people/", include((pages, "people"))),
    path("system/certificate-rules/", include((rules, "certificate_rules"))),
    path("system/consent-wordings/", include((wordings, "consent_wordings"))),
    path("system/retention/", include((terms, "retention_rules"))),
    path("", include((of_others, "people_of"))),
]
