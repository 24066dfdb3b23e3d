from django.db import migrations


class Migration(migrations.Migration):
    """The scope key of an enterprise is its organisation's, by a foreign key over both columns that follows."""

    dependencies = [("enterprises", "0001_initial"), ("accounts", "0002_organisation_lies_in_its_region")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE accounts_organisation ADD CONSTRAINT organisation_with_path UNIQUE (id, region_path);
            ALTER TABLE enterprises_enterprise ADD CONSTRAINT enterprise_path_is_the_organisations
            FOREIGN KEY (organisation_id, region_path) REFERENCES accounts_organisation (id, region_path)
            ON UPDATE CASCADE
            """,
            """
            ALTER TABLE enterprises_enterprise DROP CONSTRAINT enterprise_path_is_the_organisations;
            ALTER TABLE accounts_organisation DROP CONSTRAINT organisation_with_path
            """,
        )
    ]
