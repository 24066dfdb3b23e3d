from functools import partial

from django.urls import include, path

from apps.core.cases import move_page
from apps.core.pages import register_urls
from apps.inspections.presenting.draws import DRAW_CASE
from apps.inspections.public import draws as public
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.views.draws import draw_page, fairness_page

draws = [
    path("fairness/", fairness_page, name="fairness"),
    *register_urls(DrawRegister, detail=draw_page),
    path("<str:key>/<slug:move>/", partial(move_page, case=DRAW_CASE), name="move"),
]
urlpatterns = [
    path("inspections/draws/", include((draws, "draws"))),
    path("public/inspections/draws/", public.draws_page, name="public_draws"),
    path("public/inspections/draws/<int:pk>/", public.draw_page, name="public_draw"),
    path("public/inspections/draws/<int:pk>/bundle.json", public.bundle_file, name="public_draw_bundle"),
    path("public/inspections/draws/<str:name>", public.verifier_file, name="public_draw_verifier"),
]
