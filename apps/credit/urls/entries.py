from functools import partial

from django.urls import include, path

from apps.core.cases import case_urls
from apps.credit.papers import paper_page
from apps.credit.presenting.entries import ENTRY_CASE
from apps.credit.registers.entries import CreditEntryRegister
from apps.credit.views import entries as views

entry_pages = [
    path("new/", views.new_page, name="new"),
    path("item/", views.item_part, name="item"),
    path("<str:key>/files/", views.evidence_page, name="files"),
    path("<str:key>/files/<uuid:file>/", views.evidence_file, name="file"),
    path("<str:key>/papers/<slug:kind>/", partial(paper_page, case=ENTRY_CASE), name="paper"),
    *case_urls(ENTRY_CASE, CreditEntryRegister),
]
urlpatterns = [path("credit/entries/", include((entry_pages, "credit_entries")))]
