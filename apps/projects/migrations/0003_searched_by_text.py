from typing import Any

import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

import apps.core.initials
import apps.core.search
from apps.core.initials import fill_initials


def fill(apps: Any, schema_editor: Any) -> None:
    fill_initials(apps.get_model("projects", "Project"))


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_pairs_of_characters"),
        ("enterprises", "0003_searched_by_text"),
        ("projects", "0002_scope_keys_follow"),
        ("regions", "0003_load_hebei"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="project",
            name="update_update",
        ),
        migrations.AddField(
            model_name="project",
            name="initials",
            field=apps.core.initials.InitialsField(
                blank=True,
                db_collation="C",
                default="",
                editable=False,
                max_length=200,
                of="name",
                person=False,
                verbose_name="拼音首字母",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="project",
            index=django.contrib.postgres.indexes.GinIndex(
                apps.core.search.Pairs("number", "name", "initials", "address"),
                name="project_text",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="project",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."area_m2" IS DISTINCT FROM (NEW."area_m2") OR OLD."contract_amount" IS DISTINCT FROM (NEW."contract_amount") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."latitude" IS DISTINCT FROM (NEW."latitude") OR OLD."longitude" IS DISTINCT FROM (NEW."longitude") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."permit_date" IS DISTINCT FROM (NEW."permit_date") OR OLD."permit_number" IS DISTINCT FROM (NEW."permit_number") OR OLD."planned_end" IS DISTINCT FROM (NEW."planned_end") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."region_path" IS DISTINCT FROM (NEW."region_path") OR OLD."site" IS DISTINCT FROM (NEW."site") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."started_on" IS DISTINCT FROM (NEW."started_on") OR OLD."structure" IS DISTINCT FROM (NEW."structure") OR OLD."supervision_number" IS DISTINCT FROM (NEW."supervision_number") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "projects_projectevent" ("address", "area_m2", "contract_amount", "created_at", "enterprise_id", "id", "kind", "latitude", "longitude", "name", "number", "permit_date", "permit_number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_end", "region_id", "region_path", "site", "stage", "started_on", "structure", "supervision_number", "version") VALUES (NEW."address", NEW."area_m2", NEW."contract_amount", NEW."created_at", NEW."enterprise_id", NEW."id", NEW."kind", NEW."latitude", NEW."longitude", NEW."name", NEW."number", NEW."permit_date", NEW."permit_number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."planned_end", NEW."region_id", NEW."region_path", NEW."site", NEW."stage", NEW."started_on", NEW."structure", NEW."supervision_number", NEW."version"); RETURN NULL;',
                    hash="9a5560f6c947f0ff41fa6d5c85c7f4ee5977d4fe",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_804c3",
                    table="projects_project",
                    when="AFTER",
                ),
            ),
        ),
    ]
