from typing import Any

from django.db import migrations

from apps.accidents.workflow import ACCIDENT
from apps.notifications.kinds import add_kinds, of_moves

# The path of an accident is its project's and follows it, as that of a hazard does.
FOLLOW = """
    ALTER TABLE accidents_accident ADD CONSTRAINT accident_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
"""


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = {"accident_reported": "事故：上报"} | of_moves("accident", "事故", ACCIDENT.transitions)
    add_kinds(apps.get_model("notifications", "MessageKind"), kinds, {"accident_reported"})


class Migration(migrations.Migration):
    dependencies = [
        ("accidents", "0001_initial"),
        ("projects", "0003_searched_by_text"),
        ("notifications", "0004_ways_out"),
    ]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE accidents_number_seq", "DROP SEQUENCE accidents_number_seq"),
        migrations.RunSQL(FOLLOW, "ALTER TABLE accidents_accident DROP CONSTRAINT accident_follows_its_project"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
