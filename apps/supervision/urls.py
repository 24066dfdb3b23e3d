from functools import partial

from django.urls import include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.supervision import public, views
from apps.supervision.presenting import LISTING_CASE, STOP_CASE, TRANSFER_CASE
from apps.supervision.registers import ListingRegister, RuleRegister, StopWorkRegister, TransferRegister

rules = register_urls(RuleRegister, detail=views.rule_page)
urlpatterns = [
    path("listings/", include((case_urls(LISTING_CASE, ListingRegister), "listings"))),
    path("stop-works/", include((case_urls(STOP_CASE, StopWorkRegister), "stop_works"))),
    path("transfers/", include((case_urls(TRANSFER_CASE, TransferRegister), "transfers"))),
    path("system/escalation-rules/", include((rules, "escalation_rules"))),
    path("public/listings/", public.listings_page, name="public_listings"),
    *(
        path(f"hazards/<str:key>/begin/{what}/", partial(views.begin_page, what=what), name=f"begin-{what}")
        for what in views.BEGINNINGS
    ),
]
