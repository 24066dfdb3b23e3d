from django.db import migrations

# Whoever is on a roster already is judged by the next sweep.
JUDGE = """
    INSERT INTO coverage_coveragedirty (first_day)
    SELECT CURRENT_DATE WHERE EXISTS (SELECT FROM roster_engagement);
"""


class Migration(migrations.Migration):
    dependencies = [("coverage", "0003_rule_and_kind_of_messages"), ("training", "0006_standing")]
    operations = [migrations.RunSQL(JUDGE, migrations.RunSQL.noop)]
