from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"list_to_sign": "清单：待签批", "list_differences": "清单：核对有差异"}
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds)


class Migration(migrations.Migration):
    dependencies = [("lists", "0002_readings"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
