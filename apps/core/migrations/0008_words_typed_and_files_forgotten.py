import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import apps.core.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_pairs_within_a_region"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="storedfile",
            name="write_once",
        ),
        migrations.AddField(
            model_name="importbatch",
            name="forgets_file",
            field=models.BooleanField(default=False, editable=False, verbose_name="结束后删除文件"),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="forgotten_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="内容删除时间"),
        ),
        migrations.AlterField(
            model_name="draft",
            name="data",
            field=apps.core.crypto.EncryptedJSONField(default=dict),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="write_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."content_type" IS DISTINCT FROM (NEW."content_type") OR OLD."original_name" IS DISTINCT FROM (NEW."original_name") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="626e304a7d9e4f38ebe4b454175cd6cee2e49fcc",
                    operation="UPDATE",
                    pgid="pgtrigger_write_once_5c0c0",
                    table="core_storedfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
