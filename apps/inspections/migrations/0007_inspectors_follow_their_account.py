from django.db import migrations

# An inspector is of the office of the account, and lies where that office lies: whoever moves takes both along.
FOLLOW = """
    CREATE FUNCTION inspections_inspector_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE inspections_inspector i SET organisation_id = o.id, region_path = o.region_path
        FROM accounts_organisation o
        WHERE i.user_id = NEW.id AND o.id = NEW.organisation_id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER inspector_follows_the_account AFTER UPDATE OF organisation_id ON accounts_user
        FOR EACH ROW WHEN (OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
        EXECUTE FUNCTION inspections_inspector_follows();
    ALTER TABLE inspections_inspector ADD CONSTRAINT inspector_lies_where_the_office_lies
        FOREIGN KEY (organisation_id, region_path) REFERENCES accounts_organisation (id, region_path)
        ON UPDATE CASCADE;
"""
UNFOLLOW = """
    ALTER TABLE inspections_inspector DROP CONSTRAINT inspector_lies_where_the_office_lies;
    DROP TRIGGER inspector_follows_the_account ON accounts_user;
    DROP FUNCTION inspections_inspector_follows();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0006_camera_hash"),
        ("enterprises", "0002_enterprise_follows_its_organisation"),
    ]
    operations = [migrations.RunSQL(FOLLOW, UNFOLLOW)]
