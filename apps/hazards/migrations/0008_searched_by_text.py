import django.contrib.postgres.indexes
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import apps.core.search


class Migration(migrations.Migration):
    atomic = False  # a million rows are indexed while people go on working
    dependencies = [
        ("accounts", "0004_searched_by_text"),
        ("core", "0005_pairs_of_characters"),
        ("enterprises", "0003_searched_by_text"),
        ("hazards", "0007_tally"),
        ("projects", "0002_scope_keys_follow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="hazard",
            index=django.contrib.postgres.indexes.GinIndex(
                apps.core.search.Pairs("number", "description"), name="hazard_text"
            ),
        ),
        # How often a text stands in the ledger is foreseen from so many samples.
        migrations.RunSQL("ALTER INDEX hazard_text ALTER COLUMN 1 SET STATISTICS 200", migrations.RunSQL.noop),
    ]
