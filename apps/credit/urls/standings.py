from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from apps.core.edition_pages import edition_page
from apps.core.pages import register_urls
from apps.core.record_page import record_page
from apps.core.registers import Register, registry
from apps.credit.registers.appeals import AppealRegister
from apps.credit.registers.catalogue import CreditItemRegister, CreditProfileRegister
from apps.credit.registers.standings import PersonStandingRegister, StandingRegister
from apps.credit.views import standings

items = register_urls(CreditItemRegister, detail=edition_page(registry[CreditItemRegister.name]))
profiles = register_urls(CreditProfileRegister, detail=record_page(registry[CreditProfileRegister.name]))


def leading(register_class: type[Register]) -> list[URLPattern]:
    """A register whose rows have their page elsewhere."""
    to_its_page = partial(standings.to_its_page, register=registry[register_class.name])
    return register_urls(register_class, detail=to_its_page)


urlpatterns: list[URLPattern | URLResolver] = [
    path("credit/firms/", include((leading(StandingRegister), "credit"))),
    path("credit/appeals/", include((leading(AppealRegister), "appeals"))),
    path("credit/persons/", include((leading(PersonStandingRegister), "personal_credit"))),
    path("enterprises/<str:key>/credit/", standings.enterprise_page, name="enterprise-credit"),
    path("people/<str:key>/credit/", standings.person_page, name="person-credit"),
    path("system/credit-items/", include((items, "credit_items"))),
    path("system/credit-profiles/", include((profiles, "credit_profiles"))),
]
