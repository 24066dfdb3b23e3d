from django.db import migrations

# The path of a visit is its project's and follows it, as that of a hazard does.
FOLLOW = """
    ALTER TABLE inspections_visit ADD CONSTRAINT visit_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
"""


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial"), ("projects", "0003_searched_by_text")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE inspections_visit_seq", "DROP SEQUENCE inspections_visit_seq"),
        migrations.RunSQL("CREATE SEQUENCE inspections_campaign_seq", "DROP SEQUENCE inspections_campaign_seq"),
        migrations.RunSQL(FOLLOW, "ALTER TABLE inspections_visit DROP CONSTRAINT visit_follows_its_project"),
    ]
