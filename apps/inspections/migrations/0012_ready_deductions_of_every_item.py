from typing import Any

from django.db import migrations
from django.utils import timezone

from apps.inspections.reference import renew


def fill(apps: Any, schema_editor: Any) -> None:
    """Where older editions ship with the database already; a new one has just got the present ones."""
    renew(apps.get_model("inspections", "Checklist"), timezone.localdate())


class Migration(migrations.Migration):
    dependencies = [("inspections", "0011_saved_schemes_and_announcing_by_order")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
