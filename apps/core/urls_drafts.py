from django.urls import path, register_converter

from apps.core import drafts

register_converter(drafts.DraftName, "draft_name")

app_name = "drafts"
urlpatterns = [
    path("<draft_name:name>/", drafts.save, name="save"),
    path("<draft_name:name>/discard/", drafts.discard, name="discard"),
]
