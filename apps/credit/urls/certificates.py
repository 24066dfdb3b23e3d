from django.urls import URLPattern, URLResolver, include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.credit.presenting.certificates import CERTIFICATE_CASE, agency_page, look_up_page
from apps.credit.public import certificates as public
from apps.credit.registers.certificates import AgencyRegister, CreditCertificateRegister, LookUpRegister
from apps.credit.views import certificates as views

certificates = [
    path("new/", views.new_page, name="new"),
    path("<str:key>/pdf/", views.pdf_file, name="pdf"),
    path("<str:key>/json/", views.json_file, name="json"),
    *case_urls(CERTIFICATE_CASE, CreditCertificateRegister),
]
agencies = [
    path("<str:key>/token/", views.token_page, name="token"),
    *register_urls(AgencyRegister, detail=agency_page),
]
look_ups = register_urls(LookUpRegister, detail=look_up_page)
PUBLIC = "public/credit-certificates/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("credit/certificates/", include((certificates, "credit_certificates"))),
    path("system/agencies/", include((agencies, "agencies"))),
    path("system/look-ups/", include((look_ups, "look_ups"))),
    path(f"{PUBLIC}keys.json", public.keys_file, name="public_credit_keys"),
    path(f"{PUBLIC}verify_certificate.py", public.verifier_file, name="public_credit_verifier"),
    path(f"{PUBLIC}<str:token>/", public.verify_page, name="public_credit_certificate"),
    path(f"{PUBLIC}<str:token>/<str:name>", public.certificate_file, name="public_credit_certificate_file"),
]
