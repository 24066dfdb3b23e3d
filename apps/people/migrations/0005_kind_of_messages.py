from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"certificate_expiry": "人员证书：即将到期"}
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"certificate_expiry"})


class Migration(migrations.Migration):
    dependencies = [("people", "0004_searched_by_text"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
