from typing import Any

from django.db import migrations

from apps.duty.reference import load
from apps.notifications.kinds import add_kinds

# Paths are their project's and follow it, as those of attendance do.
FOLLOW = """
    ALTER TABLE duty_dutyday ADD CONSTRAINT duty_day_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE duty_dutymonth ADD CONSTRAINT duty_month_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE duty_safetylog ADD CONSTRAINT safety_log_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""
KINDS = {
    "leave_asked": "带班请假：待建设单位同意",
    "leave_decided": "带班请假：建设单位答复",
    "safety_log_missing": "施工安全日志：当天未写",
}


def fill(apps: Any, schema_editor: Any) -> None:
    load(lambda name: apps.get_model("duty", name))
    add_kinds(apps.get_model("notifications", "MessageKind"), KINDS, {"leave_asked", "safety_log_missing"})


class Migration(migrations.Migration):
    dependencies = [("duty", "0001_initial"), ("notifications", "0005_handed_over_by_the_database")]
    operations = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
