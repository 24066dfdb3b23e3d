from functools import partial

from django.urls import include, path

from apps.core.cases import move_page
from apps.core.pages import register_urls
from apps.inspections.presenting.visits import VISIT_CASE
from apps.inspections.registers.visits import ChecklistRegister, VisitRegister
from apps.inspections.urls import draws, phone, plans
from apps.inspections.views import checklists, second_looks, visits

checklist_urls = [
    path("<str:key>/withdraw/", checklists.withdraw_page, name="withdraw"),
    *register_urls(ChecklistRegister, detail=checklists.checklist_page),
]
visit_urls = [
    path("photos/<uuid:key>/<photo_size:size>/", visits.photo, name="photo"),
    path("signatures/<uuid:key>/", visits.signature_image, name="signature_image"),
    path("<str:key>/sheet/", visits.sheet_page, name="sheet"),
    path("<str:key>/tables/<int:checklist>/", visits.table_page, name="table"),
    path("<str:key>/problems/new/", visits.finding_page, name="new_finding"),
    path("<str:key>/problems/<uuid:finding>/", visits.finding_page, name="finding"),
    path("<str:key>/problems/<uuid:finding>/drop/", visits.drop_page, name="drop_finding"),
    path("<str:key>/second-looks/<uuid:look>/", second_looks.second_look_page, name="second_look"),
    path("<str:key>/notes/", visits.notes_page, name="notes"),
    path("<str:key>/signature/", visits.signature_page, name="signature"),
    path("<str:key>/signature/<uuid:signature>/remove/", visits.unsign_page, name="unsign"),
    path("<str:key>/supplement/", visits.supplement_page, name="supplement"),
    *register_urls(VisitRegister, detail=visits.visit_page),
    path("<str:key>/<slug:move>/", partial(move_page, case=VISIT_CASE), name="move"),
]
urlpatterns = [
    *draws.urlpatterns,
    *phone.urlpatterns,
    path("inspections/checklists/", include((checklist_urls, "checklists"))),
    *plans.urlpatterns,
    # Last, for its addresses begin with a number.
    path("inspections/", include((visit_urls, "visits"))),
]
