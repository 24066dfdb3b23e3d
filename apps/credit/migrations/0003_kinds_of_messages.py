from typing import Any

from django.db import migrations

from apps.credit.workflow import ENTRY
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    add_kinds(apps.get_model("notifications", "MessageKind"), of_moves("creditentry", "信用记录", ENTRY.transitions))


class Migration(migrations.Migration):
    dependencies = [("credit", "0002_numbers_scope_and_catalogue"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
