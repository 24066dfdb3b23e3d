from typing import Any

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations

import apps.core.initials
import apps.core.search
from apps.core.initials import fill_initials


def fill(apps: Any, schema_editor: Any) -> None:
    fill_initials(apps.get_model("people", "Person"))


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_pairs_of_characters"),
        ("enterprises", "0003_searched_by_text"),
        ("people", "0003_special_trades"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="initials",
            field=apps.core.initials.InitialsField(
                blank=True,
                db_collation="C",
                default="",
                editable=False,
                max_length=50,
                of="name",
                person=True,
                verbose_name="拼音首字母",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                apps.core.search.Pairs("name", "initials"), name="person_text"
            ),
        ),
    ]
