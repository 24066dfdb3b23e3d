from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds, of_moves
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"listing_proposed": "挂牌督办：待决定"}
    kinds |= of_moves("listing", "挂牌督办", LISTING.transitions)
    kinds |= of_moves("stopwork", "停工", STOP_WORK.transitions)
    kinds |= of_moves("transfer", "移送", TRANSFER.transitions)
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"listing_list_publicly", "stopwork_stop"})


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_scope_keys_and_rules"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
