import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# A fifth of the rows must change before PostgreSQL tidies up by itself; of a million that is too late for counts that
# an index alone answers.
TIDY_UP = """
    ALTER TABLE hazards_hazard SET (autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)
"""
AS_USUAL = """
    ALTER TABLE hazards_hazard RESET (autovacuum_vacuum_scale_factor,
        autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor)
"""


class Migration(migrations.Migration):
    atomic = False  # a million rows are indexed while people go on working
    dependencies = [
        ("enterprises", "0003_searched_by_text"),
        ("hazards", "0010_standing_counts"),
        ("projects", "0003_searched_by_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                fields=["region_path", "-id"],
                include=("state", "grade", "risk_level", "source", "category"),
                name="hazard_of_region",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(fields=["recorded_by", "region_path"], name="hazard_recorder"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("draft", "ordered", "received", "rectifying", "answered", "confirmed", "verified"))
                ),
                fields=["organisation", "deadline", "id"],
                name="hazard_office_unfinished",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("ordered", "received", "rectifying", "answered", "confirmed", "verified"))
                ),
                fields=["region_path", "-risk_level", "deadline", "-id"],
                name="hazard_region_open_by_risk",
            ),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(condition=models.Q(("state", "draft")), fields=["recorded_by"], name="hazard_draft"),
        ),
        AddIndexConcurrently(
            model_name="hazard",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("ordered", "received", "rectifying")),
                    models.Q(("grade", "ordinary"), ("source", "self_check"), _negated=True),
                ),
                fields=["deadline"],
                name="hazard_with_firm_told",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="hazard",
            name="hazard_region",
        ),
        # Indexes of their own that others begin with.
        migrations.AlterField(
            model_name="hazard",
            name="enterprise",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hazards",
                to="enterprises.enterprise",
                verbose_name="整改企业",
            ),
        ),
        migrations.AlterField(
            model_name="hazard",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hazards",
                to="projects.project",
                verbose_name="工程项目",
            ),
        ),
        migrations.AlterField(
            model_name="hazard",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.RunSQL(TIDY_UP, AS_USUAL),
    ]
