from typing import Any

from django.db import migrations

from apps.credit.workflow import PERMIT, REPAIR
from apps.notifications.kinds import add_kinds, of_moves


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {
        "creditrepair_applied_for": "信用修复：收到申请",
        "permit_expiry": "安全生产许可证：即将到期",
        "permit_days_over": "安全生产许可证：暂扣期满未申请复核",
    }
    kinds |= of_moves("permitcase", "安许证处置", PERMIT.transitions)
    kinds |= of_moves("creditrepair", "信用修复", REPAIR.transitions)
    # The firm has few days to object, and may not work without its permit.
    urgent = {"permitcase_notify", "permitcase_suspend", "permitcase_revoke", "permit_expiry"}
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, urgent)


class Migration(migrations.Migration):
    dependencies = [("credit", "0004_kinds_of_listings"), ("notifications", "0004_ways_out")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
