from typing import Any

from django.db import migrations

from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER

BY_TELEPHONE = {"listing_list_publicly", "stopwork_stop"}


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"listing_proposed": "挂牌督办：待决定"}
    for name, label, table in (
        ("listing", "挂牌督办", LISTING),
        ("stopwork", "停工", STOP_WORK),
        ("transfer", "移送", TRANSFER),
    ):
        kinds |= {f"{name}_{move.name}": f"{label}：{move.label}" for move in table.transitions}
    for kind, label in kinds.items():
        channels = ["sms"] if kind in BY_TELEPHONE else []
        apps.get_model("notifications", "MessageKind").objects.create(kind=kind, label=label, channels=channels)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0002_scope_keys_and_rules"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
