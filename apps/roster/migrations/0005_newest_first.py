from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("roster", "0004_special_trades_found")]

    operations = [
        migrations.AddIndex(
            model_name="attendance",
            index=models.Index(fields=["-day", "-id"], name="attendance_newest"),
        ),
    ]
