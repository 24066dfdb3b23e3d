from typing import Any

from django.db import migrations

from apps.inspections.reference import load
from apps.inspections.workflow.visit import VISIT
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("inspections", "Checklist"))
    kinds = of_moves("visit", "监督检查", VISIT.transitions) | {"visit_planned": "监督检查：安排检查"}
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"visit_submit"})


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_follow_the_project"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
