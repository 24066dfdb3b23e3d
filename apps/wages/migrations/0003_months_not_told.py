from typing import Any

from django.db import migrations, models

from apps.notifications.kinds import add_kinds
from apps.wages.reference import KINDS, RULES_OF_REPORTS, load

WARNINGS = [
    ("short", "代发不足"),
    ("not_paid_in", "人工费未到账"),
    ("fewer", "代发人数少于考勤人数"),
    ("no_account", "未开专户"),
    ("no_report", "未报工资月报"),
]


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("wages", "WageRule"), RULES_OF_REPORTS)
    add_kinds(apps.get_model("notifications", "MessageKind"), KINDS)


class Migration(migrations.Migration):
    dependencies = [("wages", "0002_scope_rules_and_kinds")]
    operations = [
        migrations.AlterField(
            model_name="wagerule",
            name="kind",
            field=models.CharField(choices=WARNINGS, max_length=12, verbose_name="预警事项"),
        ),
        migrations.RemoveConstraint(model_name="wagerule", name="wage_rule_kind_known"),
        migrations.AddConstraint(
            model_name="wagerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", [kind for kind, _ in WARNINGS])), name="wage_rule_kind_known"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
