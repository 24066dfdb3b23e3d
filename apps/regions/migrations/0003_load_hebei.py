from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from apps.regions.services import load_regions


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    load_regions(registry=apps)


class Migration(migrations.Migration):
    dependencies = [("regions", "0002_one_name_at_a_time")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
