from typing import Any

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

BOTH = """
SELECT a.id, b.id FROM projects_projectmember a JOIN projects_projectmember b
    ON b.person_id = a.person_id AND b.id > a.id
    AND daterange(a.started_on, a.ended_on, '[]') && daterange(b.started_on, b.ended_on, '[]')
 WHERE a.post IN ('project_manager', 'project_safety_officer')
   AND b.post IN ('project_manager', 'project_safety_officer')
 ORDER BY a.id, b.id
"""


def refuse_what_stands(registry: Any, schema_editor: Any) -> None:
    """Which of two posts has ended only an office can say; the rows are named, so that it can say so first."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(BOTH)
        pairs = cursor.fetchall()
    if pairs:
        told = "; ".join(f"{one} and {other}" for one, other in pairs)
        raise RuntimeError(f"projects_projectmember: give one of each pair its last day (ended_on), then go on: {told}")


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_kind_of_messages"),
        ("projects", "0005_papers_of_projects"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.RunPython(refuse_what_stands, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="projectmember",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("person__isnull", False), ("post__in", ("project_manager", "project_safety_officer"))
                ),
                expressions=[
                    ("person", "="),
                    (
                        models.Func(
                            models.F("started_on"),
                            models.F("ended_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="one_project_for_managers_and_officers",
                violation_error_message="该人员同一时间已任项目经理或专职安全员，同一时间只能在一个项目任职，请先办理离岗",
            ),
        ),
    ]
