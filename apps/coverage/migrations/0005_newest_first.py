from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coverage", "0004_standing_judged")]

    operations = [
        migrations.AddIndex(
            model_name="coverageday",
            index=models.Index(fields=["-day", "-id"], name="coverage_newest"),
        ),
        migrations.AddIndex(
            model_name="coveragegap",
            index=models.Index(fields=["-day", "-id"], name="gap_newest"),
        ),
    ]
