import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_merged_organisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="absorbed_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=[],
                default=list,
                editable=False,
                size=None,
                verbose_name="并入的登记",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="knows_what_was_merged_into_it",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF TG_OP = 'UPDATE' THEN\n                        UPDATE accounts_organisation SET absorbed_ids = array_remove(absorbed_ids, NEW.id)\n                        WHERE id = OLD.merged_into_id;\n                    END IF;\n                    UPDATE accounts_organisation SET absorbed_ids = array_append(absorbed_ids, NEW.id)\n                    WHERE id = NEW.merged_into_id;\n                    RETURN NULL;\n                ",
                    hash="488db8c69a2548600f773bd6dcb702bcd4b24730",
                    operation='INSERT OR UPDATE OF "merged_into_id"',
                    pgid="pgtrigger_knows_what_was_merged_into_it_bd33e",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
    ]
