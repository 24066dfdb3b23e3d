from datetime import date
from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds

# The order names the target and no definition, so the first edition is a sample until the office confirms one.
SAMPLE = {
    "effective_from": date(2026, 1, 1),
    "source": "示例；“从业人员安全培训率100%”只有目标，没有计算口径",
    "certainty": "待主管部门确认",
    "is_sample": True,
}


def fill(apps: Any, schema_editor: Any) -> None:
    apps.get_model("coverage", "CoverageRule").objects.create(**SAMPLE)
    add_kinds(apps.get_model("notifications", "MessageKind"), {"untrained_on_site": "培训覆盖率：未受训上岗"})


class Migration(migrations.Migration):
    dependencies = [("coverage", "0002_queue_and_sums"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
