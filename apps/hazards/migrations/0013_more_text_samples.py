from django.db import migrations

# The planner tries a text on samples of the ledger. Of a hundred and the most common hundred it saw none of a word in
# one row of eighty, and fetched ten thousand rows to sort twenty.
SAMPLES = "ALTER INDEX hazard_text ALTER COLUMN 1 SET STATISTICS 300"
USUAL = "ALTER INDEX hazard_text ALTER COLUMN 1 SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [("hazards", "0012_project_bound_once")]
    operations = [
        migrations.RunSQL(SAMPLES, USUAL),
        migrations.RunSQL("ANALYZE hazards_hazard", migrations.RunSQL.noop),
    ]
