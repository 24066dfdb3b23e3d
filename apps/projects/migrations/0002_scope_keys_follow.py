from django.db import migrations


class Migration(migrations.Migration):
    """Copies of a path cannot differ from what they copy: foreign keys over both columns, which follow a move."""

    dependencies = [
        ("projects", "0001_initial"),
        ("people", "0002_presence_follows_the_employer"),
        ("regions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE projects_project ADD CONSTRAINT project_path_is_the_regions
            FOREIGN KEY (region_id, region_path) REFERENCES regions_region (id, path);
            ALTER TABLE enterprises_enterprisepresence ADD CONSTRAINT enterprise_presence_on_project
            FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
            ON UPDATE CASCADE ON DELETE CASCADE;
            ALTER TABLE people_personpresence ADD CONSTRAINT person_presence_on_project
            FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
            ON UPDATE CASCADE ON DELETE CASCADE
            """,
            """
            ALTER TABLE people_personpresence DROP CONSTRAINT person_presence_on_project;
            ALTER TABLE enterprises_enterprisepresence DROP CONSTRAINT enterprise_presence_on_project;
            ALTER TABLE projects_project DROP CONSTRAINT project_path_is_the_regions
            """,
        )
    ]
