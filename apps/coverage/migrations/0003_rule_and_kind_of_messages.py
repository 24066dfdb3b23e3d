from typing import Any

from django.db import migrations

from apps.coverage.reference import load
from apps.notifications.kinds import add_kinds


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("coverage", "CoverageRule"))
    add_kinds(apps.get_model("notifications", "MessageKind"), {"untrained_on_site": "培训覆盖率：未受训上岗"})


class Migration(migrations.Migration):
    dependencies = [("coverage", "0002_queue_and_sums"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
