from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_organisations_by_name"),
        ("core", "0007_pairs_within_a_region"),
        ("documents", "0003_kinds_of_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(
                condition=models.Q(("first_served_on", None), ("state", "issued")),
                fields=["organisation"],
                name="paper_unserved",
            ),
        ),
    ]
