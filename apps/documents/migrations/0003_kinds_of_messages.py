from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {
        "paper_issue": "文书：收到",
        "paper_serve": "文书：登记送达",
        "paper_replace": "文书：被替换",
        "paper_void": "文书：作废",
    }
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"paper_issue"})


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_scope_and_wordings"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
