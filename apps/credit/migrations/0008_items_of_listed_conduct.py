from typing import Any

from django.db import migrations

from apps.credit.reference import load


def fill(apps: Any, schema_editor: Any) -> None:
    """The behaviours that the conditions of Hebei's list name have items of their own, as far as they are missing."""
    load(lambda name: apps.get_model("credit", name))


class Migration(migrations.Migration):
    dependencies = [("credit", "0007_appeals")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
