from django.db import migrations

# Paths follow the firm's seat and the training, as that of a training does.
FOLLOW = """
    ALTER TABLE exams_exam ADD CONSTRAINT exam_follows_its_seat
        FOREIGN KEY (enterprise_id, region_path) REFERENCES enterprises_enterprise (organisation_id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
    ALTER TABLE exams_attempt ADD CONSTRAINT attempt_follows_its_session
        FOREIGN KEY (session_id, region_path) REFERENCES training_session (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial"), ("training", "0002_in_scope")]
    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
