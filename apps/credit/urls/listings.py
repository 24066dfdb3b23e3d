from functools import partial

from django.urls import URLPattern, URLResolver, include, path

from apps.core.cases import case_urls
from apps.core.pages import register_urls
from apps.credit.papers import paper_page
from apps.credit.presenting.listings import JOINT_CASE, LISTING_CASE, list_type_page
from apps.credit.public import listings as public
from apps.credit.registers.listings import BlacklistingRegister, JointMeasureRegister, ListTypeRegister

listing_pages = [
    path("<str:key>/papers/<slug:kind>/", partial(paper_page, case=LISTING_CASE), name="paper"),
    *case_urls(LISTING_CASE, BlacklistingRegister),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("credit/blacklist/", include((listing_pages, "blacklistings"))),
    path("credit/joint-measures/", include((case_urls(JOINT_CASE, JointMeasureRegister), "joint_measures"))),
    path("system/list-types/", include((register_urls(ListTypeRegister, detail=list_type_page), "list_types"))),
    path("public/blacklist/", public.blacklist_page, name="public_blacklist"),
    path("public/credit/", public.credit_page, name="public_credit"),
]
