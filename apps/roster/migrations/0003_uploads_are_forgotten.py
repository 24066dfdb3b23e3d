from django.db import migrations


class Migration(migrations.Migration):
    """Workbooks of rosters and attendance that came in before they were deleted when their import is over."""

    dependencies = [("roster", "0002_by_month_and_in_scope"), ("core", "0009_drafts_stand_encrypted")]

    operations = [
        migrations.RunSQL(
            "UPDATE core_importbatch SET forgets_file = true WHERE register IN ('roster', 'attendance')",
            migrations.RunSQL.noop,
        )
    ]
