from django.db import migrations

# Paths are those of the project or of the firm's seat and follow them, as that of a hazard does.
FOLLOW = """
    ALTER TABLE training_session ADD CONSTRAINT session_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE training_session ADD CONSTRAINT session_follows_its_seat
        FOREIGN KEY (seat_id, region_path) REFERENCES enterprises_enterprise (organisation_id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE training_session ADD CONSTRAINT session_with_its_place UNIQUE (id, region_path);
    ALTER TABLE training_participation ADD CONSTRAINT participation_follows_its_session
        FOREIGN KEY (session_id, region_path) REFERENCES training_session (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("roster", "0002_by_month_and_in_scope")]
    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
