import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0011_counted_by_index"),
        ("projects", "0003_searched_by_text"),
    ]

    operations = [
        migrations.AlterField(
            model_name="hazard",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hazards",
                to="projects.project",
                verbose_name="工程项目",
            ),
        ),
    ]
