import django.contrib.postgres.indexes
from django.db import migrations

import apps.core.search


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_pairs_of_characters"),
        ("accounts", "0004_searched_by_text"),
        ("enterprises", "0002_enterprise_follows_its_organisation"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="enterprise",
            index=django.contrib.postgres.indexes.GinIndex(apps.core.search.Pairs("uscc"), name="enterprise_text"),
        ),
    ]
