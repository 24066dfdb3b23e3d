from typing import Any

from django.conf import settings
from django.db import migrations, models

from apps.documents.reference import load

KINDS = [
    "inspection_record",
    "rectification_notice",
    "stop_work_notice",
    "review_opinion",
    "resumption_notice",
    "listing_notice",
    "listing_release",
    "enforcement_proposal",
    "case_transfer",
    "urging_letter",
    "credit_notice",
    "list_decision",
]


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("documents", "PaperTemplate"), later=("permit_decision",))


def renewed(model: str, name: str) -> list[Any]:
    known = models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name=name)
    return [migrations.RemoveConstraint(model, name), migrations.AddConstraint(model, known)]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_organisations_by_name"),
        ("core", "0007_pairs_within_a_region"),
        ("documents", "0005_inspection_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *renewed("paper", "paper_kind_known"),
        *renewed("papertemplate", "template_kind_known"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
