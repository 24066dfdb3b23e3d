from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_organisations_by_name"),
        ("enterprises", "0004_sorted_by_index"),
        ("hazards", "0017_searched_within_a_region"),
        ("projects", "0005_papers_of_projects"),
        ("supervision", "0003_kinds_of_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="stopwork",
            index=models.Index(
                condition=models.Q(("state", "requested")), fields=["organisation"], name="stop_to_review"
            ),
        ),
    ]
