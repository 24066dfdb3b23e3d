from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds
from apps.wages.reference import KINDS, load

# Paths are their project's and follow it, as that of a hazard does.
FOLLOW = """
    ALTER TABLE wages_wageaccount ADD CONSTRAINT wage_account_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE wages_wagemonth ADD CONSTRAINT wage_month_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("wages", "WageRule"))
    add_kinds(apps.get_model("notifications", "MessageKind"), KINDS)


class Migration(migrations.Migration):
    dependencies = [
        ("wages", "0001_initial"),
        ("projects", "0002_scope_keys_follow"),
        ("notifications", "0004_ways_out"),
    ]
    operations = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
