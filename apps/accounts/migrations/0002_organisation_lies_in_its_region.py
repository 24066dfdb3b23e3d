from django.db import migrations


class Migration(migrations.Migration):
    """The scope key of an organisation is the path of its region, by a foreign key over both columns."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE accounts_organisation ADD CONSTRAINT organisation_path_is_the_regions
            FOREIGN KEY (region_id, region_path) REFERENCES regions_region (id, path)
            """,
            "ALTER TABLE accounts_organisation DROP CONSTRAINT organisation_path_is_the_regions",
        )
    ]
