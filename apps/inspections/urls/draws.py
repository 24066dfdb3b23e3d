from functools import partial

from django.urls import include, path

from apps.core.cases import move_page
from apps.core.pages import register_urls
from apps.inspections.presenting.draws import DRAW_CASE
from apps.inspections.public import draws as public
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.views import schemes
from apps.inspections.views.draws import draw_page, fairness_page, sheet_page

draws = [
    path("fairness/", fairness_page, name="fairness"),
    path("schemes/", schemes.schemes_page, name="schemes"),
    path("schemes/new/", schemes.scheme_page, name="new_scheme"),
    path("schemes/<int:scheme>/", schemes.scheme_page, name="scheme"),
    path("<str:key>/sheet/", sheet_page, name="sheet"),
    *register_urls(DrawRegister, detail=draw_page),
    path("<str:key>/<slug:move>/", partial(move_page, case=DRAW_CASE), name="move"),
]
urlpatterns = [
    path("inspections/draws/", include((draws, "draws"))),
    path("public/inspections/draws/", public.draws_page, name="public_draws"),
    path("public/inspections/draws/<int:pk>/", public.draw_page, name="public_draw"),
    path("public/inspections/draws/<int:pk>/sheet/", public.sheet_page, name="public_draw_sheet"),
    path("public/inspections/draws/<int:pk>/bundle.json", public.bundle_file, name="public_draw_bundle"),
    path("public/inspections/draws/<str:name>", public.verifier_file, name="public_draw_verifier"),
]
