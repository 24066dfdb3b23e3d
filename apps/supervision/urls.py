from functools import partial

from django.urls import URLPattern, include, path

from apps.core.cases import Case, case_urls
from apps.core.pages import register_urls
from apps.core.registers import Register
from apps.supervision import public, views
from apps.supervision.beginning import BEGINNINGS
from apps.supervision.papers import paper_page
from apps.supervision.presenting import LISTING_CASE, STOP_CASE, TRANSFER_CASE
from apps.supervision.registers import ListingRegister, RuleRegister, StopWorkRegister, TransferRegister


def pages(case: Case, register_class: type[Register]) -> list[URLPattern]:
    """The pages of a case, and that on which its papers are drafted."""
    paper = path("<str:key>/papers/<slug:kind>/", partial(paper_page, case=case), name="paper")
    return [paper, *case_urls(case, register_class)]


rules = register_urls(RuleRegister, detail=views.rule_page)
urlpatterns = [
    path("listings/", include((pages(LISTING_CASE, ListingRegister), "listings"))),
    path("stop-works/", include((pages(STOP_CASE, StopWorkRegister), "stop_works"))),
    path("transfers/", include((pages(TRANSFER_CASE, TransferRegister), "transfers"))),
    path("system/escalation-rules/", include((rules, "escalation_rules"))),
    path("public/listings/", public.listings_page, name="public_listings"),
    *(
        path(f"hazards/<str:key>/begin/{what}/", partial(views.begin_page, what=what), name=f"begin-{what}")
        for what in BEGINNINGS
    ),
]
