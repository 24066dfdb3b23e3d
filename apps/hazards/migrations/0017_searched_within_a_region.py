from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations

import apps.core.search


class Migration(migrations.Migration):
    atomic = False  # a million rows are indexed while people go on working
    dependencies = [("core", "0007_pairs_within_a_region"), ("hazards", "0016_risk_point")]
    operations = [
        RemoveIndexConcurrently(model_name="hazard", name="hazard_text"),
        AddIndexConcurrently(
            model_name="hazard",
            index=GinIndex(
                apps.core.search.PairsWithin("region_path", "number", "description"),
                name="hazard_text",
            ),
        ),
        # How often a text stands in the ledger is foreseen from so many samples; of a hundred, as usual, the planner
        # saw none of a word in one row of a hundred and gathered ten thousand rows to sort twenty.
        migrations.RunSQL(
            "ALTER INDEX hazard_text ALTER COLUMN 1 SET STATISTICS 500; ANALYZE hazards_hazard", migrations.RunSQL.noop
        ),
    ]
