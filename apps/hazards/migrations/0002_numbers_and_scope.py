from django.db import migrations

# The path of a hazard is its project's; the project's app promises (id, region_path) to be unique.
FOLLOW = """
    ALTER TABLE hazards_hazard ADD CONSTRAINT hazard_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0001_initial"), ("projects", "0002_scope_keys_follow")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE hazards_number_seq", "DROP SEQUENCE hazards_number_seq"),
        migrations.RunSQL(FOLLOW, "ALTER TABLE hazards_hazard DROP CONSTRAINT hazard_follows_its_project"),
    ]
