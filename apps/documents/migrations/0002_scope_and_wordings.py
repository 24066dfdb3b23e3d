from typing import Any

from django.db import migrations

from apps.documents.reference import load

# The path of a paper is its office's; the enterprises' app has made (id, region_path) of organisations unique.
FOLLOW = """
    ALTER TABLE documents_paper ADD CONSTRAINT paper_path_is_the_offices
        FOREIGN KEY (organisation_id, region_path) REFERENCES accounts_organisation (id, region_path)
        ON UPDATE CASCADE
"""


# Kinds that later migrations add.
LATER = ("inspection_record", "credit_notice", "list_decision", "permit_decision")


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("documents", "PaperTemplate"), later=LATER)


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("enterprises", "0002_enterprise_follows_its_organisation")]
    operations = [
        migrations.RunSQL(FOLLOW, "ALTER TABLE documents_paper DROP CONSTRAINT paper_path_is_the_offices"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
