from typing import Any

from django.db import migrations

from apps.credit.workflow import JOINT, LISTING
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"jointmeasure_sent": "联合惩戒：请落实"}
    kinds |= of_moves("blacklisting", "失信名单", LISTING.transitions)
    kinds |= of_moves("jointmeasure", "联合惩戒", JOINT.transitions)
    # The firm has few days to object, and what follows from a list begins at once.
    urgent = {"blacklisting_notify", "blacklisting_put_on_list"}
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, urgent)


class Migration(migrations.Migration):
    dependencies = [("credit", "0003_kinds_of_messages"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
