from django.urls import include, path

from apps.core.edition_pages import edition_page
from apps.core.pages import register_urls
from apps.core.registers import registry
from apps.people.registers import CertificateRuleRegister, ConsentWordingRegister, PersonRegister, RetentionRuleRegister
from apps.people.views import cards, persons

pages = [
    path("", persons.staff_list, name="list"),
    path("find/", persons.find, name="find"),
    path("<str:key>/history/", persons.history_page, name="history"),
    path("<str:key>/reveal/", persons.reveal, name="reveal"),
    path("<str:key>/card/", cards.card_page, name="card"),
    path("<str:key>/consents/<path:purpose>/", persons.consent_page, name="consent"),
    path("<str:key>/certificates/new/", persons.certificate_page, name="new_certificate"),
    path("<str:key>/certificates/<int:certificate_id>/", persons.certificate_page, name="certificate"),
    *register_urls(PersonRegister, detail=persons.detail),
]

rules = register_urls(CertificateRuleRegister, detail=edition_page(registry[CertificateRuleRegister.name]))
wordings = register_urls(ConsentWordingRegister, detail=edition_page(registry[ConsentWordingRegister.name]))
terms = register_urls(RetentionRuleRegister, detail=persons.retention_page)
public_cards = [
    path("verify/", cards.verify_page, name="verify"),
    path("state/", cards.card_state, name="state"),
    path("revoked/", cards.revoked_cards, name="revoked"),
    path("sw.js", cards.service_worker, name="worker"),
]
of_others = [path("enterprises/<str:key>/people/", persons.of_enterprise, name="enterprise")]

urlpatterns = [
    path("people/", include((pages, "people"))),
    path("system/certificate-rules/", include((rules, "certificate_rules"))),
    path("system/consent-wordings/", include((wordings, "consent_wordings"))),
    path("system/retention/", include((terms, "retention_rules"))),
    path("m/cards/", include((public_cards, "cards"))),
    path("", include((of_others, "people_of"))),
]
