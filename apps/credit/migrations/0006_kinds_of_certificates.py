from typing import Any

from django.db import migrations

from apps.credit.workflow import CERTIFICATE
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = of_moves("creditcertificate", "信用证明", CERTIFICATE.transitions)
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds)


class Migration(migrations.Migration):
    dependencies = [("credit", "0005_kinds_of_permits_and_repair"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
