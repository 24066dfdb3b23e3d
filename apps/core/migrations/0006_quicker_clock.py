import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_pairs_of_characters"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="event",
            name="clock",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="clock",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (abs(extract(epoch FROM clock_timestamp() - NEW.happened_at)) > 600)",
                    func="RAISE EXCEPTION 'an event carries the time of the database, not %', NEW.happened_at;",
                    hash="12734de3ca92a4f899d3cf14d8e174cbb307f89b",
                    operation="INSERT",
                    pgid="pgtrigger_clock_405ad",
                    table="core_event",
                    when="BEFORE",
                ),
            ),
        ),
    ]
