from typing import Any

from django.db import migrations

from apps.notifications.kinds import add_kinds
from apps.training.reference import load

FOLLOW = """
    ALTER TABLE training_trainingplan ADD CONSTRAINT training_plan_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE training_trainingplan ADD CONSTRAINT training_plan_follows_its_seat
        FOREIGN KEY (seat_id, region_path) REFERENCES enterprises_enterprise (organisation_id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""
KINDS = {
    "training_tomorrow": "教育培训：明天的培训",
    "training_cancelled": "教育培训：培训取消",
    "training_plan_ends": "教育培训：本月计划未完成",
}


def fill(apps: Any, schema_editor: Any) -> None:
    load(apps.get_model("training", "HoursRule"), apps.get_model("training", "Course"))
    add_kinds(apps.get_model("notifications", "MessageKind"), KINDS, {"training_tomorrow"})


class Migration(migrations.Migration):
    dependencies = [("training", "0003_plans_hours_evidence"), ("notifications", "0004_ways_out")]
    operations = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
