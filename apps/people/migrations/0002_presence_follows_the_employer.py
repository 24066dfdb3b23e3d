from django.db import migrations


class Migration(migrations.Migration):
    """Where a person is known through the employer moves with the employer's seat."""

    dependencies = [("people", "0001_initial"), ("enterprises", "0002_enterprise_follows_its_organisation")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE people_personpresence ADD CONSTRAINT presence_path_is_the_employers
            FOREIGN KEY (enterprise_id, region_path) REFERENCES enterprises_enterprise (organisation_id, region_path)
            ON UPDATE CASCADE ON DELETE CASCADE
            """,
            "ALTER TABLE people_personpresence DROP CONSTRAINT presence_path_is_the_employers",
        )
    ]
