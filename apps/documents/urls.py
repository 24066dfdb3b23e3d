from django.urls import include, path

from apps.core.pages import register_urls
from apps.documents import public, views
from apps.documents.registers import PaperRegister, PaperTemplateRegister

papers = [
    path("new/", views.new_page, name="new"),
    path("prefix/", views.prefix_page, name="prefix"),
    path("<str:key>/pdf/", views.pdf_page, name="pdf"),
    path("<str:key>/docx/", views.docx_page, name="docx"),
    path("<str:key>/copy/", views.copy_page, name="copy"),
    *register_urls(PaperRegister, detail=views.detail_page),
    path("<str:key>/<slug:move>/", views.move_page, name="move"),
]
templates = [
    path("<str:key>/preview/", views.template_preview, name="preview"),
    path("<str:key>/copy/", views.template_copy, name="copy"),
    path("<str:key>/enforce/", views.enforce_page, name="enforce"),
    *register_urls(PaperTemplateRegister, detail=views.template_page),
]
urlpatterns = [
    path("documents/", include((papers, "papers"))),
    path("system/paper-templates/", include((templates, "paper_templates"))),
    path("verify/<str:token>/", public.verify_page, name="verify"),
]
