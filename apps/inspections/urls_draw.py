from django.urls import include, path

from apps.core.cases import case_urls
from apps.inspections import public_draws
from apps.inspections.draw_presenting import DRAW_CASE
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.views.fairness import fairness_page

draws = [path("fairness/", fairness_page, name="fairness"), *case_urls(DRAW_CASE, DrawRegister)]
urlpatterns = [
    path("inspections/draws/", include((draws, "draws"))),
    path("public/inspections/draws/", public_draws.draws_page, name="public_draws"),
    path("public/inspections/draws/<int:pk>/", public_draws.draw_page, name="public_draw"),
    path("public/inspections/draws/<int:pk>/bundle.json", public_draws.bundle_file, name="public_draw_bundle"),
    path("public/inspections/draws/<str:name>", public_draws.verifier_file, name="public_draw_verifier"),
]
