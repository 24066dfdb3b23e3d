from django.db import migrations


class Migration(migrations.Migration):
    """No two names of one region on the same day; the range over one id spares the extension btree_gist."""

    dependencies = [("regions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE regions_regionname ADD CONSTRAINT region_has_one_name_at_a_time
            EXCLUDE USING gist (int8range(region_id, region_id, '[]') WITH =, daterange(valid_from, valid_to) WITH &&)
            """,
            "ALTER TABLE regions_regionname DROP CONSTRAINT region_has_one_name_at_a_time",
        )
    ]
