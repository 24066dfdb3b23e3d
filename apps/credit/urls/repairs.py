from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.credit.models import Blacklisting, CreditEntry
from apps.credit.presenting.repairs import REPAIR_CASE, term_page
from apps.credit.registers.repairs import CreditRepairRegister, RepairTermRegister
from apps.credit.views.repairs import begin_page, file_page

# Before those of the case, whose moves have addresses of the same shape.
repairs = [path("<str:key>/file/", file_page, name="file"), *case_urls(REPAIR_CASE, CreditRepairRegister)]
terms = register_urls(RepairTermRegister, detail=term_page)
of_entry, of_listing = (partial(begin_page, model=model) for model in (CreditEntry, Blacklisting))
urlpatterns: list[URLPattern | URLResolver] = [
    path("credit/entries/<str:key>/repair/", of_entry, name="repair-entry"),
    path("credit/blacklist/<str:key>/repair/", of_listing, name="repair-listing"),
    path("credit/repairs/", include((repairs, "credit_repairs"))),
    path("system/repair-terms/", include((terms, "repair_terms"))),
]
