from typing import Any

import django.contrib.postgres.indexes
from django.db import migrations

import apps.core.initials
import apps.core.search
from apps.core.initials import fill_initials


def fill(apps: Any, schema_editor: Any) -> None:
    fill_initials(apps.get_model("accounts", "Organisation"))


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_pairs_of_characters"),
        ("accounts", "0003_usernames_beside_addresses"),
        ("regions", "0003_load_hebei"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="initials",
            field=apps.core.initials.InitialsField(
                blank=True,
                db_collation="C",
                default="",
                editable=False,
                max_length=100,
                of="name",
                person=False,
                verbose_name="拼音首字母",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="organisation",
            index=django.contrib.postgres.indexes.GinIndex(
                apps.core.search.Pairs("name", "short_name", "initials"),
                name="organisation_text",
            ),
        ),
    ]
