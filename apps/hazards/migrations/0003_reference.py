from typing import Any

from django.db import migrations

from apps.hazards.reference import load


def fill(apps: Any, schema_editor: Any) -> None:
    load(
        apps.get_model("hazards", "CriterionEdition"),
        apps.get_model("hazards", "Criterion"),
        apps.get_model("core", "DictionaryEntry"),
    )


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_numbers_and_scope"), ("core", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
