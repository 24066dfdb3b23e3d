from typing import Any

from django.db import migrations

from apps.risks.reference import load

# The path of a risk point is its project's; the project's app promises (id, region_path) to be unique.
FOLLOW = """
    ALTER TABLE risks_riskpoint ADD CONSTRAINT risk_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
"""


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("risks", "RiskRule"), apps.get_model("core", "DictionaryEntry"))


class Migration(migrations.Migration):
    dependencies = [("risks", "0001_initial"), ("projects", "0002_scope_keys_follow"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE risks_number_seq", "DROP SEQUENCE risks_number_seq"),
        migrations.RunSQL(FOLLOW, "ALTER TABLE risks_riskpoint DROP CONSTRAINT risk_follows_its_project"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
