from django.db import migrations

# The path of a measure is its project's and follows it, as that of the hazard does.
FOLLOW = """
    ALTER TABLE supervision_{table} ADD CONSTRAINT {table}_follows_its_project
        FOREIGN KEY (project_id, region_path) REFERENCES projects_project (id, region_path)
        ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE
"""
UNFOLLOW = "ALTER TABLE supervision_{table} DROP CONSTRAINT {table}_follows_its_project"
TABLES = ("listing", "stopwork", "transfer")
# No text that we could read fixes these days; the authority sets its own.
SAMPLE = "样例值，由主管部门核定"
RULES = (("county", 3, 3), ("city", 10, 3), ("province", 30, 5))


def add_rules(apps, schema_editor):
    rule = apps.get_model("supervision", "EscalationRule")
    for level, days, within in RULES:
        rule.objects.create(level=level, overdue_days=days, decide_within=within, basis=SAMPLE)


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("projects", "0003_searched_by_text")]

    operations = [
        *(migrations.RunSQL(FOLLOW.format(table=table), UNFOLLOW.format(table=table)) for table in TABLES),
        migrations.RunPython(add_rules, migrations.RunPython.noop),
    ]
