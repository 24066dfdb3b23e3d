from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds, of_moves
from apps.risks.workflow import RISK


def fill(apps: Any, schema_editor: Any) -> None:
    add_kinds(apps.get_model("notifications", "MessageKind"), of_moves("risk", "风险", RISK.transitions))


class Migration(migrations.Migration):
    dependencies = [("risks", "0002_numbers_scope_and_rules"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
